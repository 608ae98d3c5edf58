//! The body of a response: a stream of events as bytes, in batches.

mod batches;
mod bytes;
mod delivery;
#[cfg(any(feature = "actix-web", feature = "axum", feature = "http-body", feature = "rocket"))]
mod head;

#[cfg(feature = "rocket")]
pub(crate) use batches::Batches;
pub use bytes::EventBytes;
#[cfg(any(
    feature = "actix-web",
    feature = "axum",
    feature = "http-body",
    feature = "rocket"
))]
pub(crate) use head::HEAD;
