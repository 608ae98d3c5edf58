//! Streams in frameworks that need no feature of their own, as the guide says it. Each module serves
//! the same stream.

pub mod ntex;
pub mod poem;
pub mod salvo;
pub mod tonic;
pub mod tower;
pub mod warp;

use std::io;
use std::sync::Arc;

use sse_runtime::{Event, EventStream};
use tokio::sync::Notify;

/// What a test tells the stream.
pub struct Go {
    /// The next event may be sent.
    pub next: Notify,
    /// Whether the stream fails right after the last event.
    pub fails: bool,
}

/// Three events, each of which is sent when `go` says so.
pub fn three(go: Arc<Go>) -> EventStream![Result<Event, io::Error>] {
    EventStream! {
        for n in 0..3 {
            go.next.notified().await;
            yield Event::data(n);
        }
        if go.fails {
            Err(io::Error::other("planned"))?;
        }
    }
}
