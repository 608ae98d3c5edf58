//! The body of a response: a stream of events as bytes, in batches.

mod batches;
mod bytes;
mod coalesce;
#[cfg(feature = "compress")]
mod compress;
mod delivery;
mod head;
mod in_flight;
mod outlet;
mod turn;
mod window;

pub use bytes::EventBytes;
#[cfg(any(feature = "axum", feature = "http-body"))]
pub(crate) use bytes::WINDOW;
pub use head::HEADERS;
#[cfg(feature = "rocket")]
pub(crate) use outlet::Outlet;
