//! The life of a workspace as a pure function. No IO, no clock, no async.

use serde::{Deserialize, Serialize};

/// Where a workspace is in its life. Stored as JSON in its row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum WorkspaceState {
    /// Recorded, nothing on disk yet.
    New,
    /// Its branch and worktree are being made.
    Provisioning,
    /// There is a worktree to work in.
    Ready,
    /// Set-up did not succeed.
    Failed {
        /// What happened and what to do, for people.
        cause: String,
    },
    /// Its content is being saved and its worktree removed.
    Archiving {
        /// Whether it was ready before, so that a rollback knows where to return.
        was_ready: bool,
    },
    /// Off the board; branch and checkpoint are kept.
    Archived,
}

/// What may move a workspace on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WorkspaceInput {
    /// Begin, or begin again, to make the worktree.
    Provision,
    /// The worktree exists and is what the row says.
    Provisioned,
    /// It could not be made.
    ProvisionFailed {
        /// What happened and what to do, for people.
        cause: String,
    },
    /// The app ended in the middle of making it: it is to be begun again.
    Interrupted,
    /// Take it off the board.
    Archive,
    /// Checkpoint verified, worktree gone.
    Archived,
    /// Archiving was not possible; nothing was lost.
    ArchiveFailed {
        /// What happened and what to do, for people.
        cause: String,
    },
    /// Bring it back to the board.
    Unarchive,
    /// Its worktree vanished behind our back.
    TreeLost {
        /// What happened and what to do, for people.
        cause: String,
    },
}

impl WorkspaceState {
    /// Its name in a sentence: "a workspace that is …".
    pub fn name(&self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Provisioning => "being set up",
            Self::Ready => "ready",
            Self::Failed { .. } => "failed",
            Self::Archiving { .. } => "being archived",
            Self::Archived => "archived",
        }
    }
}

impl WorkspaceInput {
    /// Its name for people.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Provision => "set up",
            Self::Provisioned => "set-up done",
            Self::ProvisionFailed { .. } => "set-up failed",
            Self::Interrupted => "set-up interrupted",
            Self::Archive => "archive",
            Self::Archived => "archive done",
            Self::ArchiveFailed { .. } => "archive failed",
            Self::Unarchive => "un-archive",
            Self::TreeLost { .. } => "worktree lost",
        }
    }
}

/// The state after `input`; an input that does not apply is an error that names both.
pub fn step(
    state: &WorkspaceState,
    input: WorkspaceInput,
) -> Result<WorkspaceState, InvalidTransition> {
    use WorkspaceInput as I;
    use WorkspaceState as S;
    let refused = InvalidTransition {
        from: state.name(),
        input: input.name(),
    };
    match (state, input) {
        (S::New | S::Failed { .. }, I::Provision) => Ok(S::Provisioning),
        (S::Provisioning, I::Provisioned) => Ok(S::Ready),
        (S::Provisioning, I::ProvisionFailed { cause }) => Ok(S::Failed { cause }),
        (S::Provisioning, I::Interrupted) => Ok(S::New),
        (S::Ready, I::TreeLost { cause }) => Ok(S::Failed { cause }),
        (S::Ready, I::Archive) => Ok(S::Archiving { was_ready: true }),
        (S::New | S::Provisioning | S::Failed { .. }, I::Archive) => {
            Ok(S::Archiving { was_ready: false })
        }
        (S::Archiving { .. }, I::Archived) => Ok(S::Archived),
        (S::Archiving { was_ready: true }, I::ArchiveFailed { .. }) => Ok(S::Ready),
        (S::Archiving { was_ready: false }, I::ArchiveFailed { cause }) => Ok(S::Failed { cause }),
        (S::Archived, I::Unarchive) => Ok(S::Provisioning),
        (
            S::New
            | S::Provisioning
            | S::Ready
            | S::Failed { .. }
            | S::Archiving { .. }
            | S::Archived,
            I::Provision
            | I::Provisioned
            | I::ProvisionFailed { .. }
            | I::Interrupted
            | I::Archive
            | I::Archived
            | I::ArchiveFailed { .. }
            | I::Unarchive
            | I::TreeLost { .. },
        ) => Err(refused),
    }
}

#[cfg(test)]
mod tests {
    use super::{WorkspaceInput as I, WorkspaceState as S, step};
    use proptest::prelude::*;

    fn cause() -> String {
        "the cause".into()
    }

    fn states() -> [S; 7] {
        [
            S::New,
            S::Provisioning,
            S::Ready,
            S::Failed {
                cause: "old".into(),
            },
            S::Archiving { was_ready: true },
            S::Archiving { was_ready: false },
            S::Archived,
        ]
    }

    fn inputs() -> [I; 9] {
        [
            I::Provision,
            I::Provisioned,
            I::ProvisionFailed { cause: cause() },
            I::Archive,
            I::Archived,
            I::ArchiveFailed { cause: cause() },
            I::Unarchive,
            I::TreeLost { cause: cause() },
            I::Interrupted,
        ]
    }

    #[test]
    fn every_pair_of_state_and_input_has_its_answer() {
        let failed = || Some(S::Failed { cause: cause() });
        let away = |was_ready| Some(S::Archiving { was_ready });
        let set_up = || Some(S::Provisioning);
        // Columns as in `inputs()`, rows as in `states()`.
        let table: [[Option<S>; 9]; 7] = [
            [
                set_up(),
                None,
                None,
                away(false),
                None,
                None,
                None,
                None,
                None,
            ],
            [
                None,
                Some(S::Ready),
                failed(),
                away(false),
                None,
                None,
                None,
                None,
                Some(S::New),
            ],
            [
                None,
                None,
                None,
                away(true),
                None,
                None,
                None,
                failed(),
                None,
            ],
            [
                set_up(),
                None,
                None,
                away(false),
                None,
                None,
                None,
                None,
                None,
            ],
            [
                None,
                None,
                None,
                None,
                Some(S::Archived),
                Some(S::Ready),
                None,
                None,
                None,
            ],
            [
                None,
                None,
                None,
                None,
                Some(S::Archived),
                failed(),
                None,
                None,
                None,
            ],
            [None, None, None, None, None, None, set_up(), None, None],
        ];
        for (state, row) in states().iter().zip(&table) {
            for (input, expected) in inputs().into_iter().zip(row) {
                let answer = step(state, input.clone());
                assert_eq!(
                    answer.as_ref().ok(),
                    expected.as_ref(),
                    "{state:?} × {input:?}"
                );
                if let Err(refused) = answer {
                    assert_eq!((refused.from, refused.input), (state.name(), input.name()));
                }
            }
        }
    }

    fn any_inputs() -> impl Strategy<Value = Vec<I>> {
        prop::collection::vec(prop::sample::select(inputs().to_vec()), 0..60)
    }

    proptest! {
        #[test]
        fn archived_is_only_reached_through_archiving(life in any_inputs()) {
            let mut state = S::New;
            for input in life {
                let Ok(next) = step(&state, input) else { continue };
                if next == S::Archived {
                    let through = matches!(state, S::Archiving { .. });
                    prop_assert!(through);
                }
                state = next;
            }
        }

        #[test]
        fn a_rollback_returns_to_where_it_came_from(life in any_inputs()) {
            let mut state = S::New;
            let mut archived_from = None;
            for input in life {
                let Ok(next) = step(&state, input.clone()) else { continue };
                match input {
                    I::Archive => archived_from = Some(state == S::Ready),
                    I::ArchiveFailed { .. } => {
                        prop_assert_eq!(Some(next == S::Ready), archived_from);
                    }
                    _ => {}
                }
                state = next;
            }
        }

        #[test]
        fn ready_is_only_reached_by_a_finished_set_up_or_a_rollback(life in any_inputs()) {
            let mut state = S::New;
            for input in life {
                let Ok(next) = step(&state, input.clone()) else { continue };
                if next == S::Ready {
                    let asserted = matches!(input, I::Provisioned | I::ArchiveFailed { .. });
                    prop_assert!(asserted);
                }
                state = next;
            }
        }

        #[test]
        fn no_state_is_a_dead_end(life in any_inputs()) {
            let state = life
                .into_iter()
                .fold(S::New, |state, input| step(&state, input).unwrap_or(state));
            let goes_on = inputs().into_iter().any(|input| step(&state, input).is_ok());
            prop_assert!(goes_on);
        }
    }
}

/// The input does not apply in this state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a workspace that is {from} can't take the step \"{input}\"")]
pub struct InvalidTransition {
    /// Name of the state it is in.
    pub from: &'static str,
    /// Name of the input.
    pub input: &'static str,
}
