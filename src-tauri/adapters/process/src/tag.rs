//! The tag in the environment by which a process is known as ours, wherever it went.

use std::path::Path;
use std::process::Command;

/// Name of the environment variable every descendant of ours inherits.
pub const TAG_VARIABLE: &str = "SHOPFLOOR_TAG";

/// Value of [`TAG_VARIABLE`]: `<16 hex digits of the data directory>/[<run>/]<owner>`, so that a sweep for one
/// data directory never touches another's processes.
///
/// A tag that ends in `/` stands for all tags below it: [`Tag::of_home`] for everything this data directory
/// ever started, [`Tag::of_run`] for what this run of the app starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag(String);

impl Tag {
    /// The tag of everything that belongs to this data directory (FNV-1a 64 of its canonical path's bytes).
    pub fn of_home(home: &Path) -> Self {
        let home = home.canonicalize().unwrap_or_else(|_| home.to_path_buf());
        let hash = home
            .as_os_str()
            .as_encoded_bytes()
            .iter()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
            });
        Self(format!("{hash:016x}/"))
    }

    /// The tag of what this run of the app starts. What outlives a killed app is swept by its reaper under this
    /// tag, so that a reaper that is still at work never touches what the next run has started.
    pub fn of_run(&self) -> Self {
        let began = crate::sweep::start_time_of_self().unwrap_or_default();
        Self(format!("{}{}-{began}/", self.0, std::process::id()))
    }

    /// The tag of one owner, e.g. a session's id.
    pub fn of_owner(&self, owner: &str) -> Self {
        Self(format!("{}{owner}", self.0))
    }

    /// Reads a tag back from its text; `None` when it does not begin with a data directory's digits.
    pub fn parse(text: &str) -> Option<Self> {
        let (home, _) = text.split_once('/')?;
        let digits = home.len() == 16 && home.bytes().all(|byte| byte.is_ascii_hexdigit());
        digits.then(|| Self(text.to_owned()))
    }

    /// The variable's value.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a process with this value of [`TAG_VARIABLE`] belongs to this tag: the same owner, or any owner
    /// where this tag stands for all below it.
    pub fn matches(&self, value: &[u8]) -> bool {
        let own = self.0.as_bytes();
        value == own || (own.ends_with(b"/") && value.starts_with(own))
    }

    /// Marks what the command will start: the tag in its environment and a process group of its own. On Windows, which has
    /// none: no console window that pops up.
    pub fn mark<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        apart(command.env(TAG_VARIABLE, &self.0))
    }
}

#[cfg(unix)]
fn apart(command: &mut Command) -> &mut Command {
    std::os::unix::process::CommandExt::process_group(command, 0)
}

#[cfg(windows)]
fn apart(command: &mut Command) -> &mut Command {
    const CREATE_NO_WINDOW: u32 = 0x0800_0000;
    std::os::windows::process::CommandExt::creation_flags(command, CREATE_NO_WINDOW)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_home_covers_its_owners_and_no_other_home() {
        let (one, two) = (Tag::of_home(Path::new("/a")), Tag::of_home(Path::new("/b")));
        let owner = one.of_run().of_owner("s1");
        assert!(one.matches(owner.as_str().as_bytes()));
        assert!(one.of_run().matches(owner.as_str().as_bytes()));
        assert!(!two.matches(owner.as_str().as_bytes()));
        assert!(!one.matches(b""));
    }

    #[test]
    fn an_owner_covers_only_itself() {
        let home = Tag::of_home(Path::new("/a"));
        let owner = home.of_owner("s1");
        assert!(owner.matches(owner.as_str().as_bytes()));
        assert!(!owner.matches(home.of_owner("s12").as_str().as_bytes()));
        assert!(!owner.matches(home.as_str().as_bytes()));
    }

    #[test]
    fn a_tag_is_read_back_and_strange_text_is_not() {
        let tag = Tag::of_home(Path::new("/a")).of_owner("s1");
        assert_eq!(Tag::parse(tag.as_str()), Some(tag));
        for strange in ["", "/", "s1", "0123/", "zzzzzzzzzzzzzzzz/x"] {
            assert_eq!(Tag::parse(strange), None, "{strange}");
        }
    }
}
