//! A child that does one thing and is waited for on the spot, for a limited time: no ladder, no sweep, no observer.
//!
//! Invariant: when the wait is over, so is the child's group (on Windows: its job), in time or not.

use crate::tag::Tag;
use crate::tree::{Running, Tree};
use std::io;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::channel;
use std::time::Duration;

/// Such a child, which runs until it is waited for.
#[must_use = "nobody else waits for it"]
pub struct Brief {
    child: Child,
    tree: Tree,
    running: Running,
}

impl Brief {
    /// Starts the command marked with the tag. Errors are the system's, e.g. a missing program.
    pub fn spawn(command: &mut Command, tag: &Tag) -> io::Result<Self> {
        let child = tag.mark(command).spawn()?;
        let (tree, running) = Tree::take(child.id())?;
        Ok(Self {
            child,
            tree,
            running,
        })
    }

    /// For its pipes; it must not be waited for.
    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    /// Waits for its end, at most so long, and ends the rest of its group; on Unix not what put itself into a group of its
    /// own. `None` when it was out of time. Blocking.
    pub fn wait(self, limit: Duration) -> io::Result<Option<ExitStatus>> {
        let Self {
            mut child,
            tree,
            running,
        } = self;
        let (sender, ended) = channel();
        let in_time = std::thread::scope(|scope| {
            let tree = &tree;
            // Looks without reaping: until the child is reaped, its group's id can't be given to somebody else.
            scope.spawn(move || {
                running.wait(tree);
                // Refused when it was out of time.
                let _ = sender.send(());
            });
            let in_time = ended.recv_timeout(limit).is_ok();
            tree.kill();
            in_time
        });
        let status = child.wait()?;
        tree.forget();
        Ok(in_time.then_some(status))
    }
}
