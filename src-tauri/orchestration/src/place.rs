//! What a session is given of its workspace: where it works, what rules hold there, what its agent is told.

use session::{Place, PlaceProject};
use workspace::{Project, Workspace};

use crate::Orchestration;

/// Begins and ends what an agent is told, so that it is never taken for the person's words.
const BEGIN: &str = "<shopfloor-workspace>";
const END: &str = "</shopfloor-workspace>";

impl Orchestration {
    /// The place of a workspace that has a tree.
    pub(crate) async fn place(&self, row: &Workspace) -> Place {
        let project = self.rooms.projects.get(&row.project).await;
        let project = project.inspect_err(|error| {
            tracing::warn!(workspace = %row.id, %error, "its project could not be read");
        });
        let project = project.ok();
        let tree = self.rooms.files.resolved(&row.path).await;
        Place {
            cwd: row.path.clone(),
            tree: tree.unwrap_or_else(|| row.path.clone()),
            context: context(row, project.as_ref()),
            project: project.map(|project| PlaceProject {
                id: project.id,
                name: project.name,
            }),
        }
    }
}

/// What every agent of a workspace is told before its first prompt: facts first, then the project's own words.
fn context(row: &Workspace, project: Option<&Project>) -> String {
    let mut told = format!(
        "{BEGIN}\n\
         This is told by Shopfloor, the app you run in, and not by the person. It is for your information; there is \
         nothing to answer.\n\
         \n\
         You work on one task among several that are worked on at the same time, each by other agents in a git \
         worktree of its own.\n"
    );
    let mut fact = |name: &str, value: &str| told.push_str(&format!("- {name}: {value}\n"));
    fact("Task", &row.name);
    if let Some(project) = project {
        fact("Project", &project.name);
    }
    fact("Worktree", &row.path.display().to_string());
    fact("Branch", &row.branch);
    fact("Started from", &row.base);
    told.push_str(
        "Work only in this worktree and on this branch. Do not change other worktrees or the main checkout, do not \
         switch branches, and leave the worktree where it is.\n",
    );
    if let Some(project) = project {
        section(
            &mut told,
            "How to check the work:",
            &project.settings.checks,
        );
        let heading = "Instructions of the project, for every agent:";
        section(&mut told, heading, &project.settings.instructions);
    }
    told.push_str(END);
    told
}

fn section(told: &mut String, heading: &str, text: &str) {
    let text = text.trim();
    if !text.is_empty() {
        // The end mark ends it once.
        let text = text.replace(END, "");
        told.push_str(&format!("\n{heading}\n{text}\n"));
    }
}
