//! Projects in the sidebar.

use snapshot::ProjectCard;
use workspace::Project;

/// The sidebar's entry.
pub fn card(project: &Project) -> ProjectCard {
    ProjectCard {
        id: project.id.clone(),
        name: project.name.clone(),
        path: project.path.display().to_string(),
        default_branch: project.default_branch.clone(),
    }
}
