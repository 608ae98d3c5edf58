//! What both frameworks share.

use std::time::Duration;

use sse_hub::{RunError, RunState, Runs, RunsBuilder};
use sse_runtime::{Event, EventStream};

use crate::upstream::Upstream;

/// Nobody waits for longer than that, and the model is not free.
pub(crate) fn settings() -> RunsBuilder {
    Runs::builder()
        .abandon_after(Some(Duration::from_mins(1)))
        .max_duration(Some(Duration::from_mins(10)))
}

/// The answer, token by token, and an event that says that it is whole.
pub(crate) fn answer(model: Upstream, prompt: String) -> EventStream![Result<Event, String>] {
    EventStream!({
        let mut tokens = model.ask(&prompt).await?;
        while let Some(token) = tokens.next().await? {
            yield Event::data(token.data);
        }
        yield Event::empty().event("done");
    })
}

/// How an answer ended that is not whole.
#[allow(clippy::needless_pass_by_value, reason = "as `on_error` passes it")]
pub(crate) fn told(error: RunError) -> Event {
    let what = match error.state() {
        RunState::Stopped => "stopped",
        _ => "the model does not answer",
    };
    Event::data(what).event("ended").id(error.id())
}
