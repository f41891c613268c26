//! The files of a worktree: found by a few letters, and read where the person hands one to an agent.
//!
//! Invariant: nothing here writes. A list is at most a few seconds old, so that typing never waits for the disk twice.

use crate::error::WorkspaceError;
use crate::port::{Editors, TreeFiles};
use crate::work::off_the_workers;
use crate::workspace::Workspace;
use kernel::{Clock, Timestamp, WorkspaceId};
use nucleo_matcher::pattern::{CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use serde::Serialize;
use specta::Type;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a list is good.
const FRESH: Duration = Duration::from_secs(5);
/// Most hits answered.
const HITS: usize = 50;

/// The handle on files. Clones share what they know.
#[derive(Clone)]
pub struct Files(pub(crate) Arc<Shared>);

pub(crate) struct Shared {
    port: Arc<dyn TreeFiles>,
    pub(crate) editors: Arc<dyn Editors>,
    clock: Arc<dyn Clock>,
    lists: Mutex<HashMap<WorkspaceId, Listed>>,
}

#[derive(Clone)]
struct Listed {
    at: Timestamp,
    paths: Arc<[String]>,
}

/// A file that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct FileHit {
    /// Its path in the worktree, with `/`.
    pub path: String,
    /// What of the path was looked for: begin and end of each piece, in UTF-16 units as JavaScript counts.
    pub ranges: Vec<(u32, u32)>,
}

impl Files {
    /// Reads through `port`, opens with `editors`.
    pub fn new(port: Arc<dyn TreeFiles>, editors: Arc<dyn Editors>, clock: Arc<dyn Clock>) -> Self {
        Self(Arc::new(Shared {
            port,
            editors,
            clock,
            lists: Mutex::default(),
        }))
    }

    /// At most 50 files of a worktree that fit the letters, best first; the first ones by name when there are none.
    /// Tracked and new ones, not those that git ignores.
    pub async fn find(
        &self,
        of: &Workspace,
        query: String,
    ) -> Result<Vec<FileHit>, WorkspaceError> {
        let (shared, id, tree) = (Arc::clone(&self.0), of.id.clone(), of.path.clone());
        off_the_workers(move || Ok(found(&shared.list(id, &tree)?, &query))).await
    }

    /// The worktree's files may have changed: the next search reads them anew.
    pub fn touched(&self, id: &WorkspaceId) {
        self.0.lists().remove(id);
    }

    /// The path with symbolic links followed; `None` where there is nothing.
    pub async fn resolved(&self, path: &Path) -> Option<PathBuf> {
        let (shared, path) = (Arc::clone(&self.0), path.to_owned());
        off_the_workers(move || shared.port.resolve(&path)).await
    }

    /// A file's bytes, if it is a file of at most `limit` bytes.
    pub async fn read(&self, path: &Path, limit: u64) -> Result<Option<Vec<u8>>, WorkspaceError> {
        let (shared, path) = (Arc::clone(&self.0), path.to_owned());
        off_the_workers(move || shared.port.read(&path, limit)).await
    }
}

impl Shared {
    fn list(&self, id: WorkspaceId, tree: &Path) -> Result<Arc<[String]>, WorkspaceError> {
        let now = self.clock.now();
        let known = self.lists().get(&id).cloned();
        let is_fresh = |listed: &Listed| {
            let age = now.millis().saturating_sub(listed.at.millis());
            u128::from(age) < FRESH.as_millis()
        };
        if let Some(listed) = known.filter(is_fresh) {
            return Ok(listed.paths);
        }
        let mut paths = self.port.list(tree)?;
        paths.sort_unstable();
        paths.dedup();
        let paths: Arc<[String]> = paths.into();
        let mut lists = self.lists();
        // One list per open worktree would add up; those nobody looks at are let go.
        lists.retain(|_, listed| is_fresh(listed));
        let listed = Listed {
            at: now,
            paths: Arc::clone(&paths),
        };
        lists.insert(id, listed);
        Ok(paths)
    }

    fn lists(&self) -> MutexGuard<'_, HashMap<WorkspaceId, Listed>> {
        self.lists.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn found(paths: &[String], query: &str) -> Vec<FileHit> {
    let pattern = Pattern::parse(query.trim(), CaseMatching::Smart, Normalization::Smart);
    if pattern.atoms.is_empty() {
        let first = paths.iter().take(HITS).map(|path| FileHit {
            path: path.clone(),
            ranges: Vec::new(),
        });
        return first.collect();
    }
    let mut matcher = Matcher::new(Config::DEFAULT.match_paths());
    let mut letters = Vec::new();
    let mut scored: Vec<(u32, &String)> = Vec::new();
    for path in paths {
        if let Some(score) = pattern.score(Utf32Str::new(path, &mut letters), &mut matcher) {
            scored.push((score, path));
        }
    }
    // Of equals the shorter one: it holds less that was not asked for.
    let order = |(score, path): &(u32, &String)| (std::cmp::Reverse(*score), path.len());
    if scored.len() > HITS {
        scored.select_nth_unstable_by(HITS, |a, b| order(a).cmp(&order(b)).then(a.1.cmp(b.1)));
        scored.truncate(HITS);
    }
    scored.sort_by(|a, b| order(a).cmp(&order(b)).then(a.1.cmp(b.1)));
    let mut hits = Vec::with_capacity(scored.len());
    for (_, path) in scored {
        let mut places = Vec::new();
        pattern.indices(Utf32Str::new(path, &mut letters), &mut matcher, &mut places);
        places.sort_unstable();
        places.dedup();
        hits.push(FileHit {
            ranges: ranges(path, &places),
            path: path.clone(),
        });
    }
    hits
}

/// Places of characters as ranges of UTF-16 units, neighbours joined.
fn ranges(path: &str, places: &[u32]) -> Vec<(u32, u32)> {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    let mut unit = 0_u32;
    for (place, letter) in path.chars().enumerate() {
        let end = unit + u32::try_from(letter.len_utf16()).unwrap_or(1);
        let is_hit = u32::try_from(place).is_ok_and(|place| places.binary_search(&place).is_ok());
        if is_hit {
            match ranges.last_mut() {
                Some(last) if last.1 == unit => last.1 = end,
                _ => ranges.push((unit, end)),
            }
        }
        unit = end;
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::{FileHit, found};

    fn paths(hits: &[FileHit]) -> Vec<&str> {
        hits.iter().map(|hit| hit.path.as_str()).collect()
    }

    #[test]
    fn a_few_letters_find_the_file_and_say_which() {
        let all = ["docs/live.md", "src/live/queue.rs", "src/quiet.rs"].map(str::to_owned);
        let hits = found(&all, "livque");
        assert_eq!(paths(&hits), ["src/live/queue.rs"]);
        assert_eq!(hits[0].ranges, [(4, 7), (9, 12)]);
        assert_eq!(paths(&found(&all, "")), all);
        assert!(found(&all, "nothing like it").is_empty());
    }

    #[test]
    fn ranges_count_as_the_window_does() {
        let hits = found(&["𝒳ä/b.rs".to_owned()], "b");
        assert_eq!(hits[0].ranges, [(4, 5)]);
    }

    #[test]
    fn a_hundred_thousand_files_answer_while_one_types() {
        let all: Vec<String> = (0..100_000)
            .map(|n| format!("crates/part{}/src/module_{n}/file.rs", n % 97))
            .collect();
        let hits = found(&all, "mod777");
        assert_eq!(hits.len(), 50);
        assert!(hits[0].path.contains("module_777"), "{:?}", hits[0]);
    }
}
