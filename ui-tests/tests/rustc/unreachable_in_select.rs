#![deny(unreachable_code)]

use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        loop {
            tokio::select! {
                () = async {} => {
                    break;
                    yield Event::data("a"); //~
                }
            }
        }
    }
}

fn main() {}
