use futures::Stream;
use sse_runtime::EventStream;

fn events() -> EventStream![] {
    EventStream! {
        fn drain(lines: impl Stream<Item = String>) {
            for await line in lines { //~
                println!("{line}");
            }
        }
        drain(futures::stream::empty());
    }
}

fn main() {}
