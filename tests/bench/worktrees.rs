//! Worktree creation by the product against plain `git worktree add`, on generated repositories, turn by turn in one run.

use crate::report::{Number, is_quick, median};
use git::Git;
use process::Tag;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;
use workspace::port::{NewWorktree, Worktrees};

/// Files of the repository, and how often each side creates a worktree of it.
const FULL: [(usize, usize); 3] = [(1_000, 15), (10_000, 7), (100_000, 3)];
const QUICK: [(usize, usize); 2] = [(1_000, 9), (10_000, 3)];

const FLOOR: &str = "git worktree add";

/// Prints wall time, CPU time and the first status of each size.
pub fn measure() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let sizes: &[_] = if is_quick() { &QUICK } else { &FULL };
    for &(files, times) in sizes {
        let repository = generate(&folder.path().join(format!("repository {files}")), files);
        compare(&repository, folder.path(), files, times);
        std::fs::remove_dir_all(&repository).expect("the repository is ours to remove");
    }
}

/// What creating once cost.
#[derive(Default)]
struct Costs {
    wall: Vec<f64>,
    cpu: f64,
    first_status: Vec<f64>,
}

fn compare(repository: &Path, folder: &Path, files: usize, times: usize) {
    let product = Git::new(Tag::of_home(folder));
    let mut ours = Costs::default();
    let mut plain = Costs::default();
    let by_product = |turn: usize, costs: &mut Costs| {
        let tree = folder.join(format!("ours {turn}"));
        create(costs, repository, &tree, || {
            product
                .create(&NewWorktree {
                    repository: repository.to_owned(),
                    path: tree.clone(),
                    branch: format!("ours-{turn}"),
                    base: "main".to_owned(),
                })
                .expect("the product creates the worktree");
        });
    };
    let by_git = |turn: usize, costs: &mut Costs| {
        let tree = folder.join(format!("plain {turn}"));
        create(costs, repository, &tree, || {
            git(
                repository,
                &["worktree", "add", "-q", "-b", &format!("plain-{turn}")],
                &[&tree, Path::new("main")],
            );
        });
    };
    // Once unmeasured, to warm the page cache.
    by_product(0, &mut Costs::default());
    by_git(0, &mut Costs::default());
    for turn in 1..=times {
        // Neither always comes second, after what the first one stirred up.
        if turn % 2 == 0 {
            by_product(turn, &mut ours);
            by_git(turn, &mut plain);
        } else {
            by_git(turn, &mut plain);
            by_product(turn, &mut ours);
        }
    }
    let number = |what: &str, unit, ours: f64, plain: f64| {
        Number {
            what: format!("worktree of {files} files, {what}"),
            value: ours,
            unit,
            floor: Some((plain, FLOOR)),
        }
        .print();
    };
    number("wall", "ms", median(&ours.wall), median(&plain.wall));
    let each = |cpu: f64| cpu / times as f64;
    number("CPU", "ms", each(ours.cpu), each(plain.cpu));
    number(
        "first status",
        "ms",
        median(&ours.first_status),
        median(&plain.first_status),
    );
}

fn create(costs: &mut Costs, repository: &Path, tree: &Path, creation: impl FnOnce()) {
    let (start, cpu) = (Instant::now(), cpu_millis());
    creation();
    costs.wall.push(start.elapsed().as_secs_f64() * 1000.0);
    costs.cpu += cpu_millis() - cpu;
    let start = Instant::now();
    git(tree, &["status", "--porcelain"], &[]);
    costs
        .first_status
        .push(start.elapsed().as_secs_f64() * 1000.0);
    git(repository, &["worktree", "remove", "--force"], &[tree]);
}

/// CPU time of this process and of its ended children, in milliseconds, from the kernel's ticks of 10 ms.
fn cpu_millis() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").expect("Linux has /proc");
    // The second field is the program's name in parentheses, which may hold anything.
    let (_, fields) = stat.rsplit_once(')').expect("the name ends");
    // utime, stime, cutime, cstime: 14 to 17, counted from 1, of which three are behind us.
    let ticks: f64 = fields
        .split_whitespace()
        .skip(11)
        .take(4)
        .map(|field| field.parse::<f64>().expect("ticks are numbers"))
        .sum();
    ticks * 10.0
}

/// A repository with so many files of some kilobytes, a hundred to a folder, all different, in one commit.
fn generate(path: &Path, files: usize) -> PathBuf {
    for number in 0..files {
        let folder = path.join(format!(
            "src/room{}/part{}",
            number / 1000,
            number / 100 % 10
        ));
        if number % 100 == 0 {
            std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
        }
        let line = format!("let value_{number} = compute({number}); // as the plan says\n");
        std::fs::write(
            folder.join(format!("file{number}.ts")),
            line.repeat(20 + number * 7 % 60),
        )
        .expect("the temporary folder is writable");
    }
    git(path, &["init", "-q", "-b", "main"], &[]);
    git(path, &["add", "-A"], &[]);
    git(
        path,
        &[
            "-c",
            "user.name=bench",
            "-c",
            "user.email=bench@localhost",
            "commit",
            "-qm",
            "all",
        ],
        &[],
    );
    path.to_owned()
}

fn git(folder: &Path, arguments: &[&str], paths: &[&Path]) {
    let status = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .args(paths)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .stdout(Stdio::null())
        .status()
        .expect("git starts");
    assert!(status.success(), "git {arguments:?} works");
}
