//! The conversation as a tab: its name, and whether it is shown. Nothing of it is lost when it is closed.

use super::Live;
use crate::cut;
use crate::error::SessionError;
use crate::session::TitleBy;

impl Live {
    /// The person's name for it; the agent names it no more.
    pub(super) async fn rename(&mut self, title: String) -> Result<(), SessionError> {
        let mut title = title.trim().to_owned();
        cut::shorten_line(&mut title);
        if title.is_empty() {
            let why = "A conversation needs a name.".to_owned();
            return Err(SessionError::Unfit { why });
        }
        let before = (self.session.title.clone(), self.session.title_by);
        self.session.title = title;
        self.session.title_by = TitleBy::Person;
        self.unsaved.row = true;
        let saved = self.save().await;
        if saved.is_err() {
            (self.session.title, self.session.title_by) = before;
        }
        saved
    }

    /// Ends its process and hides it. Messages that wait are held: nothing goes on where nobody looks.
    pub(super) async fn close(&mut self) -> Result<(), SessionError> {
        if self.session.closed_at.is_none() {
            self.session.closed_at = Some(self.shared.clock.now());
            self.unsaved.row = true;
        }
        self.hold_all();
        self.end().await;
        self.save().await
    }

    /// Shows it again.
    pub(super) fn reopen(&mut self) {
        if self.session.closed_at.take().is_some() {
            self.unsaved.row = true;
            self.touch();
        }
    }
}
