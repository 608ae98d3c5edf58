//! Events as bytes, by the standard's grammar.

mod batch;
mod encode;

pub(crate) use batch::Batch;
pub(crate) use encode::{HEARTBEAT, encode};
