//! The layers hold: a crate's folder says what it may use, and the top level stays the list that the README explains.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a crate is, by the folder it lives in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layer {
    Kernel,
    Domains,
    Snapshot,
    Adapters,
    Orchestration,
    App,
    PracticeAgent,
    Xtask,
    Tests,
}

use Layer::{Adapters, App, Domains, Kernel, Orchestration, PracticeAgent, Snapshot, Tests, Xtask};

const LAYERS: [Layer; 9] = [
    Kernel,
    Domains,
    Snapshot,
    Adapters,
    Orchestration,
    App,
    PracticeAgent,
    Xtask,
    Tests,
];

impl Layer {
    /// The layer of a folder below the repository's root; none if no crate belongs there.
    fn of_folder(folder: &Path) -> Option<Self> {
        let parts: Vec<_> = folder.iter().map(|part| part.to_string_lossy()).collect();
        let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
        match parts.as_slice() {
            [] => Some(App),
            ["tests"] => Some(Tests),
            ["src-tauri", "kernel"] => Some(Kernel),
            ["src-tauri", "domains", _] => Some(Domains),
            ["src-tauri", "snapshot"] => Some(Snapshot),
            ["src-tauri", "adapters", _] => Some(Adapters),
            ["src-tauri", "orchestration"] => Some(Orchestration),
            ["src-tauri", "practice-agent"] => Some(PracticeAgent),
            ["src-tauri", "xtask"] => Some(Xtask),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kernel => "the kernel",
            Domains => "the domains",
            Snapshot => "the snapshot",
            Adapters => "the adapters",
            Orchestration => "the orchestration",
            App => "the app",
            PracticeAgent => "the practice agent",
            Xtask => "xtask",
            Tests => "the tests",
        }
    }

    fn may_use(self) -> &'static [Layer] {
        match self {
            Kernel | PracticeAgent | Xtask => &[],
            Domains | Snapshot => &[Kernel],
            Adapters => &[Kernel, Domains],
            Orchestration => &[Kernel, Domains, Snapshot],
            App => &[Kernel, Domains, Snapshot, Adapters, Orchestration],
            Tests => &[
                Kernel,
                Domains,
                Snapshot,
                Adapters,
                Orchestration,
                PracticeAgent,
            ],
        }
    }
}

/// One crate of ours.
#[derive(Clone, Debug)]
struct Room {
    name: String,
    layer: Layer,
}

/// Why `user` must not use `used`; none if it may.
fn objection(user: &Room, used: &Room) -> Option<String> {
    // Groups, tags and the sweep need exactly one owner, and a port for them would have one implementer.
    let ground = used.layer == Adapters && used.name == "process" && user.layer == Adapters;
    if ground || user.layer.may_use().contains(&used.layer) {
        return None;
    }
    let allowed: Vec<_> = user
        .layer
        .may_use()
        .iter()
        .map(|layer| layer.name())
        .collect();
    let allowed = match allowed.as_slice() {
        [] => "nothing of ours".to_owned(),
        names => format!("only {}", names.join(", ")),
    };
    Some(format!(
        "`{}` ({}) uses `{}` ({}), but {} may use {allowed}.",
        user.name,
        user.layer.name(),
        used.name,
        used.layer.name(),
        user.layer.name(),
    ))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests' crate has a parent folder")
        .to_path_buf()
}

fn packages() -> Vec<serde_json::Value> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(root())
        .output()
        .expect("cargo starts");
    assert!(
        output.status.success(),
        "cargo metadata failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("cargo prints JSON");
    metadata["packages"]
        .as_array()
        .expect("cargo lists packages")
        .clone()
}

fn text<'a>(value: &'a serde_json::Value, key: &str) -> &'a str {
    value[key].as_str().expect("cargo's metadata has the field")
}

fn folder(package: &serde_json::Value) -> PathBuf {
    let manifest = Path::new(text(package, "manifest_path"));
    let folder = manifest.parent().expect("a manifest is in a folder");
    folder
        .strip_prefix(root())
        .expect("members are below the root")
        .to_path_buf()
}

#[test]
fn every_crate_uses_only_what_its_layer_allows() {
    let mut objections = Vec::new();
    let mut rooms = Vec::new();
    let packages = packages();
    for package in &packages {
        let (name, folder) = (text(package, "name").to_owned(), folder(package));
        match Layer::of_folder(&folder) {
            Some(layer) => rooms.push((Room { name, layer }, package)),
            None => objections.push(format!(
                "`{name}` lives in {}, which is no layer's folder.",
                folder.display()
            )),
        }
    }
    for (user, package) in &rooms {
        let dependencies = package["dependencies"].as_array().expect("a list");
        let ours = dependencies.iter().filter(|used| !used["path"].is_null());
        for used in ours {
            // A renamed dependency keeps its crate's name here.
            let used = rooms
                .iter()
                .find(|(room, _)| room.name == text(used, "name"));
            objections.extend(used.and_then(|(used, _)| objection(user, used)));
        }
    }
    assert!(rooms.len() > 5, "the metadata lists our crates");
    assert!(objections.is_empty(), "\n{}\n", objections.join("\n"));
}

#[test]
fn an_edge_against_the_layers_is_named_with_both_crates_and_both_layers() {
    let room = |name: &str, layer| Room {
        name: name.to_owned(),
        layer,
    };
    let objection = objection(&room("session", Domains), &room("git", Adapters));
    assert_eq!(
        objection.as_deref(),
        Some(
            "`session` (the domains) uses `git` (the adapters), but the domains may use only the kernel."
        )
    );
}

#[test]
fn only_the_edges_of_the_map_are_free() {
    let free: Vec<_> = LAYERS
        .iter()
        .flat_map(|&user| LAYERS.map(|used| (user, used)))
        .filter(|&(user, used)| {
            let room = |layer| Room {
                name: "made-up".to_owned(),
                layer,
            };
            objection(&room(user), &room(used)).is_none()
        })
        .collect();
    let map = [
        (Domains, Kernel),
        (Snapshot, Kernel),
        (Adapters, Kernel),
        (Adapters, Domains),
        (Orchestration, Kernel),
        (Orchestration, Domains),
        (Orchestration, Snapshot),
        (App, Kernel),
        (App, Domains),
        (App, Snapshot),
        (App, Adapters),
        (App, Orchestration),
        (Tests, Kernel),
        (Tests, Domains),
        (Tests, Snapshot),
        (Tests, Adapters),
        (Tests, Orchestration),
        (Tests, PracticeAgent),
    ];
    assert_eq!(free, map);
}

#[test]
fn the_process_adapter_is_the_only_one_that_adapters_share() {
    let room = |name: &str, layer| Room {
        name: name.to_owned(),
        layer,
    };
    let process = room("process", Adapters);
    assert!(objection(&room("agents", Adapters), &process).is_none());
    assert!(objection(&process, &room("agents", Adapters)).is_some());
    assert!(objection(&room("orchestration", Orchestration), &process).is_some());
}

#[test]
fn every_crate_says_first_what_it_is() {
    let silent: Vec<String> = packages()
        .iter()
        .flat_map(|package| package["targets"].as_array().expect("a list").clone())
        .map(|target| text(&target, "src_path").to_owned())
        .filter(|file| {
            let source = std::fs::read_to_string(file).expect("cargo lists files that exist");
            !source.starts_with("//! ")
        })
        .collect();
    assert!(
        silent.is_empty(),
        "These files don't start with a `//!` line of purpose: {silent:#?}"
    );
}

#[test]
fn the_top_level_is_the_list_that_the_readme_explains() {
    let explained = BTreeSet::from([
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "clippy.toml",
        "deny.toml",
        "icons",
        "src-tauri",
        "tauri.conf.json",
        "tests",
        "ui",
    ]);
    // Made by builds and ignored by git.
    let made = ["gen", "target"];
    let strangers: Vec<String> = std::fs::read_dir(root())
        .expect("the root is readable")
        .map(|entry| entry.expect("the root is readable").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .filter(|name| !explained.contains(name.as_str()) && !made.contains(&name.as_str()))
        .filter(|name| !name.starts_with('.') && !name.ends_with(".log"))
        .collect();
    assert!(
        strangers.is_empty(),
        "The top level is fixed, but has also {strangers:?}: each belongs into one of its folders."
    );
}
