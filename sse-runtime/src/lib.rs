//! Server-sent events for Rust web servers, written as generators.
//!
//! ```
//! # #[cfg(feature = "rocket")] mod example {
//! use rocket::get;
//! use rocket::tokio::time::{self, Duration};
//! use sse_runtime::{Event, EventStream};
//!
//! #[get("/clock")]
//! fn clock() -> EventStream![] {
//!     EventStream! {
//!         let mut every_second = time::interval(Duration::from_secs(1));
//!         for second in 1.. {
//!             every_second.tick().await;
//!             yield Event::data("tick").event("second").id(second);
//!         }
//!     }
//! }
//! # }
//! ```
//!
//! A client reads:
//!
//! ```text
//! id: 1
//! event: second
//! data: tick
//!
//! id: 2
//! event: second
//! data: tick
//!
//! ```
//!
//! # Syntax
//!
//! [`EventStream!`](macro@EventStream) tells it all: blocks, types, what `?` does.
//!
//! # The response
//!
//! The events that are ready share a write; one that comes alone is sent at once. A
//! quiet connection carries a [heartbeat](EventStream::heartbeat). When the server shuts
//! down, a stream [ends between two events](EventStream::with_graceful_shutdown). A
//! stream that fails [aborts the response](EventStream::on_error) behind all that it has
//! yielded, where the framework can: Rocket 0.5 logs the failure and ends the body.
//!
//! The head is `Content-Type: text/event-stream`, `Cache-Control: no-cache, no-store,
//! no-transform` and `X-Accel-Buffering: no`, each of which the framework's own means
//! override.
//!
//! # Pitfalls
//!
//! * Clients reconnect for as long as they live, also after a clean end. To make them
//!   stop, answer `204 No Content`, or let the client close on an event of yours.
//! * A client receives CRLF and a lone CR as `\n`. JSON keeps them.
//! * A browser opens at most six HTTP/1.1 connections to a host, for all of its tabs.
//! * An event named `error` fires `onerror` in browsers.
//! * A middleware that compresses holds events back: leave streams out of it. tower-http's
//!   does so by itself, actix-web's `Compress` does not.
//! * A stream is dropped when its client is found gone, which takes a write: the
//!   heartbeat sees to that.
//!
//! # Features
//!
//! None is on by default.
//!
//! | feature | gives |
//! |---|---|
//! | `rocket` | `EventStream` is a Rocket 0.5 `Responder`, [`LastEventId`] a request guard |
//! | `axum` | `EventStream` is an axum 0.8 `IntoResponse`, [`LastEventId`] an extractor |
//! | `actix-web` | `EventStream` is an actix-web 4 `Responder`, [`LastEventId`] an extractor |
//! | `http-body` | `EventStream::into_response` and `into_body`, `LastEventId::from_parts`: for hyper and what is built on it |
//! | `compress` | `EventStream::compress`: gzip, brotli or zstd, each event flushed |
//! | `metrics` | what streams do, for the crate `metrics`: `describe_metrics` names it all |
//! | `tracing` | a span for each stream, with its events, its bytes and how it ended |
//! | `json` | `Event::json` and `Event::try_json` |
//!
//! Any other framework takes the stream of [`EventStream::into_bytes`] and the [`HEADERS`] of the
//! response; [`LastEventId::find`] finds the ID in a request.
//!
//! With `axum` and `http-body` both on, `stream.into_response()` is the latter's method; where
//! axum's own is meant, which gives an `axum::response::Response`, call it a second time or write
//! `IntoResponse::into_response(stream)`.

#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![warn(missing_debug_implementations)]

#[doc(hidden)]
pub mod block;
mod body;
#[cfg(feature = "compress")]
mod compress;
mod error;
mod event;
mod event_stream;
#[cfg(any(doc, doctest))]
pub mod guide;
mod macros;
mod observe;
mod wire;

mod adapters {
    #[cfg(feature = "compress")]
    mod accept_encoding;
    #[cfg(feature = "actix-web")]
    mod actix_web;
    #[cfg(feature = "axum")]
    mod axum;
    #[cfg(feature = "http-body")]
    pub(crate) mod http_body;
    #[cfg(feature = "rocket")]
    mod rocket;
}

#[cfg(feature = "http-body")]
pub use adapters::http_body::EventBody;
pub use body::{EventBytes, HEADERS};
#[cfg(feature = "compress")]
pub use compress::{AcceptEncoding, Compression};
pub use error::Error;
pub use event::{Event, Fields, IntoText, LastEventId, Text};
pub use event_stream::{BoxEventStream, EventStream, MapEvents, OnError, StreamItem};
#[cfg(feature = "metrics")]
pub use observe::describe_metrics;

#[doc(no_inline)]
pub use futures_core::Stream;

/// What the macro's expansion is made of. Not to be used otherwise: it may change in any
/// release.
#[doc(hidden)]
pub mod __private {
    pub use std::option::Option::Some;
    pub use std::pin::pin;

    pub use crate::block::expansion::*;
    pub use crate::block::*;
}

#[doc(hidden)]
pub use sse_macros::event_stream;

#[cfg(all(
    doctest,
    feature = "actix-web",
    feature = "http-body",
    feature = "json",
    feature = "rocket"
))]
#[doc = include_str!("../../README.md")]
struct Readme;
