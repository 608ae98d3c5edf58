//! What happens when a task of an engine ends.

use std::sync::Arc;
use std::time::Duration;

use super::status::Status;
use crate::node::Node;

/// The state of an engine that can be closed.
pub(in crate::engine) trait Close {
    /// Closes it: nothing more is published or read. Returns `false` if it was closed before.
    fn close(&self) -> bool;
}

impl Close for Status {
    fn close(&self) -> bool {
        Status::close(self)
    }
}

/// Closes the hub when it is dropped, which happens when a task of the engine panics or its runtime ends. The node's
/// clients are then sent away, since they would wait for ever.
pub(in crate::engine) struct Running<S: Close> {
    pub(in crate::engine) state: Arc<S>,
    pub(in crate::engine) node: Arc<Node>,
}

impl<S: Close> Drop for Running<S> {
    fn drop(&mut self) {
        if self.state.close() {
            tracing::error!("the hub is closed: a task has panicked, or its runtime is gone");
            self.node.drain(Duration::ZERO);
        }
    }
}
