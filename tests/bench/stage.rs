//! A display, a bus and folders of their own, on which programs with windows are timed. All of it ends with the stage.

use process::{Owned, Tag};
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use tempfile::TempDir;

/// Nothing is started on demand: no portal and no keyring comes into the numbers.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=FOLDER</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"#;

/// Where windows open.
pub struct Stage {
    display: String,
    bus: String,
    programs: PathBuf,
    tag: Tag,
    starts: AtomicU32,
    // Ended before the folder goes.
    _servers: [Owned; 2],
    folder: TempDir,
}

impl Stage {
    /// Starts the display and the bus.
    pub fn set() -> Self {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let tag = Tag::of_home(folder.path());
        let settings = folder.path().join("bus.conf");
        let bus_folder = folder
            .path()
            .to_str()
            .expect("temporary folders have plain names");
        std::fs::write(&settings, BUS.replace("FOLDER", bus_folder))
            .expect("the temporary folder is writable");
        let (bus_server, bus) = announced(
            Command::new("dbus-daemon")
                .args(["--nofork", "--print-address=1", "--config-file"])
                .arg(&settings),
            &tag,
        );
        let (display_server, display) = announced(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-nolisten", "tcp"])
                .args(["-screen", "0", "1600x1000x24"]),
            &tag,
        );
        let programs = std::env::var_os("SHOPFLOOR_BIN_DIR")
            .expect("`cargo xtask bench` says where the programs are");
        Self {
            display: format!(":{display}"),
            bus,
            programs: PathBuf::from(programs),
            tag,
            starts: AtomicU32::new(0),
            _servers: [bus_server, display_server],
            folder,
        }
    }

    /// Where the stage keeps its files; anything may be put here.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// One of the built programs, to open its window here with its stdout piped.
    pub fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.path_of(name));
        self.dress(&mut command);
        command
    }

    /// Where one of the built programs is.
    pub fn path_of(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    /// Gives a program the stage's display, bus and folders.
    pub fn dress<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        for (variable, folder) in [
            ("HOME", "person"),
            ("XDG_CONFIG_HOME", "person/config"),
            ("XDG_CACHE_HOME", "person/cache"),
            ("XDG_DATA_HOME", "person/data"),
            ("XDG_RUNTIME_DIR", "person/run"),
        ] {
            let folder = self.folder().join(folder);
            std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
            command.env(variable, folder);
        }
        command
            .env("DISPLAY", &self.display)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("NO_AT_BRIDGE", "1")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(File::create(self.complaints()).expect("the temporary folder is writable"))
    }

    /// Where the newest program's stderr goes.
    pub fn complaints(&self) -> PathBuf {
        self.folder().join("stderr.log")
    }

    /// Starts a program on the stage. It is ended, with all that it started, when the first of the two is dropped.
    pub fn start(&self, command: &mut Command) -> (Owned, Child) {
        // A tag of its own: the end of an earlier one sweeps all that bear its tag.
        let owner = format!("window {}", self.starts.fetch_add(1, Ordering::Relaxed));
        Owned::spawn(command, &self.tag.of_owner(&owner)).expect("the program starts")
    }
}

/// Starts a server and reads the one line by which it says where it is.
fn announced(command: &mut Command, tag: &Tag) -> (Owned, String) {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let (server, mut child) =
        Owned::spawn(command, &tag.of_owner("stage")).expect("the server is installed");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("stdout is piped"))
        .read_line(&mut line)
        .expect("the server speaks");
    assert!(!line.is_empty(), "the server said where it is");
    (server, line.trim().to_owned())
}
