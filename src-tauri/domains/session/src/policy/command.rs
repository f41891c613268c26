//! Commands as rules read them. Only a plain one can fit a rule that allows: what a shell would make more of is unclear.

use super::judge::Fit;

/// What makes a shell do more than start one program with these words.
const SIGNS: &[char] = &[
    ';', '&', '|', '$', '`', '<', '>', '(', ')', '{', '}', '\n', '\r', '\0', '!',
];

/// Programs that run another one, or a script, which the words then do not tell.
const WRAPPERS: &[&str] = &[
    "sudo",
    "doas",
    "su",
    "env",
    "sh",
    "bash",
    "zsh",
    "dash",
    "ash",
    "ksh",
    "mksh",
    "fish",
    "csh",
    "tcsh",
    "busybox",
    "pwsh",
    "powershell",
    "cmd",
    "nohup",
    "nice",
    "ionice",
    "chrt",
    "taskset",
    "time",
    "timeout",
    "xargs",
    "parallel",
    "exec",
    "eval",
    "command",
    "builtin",
    "source",
    ".",
    "setsid",
    "setpriv",
    "stdbuf",
    "chroot",
    "unshare",
    "nsenter",
    "watch",
    "ssh",
    "script",
    "strace",
    "if",
    "while",
    "for",
    "until",
    "case",
    "function",
    "coproc",
    "trap",
    "alias",
];

/// The words of a command that starts one program and nothing else.
pub fn plain(command: &str) -> Option<Vec<String>> {
    if command.contains(SIGNS) {
        return None;
    }
    let words = shell_words::split(command).ok()?;
    let program = words.first()?;
    let is_plain = !program.contains('=') && !is_wrapper(program);
    is_plain.then_some(words)
}

/// Whether a command, or a part of one that a shell makes more of, begins with these words. A rule that allows must
/// see to it that the command is plain.
pub fn fit(prefix: &str, command: &str) -> Fit {
    let Some(prefix) = plain(prefix) else {
        return Fit::Unclear;
    };
    let Some(words) = plain(command) else {
        return hidden(&prefix, command);
    };
    if words.starts_with(&prefix) {
        return Fit::Yes;
    }
    // What a shell finds for these is another word: `/bin/r?` runs `rm`.
    let is_found = |word: &String| word.contains(['*', '?', '[', '~']);
    if words.iter().take(prefix.len()).any(is_found) {
        return Fit::Unclear;
    }
    // The same program by another name for it: `./rm`, `/bin/rm`, `rm.exe`.
    let same_program = name(&words[0]) == name(&prefix[0]);
    if same_program && words[1..].starts_with(&prefix[1..]) {
        return Fit::Unclear;
    }
    // `git -C elsewhere push` pushes too.
    let options_between =
        words[0] == prefix[0] && words.get(1).is_some_and(|word| word.starts_with('-'));
    if options_between || words[1..].iter().any(|word| name(word) == name(&prefix[0])) {
        return Fit::Unclear;
    }
    Fit::No
}

/// What a rule can say of a command that a shell makes more of: one of its parts may be plain.
fn hidden(prefix: &[String], command: &str) -> Fit {
    let parts = command.split([';', '&', '|', '\n', '\r', '(', ')', '{', '}', '`']);
    let words = parts.filter_map(|part| shell_words::split(part).ok());
    if words.into_iter().any(|words| words.starts_with(prefix)) {
        return Fit::Yes;
    }
    Fit::Unclear
}

fn is_wrapper(program: &str) -> bool {
    WRAPPERS.contains(&name(program).as_str())
}

/// A program's name without its folder and ending, in lower case.
fn name(program: &str) -> String {
    let file = program.rsplit(['/', '\\']).next().unwrap_or(program);
    let file = file.to_lowercase();
    match file.strip_suffix(".exe") {
        Some(stem) => stem.to_owned(),
        None => file,
    }
}
