use sse_runtime::{Event, EventStream};

fn events() -> EventStream![] {
    EventStream! {
        loop {
            tokio::select! {
                () = async {} => { let n = ; } //~
                () = async {} => { yield Event::data("a"); }
            }
        }
    }
}

fn main() {}
