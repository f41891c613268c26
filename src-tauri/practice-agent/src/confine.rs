//! Paths stay inside the worktree, whatever `..` or a symbolic link says.

use std::path::{Component, Path, PathBuf};

/// The absolute path of `path` in `root`, or a sentence why it is refused.
pub fn resolve(root: &Path, path: &str) -> Result<PathBuf, String> {
    let refused = || format!("`{path}` is outside of the workspace, so I leave it alone.");
    let root = root
        .canonicalize()
        .map_err(|error| format!("The workspace's folder can't be opened: {error}."))?;
    let mut plain = root.clone();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(name) => plain.push(name),
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            Component::RootDir | Component::Prefix(_) => plain.push(part.as_os_str()),
        }
    }
    // What exists of the path decides where it really is; what doesn't exist can't be a link.
    let mut existing = plain.as_path();
    while existing.symlink_metadata().is_err() {
        existing = existing.parent().ok_or_else(refused)?;
    }
    let real = existing.canonicalize().map_err(|_| refused())?;
    if real.starts_with(&root) && plain.starts_with(&root) && plain != root {
        Ok(plain)
    } else {
        Err(refused())
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn only_paths_inside_are_allowed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("work tree");
        std::fs::create_dir_all(root.join("sub")).unwrap();
        std::fs::write(folder.path().join("secret"), "").unwrap();
        std::os::unix::fs::symlink(folder.path(), root.join("out")).unwrap();
        std::os::unix::fs::symlink("/nowhere/at/all", root.join("dangling")).unwrap();

        for inside in ["a", "sub/b", "./sub/../c", "new/deep/d"] {
            assert!(resolve(&root, inside).is_ok(), "{inside}");
        }
        let absolute = root.join("e");
        assert_eq!(
            resolve(&root, absolute.to_str().unwrap()).unwrap(),
            absolute
        );
        for outside in [
            "../secret",
            "/etc/passwd",
            "out/secret",
            "sub/../../secret",
            ".",
            "dangling",
        ] {
            assert!(resolve(&root, outside).is_err(), "{outside}");
        }
    }
}
