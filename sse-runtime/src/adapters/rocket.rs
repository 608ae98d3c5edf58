//! Rocket 0.5.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome, Request};
use rocket::response::{self, Responder, Response};
use rocket::tokio::io::{AsyncRead, ReadBuf};

use crate::body::Outlet;
use crate::event_stream::StreamItem;
use crate::{Error, EventStream, LastEventId};

/// The most that Rocket reads, and so writes, at once. For a client that doesn't read, its server
/// keeps 16 of them.
const CHUNK_SIZE: usize = 8 * 1024;

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
        let shutdown = &mut self.settings.shutdown;
        shutdown.add_signal(rocket.shutdown());
        shutdown.grace = shutdown.grace.min(server_grace / 2);

        let mut response = Response::build();
        for (name, value) in self.headers() {
            response.raw_header(name, value);
        }
        response.streamed_body(Reader::new(self)).max_chunk_size(CHUNK_SIZE).ok()
    }
}

pin_project! {
    /// The batches as Rocket takes them: an event may straddle two reads.
    struct Reader<S> {
        #[pin]
        batches: Outlet<S>,
        buffer: Vec<u8>,
        read: usize,
        // What comes after the buffer.
        large: Bytes,
        // What comes after all of that.
        failure: Option<Error>,
    }
}

impl<S> Reader<S> {
    fn new(events: EventStream<S>) -> Self {
        Self {
            batches: Outlet::new(events),
            buffer: Vec::new(),
            read: 0,
            large: Bytes::new(),
            failure: None,
        }
    }
}

impl<S: Stream<Item: StreamItem>> AsyncRead for Reader<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut this = self.project();
        let before = out.remaining();
        hand_over(this.buffer, this.read, out);
        hand_over_large(this.large, out);
        if out.remaining() == 0 {
            return Poll::Ready(Ok(()));
        }
        if let Some(error) = this.failure.take() {
            return Poll::Ready(Err(error.into()));
        }
        match this.batches.as_mut().poll_batch(cx, out.remaining(), this.buffer) {
            Poll::Ready(Some(Ok(_))) => {
                *this.large = this.batches.take_large().unwrap_or_default();
                hand_over(this.buffer, this.read, out);
                hand_over_large(this.large, out);
            }
            Poll::Ready(Some(Err(error))) if out.remaining() == before => {
                return Poll::Ready(Err(error.into()));
            }
            // What was handed over would be lost with it.
            Poll::Ready(Some(Err(error))) => *this.failure = Some(error),
            Poll::Ready(None) => {}
            Poll::Pending => {
                // Nothing is kept while idle.
                *this.buffer = Vec::new();
                if out.remaining() == before {
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

/// Moves as much as fits; what is left waits for the next read.
fn hand_over(buffer: &mut Vec<u8>, read: &mut usize, out: &mut ReadBuf<'_>) {
    let rest = &buffer[*read..];
    let fits = rest.len().min(out.remaining());
    out.put_slice(&rest[..fits]);
    *read += fits;
    if *read == buffer.len() {
        buffer.clear();
        *read = 0;
    }
}

fn hand_over_large(large: &mut Bytes, out: &mut ReadBuf<'_>) {
    let fits = large.len().min(out.remaining());
    out.put_slice(&large.split_to(fits));
}

/// Forwards if the client sent none: take `Option<LastEventId>`.
#[rocket::async_trait]
impl<'r> FromRequest<'r> for LastEventId {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<Self, Infallible> {
        let header = request.headers().get_one("Last-Event-ID").map(str::as_bytes);
        let query = request.uri().query().map(|query| query.as_str());
        match Self::find(header, query) {
            Some(id) => Outcome::Success(id),
            None => Outcome::Forward(Status::BadRequest),
        }
    }
}
