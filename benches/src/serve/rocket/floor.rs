//! The floor: what was encoded before, in reads as long as ours.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use rocket::response::{self, Responder, Response};
use rocket::tokio::io::{AsyncRead, ReadBuf};
use rocket::{Request, Route, get, routes};

use crate::kind::Kind;

const CHUNK_SIZE: usize = 16 * 1024;

pub(super) fn routes() -> Vec<Route> {
    routes![burst]
}

#[get("/burst/<kind>/<count>")]
fn burst(kind: usize, count: usize) -> Blocks {
    Blocks::new(Kind::at(kind), count, CHUNK_SIZE)
}

impl<'r> Responder<'r, 'r> for Blocks {
    fn respond_to(self, _: &'r Request<'_>) -> response::Result<'r> {
        Response::build().streamed_body(self).max_chunk_size(CHUNK_SIZE).ok()
    }
}

/// Fills each read: what a short one leaves of its buffer, Rocket makes another read of.
struct Blocks {
    block: String,
    at: usize,
    left: usize,
}

impl Blocks {
    fn new(kind: Kind, count: usize, size: usize) -> Self {
        Self { block: kind.block(size), at: 0, left: count * kind.encoded().len() }
    }
}

impl AsyncRead for Blocks {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        while self.left > 0 && out.remaining() > 0 {
            let rest = &self.block.as_bytes()[self.at..];
            let now = self.left.min(rest.len()).min(out.remaining());
            out.put_slice(&rest[..now]);
            self.at = (self.at + now) % self.block.len();
            self.left -= now;
        }
        Poll::Ready(Ok(()))
    }
}
