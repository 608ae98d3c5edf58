//! Our streams, the same in each framework.

#[path = "blocks.rs"]
mod blocks;

use sse_runtime::{BoxEventStream, Event, EventStream, Text};

use super::topic::Source;
pub(super) use blocks::{burst, endless, fan_out, idle, latency};

fn uncopied(text: &'static str) -> Text {
    Text::from_static(text)
}

pub(super) fn hub() -> BoxEventStream<'static> {
    (Source::get().subscribe)()
}
