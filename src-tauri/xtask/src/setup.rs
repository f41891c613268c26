//! What the machine must have: system packages and Node. Debian and Ubuntu are set up, others are told what is missing.

use crate::step::{Failure, Outcome, answer, is_installed, run, step};
use std::io::IsTerminal;
use std::process::Command;

/// What compiling and running the app needs, by Debian's names.
const BUILD: &[&str] = &[
    "build-essential",
    "git",
    "libayatana-appindicator3-dev",
    "librsvg2-dev",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
];

/// What driving the real window needs beside that.
const TEST: &[&str] = &[
    "dbus",
    "fonts-dejavu-core",
    "gnome-keyring",
    "webkit2gtk-driver",
    "xvfb",
];

/// The programs of [`TEST`], for systems whose packages have other names.
const TEST_PROGRAMS: &[&str] = &[
    "dbus-daemon",
    "gnome-keyring-daemon",
    "WebKitWebDriver",
    "Xvfb",
];

/// Makes sure that the app can be built and started.
pub fn to_build() -> Outcome {
    node()?;
    if cfg!(target_os = "linux") {
        packages(BUILD, &[])?;
    }
    Ok(())
}

/// Makes sure that all tests can run.
pub fn to_test() -> Outcome {
    node()?;
    if cfg!(target_os = "linux") {
        packages(&[BUILD, TEST].concat(), TEST_PROGRAMS)?;
    }
    Ok(())
}

fn node() -> Outcome {
    let version = answer(Command::new("node").arg("--version"));
    match version.as_deref().map(|text| (text, node_fits(text))) {
        Some((_, true)) => Ok(()),
        Some((text, false)) => Err(Failure::new(format!(
            "Node {text} is too old to build the window. Install Node 20.19 or newer (of the 22s, 22.12 or newer) and \
             start this again."
        ))),
        None => Err(Failure::new(
            "Node is not on the PATH; it builds the window. Install Node 20.19 or newer and start this again.",
        )),
    }
}

/// The window's build tools take 20.19 and up, 22.12 and up, and all after; `text` is like `v20.19.0`.
fn node_fits(text: &str) -> bool {
    let mut numbers = text
        .trim_start_matches('v')
        .split('.')
        .map_while(|part| part.parse::<u32>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(20), Some(minor)) => minor >= 19,
        (Some(22), Some(minor)) => minor >= 12,
        (Some(major), _) => major > 22,
        (None, _) => false,
    }
}

fn packages(names: &[&str], programs: &[&str]) -> Outcome {
    if !(is_installed("dpkg-query") && is_installed("apt-get")) {
        return elsewhere(programs);
    }
    let missing: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| !has_package(name))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    step(&format!("system packages: {}", missing.join(" ")), || {
        install(&missing)
    })
}

fn has_package(name: &str) -> bool {
    answer(Command::new("dpkg-query").args(["-W", "-f=${Status}", name]))
        .is_some_and(|status| status == "install ok installed")
}

fn install(missing: &[&str]) -> Outcome {
    // One broken source among several fails this, while what we need may well be there.
    if run(apt_get()?.args(["update", "-qq"])).is_err() {
        eprintln!(
            "  The package lists could not all be refreshed; trying with those that are there."
        );
    }
    run(apt_get()?.args(["install", "-y", "-qq"]).args(missing)).map_err(|failure| {
        Failure::new(format!(
            "{failure}\nInstall these by hand and start this again:\n  sudo apt-get install {}",
            missing.join(" ")
        ))
    })
}

/// apt-get that asks nothing and waits for another one to finish; as root, or through sudo.
fn apt_get() -> Outcome<Command> {
    let mut command = if answer(Command::new("id").arg("-u")).as_deref() == Some("0") {
        Command::new("env")
    } else if is_installed("sudo") {
        let mut sudo = Command::new("sudo");
        // Sudo asks for the password on the terminal itself; without one it must fail, not hang.
        if !std::io::stderr().is_terminal() {
            sudo.arg("-n");
        }
        sudo.arg("env");
        sudo
    } else {
        return Err(Failure::new(
            "System packages are missing, and neither are we root nor is there sudo to install them.",
        ));
    };
    command.args([
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-o",
        "DPkg::Lock::Timeout=300",
        "-o",
        "Acquire::Retries=3",
    ]);
    Ok(command)
}

/// On a Linux without apt: go on if what we need can be seen, otherwise say what it is.
fn elsewhere(programs: &[&str]) -> Outcome {
    let mut missing: Vec<&str> = programs
        .iter()
        .copied()
        .filter(|program| !is_installed(program))
        .collect();
    let web_view = Command::new("pkg-config")
        .args(["--exists", "webkit2gtk-4.1"])
        .status()
        .is_ok_and(|status| status.success());
    if !web_view {
        missing.insert(0, "the development files of WebKitGTK 4.1");
    }
    if !is_installed("git") {
        missing.insert(0, "git");
    }
    if missing.is_empty() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "This system has no apt-get, so please install by its own means: {}.\n\
         To build:  Fedora  sudo dnf install gcc git pkgconf webkit2gtk4.1-devel libappindicator-gtk3-devel librsvg2-devel\n\
         \x20          Arch    sudo pacman -S base-devel git webkit2gtk-4.1 libayatana-appindicator librsvg\n\
         To test, also the programs {}.\n\
         Then start this again.",
        missing.join(", "),
        TEST_PROGRAMS.join(", ")
    )))
}

#[cfg(test)]
mod tests {
    use super::node_fits;

    #[test]
    fn node_fits_from_20_19_on() {
        for fits in ["v20.19.0", "v20.20.2", "v22.12.0", "v23.0.0", "v24.1.0"] {
            assert!(node_fits(fits), "{fits}");
        }
        for old in ["v18.20.0", "v20.18.3", "v21.7.0", "v22.11.0", "", "node"] {
            assert!(!node_fits(old), "{old}");
        }
    }
}
