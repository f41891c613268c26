//! The picture the window draws: cards, status reasons, columns, batches.
//!
//! Invariant: a card changes only by a group update with a newer stamp, and its status is derived anew each time.

mod attention;
mod batch;
mod card;
mod leaving;
mod picture;
mod status;
mod store;

pub use attention::{Glance, Mood, glance};
pub use batch::Batch;
pub use card::{
    Card, GitGroup, Life, Pending, PendingKind, ProjectCard, QuickAnswers, Run, SessionGroup,
    Silence, Step, StepState, WorkspaceGroup,
};
pub use leaving::{Leave, at_work, leave};
pub use picture::{Effect, Group, Picture, Stamp, same_picture};
pub use status::{Column, Need, Reason, Status, derive};
pub use store::{Store, Subscription};
