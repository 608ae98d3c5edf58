//! Processes that end together.

use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};

/// Kills its group, and so itself, when its input ends: when this process closes it, and also when
/// this process ends, whatever ends it.
const KEEPER: &str = "read -r _; kill -9 0";

/// A group of processes. All of them, and what they have started, end when this is dropped or when
/// this process ends.
#[derive(Debug)]
pub struct Group {
    /// Its leader.
    keeper: Child,
}

impl Group {
    /// A group without processes.
    #[must_use]
    pub fn new() -> Self {
        let mut keeper = Command::new("sh");
        keeper.args(["-c", KEEPER]).process_group(0).stdin(Stdio::piped());
        Self { keeper: keeper.spawn().expect("a shell") }
    }

    /// Lets the process of this command begin in the group.
    pub fn add<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.process_group(self.keeper.id().try_into().expect("the ID of a process"))
    }
}

impl Default for Group {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // It ends as one of the group.
        _ = self.keeper.wait();
    }
}
