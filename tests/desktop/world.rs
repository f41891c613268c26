//! A whole world for one story: home, display, bus, and the app in it. Dropping it leaves no process.

use crate::bus::Bus;
use crate::children::find;
use crate::display::Display;
use crate::repository::Repository;
use crate::sweep::{self, Alive, MARK};
use crate::wait::until;
use crate::window::Window;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use tempfile::TempDir;

/// One world.
pub struct World {
    window: Option<Window>,
    display: Display,
    /// The session bus with its tray.
    pub bus: Bus,
    mark: String,
    name: String,
    starts: u32,
    folder: Option<TempDir>,
}

impl World {
    /// Makes a world in which nothing has run yet.
    pub async fn new(name: &str) -> Self {
        let folder = tempfile::Builder::new()
            .prefix("shopfloor-")
            .tempdir()
            .unwrap();
        let root = folder.path().to_owned();
        for part in ["home", "logs", "run", "away"] {
            std::fs::create_dir_all(root.join(part)).unwrap();
        }
        let private = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(root.join("run"), private).unwrap();
        std::fs::write(
            root.join("home/.gitconfig"),
            "[user]\n\tname = Desktop Test\n\temail = desktop@example.org\n",
        )
        .unwrap();
        let logs = root.join("logs");
        Self {
            window: None,
            display: Display::start(&logs).await,
            bus: Bus::start(&root, &logs).await,
            mark: format!("{}-{name}", root.display()),
            name: name.to_owned(),
            starts: 0,
            folder: Some(folder),
        }
    }

    /// Its folder.
    pub fn folder(&self) -> &Path {
        self.folder.as_ref().expect("kept until the drop").path()
    }

    /// The app's data directory.
    pub fn data(&self) -> PathBuf {
        self.folder().join("home/shopfloor data")
    }

    /// A place where scripts and the test leave signs for each other, outside of every repository.
    pub fn sign(&self, name: &str) -> PathBuf {
        self.folder().join("away").join(name)
    }

    /// A person's repository, in a folder with spaces.
    pub fn repository(&self) -> Repository {
        let path = self.folder().join("my projects/greeter & co");
        Repository::make(&path, &self.folder().join("home"))
    }

    /// For the variable `DISPLAY`.
    pub fn display(&self) -> &str {
        &self.display.name
    }

    /// All that the app wrote to its logs so far.
    pub fn log(&self) -> String {
        let Ok(files) = std::fs::read_dir(self.data().join("logs")) else {
            return String::new();
        };
        files
            .flatten()
            .filter_map(|file| std::fs::read_to_string(file.path()).ok())
            .collect()
    }

    /// Starts the app and waits for its window.
    pub async fn start(&mut self) {
        assert!(self.window.is_none(), "the app runs already");
        self.starts += 1;
        let log = self.folder().join(format!("logs/app-{}.log", self.starts));
        let shots = std::env::var_os("SHOPFLOOR_SHOTS")
            .map(|folder| PathBuf::from(folder).join(&self.name));
        let program = shopfloor();
        self.window = Some(Window::open(&program, &self.environment(), &log, shots).await);
    }

    /// The window of the running app.
    pub fn window(&self) -> &Window {
        self.window.as_ref().expect("the app was started")
    }

    /// Ends the app as a power cut would, and nothing else.
    pub async fn kill(&mut self) {
        let app = self.app().expect("the app runs");
        sweep::kill(app.pid);
        self.forget_window().await;
    }

    /// Quits the app from its tray, means it when asked, and waits until it is gone.
    pub async fn quit(&mut self) {
        self.wish_to_quit().await;
        until("the app has quit, asked or not", async || {
            if self.app().is_none() {
                return Some(());
            }
            self.window().click_for_good("confirm-quit").await;
            None
        })
        .await;
        self.forget_window().await;
    }

    /// Chooses "Quit" in the tray.
    pub async fn wish_to_quit(&self) {
        self.bus.choose_in_tray("Quit").await;
    }

    /// Asks the app to end as a terminal or the end of the desktop's session does, and waits until it is gone.
    pub async fn terminate(&mut self) {
        let app = self.app().expect("the app runs");
        sweep::terminate(app.pid);
        self.has_quit().await;
    }

    /// Waits until the app is gone.
    pub async fn has_quit(&mut self) {
        until("the app has quit", async || {
            self.app().is_none().then_some(())
        })
        .await;
        self.forget_window().await;
    }

    /// Starts the app a second time; gives how that one ended.
    pub async fn start_again(&self) -> ExitStatus {
        let log = std::fs::File::create(self.folder().join("logs/second.log")).unwrap();
        let mut second = Command::new(shopfloor())
            .env_clear()
            .envs(self.environment())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .process_group(0)
            .spawn()
            .unwrap();
        until("the second start has ended", async || {
            second.try_wait().unwrap()
        })
        .await
    }

    /// Waits until nothing is alive that the app started, in its group or not.
    pub async fn leaves_nothing_behind(&self) {
        until("no process of the app is left", async || {
            let left = self.left_over();
            if !left.is_empty() {
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
            left.is_empty().then_some(())
        })
        .await;
    }

    /// What is alive of all that the app started, the app included.
    pub fn left_over(&self) -> Vec<Alive> {
        let driver = self.window.as_ref().map(Window::driver);
        sweep::marked(&self.mark)
            .into_iter()
            .filter(|alive| Some(alive.pid) != driver)
            .collect()
    }

    /// Living processes whose command line holds this.
    pub fn alive_with(&self, part: &str) -> Vec<Alive> {
        self.left_over()
            .into_iter()
            .filter(|alive| alive.command.contains(part))
            .collect()
    }

    /// The app's own process, its hidden modes left out.
    pub fn app(&self) -> Option<Alive> {
        let program = shopfloor();
        self.left_over().into_iter().find(|alive| {
            alive.program.as_deref() == Some(&program) && !alive.command.contains(" --")
        })
    }

    /// The driver can't tell that its app is gone; it goes too.
    async fn forget_window(&mut self) {
        self.window = None;
        until("the app is gone", async || {
            self.app().is_none().then_some(())
        })
        .await;
    }

    /// `WEBKIT_DISABLE_DMABUF_RENDERER` must stay away: the driver never answers a screenshot with it.
    fn environment(&self) -> Vec<(String, String)> {
        let root = self.folder();
        let at = |part: &str| root.join(part).to_str().unwrap().to_owned();
        let programs = std::env::var("PATH").unwrap_or_default();
        [
            (MARK, self.mark.clone()),
            ("HOME", at("home")),
            ("SHOPFLOOR_HOME", self.data().to_str().unwrap().to_owned()),
            // As for a newcomer: an answer comes in pieces over some time, not in one batch.
            ("SHOPFLOOR_PRACTICE_PACE", "1".to_owned()),
            ("XDG_CONFIG_HOME", at("home/.config")),
            ("XDG_DATA_HOME", at("home/.local/share")),
            ("XDG_STATE_HOME", at("home/.local/state")),
            ("XDG_CACHE_HOME", at("home/.cache")),
            ("XDG_RUNTIME_DIR", at("run")),
            ("DBUS_SESSION_BUS_ADDRESS", self.bus.address.clone()),
            ("DISPLAY", self.display.name.clone()),
            ("GDK_BACKEND", "x11".to_owned()),
            ("NO_AT_BRIDGE", "1".to_owned()),
            ("GIO_USE_VFS", "local".to_owned()),
            ("GSETTINGS_BACKEND", "memory".to_owned()),
            ("LANG", "C.UTF-8".to_owned()),
            ("PATH", programs),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.window = None;
        // Twice: who was about to start another one is gone the second time.
        for _ in 0..2 {
            for alive in sweep::marked(&self.mark) {
                sweep::kill(alive.pid);
            }
        }
        if std::thread::panicking()
            && let Some(folder) = self.folder.take()
        {
            eprintln!(
                "The world of this story is kept, with all logs: {}",
                folder.keep().display()
            );
        }
    }
}

/// The built app: `SHOPFLOOR_BIN`, or what plain cargo builds in this workspace.
pub fn shopfloor() -> PathBuf {
    let program = std::env::var_os("SHOPFLOOR_BIN").map_or_else(
        || {
            let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
                || Path::new(env!("CARGO_MANIFEST_DIR")).join("../target"),
                PathBuf::from,
            );
            target.join("debug/shopfloor")
        },
        PathBuf::from,
    );
    program.canonicalize().unwrap_or_else(|_| {
        panic!(
            "The app is not built ({} is missing). `cargo xtask test` builds it and all that the desktop tests need.",
            program.display()
        )
    })
}

/// Fails early, with a sentence, when the machine lacks what the stories need.
pub fn machine_is_ready() {
    for program in ["WebKitWebDriver", "Xvfb", "dbus-daemon", "setpriv", "git"] {
        find(program);
    }
}
