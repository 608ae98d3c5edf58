//! The contract of a hub, row by row.

mod changing;
mod closing;
mod draining;
mod ends;
mod expiry;
mod gaps;
mod groups;
mod latest;
mod limits;
mod next;
mod positions;
mod reading;
mod retained;
mod signatures;
mod slow_clients;
mod topics;
mod waking;

use std::time::Duration;

use sse_hub::{EventId, Hub};
use sse_runtime::{Event, LastEventId};

/// Longer than the window, after which an event has left the log.
const TOO_LONG: Duration = Duration::from_secs(121);

fn last(id: &impl ToString) -> Option<LastEventId> {
    LastEventId::new(id.to_string())
}

async fn publish(hub: &Hub, topic: &str, data: &str) -> EventId {
    hub.publish(topic, Event::data(data.to_owned())).await.expect("published")
}
