//! Where a path leads once symbolic links are followed. Blocking.

use session::port::Links;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// All of them resolved as far as they exist, as texts; empty when one can't be: a link that leads nowhere, a file where
/// a folder should be, a name that is not UTF-8.
pub(crate) fn resolved(paths: &[String]) -> Vec<String> {
    let text = |path: &String| real(Path::new(path))?.to_str().map(str::to_owned);
    let all: Option<Vec<String>> = paths.iter().map(text).collect();
    let mut all = all.unwrap_or_default();
    all.sort();
    all.dedup();
    all
}

/// The disk's symbolic links.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiskLinks;

impl Links for DiskLinks {
    fn follow(&self, path: &Path) -> Option<PathBuf> {
        real(path)
    }
}

fn real(path: &Path) -> Option<PathBuf> {
    let mut missing = Vec::new();
    let mut head = path;
    loop {
        match head.canonicalize() {
            Ok(real) => {
                return Some(
                    missing
                        .iter()
                        .rev()
                        .fold(real, |path, name| path.join(name)),
                );
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let leads_nowhere = head.symlink_metadata().is_ok();
                if leads_nowhere {
                    return None;
                }
                // None for `..` below what is missing: nobody knows where that leads.
                missing.push(head.file_name()?);
                head = head.parent()?;
            }
            Err(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test says what it expects by failing")]

    use super::*;
    use std::os::unix::fs::symlink;

    #[test]
    fn links_are_followed_as_far_as_they_exist() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        std::fs::create_dir(root.join("real")).unwrap();
        std::fs::write(root.join("file"), "").unwrap();
        symlink(root.join("real"), root.join("link")).unwrap();
        symlink("/no/such/place", root.join("dangling")).unwrap();
        let at = |name: &str| root.join(name).to_str().unwrap().to_owned();
        let one = |name: &str| resolved(&[at(name)]);
        assert_eq!(one("real/../link/new/deep"), [at("real/new/deep")]);
        assert_eq!(one("link"), [at("real")]);
        for unclear in ["dangling", "dangling/x", "file/x", "missing/../x"] {
            assert!(one(unclear).is_empty(), "{unclear}");
        }
        let both = [at("link/x"), at("real/x")];
        assert_eq!(resolved(&both), [at("real/x")]);
        assert!(resolved(&[at("link/x"), at("dangling")]).is_empty());
    }
}
