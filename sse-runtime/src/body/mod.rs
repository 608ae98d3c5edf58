//! The body of a response: a stream of events as bytes, in batches.

mod budget;
mod chunks;
mod delivery;
mod hold;
mod source;
mod waking;

pub(crate) use {budget::Delivery, chunks::Chunks};
