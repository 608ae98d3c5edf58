//! The body of a response: a stream of events as bytes, in batches.

mod budget;
mod bytes;
mod delivery;
mod hold;
mod pipeline;
mod waking;

#[cfg(any(
    feature = "actix-web",
    feature = "axum",
    feature = "http-body",
    feature = "rocket"
))]
pub(crate) use bytes::Chunks;
pub use bytes::EventBytes;
#[cfg(any(
    feature = "actix-web",
    feature = "axum",
    feature = "http-body",
    feature = "rocket"
))]
pub(crate) use delivery::Delivery;
