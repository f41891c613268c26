//! What a terminal's program inherits: the app's environment without what would lead it astray, and what it needs to
//! know of the screen it has.

use portable_pty::CommandBuilder;
use std::env;
use std::ffi::OsStr;

/// What says which screen the app itself was started from; it is not the one that our programs have.
const OF_ANOTHER_SCREEN: [&str; 9] = [
    "COLUMNS",
    "LINES",
    "STY",
    "TERM_PROGRAM_VERSION",
    "TERM_SESSION_ID",
    "TMUX",
    "TMUX_PANE",
    "VTE_VERSION",
    "WINDOWID",
];

/// Gives the command its environment: inherited, then ours, then `added`.
pub(crate) fn set(command: &mut CommandBuilder, search: &OsStr, added: &[(String, String)]) {
    for (name, _) in env::vars_os() {
        if process::leads_astray(&name) || OF_ANOTHER_SCREEN.iter().any(|other| name == *other) {
            command.env_remove(name);
        }
    }
    command.env("PATH", search);
    command.env("TERM", "xterm-256color");
    command.env("COLORTERM", "truecolor");
    command.env("TERM_PROGRAM", "Shopfloor");
    for (name, value) in added {
        command.env(name, value);
    }
}
