//! The engine of a single process: the order is that of the node's own log.

use std::pin::Pin;
use std::sync::Arc;

use super::Engine;
use crate::event_id::EventId;
use crate::message::Group;
use crate::node::Node;
use crate::publish::Publish;

pub(crate) struct Memory {
    node: Arc<Node>,
}

impl Memory {
    pub(crate) fn new(node: Arc<Node>) -> Self {
        Self { node }
    }
}

impl Engine for Memory {
    fn publish(&self, group: Group) -> Publish {
        Publish::known(self.node.publish(group))
    }

    fn has_reached(&self, _: EventId) -> Pin<Box<dyn Future<Output = bool> + Send>> {
        Box::pin(std::future::ready(false))
    }
}
