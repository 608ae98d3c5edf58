//! Rocket 0.5.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::{self, Responder, Response};
use rocket::tokio::io::{AsyncRead, ReadBuf};

use crate::body::{Chunks, Delivery};
use crate::error::Error;
use crate::event_stream::{EventStream, StreamItem};
use crate::head::LastEventId;

/// The most that Rocket reads, and so writes, at once. For a client that doesn't read, its server
/// keeps 16 of them, and more: 114 KB in all, and 192 KB with 8 KiB. Smaller ones make a burst slower: a
/// `ping` costs 30 ns, 23 with 8 KiB, and 42 with 2 KiB.
const CHUNK_SIZE: usize = 4 * 1024;

/// Streams the events. The stream ends by itself when the server shuts down.
///
/// If the stream fails, so does the body that Rocket reads. Rocket 0.5 can't abort a response: it
/// logs the failure as a warning and ends the response as if the stream had ended.
impl<'r, 'o: 'r, S> Responder<'r, 'o> for EventStream<S>
where
    S: Stream<Item: StreamItem> + Send + 'o,
{
    fn respond_to(mut self, request: &'r Request<'_>) -> response::Result<'o> {
        let rocket = request.rocket();
        let server_grace = Duration::from_secs(rocket.config().shutdown.grace.into());
        let shutdown = &mut self.settings.rare_mut().shutdown;
        shutdown.add_signal(rocket.shutdown());
        shutdown.grace = shutdown.grace.min(server_grace / 2);

        let mut response = Response::build();
        for (name, value) in self.headers() {
            response.raw_header(name, value);
        }
        response.streamed_body(Reader::new(self)).max_chunk_size(CHUNK_SIZE).ok()
    }
}

/// Reads the chunks as Rocket asks for them: an event may straddle two reads.
struct Reader<S> {
    bytes: Pin<Box<Chunks<S>>>,
    /// What is left of the last chunk.
    rest: Bytes,
    /// The failure that comes after `rest`.
    failure: Option<Error>,
}

impl<S: Stream<Item: StreamItem>> Reader<S> {
    fn new(events: EventStream<S>) -> Self {
        // No budget: Rocket passes the reads on through a channel that has room for a single one.
        let bytes = Box::pin(Chunks::new(events, u32::MAX, Delivery::Unknown));
        Self { bytes, rest: Bytes::new(), failure: None }
    }
}

impl<S: Stream<Item: StreamItem>> AsyncRead for Reader<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = out.remaining();
        hand_over(&mut this.rest, out);
        while out.remaining() > 0 && this.failure.is_none() {
            match this.bytes.as_mut().poll_chunk(cx, out.remaining()) {
                Poll::Ready(Some(Ok(bytes))) => this.rest = bytes,
                Poll::Ready(Some(Err(error))) => this.failure = Some(error),
                Poll::Pending if out.remaining() == before => return Poll::Pending,
                Poll::Ready(None) | Poll::Pending => return Poll::Ready(Ok(())),
            }
            hand_over(&mut this.rest, out);
        }
        // A failure would lose what this read has handed over.
        if out.remaining() == before
            && let Some(error) = this.failure.take()
        {
            return Poll::Ready(Err(error.into()));
        }
        Poll::Ready(Ok(()))
    }
}

/// Moves as much as fits into `out`. The rest waits for the next read.
fn hand_over(bytes: &mut Bytes, out: &mut ReadBuf<'_>) {
    let fits = bytes.len().min(out.remaining());
    out.put_slice(&bytes.split_to(fits));
}

/// Forwards a request without such an ID: take `Option<LastEventId>`.
#[rocket::async_trait]
impl<'r> FromRequest<'r> for LastEventId {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let header = request.headers().get_one("Last-Event-ID").map(str::as_bytes);
        let query = request.uri().query().map(|query| query.as_str());
        match Self::from_header_or_query(header, query) {
            Some(id) => Outcome::Success(id),
            None => Outcome::Forward(Status::BadRequest),
        }
    }
}

#[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
#[rocket::async_trait]
impl<'r> FromRequest<'r> for crate::head::AcceptEncoding {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let headers = request.headers().get("Accept-Encoding");
        Outcome::Success(Self::from_header_values(headers.map(str::as_bytes)))
    }
}
