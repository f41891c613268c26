//! Names are readable, and their branches always pass git's rules for refs.

use super::{Names, display_name, names, project_directory};
use proptest::prelude::*;

fn free(prompt: &str) -> Names {
    names(prompt, 7, &[], |_| false)
}

#[test]
fn a_prompt_gives_its_first_words() {
    let names = free("Fix the login page, it's broken on Safari since last week");
    assert_eq!(names.branch, "shopfloor/fix-the-login-page-its-broken");
    assert_eq!(names.directory, "fix-the-login-page-its-broken");
    assert_eq!(
        names.name,
        "Fix the login page, it's broken on Safari since last week"
    );
}

#[test]
fn odd_prompts_give_readable_names() {
    for (prompt, slug, name) in [
        (
            "# Überprüfe die Größe",
            "uberprufe-die-grosse",
            "Überprüfe die Größe",
        ),
        ("🚀🚀 ship it 🚀", "ship-it", "🚀🚀 ship it 🚀"),
        ("../../etc/passwd", "etc-passwd", "/../etc/passwd"),
        (
            "https://example.org/x fix this",
            "fix-this",
            "https://example.org/x fix this",
        ),
        ("`--force` a\u{202e}b", "force-a-b", "force` ab"),
        (
            "\n\n  second line counts\nthird",
            "second-line-counts",
            "second line counts",
        ),
        ("nul", "nul-task", "nul"),
        ("COM1", "com1-task", "COM1"),
    ] {
        let names = free(prompt);
        assert_eq!(names.directory, slug, "{prompt:?}");
        assert_eq!(names.name, name, "{prompt:?}");
    }
}

#[test]
fn a_prompt_without_latin_words_keeps_its_name_and_gets_a_word_pair() {
    let names = free("ログインを直して");
    assert_eq!(names.name, "ログインを直して");
    assert_eq!(names.branch, "shopfloor/fresh-anvil");
}

#[test]
fn an_empty_prompt_gets_a_word_pair() {
    for prompt in ["", "   \n", "!?.", "🚀", "\u{0}\u{202e}"] {
        let names = free(prompt);
        assert_eq!(names.branch, "shopfloor/fresh-anvil", "{prompt:?}");
        assert_eq!(names.name, "fresh anvil", "{prompt:?}");
    }
    let other = names("", 30, &[], |_| false);
    assert_eq!(other.directory, "early-bench");
}

#[test]
fn collisions_get_a_suffix() {
    let branches = ["shopfloor/fix", "Shopfloor/FIX-2", "shopfloor/fix-3/deeper"].map(String::from);
    let names = names("fix", 0, &branches, |directory| directory == "fix-4");
    assert_eq!(names.branch, "shopfloor/fix-5");
    assert_eq!(names.directory, "fix-5");
    assert_eq!(names.name, "fix");
}

#[test]
fn a_branch_called_shopfloor_does_not_block_ours() {
    let names = names("fix", 0, &["shopfloor".to_owned()], |_| false);
    assert_eq!(names.branch, "shopfloor-fix");
}

#[test]
fn projects_have_a_folder_even_without_a_latin_name() {
    assert_eq!(project_directory("My App"), "my-app");
    assert_eq!(project_directory("日本"), "project");
}

/// The rules of `git check-ref-format --branch`.
fn is_valid_branch(branch: &str) -> bool {
    !branch.is_empty()
        && branch != "@"
        && !branch.starts_with('-')
        && !branch.ends_with('.')
        && !branch.contains("..")
        && !branch.contains("@{")
        && !branch
            .chars()
            .any(|c| c.is_control() || " ~^:?*[\\".contains(c))
        && branch
            .split('/')
            .all(|part| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock"))
}

#[test]
fn the_rules_refuse_what_git_refuses() {
    for bad in [
        "", "a..b", ".a", "a/", "/a", "a//b", "a.lock", "a b", "-a", "a@{b", "a~", "a.", "@",
    ] {
        assert!(!is_valid_branch(bad), "{bad:?}");
    }
    assert!(is_valid_branch("shopfloor/fix-the-login"));
}

proptest! {
    #[test]
    fn every_prompt_gives_a_valid_branch_and_folder(prompt in ".{0,300}", seed: u64, taken in 0_usize..5) {
        let directories: Vec<String> = {
            let slug = free(&prompt).directory;
            (1..=taken).map(|n| if n == 1 { slug.clone() } else { format!("{slug}-{n}") }).collect()
        };
        let names = names(&prompt, seed, &[], |directory| directories.iter().any(|d| d == directory));
        prop_assert!(is_valid_branch(&names.branch), "{}", names.branch);
        prop_assert!(names.directory.len() <= 60);
        prop_assert!(!names.directory.starts_with('-') && !names.directory.ends_with('-'));
        prop_assert!(names.directory.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
        prop_assert!(!names.name.trim().is_empty());
        prop_assert!(names.name.chars().count() <= 61);
        prop_assert!(!names.name.chars().any(char::is_control));
        prop_assert!(!directories.contains(&names.directory));
    }

    #[test]
    fn a_display_name_is_one_line(text in "(?s).{0,200}") {
        if let Some(name) = display_name(&text) {
            prop_assert!(!name.contains('\n') && !name.is_empty());
        }
    }
}
