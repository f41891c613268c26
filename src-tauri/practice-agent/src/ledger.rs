//! What came in, for whoever tests a host: each prompt is a line of a file before anything is done with it.

use serde_json::json;
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::Path;

/// Names the file; without it nothing is noted.
pub const VARIABLE: &str = "SHOPFLOOR_PRACTICE_LEDGER";

/// The file, or none where nobody asked for one.
pub struct Ledger(Option<File>);

impl Ledger {
    /// The ledger that the environment names. Several agents may write to the same one.
    pub fn from_variable() -> Self {
        Self(
            std::env::var_os(VARIABLE)
                .filter(|path| !path.is_empty())
                .and_then(|path| open(Path::new(&path))),
        )
    }

    /// Adds a prompt. One write per line, so that lines of several processes never mix and none is half there.
    pub fn note(&self, session: &str, texts: &[String]) {
        let Some(mut file) = self.0.as_ref() else {
            return;
        };
        let prompt = texts.join("\n");
        let entry = json!({"pid": std::process::id(), "session": session, "prompt": prompt});
        if let Err(error) = file.write_all(format!("{entry}\n").as_bytes()) {
            eprintln!("practice-agent: the ledger can't be written: {error}");
        }
    }
}

fn open(path: &Path) -> Option<File> {
    let file = OpenOptions::new().create(true).append(true).open(path);
    file.inspect_err(|error| eprintln!("practice-agent: the ledger can't be opened: {error}"))
        .ok()
}
