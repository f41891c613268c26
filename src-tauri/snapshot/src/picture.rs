//! All cards as one pure value: group updates with stamps go in, cards come out.
//!
//! Invariant: per group the newest stamp wins, in whatever order updates arrive.

use kernel::{SessionId, Timestamp, WorkspaceId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::card::{Card, GitGroup, Life, ProjectCard, SessionGroup, WorkspaceGroup};
use crate::status::{Need, derive};

/// When the content of an update was read, as a place in one order: taken before the read begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp(pub u64);

/// One field group of a card.
#[derive(Clone, Debug, PartialEq)]
pub enum Group {
    /// Who and where the workspace is.
    Workspace(WorkspaceGroup),
    /// One of its sessions.
    Session(SessionGroup),
    /// Numbers of its tree.
    Git(GitGroup),
}

/// What an update did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// Whether the visible picture changed.
    pub changed: bool,
    /// Whether somebody waits for the person now who did not before.
    pub urgent: bool,
}

/// For how long a card that left the board is remembered, so that a late update can't bring it back: 10 minutes.
const TOMBSTONE_MILLIS: u64 = 600_000;

/// All cards, and the projects they belong to.
#[derive(Debug, Default)]
pub struct Picture {
    slots: BTreeMap<WorkspaceId, Slot>,
    projects: Vec<ProjectCard>,
    revision: u32,
}

#[derive(Debug, Default)]
struct Slot {
    workspace: Option<(Stamp, WorkspaceGroup)>,
    sessions: BTreeMap<SessionId, (Stamp, SessionGroup)>,
    git: Option<(Stamp, GitGroup)>,
    card: Option<Arc<Card>>,
}

impl Picture {
    /// Applies one update unless a newer one of its group was applied before.
    pub fn apply(
        &mut self,
        id: &WorkspaceId,
        group: Group,
        stamp: Stamp,
        source: &str,
        now: Timestamp,
    ) -> Effect {
        let slot = self.slots.entry(id.clone()).or_default();
        if !slot.merge(group, stamp) {
            return Effect::default();
        }
        let next = slot.draw(id);
        if same_picture(slot.card.as_deref(), next.as_ref()) {
            return Effect::default();
        }
        let was_urgent = slot
            .card
            .as_ref()
            .is_some_and(|card| card.status.need == Need::Urgent);
        let urgent = !was_urgent
            && next
                .as_ref()
                .is_some_and(|card| card.status.need == Need::Urgent);
        self.revision += 1;
        let revision = self.revision;
        slot.card = next.map(|card| {
            Arc::new(Card {
                revision,
                computed_at: now,
                source: source.to_owned(),
                ..card
            })
        });
        Effect {
            changed: true,
            urgent,
        }
    }

    /// Replaces the list of projects; says whether it changed.
    pub fn set_projects(&mut self, projects: Vec<ProjectCard>) -> bool {
        let changed = self.projects != projects;
        self.projects = projects;
        changed
    }

    /// Forgets cards that left the board more than ten minutes before `now`.
    pub fn prune(&mut self, now: Timestamp) {
        let old = now.millis().saturating_sub(TOMBSTONE_MILLIS);
        self.slots.retain(|_, slot| match &slot.workspace {
            Some((_, group)) if group.life == Life::Archived => group.since.millis() >= old,
            _ => true,
        });
    }

    /// A card that is on the board or about to leave it.
    pub fn card(&self, id: &WorkspaceId) -> Option<&Arc<Card>> {
        self.slots.get(id).and_then(|slot| slot.card.as_ref())
    }

    /// All cards, by workspace id, which is the order they were created in.
    pub fn cards(&self) -> impl Iterator<Item = &Arc<Card>> {
        self.slots.values().filter_map(|slot| slot.card.as_ref())
    }

    /// All projects.
    pub fn projects(&self) -> &[ProjectCard] {
        &self.projects
    }

    /// Workspaces with a card.
    pub fn ids(&self) -> BTreeSet<WorkspaceId> {
        self.cards().map(|card| card.id.clone()).collect()
    }
}

impl Slot {
    fn merge(&mut self, group: Group, stamp: Stamp) -> bool {
        match group {
            Group::Workspace(group) => put(&mut self.workspace, stamp, group),
            Group::Git(group) => put(&mut self.git, stamp, group),
            Group::Session(group) => {
                let mut held = self.sessions.remove(&group.id);
                let id = group.id.clone();
                let taken = put(&mut held, stamp, group);
                if let Some(held) = held {
                    self.sessions.insert(id, held);
                }
                taken
            }
        }
    }

    fn draw(&self, id: &WorkspaceId) -> Option<Card> {
        let (_, workspace) = self.workspace.as_ref()?;
        if workspace.life == Life::Archived {
            return None;
        }
        let sessions: Vec<_> = self
            .sessions
            .values()
            .map(|(_, group)| group.clone())
            .collect();
        Some(Card {
            id: id.clone(),
            status: derive(workspace, &sessions),
            workspace: workspace.clone(),
            sessions,
            git: self.git.as_ref().map(|(_, group)| group.clone()),
            revision: 0,
            computed_at: Timestamp::default(),
            source: String::new(),
        })
    }
}

fn put<T>(held: &mut Option<(Stamp, T)>, stamp: Stamp, group: T) -> bool {
    if held.as_ref().is_some_and(|(newest, _)| *newest >= stamp) {
        return false;
    }
    *held = Some((stamp, group));
    true
}

/// Equal but for the three fields that say when and why it was drawn.
pub fn same_picture(one: Option<&Card>, other: Option<&Card>) -> bool {
    match (one, other) {
        (None, None) => true,
        (Some(one), Some(other)) => {
            (&one.workspace, &one.sessions, &one.git, &one.status)
                == (&other.workspace, &other.sessions, &other.git, &other.status)
        }
        _ => false,
    }
}
