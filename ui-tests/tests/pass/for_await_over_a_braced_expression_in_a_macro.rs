#![deny(warnings)]
#![allow(dead_code)]

use futures::stream::{self, StreamExt as _};
use sse_runtime::{Event, EventStream};

fn events(more: bool) -> EventStream![] {
    EventStream! {
        tokio::select! {
            () = async {} => {
                for await event in EventStream! { yield Event::data("a"); } {
                    yield event;
                }
                for await n in if more { stream::iter([1]).boxed() } else { stream::empty().boxed() } {
                    yield Event::data(n.to_string());
                }
                for await n in async { stream::iter([1]) }.await {
                    yield Event::data(n.to_string());
                }
            }
        }
    }
}

fn main() {}
