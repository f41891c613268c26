//! A workspace's row on its card.

use snapshot::{Life, Step, StepState, WorkspaceGroup};
use workspace::machine::WorkspaceState;
use workspace::{SetupStep, SetupStepState, Workspace};

/// The card's group.
pub fn group(row: &Workspace) -> WorkspaceGroup {
    WorkspaceGroup {
        project: row.project.clone(),
        name: row.name.clone(),
        branch: row.branch.clone(),
        base: row.base.clone(),
        path: row.path.display().to_string(),
        agent: row.agent.clone(),
        life: life(&row.state),
        since: row.state_since,
        steps: row.steps.iter().map(step).collect(),
        notice: row.notice.clone(),
        created_at: row.created_at,
        seen_at: row.seen_at,
    }
}

fn life(state: &WorkspaceState) -> Life {
    match state {
        WorkspaceState::New => Life::New,
        WorkspaceState::Provisioning => Life::Provisioning,
        WorkspaceState::Ready => Life::Ready,
        WorkspaceState::Failed { cause } => Life::Failed {
            cause: cause.clone(),
        },
        WorkspaceState::Archiving { .. } => Life::Archiving,
        WorkspaceState::Archived => Life::Archived,
    }
}

fn step(step: &SetupStep) -> Step {
    Step {
        title: step.title.clone(),
        state: match step.state {
            SetupStepState::Running => StepState::Running,
            SetupStepState::Done => StepState::Done,
            SetupStepState::Failed => StepState::Failed,
        },
        started_at: step.started_at,
        ended_at: step.ended_at,
        note: step.note.clone(),
    }
}
