//! Attributes of other crates that repeat a function's return type, and what to declare there.
#![forbid(unsafe_code)]
#![deny(warnings)]
#![allow(dead_code)]

use async_trait::async_trait;
use sse_runtime::{BoxEventStream, Event, EventStream, Stream};
use tracing::instrument;

#[instrument]
fn written_out(topic: &str) -> EventStream<impl Stream<Item = Event>> {
    EventStream! { yield Event::data(topic); }
}

#[instrument]
async fn written_out_async(topic: String) -> EventStream<impl Stream<Item = Event>> {
    EventStream! { yield Event::data(topic); }
}

#[instrument(err)]
async fn that_can_be_refused(
    topic: String,
) -> Result<EventStream<impl Stream<Item = Event>>, std::fmt::Error> {
    Ok(EventStream! { yield Event::data(topic); })
}

#[instrument]
async fn boxed(topic: String) -> BoxEventStream<'static> {
    EventStream! { yield Event::data(topic); }.boxed()
}

#[async_trait]
trait Source {
    async fn events(&self) -> BoxEventStream<'_>;
}

#[async_trait]
impl Source for String {
    async fn events(&self) -> BoxEventStream<'_> {
        EventStream! { yield Event::data(&**self); }.boxed()
    }
}

trait PlainSource {
    fn events(&self) -> EventStream![];
}

impl PlainSource for String {
    fn events(&self) -> EventStream![] {
        EventStream! { yield Event::data(&**self); }
    }
}

fn main() {}
