//! The window's page: Vite's build, only when something it is made from is newer.

use crate::npm::{self, changed};
use crate::places::Places;
use crate::step::{Outcome, run_silently, step};
use std::path::Path;
use std::time::SystemTime;

/// Builds `ui/dist`, which the app embeds, if its sources are newer.
pub fn build(places: &Places) -> Outcome {
    npm::packages(&places.ui)?;
    if is_built(&places.ui) {
        return Ok(());
    }
    step("the window's page", || {
        run_silently(npm::npm(&places.ui).args(["run", "build"]))
    })
}

fn is_built(ui: &Path) -> bool {
    // The app's build script puts a placeholder page where there is none; only Vite makes `assets`.
    if !ui.join("dist/assets").is_dir() {
        return false;
    }
    let Some(built) = changed(&ui.join("dist/index.html")) else {
        return false;
    };
    let files_beside = files(ui);
    let newest = files_beside
        .iter()
        .map(std::path::PathBuf::as_path)
        .chain([ui.join("src").as_path(), ui.join("public").as_path()])
        .filter_map(newest_below)
        .max();
    newest.is_some_and(|newest| newest <= built)
}

/// When the file, or anything in the folder, changed last. A folder's own time shows what was removed from it.
fn newest_below(path: &Path) -> Option<SystemTime> {
    let own = changed(path)?;
    let below = std::fs::read_dir(path)
        .into_iter()
        .flatten()
        .filter_map(|entry| newest_below(&entry.ok()?.path()))
        .max();
    Some(below.map_or(own, |below| below.max(own)))
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_file())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::is_built;
    use std::fs::{File, create_dir_all, remove_dir_all, write};
    use std::path::PathBuf;
    use std::time::{Duration, SystemTime};

    /// A `ui` folder of its own, built one second after its sources were written.
    fn built(name: &str) -> PathBuf {
        let ui = std::env::temp_dir().join(format!("xtask ui {name} {}", std::process::id()));
        create_dir_all(ui.join("src/board")).unwrap();
        create_dir_all(ui.join("dist/assets")).unwrap();
        for file in ["src/board/Card.svelte", "vite.config.ts", "dist/index.html"] {
            write(ui.join(file), "").unwrap();
        }
        touch(&ui, "dist/index.html", 1);
        ui
    }

    fn touch(ui: &std::path::Path, file: &str, seconds_ahead: u64) {
        let time = SystemTime::now() + Duration::from_secs(seconds_ahead);
        File::options()
            .write(true)
            .open(ui.join(file))
            .unwrap()
            .set_modified(time)
            .unwrap();
    }

    #[test]
    fn a_page_newer_than_its_sources_is_built() {
        let ui = built("fresh");
        assert!(is_built(&ui));
        remove_dir_all(ui).unwrap();
    }

    #[test]
    fn a_newer_source_or_setting_asks_for_a_build() {
        for file in ["src/board/Card.svelte", "vite.config.ts"] {
            let ui = built("newer");
            touch(&ui, file, 60);
            assert!(!is_built(&ui), "{file}");
            remove_dir_all(ui).unwrap();
        }
    }

    #[test]
    fn the_placeholder_page_is_not_a_build() {
        let ui = built("placeholder");
        remove_dir_all(ui.join("dist/assets")).unwrap();
        assert!(!is_built(&ui));
        remove_dir_all(ui).unwrap();
    }
}
