//! The heads of a request and of its response: where the client left off, which encodings it accepts, and
//! that the body is a stream of events.

#[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
mod accept_encoding;
mod last_event_id;
mod response;

#[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
pub use accept_encoding::AcceptEncoding;
#[cfg(any(feature = "actix-web", feature = "axum"))]
pub use last_event_id::MissingLastEventId;
pub use last_event_id::{InvalidLastEventId, LastEventId};
pub use response::HEADERS;
