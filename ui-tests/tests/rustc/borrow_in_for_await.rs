use futures::stream::BoxStream;
use futures::StreamExt;
use sse_runtime::{Event, EventStream};

fn events(mut lines: BoxStream<'static, String>) -> EventStream![] {
    EventStream! {
        for await line in &mut lines {
            yield Event::data(line);
            lines.next().await; //~
        }
    }
}

fn main() {}
