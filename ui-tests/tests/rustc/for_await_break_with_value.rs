use futures::Stream;
use sse_runtime::EventStream;

fn events(lines: impl Stream<Item = String>) -> EventStream![] {
    EventStream! {
        for await line in lines {
            break line; //~
        }
    }
}

fn main() {}
