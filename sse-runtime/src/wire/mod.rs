//! Events as bytes and bytes as events, by the standard's grammar.

mod batch;
mod decode;
mod encode;

pub(crate) use batch::{Batch, BatchState};
pub(crate) use decode::{Decoder, TooLarge};
pub(crate) use encode::{HEARTBEAT, encode};
