//! The newcomer's first project: a real repository that ships with the app.

use workspace::Project;

use crate::Orchestration;
use crate::flows::FlowError;
use crate::practice;

impl Orchestration {
    /// Makes the practice project where it is not there yet, and puts it on the list.
    #[tracing::instrument(skip(self))]
    pub async fn open_practice_project(&self) -> Result<Project, FlowError> {
        let projects = &self.rooms.projects;
        let path = &self.rooms.practice;
        if let Some(project) = projects
            .list()
            .await?
            .into_iter()
            .find(|row| row.path == *path)
        {
            return Ok(project);
        }
        // Taken off the list before, its folder is still there and may hold work: it is only added again.
        match projects.add(path.clone()).await {
            Ok(project) => Ok(project),
            Err(_) => Ok(projects
                .found(path.clone(), practice::FILES, "Begin the practice project")
                .await?),
        }
    }
}
