//! Server-sent events for Rocket, axum, actix-web and hyper, written as async generators.
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
//! [`EventStream!`](macro@EventStream) documents all of it: blocks, types, and what `?` does.
//!
//! # The response
//!
//! Events that are ready share a write, and an event that comes alone is sent at once. A
//! [heartbeat](EventStream::heartbeat) keeps a quiet connection open. At a shutdown, a
//! stream [ends between two events](EventStream::with_graceful_shutdown). A stream that fails or
//! panics [aborts the response](EventStream::on_error) after everything that it has yielded, where
//! the framework can: Rocket 0.5 logs the failure and ends the response.
//!
//! A stream yields to the runtime every 21 KiB (32 KiB under actix-web), so that a client that reads
//! fast doesn't keep other tasks waiting. For a client that doesn't read, about 30 KiB are kept, and up
//! to 80 KiB under Rocket; on a connection without vectored writes, hyper itself keeps 400 KiB. A body
//! never waits for its earlier chunks to be dropped.
//!
//! A batch of events is sent when the block awaits something, when it is full, or when a `yield` finds
//! that it has taken a millisecond. A block that works for longer without awaiting holds back what it
//! has yielded since its last `await`: do such work in `spawn_blocking`.
//!
//! The headers are `Content-Type: text/event-stream`, `Cache-Control: no-cache, no-store,
//! no-transform` and `X-Accel-Buffering: no`. Each of them can be overridden in the way that
//! the framework provides.
//!
//! # Pitfalls
//!
//! * Clients keep reconnecting for as long as they live, even after a clean end. To make them
//!   stop, answer `204 No Content`, or let the client close its source when it receives an event of yours.
//! * A client receives CRLF and a lone CR as `\n`. JSON preserves them.
//! * A browser opens at most six HTTP/1.1 connections to a host, for all of its tabs together.
//! * An event named `error` triggers `onerror` in browsers.
//! * Middleware that compresses may hold events back, so exclude streams from it. tower-http's
//!   does so by default.
//! * An aborted response can look like an end by the time it reaches a client: see
//!   [`on_error`](EventStream::on_error).
//! * A client that stops reading or vanishes can block a graceful shutdown. Its stream
//!   [is dropped](EventStream::with_graceful_shutdown), but its connection stays open. Put a limit
//!   around the wait for connections, such as `tokio::time::timeout`, and set `TCP_USER_TIMEOUT` on
//!   accepted sockets where the system has it.
//! * A stream that returns `Pending` has to arrange that its waker is woken. A body doesn't poll it
//!   again before that, even if the server polls the body.
//! * Set `TCP_NODELAY` on accepted sockets: without it, events can be held back for some 40 ms until the
//!   client has acknowledged earlier ones. Rocket does so by itself; actix-web has
//!   `HttpServer::tcp_nodelay(true)`, and for axum it is
//!   `listener.tap_io(|socket| _ = socket.set_nodelay(true))`.
//! * A stream is dropped once its client is found to be gone, which takes a write. The
//!   heartbeat makes sure that there is one.
//!
//! # Features
//!
//! None is on by default.
//!
//! | feature | gives |
//! |---|---|
//! | `rocket` | `EventStream` is a Rocket 0.5 `Responder`, and [`LastEventId`] a request guard |
//! | `axum` | `EventStream` is an axum 0.8 `IntoResponse`, and [`LastEventId`] an extractor |
//! | `actix-web` | `EventStream` is an actix-web 4 `Responder`, and [`LastEventId`] an extractor |
//! | `http-body` | `EventStream::into_http_response`, `EventStream::into_body` and `LastEventId::from_parts`, for hyper and what is built on it |
//! | `gzip`, `brotli`, `zstd` | `EventStream::compress` with this encoding, each event flushed; `zstd` needs a C compiler |
//! | `compress` | all three encodings |
//! | `metrics` | counts of streams, events and bytes for the crate `metrics`; `describe_metrics` lists them |
//! | `tracing` | a span for each stream, with its events, its bytes and how it ended |
//! | `json` | `Event::json`, `Event::try_json`, `Received::json`, and the derive macro `SseEvent` |
//!
//! For warp, salvo, poem, tonic, tower and ntex, [a page of the guide](guide::frameworks) shows
//! the code. Any other framework can send the stream of [`EventStream::into_bytes`] with the headers of
//! [`EventStream::headers`]; [`LastEventId::from_header_or_query`] finds the ID in a request.
//!
//! # Guide
//!
//! [`guide`] has pages about migrating from other libraries, the compiler's messages, clients,
//! performance, and running streams in production.

#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![warn(missing_debug_implementations)]
// On docs.rs, each item says which feature it needs.
#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
pub mod block;
mod body;
#[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
mod compress;
mod error;
mod event;
mod event_stream;
#[cfg(any(doc, doctest))]
pub mod guide;
mod head;
mod macros;
mod observe;
mod reader;
mod text;
#[cfg(feature = "json")]
mod typed;
mod wire;

mod adapters {
    #[cfg(feature = "actix-web")]
    mod actix_web;
    #[cfg(feature = "axum")]
    mod axum;
    pub(crate) mod bytes;
    #[cfg(any(feature = "axum", feature = "http-body"))]
    pub(crate) mod http_body;
    #[cfg(feature = "rocket")]
    mod rocket;
}

pub use adapters::bytes::EventBytes;
#[cfg(any(feature = "axum", feature = "http-body"))]
pub use adapters::http_body::EventBody;
#[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
pub use compress::Compression;
pub use error::Error;
pub use event::{Event, Fields, Received};
pub use event_stream::{
    BoxEventStream, EventStream, LocalBoxEventStream, MapEvents, OnError, StreamItem, StreamOf,
};
#[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
pub use head::AcceptEncoding;
#[cfg(any(feature = "actix-web", feature = "axum"))]
pub use head::MissingLastEventId;
pub use head::{HEADERS, InvalidLastEventId, LastEventId};
#[cfg(feature = "metrics")]
pub use observe::describe_metrics;
pub use reader::{EventReader, ReadChunks, ReadError, is_event_stream};
pub use text::{EventStr, IntoText, Text};

#[cfg(feature = "json")]
pub use typed::{SseEvent, TryFromReceivedError};
// The compiler names it when an event's content can't be serialized.
#[cfg(feature = "json")]
#[doc(hidden)]
pub use typed::SentAsJson;

#[doc(no_inline)]
pub use futures_core::Stream;

/// What the expansions of the macros use, and nothing else may: it can change in any release. Its name
/// contains the version, so that the macros of another release never find it.
#[doc(hidden)]
pub mod __private_0_1_0 {
    pub use std::option::Option::Some;
    pub use std::pin::pin;
    pub use std::result::Result;

    pub use crate::block::expansion::*;
    pub use crate::block::*;
    #[cfg(feature = "json")]
    pub use crate::typed::expansion::*;
}

#[doc(hidden)]
pub use sse_macros::event_stream;
