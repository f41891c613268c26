//! What a person does in the window, in the product's words.

use crate::window::{Window, css};
use crate::world::World;
use serde_json::json;
use std::path::Path;

/// A workspace, by the id that the window gives its card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceId(pub String);

impl WorkspaceId {
    /// Its card on the board.
    pub fn card(&self) -> String {
        css(&format!("card-{}", self.0))
    }

    /// Its row in the sidebar, which is always there.
    pub fn row(&self) -> String {
        css(&format!("sidebar-workspace-{}", self.0))
    }
}

/// The status of the workspace that is open.
pub const STATUS: &str = "[data-testid=\"workspace-status\"]";
/// The request that waits for the person.
pub const PENDING: &str = "[data-request][data-outcome=\"pending\"]";

impl World {
    /// Adds a repository by its path.
    pub async fn add_project(&self, path: &Path) {
        let window = self.window();
        window.click("add-project").await;
        window
            .type_into("project-path", path.to_str().unwrap())
            .await;
        window.click("project-add-confirm").await;
        window.misses("project-add-confirm").await;
    }

    /// Starts a workspace from the board with this prompt for the practice agent, and leaves the board open.
    pub async fn create_workspace(&self, prompt: &str) -> WorkspaceId {
        let window = self.window();
        let before = self.workspaces().await;
        window.click("nav-board").await;
        window.click("new-workspace").await;
        self.choose_agent("practice").await;
        window.paste_into("prompt", prompt).await;
        window.click("create-workspace").await;
        let id = crate::wait::until("the new workspace is in the sidebar", async || {
            let all = self.workspaces().await;
            all.into_iter().find(|id| !before.contains(id))
        })
        .await;
        window.click("nav-board").await;
        id
    }

    /// Opens a workspace from the sidebar.
    pub async fn open_workspace(&self, id: &WorkspaceId) {
        self.window().click_on(&id.row()).await;
        self.window().sees("workspace-status").await;
    }

    /// Waits on the board until the card stands in this column for this reason.
    pub async fn card_says(&self, id: &WorkspaceId, column: &str, reasons: &[&str]) -> String {
        let window = self.window();
        window.click("nav-board").await;
        let reason = window
            .attribute_becomes(&id.card(), "data-reason", reasons)
            .await;
        window
            .attribute_becomes(&id.card(), "data-column", &[column])
            .await;
        reason
    }

    /// Answers the pending request.
    pub async fn answer(&self, option: &str) {
        let selector = format!("{PENDING} {}", css(&format!("option-{option}")));
        self.window().click_on(&selector).await;
    }

    /// Sends a message to the open conversation.
    pub async fn send(&self, text: &str) {
        self.window().paste_into("composer", text).await;
        self.window().click("send").await;
    }

    /// Archives the open workspace.
    pub async fn archive(&self) {
        self.window().click("archive").await;
        self.window().click("confirm-archive").await;
    }

    /// Waits until the workspace is off the board and in the list of archived ones.
    pub async fn is_archived(&self, id: &WorkspaceId) {
        let window = self.window();
        window.misses(&format!("sidebar-workspace-{}", id.0)).await;
        window.click("nav-archived").await;
        window.sees(&format!("archived-{}", id.0)).await;
    }

    /// All workspaces that the sidebar shows.
    pub async fn workspaces(&self) -> Vec<WorkspaceId> {
        let script = "return [...document.querySelectorAll('[data-testid^=\"sidebar-workspace-\"]')]\
            .map((row) => row.dataset.testid.slice('sidebar-workspace-'.length));";
        let ids = self.window().run(script, Vec::new()).await;
        let ids: Vec<String> = serde_json::from_value(ids).unwrap();
        ids.into_iter().map(WorkspaceId).collect()
    }

    /// The default is another agent where one is installed.
    async fn choose_agent(&self, agent: &str) {
        let window = self.window();
        window.sees("agent-picker").await;
        let script = "const picker = document.querySelector('[data-testid=\"agent-picker\"]'); \
            const option = [...picker.options].find((option) => option.value.includes(arguments[0])); \
            if (!option) return [...picker.options].map((option) => option.value).join(' '); \
            picker.value = option.value; \
            picker.dispatchEvent(new Event('change', { bubbles: true })); return true;";
        let chosen = window.run(script, vec![json!(agent)]).await;
        assert_eq!(chosen, json!(true), "no agent {agent:?} among: {chosen}");
    }
}

impl Window {
    /// Waits until an entry of this kind holds this text.
    pub async fn transcript_has(&self, kind: &str, text: &str) {
        self.reads(&css(&format!("entry-{kind}")), text).await;
    }
}
