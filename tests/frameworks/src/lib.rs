//! Streams in frameworks that need no feature of their own, as the guide says it. Each module serves
//! the same stream.

pub mod ntex;
pub mod poem;
pub mod salvo;
pub mod tonic;
pub mod tower;
pub mod warp;

use std::sync::Arc;

use sse_runtime::{Event, EventStream};
use tokio::sync::Notify;

/// Three events, each of which is sent when `go` says so.
pub fn three(go: Arc<Notify>) -> EventStream![] {
    EventStream! {
        for n in 0..3 {
            go.notified().await;
            yield Event::data(n);
        }
    }
}
