//! The body of a response: a stream of events as bytes, in batches.

mod batches;
mod bytes;
mod delivery;
mod head;

#[cfg(feature = "rocket")]
pub(crate) use batches::Batches;
pub use bytes::EventBytes;
pub use head::HEADERS;
