//! Against the real disk, in a temporary folder.
#![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use super::Folders;
use session::export::{Existing, ExportFile, ExportFiles};
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn begin(path: &Path, existing: Existing) -> Box<dyn ExportFile> {
    Folders.begin(path, existing).unwrap()
}

fn refusal(path: &Path, existing: Existing) -> String {
    let error = Folders.begin(path, existing).err().unwrap();
    format!("{error} {}", error.hint())
}

fn names(folder: &TempDir) -> Vec<String> {
    let entries = fs::read_dir(folder.path()).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn a_file_takes_its_place_when_it_is_whole() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a b.md");
    let mut file = begin(&path, Existing::Keep);
    file.write("one ").unwrap();
    assert!(!path.exists());
    file.write("two").unwrap();
    file.finish().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "one two");
    assert_eq!(names(&folder), ["a b.md"]);
}

#[test]
fn what_is_not_finished_leaves_nothing_and_changes_nothing() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.md");
    fs::write(&path, "before").unwrap();
    let mut file = begin(&path, Existing::Replace);
    file.write("after").unwrap();
    drop(file);
    assert_eq!(fs::read_to_string(&path).unwrap(), "before");
    assert_eq!(names(&folder), ["a.md"]);
}

#[test]
fn a_file_is_replaced_only_when_that_was_said() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.md");
    let begun_before = begin(&path, Existing::Keep);
    fs::write(&path, "precious").unwrap();
    let told = refusal(&path, Existing::Keep);
    assert!(told.contains("a file of that name already"), "{told}");
    begun_before.finish().unwrap_err();
    assert_eq!(fs::read_to_string(&path).unwrap(), "precious");
    let mut file = begin(&path, Existing::Replace);
    file.write("new").unwrap();
    file.finish().unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "new");
    assert_eq!(names(&folder), ["a.md"]);
}

#[test]
fn where_nothing_can_be_written_it_is_said_why() {
    let folder = TempDir::new().unwrap();
    let missing = refusal(&folder.path().join("no/a.md"), Existing::Keep);
    assert!(missing.contains("its folder does not exist"), "{missing}");
    let taken = refusal(folder.path(), Existing::Replace);
    assert!(taken.contains("a folder of that name"), "{taken}");
    let nothing = refusal(Path::new(""), Existing::Replace);
    assert!(nothing.contains("its folder does not exist"), "{nothing}");
}

#[test]
fn a_full_disk_is_said() {
    let told = super::failure(Path::new("/a.md"), &std::io::ErrorKind::StorageFull.into());
    assert_eq!(
        told.to_string(),
        "The conversation could not be written to /a.md: the disk is full."
    );
    assert!(told.hint().contains("Free some space"));
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("a.md");
    begin(&path, Existing::Keep).finish().unwrap();
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
