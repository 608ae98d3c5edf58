//! What both frameworks share.

use std::time::Duration;

use sse_hub::{RunError, RunState, Runs, RunsBuilder};
use sse_runtime::{Event, EventStream};

use crate::upstream::Upstream;

/// A run without readers is stopped after this time, since the model costs money.
pub(crate) fn settings() -> RunsBuilder {
    Runs::builder()
        .abandon_after(Some(Duration::from_mins(1)))
        .max_duration(Some(Duration::from_mins(10)))
}

/// Yields the answer token by token, and then an event that says that it is complete.
pub(crate) fn answer(model: Upstream, prompt: String) -> EventStream![Result<Event, String>] {
    EventStream!({
        let mut tokens = model.ask(&prompt).await?;
        while let Some(token) = tokens.next().await? {
            yield Event::data(token.data);
        }
        yield Event::empty().event("done");
    })
}

/// Says how an answer ended that is not complete.
#[allow(clippy::needless_pass_by_value, reason = "as `on_error` passes it")]
pub(crate) fn told(error: RunError) -> Event {
    let what = match error.state() {
        RunState::Stopped => "stopped",
        _ => "the model does not answer",
    };
    Event::data(what).event("ended").id(error.id())
}
