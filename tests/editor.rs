//! A file of a worktree in the person's editor, on programs that write down how they were called.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use tests::app::App;

/// A program on the house's PATH that writes its arguments and its folder down, one a line, and ends with `code`.
fn program(app: &App, name: &str, code: u8) -> PathBuf {
    let bin = app.folder().join("bin");
    fs::create_dir_all(&bin).expect("a temp folder is writable");
    let called = app.folder().join(format!("called-{name}"));
    let script = format!(
        "#!/bin/sh\n{{ printf '%s\\n' \"$@\"; pwd -P; echo \"tag=$SHOPFLOOR_TAG\"; }} > '{0}.new'\n/bin/mv '{0}.new' '{0}'\nexit {code}\n",
        called.display()
    );
    let file = bin.join(name);
    fs::write(&file, script).expect("a temp folder is writable");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).expect("our own file");
    called
}

fn lines(called: &Path) -> Vec<String> {
    let text = fs::read_to_string(called).expect("it was called and ended");
    text.lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_file_opens_at_its_line_in_the_editor_that_is_found() {
    let app = App::start().await;
    let id = app.workspace("look").await;
    app.agents.started(1).await;
    let tree = app.tree(&id).await.canonicalize().unwrap();
    let odd = "a b'; $(touch x) {path}.rs";
    fs::write(tree.join(odd), "").unwrap();
    let called = program(&app, "code", 0);
    let open = |path: PathBuf, line| app.flows.open_in_editor(&id, path, line, None);
    open(odd.into(), Some(12)).await.unwrap();
    let (tree, file) = (tree.display().to_string(), tree.join(odd));
    let told = |argument: String| ["-g".to_owned(), argument, tree.clone(), "tag=".to_owned()];
    assert_eq!(lines(&called), told(format!("{}:12", file.display())));
    open(file.clone(), None).await.unwrap();
    assert_eq!(lines(&called), told(format!("{}:1", file.display())));
    assert!(
        !Path::new(&tree).join("x").exists(),
        "no shell saw the name"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_persons_own_editor_is_called_as_they_wrote_it_and_its_refusal_is_shown() {
    let app = App::start().await;
    let id = app.workspace("look").await;
    app.agents.started(1).await;
    let file = app.tree(&id).await.canonicalize().unwrap().join("new.rs");
    fs::write(&file, "").unwrap();
    program(&app, "code", 0);
    let mine = program(&app, "mine", 0);
    program(&app, "broken", 3);
    let open = |editor: &str| {
        let editor = Some(editor.to_owned());
        app.flows
            .open_in_editor(&id, "new.rs".into(), Some(4), editor)
    };
    open("mine '--at line' {line} --").await.unwrap();
    let wanted = ["--at line", "4", "--", file.to_str().unwrap()];
    assert_eq!(lines(&mine)[..4], wanted);
    let refused = open("broken {path}").await.unwrap_err().to_string();
    assert_eq!(
        refused,
        "broken could not open the file: it ended at once with code 3."
    );
    let missing = open("no-such-editor").await.unwrap_err().to_string();
    assert!(missing.contains("there is no such program"), "{missing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_editor_the_system_opens_the_file_or_says_that_it_can_not() {
    let app = App::start().await;
    let id = app.workspace("look").await;
    app.agents.started(1).await;
    let file = app.tree(&id).await.canonicalize().unwrap().join("new.rs");
    fs::write(&file, "").unwrap();
    let open = || app.flows.open_in_editor(&id, "new.rs".into(), None, None);
    let refused = open().await.unwrap_err().to_string();
    assert_eq!(
        refused,
        "The system could not open the file: no editor was found."
    );
    let called = program(&app, "xdg-open", 0);
    open().await.unwrap();
    assert_eq!(lines(&called)[0], file.to_str().unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_outside_of_the_worktree_is_opened_also_not_through_a_link() {
    let app = App::start().await;
    let id = app.workspace("look").await;
    app.agents.started(1).await;
    let tree = app.tree(&id).await;
    let secret = app.folder().join("secret");
    fs::write(&secret, "").unwrap();
    symlink(&secret, tree.join("link")).unwrap();
    symlink(app.folder(), tree.join("folder")).unwrap();
    let called = program(&app, "code", 0);
    let open = |path: PathBuf| app.flows.open_in_editor(&id, path, None, None);
    for outside in [
        secret.clone(),
        "link".into(),
        "folder/secret".into(),
        tree.join("../../../secret"),
    ] {
        let refused = open(outside.clone()).await.unwrap_err().to_string();
        assert!(
            refused.contains("not in the worktree"),
            "{outside:?}: {refused}"
        );
    }
    let gone = open("gone.rs".into()).await.unwrap_err().to_string();
    assert_eq!(gone, "There is no file gone.rs any more.");
    assert!(!called.exists(), "no editor was called");
}
