//! The body of a response: a stream of events as bytes, in batches.

mod budget;
mod bytes;
mod chunk;
mod chunks;
mod delivery;
mod hold;
mod waking;

pub use bytes::EventBytes;
#[cfg(any(
    feature = "actix-web",
    feature = "axum",
    feature = "http-body",
    feature = "rocket"
))]
pub(crate) use {chunks::Chunks, delivery::Delivery};
