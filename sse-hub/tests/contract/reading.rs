//! Subscriptions, read as a client would.

use futures::{FutureExt as _, Stream, StreamExt as _};
use sse_hub::EventId;
use sse_runtime::Event;

/// The fields of an event that clients see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) id: Option<String>,
    pub(crate) event: Option<String>,
    pub(crate) data: Option<String>,
    pub(crate) retry: Option<u128>,
}

impl Line {
    pub(crate) fn event(id: EventId, data: &str) -> Self {
        Self { data: Some(data.to_owned()), ..Self::opening(id) }
    }

    pub(crate) fn named(name: &str, id: EventId, data: &str) -> Self {
        Self { event: Some(name.to_owned()), ..Self::event(id, data) }
    }

    pub(crate) fn gap(id: EventId, why: &str) -> Self {
        Self::named("gap", id, why)
    }

    pub(crate) fn opening(id: EventId) -> Self {
        Self { id: Some(id.to_string()), ..Self::default() }
    }

    pub(crate) fn of(event: &Event) -> Self {
        let fields = event.fields();
        Self {
            id: fields.id.map(str::to_owned),
            event: fields.event.map(str::to_owned),
            data: fields.data.map(str::to_owned),
            retry: fields.retry.map(|time| time.as_millis()),
        }
    }
}

/// Returns the position this many events later.
pub(crate) fn id(of: EventId, sequence: u64) -> EventId {
    let text = of.to_string();
    let (epoch, _) = text.split_once('.').expect("an epoch and a sequence");
    format!("{epoch}.{sequence}").parse().expect("an ID")
}

pub(crate) async fn next(events: &mut (impl Stream<Item = Event> + Unpin)) -> Line {
    Line::of(&events.next().await.expect("it goes on"))
}

/// Reads everything that is there without waiting.
pub(crate) fn now(events: &mut (impl Stream<Item = Event> + Unpin)) -> Vec<Line> {
    let mut lines = Vec::new();
    while let Some(Some(event)) = events.next().now_or_never() {
        lines.push(Line::of(&event));
    }
    lines
}

/// Reads everything up to the end.
pub(crate) async fn read(events: impl Stream<Item = Event>) -> Vec<Line> {
    events.map(|event| Line::of(&event)).collect().await
}

pub(crate) async fn ended(events: &mut (impl Stream<Item = Event> + Unpin)) -> bool {
    events.next().await.is_none()
}
