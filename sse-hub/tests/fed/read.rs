//! What a reader of a run sees.

use std::time::Duration;

use futures::StreamExt as _;
use sse_runtime::Event;
use tokio::time::timeout;

use super::{Join, RunError, RunState};

/// Generous, for slow machines; nothing here waits for it to pass.
const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) async fn next(join: &mut Join) -> Option<Result<Event, RunError>> {
    timeout(PATIENCE, join.next()).await.expect("it comes")
}

pub(crate) fn data(event: &Event) -> String {
    event.fields().data.expect("data").to_owned()
}

/// Reads to the end. Returns the data of all events, and how the run ended if it didn't finish.
pub(crate) async fn read(mut join: Join) -> (Vec<String>, Option<RunState>) {
    let mut events = Vec::new();
    loop {
        match next(&mut join).await {
            Some(Ok(event)) => events.push(data(&event)),
            Some(Err(error)) => return (events, Some(error.state())),
            None => return (events, None),
        }
    }
}
