//! What becomes of the menu's lines when the board changes: only those that differ are touched.
//!
//! Invariant: a line that stays is the same item of the menu, so that who has the menu open just then can still choose it.

/// A line that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What is done when it is chosen; no two are alike.
    pub id: String,
    /// For people.
    pub text: String,
}

/// One step from the lines that are shown to those that are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A new line before the one at this place.
    Insert(usize, Line),
    /// Takes away the line at this place.
    Remove(usize),
    /// Another text for the line at this place.
    Text(usize, String),
}

/// The steps, in order; each place is meant as it is after the steps before.
pub fn changes(shown: &[Line], wanted: &[Line]) -> Vec<Change> {
    let mut now: Vec<&Line> = shown.iter().collect();
    let mut steps = Vec::new();
    for at in (0..now.len()).rev() {
        if wanted.iter().all(|line| line.id != now[at].id) {
            now.remove(at);
            steps.push(Change::Remove(at));
        }
    }
    for (at, line) in wanted.iter().enumerate() {
        match now.iter().position(|known| known.id == line.id) {
            Some(place) if place == at => {
                if now[at].text != line.text {
                    steps.push(Change::Text(at, line.text.clone()));
                }
                continue;
            }
            // An item can't be moved.
            Some(place) => {
                now.remove(place);
                steps.push(Change::Remove(place));
            }
            None => {}
        }
        now.insert(at, line);
        steps.push(Change::Insert(at, line.clone()));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::{Change, Line, changes};
    use proptest::prelude::*;

    fn line(id: &str, text: &str) -> Line {
        Line {
            id: id.to_owned(),
            text: text.to_owned(),
        }
    }

    fn done(mut lines: Vec<Line>, steps: Vec<Change>) -> Vec<Line> {
        for step in steps {
            match step {
                Change::Insert(at, line) => lines.insert(at, line),
                Change::Remove(at) => drop(lines.remove(at)),
                Change::Text(at, text) => lines[at].text = text,
            }
        }
        lines
    }

    #[test]
    fn what_stays_is_not_touched() {
        let shown = [
            line("a", "A waits"),
            line("b", "B waits"),
            line("c", "C waits"),
        ];
        assert_eq!(changes(&shown, &shown), []);
        let wanted = [
            line("n", "N asks"),
            line("a", "A waits"),
            line("c", "C failed"),
        ];
        assert_eq!(
            changes(&shown, &wanted),
            [
                Change::Remove(1),
                Change::Insert(0, line("n", "N asks")),
                Change::Text(2, "C failed".to_owned()),
            ]
        );
    }

    fn lines() -> impl Strategy<Value = Vec<Line>> {
        let ids = Just(["a", "b", "c", "d", "e"].map(str::to_owned).to_vec());
        (ids.prop_shuffle(), 0..6_usize, any::<[bool; 5]>()).prop_map(|(ids, count, texts)| {
            let all = ids.into_iter().take(count).zip(texts);
            all.map(|(id, text)| line(&id, &text.to_string())).collect()
        })
    }

    proptest! {
        #[test]
        fn the_steps_lead_from_any_lines_to_any_others(shown in lines(), wanted in lines()) {
            let steps = changes(&shown, &wanted);
            prop_assert_eq!(done(shown, steps), wanted);
        }
    }
}
