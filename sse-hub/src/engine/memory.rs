//! The engine of a single process: the order is that of the node's own log.

use std::pin::Pin;
use std::sync::Arc;

use super::{Engine, Shared};
use crate::event_id::EventId;
use crate::limits::Limits;
use crate::log::{KnownTopics, Origin};
use crate::message::Group;
use crate::node::Node;
use crate::publish::Publish;
use crate::random;

struct Memory {
    node: Arc<Node>,
}

pub(crate) fn in_memory(limits: Limits) -> Shared {
    let origin = Origin { epoch: random::unique(), through: 0 };
    let node = Arc::new(Node::new(&limits, origin, KnownTopics::nothing(0)));
    let engine = Memory { node: Arc::clone(&node) };
    Shared::new(limits, node, Box::new(engine))
}

impl Engine for Memory {
    fn publish(&self, group: Group) -> Publish {
        Publish::known(self.node.publish(group))
    }

    fn has_reached(&self, _: EventId) -> Pin<Box<dyn Future<Output = bool> + Send>> {
        Box::pin(std::future::ready(false))
    }
}
