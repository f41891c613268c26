//! A data directory as after some days of work, made through the product's own rooms: workspaces with real worktrees.

use crate::stage::Stage;
use git::Git;
use kernel::{Clock, Timestamp};
use process::Tag;
use sqlite::Database;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use workspace::{NewWorkspace, Projects, Workspaces};

/// How many workspaces are on the board.
pub const WORKSPACES: usize = 50;
/// Files of the repository that they are of.
const FILES: usize = 1_000;

/// Fills `home`: one project and its workspaces.
pub async fn furnished(stage: &Stage, home: &Path) {
    struct Now;
    impl Clock for Now {
        fn now(&self) -> Timestamp {
            let since = std::time::SystemTime::UNIX_EPOCH
                .elapsed()
                .unwrap_or_default();
            Timestamp::from_millis(u64::try_from(since.as_millis()).unwrap_or_default())
        }
    }
    let repository = stage.folder().join("repository");
    for number in 0..FILES {
        let folder = repository.join(format!("src/room{}", number / 100));
        std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
        std::fs::write(
            folder.join(format!("file{number}.ts")),
            format!("// {number}\n").repeat(40),
        )
        .expect("the temporary folder is writable");
    }
    for arguments in [
        &["init", "-q", "-b", "main"][..],
        &["add", "-A"],
        &[
            "-c",
            "user.name=bench",
            "-c",
            "user.email=bench@localhost",
            "commit",
            "-qm",
            "all",
        ],
    ] {
        let status = Command::new("git")
            .arg("-C")
            .arg(&repository)
            .args(arguments)
            .status();
        assert!(
            status.is_ok_and(|status| status.success()),
            "git {arguments:?} works"
        );
    }
    std::fs::create_dir_all(home.join("worktrees")).expect("the temporary folder is writable");
    let database = Arc::new(Database::open(&home.join("shopfloor.db")).expect("a new database"));
    let git = Arc::new(Git::new(Tag::of_home(home)));
    let clock: Arc<dyn Clock> = Arc::new(Now);
    let projects = Projects::new(
        Arc::clone(&database) as _,
        Arc::clone(&database) as _,
        Arc::clone(&git) as _,
        Arc::clone(&clock),
    );
    let workspaces = Workspaces::new(
        Arc::clone(&database) as _,
        database,
        Arc::clone(&git) as _,
        git,
        clock,
        home.join("worktrees"),
    );
    let project = projects
        .add(repository)
        .await
        .expect("the repository is whole");
    for number in 0..WORKSPACES {
        let row = workspaces
            .create(NewWorkspace {
                project: project.id.clone(),
                prompt: format!("Task {number}: make the board calm"),
                base: None,
                agent: None,
            })
            .await
            .expect("the row is written");
        workspaces
            .provision(&row.id)
            .await
            .expect("the worktree is made");
    }
}
