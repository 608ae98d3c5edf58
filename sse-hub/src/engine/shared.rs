//! What a hub and its subscriptions share.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64};

use super::Engine;
use crate::limits::Limits;
use crate::node::Node;

/// A node, and the engine that feeds it.
pub(crate) struct Shared {
    pub(crate) node: Arc<Node>,
    pub(crate) engine: Box<dyn Engine>,
    pub(crate) limits: Limits,
    pub(crate) published: AtomicU64,
    pub(crate) refused: AtomicU64,
    /// Whether the hub is closed: nothing more is published.
    pub(crate) is_closed: AtomicBool,
}

impl Shared {
    pub(crate) fn new(limits: Limits, node: Arc<Node>, engine: Box<dyn Engine>) -> Self {
        Self {
            node,
            engine,
            limits,
            published: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            is_closed: AtomicBool::new(false),
        }
    }
}
