//! The body of a response: a stream of events as bytes, in batches.

mod budget;
mod bytes;
mod delivery;
mod hold;
mod pipeline;
mod waking;

pub use bytes::EventBytes;
#[cfg(any(feature = "actix-web", feature = "axum", feature = "http-body"))]
pub(crate) use delivery::Delivery;
