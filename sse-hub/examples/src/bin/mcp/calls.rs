//! Calls that outlive their connections, in revision 2025-11-25.

use std::io;
use std::time::Duration;

use axum::http::StatusCode;
use serde_json::Value;
use sse_hub::{Join, RunError, RunState, Runs, StartError};
use sse_runtime::{Event, EventStream, LastEventId};

use crate::tool;

/// A call is known by its session and its ID, as JSON: 1 is not "1".
fn run_id(session: &str, request: &str) -> String {
    format!("{session} {request}")
}

pub(crate) async fn start(
    runs: &Runs,
    session: &str,
    request: &Value,
    params: &Value,
) -> Result<EventStream![Event + use<>], StatusCode> {
    let call = resumable(request, params);
    let request = request.to_string();
    match runs.start(&run_id(session, &request), call).await {
        Ok(run) => Ok(answer(run.join(), request)),
        Err(StartError::Running(_) | StartError::Id) => Err(StatusCode::BAD_REQUEST),
        Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}

/// The first event has an ID and empty data, so that a client that is cut off before all others can come back. `retry`
/// says when.
fn resumable(request: &Value, params: &Value) -> EventStream![Result<Event, io::Error> + use<>] {
    let messages = tool::call(request.clone(), params);
    EventStream!({
        yield Event::empty().with_retry(Duration::from_millis(500));
        for await message in messages {
            yield message?;
        }
    })
}

pub(crate) async fn cancel(runs: &Runs, session: &str, request: &Value) -> Result<(), StatusCode> {
    let stopped = runs.stop(&run_id(session, &request.to_string())).await;
    stopped.map(|_| ()).map_err(|_| StatusCode::SERVICE_UNAVAILABLE)
}

/// The messages of a call. The ID of each names the call too, since a client comes back with nothing else.
fn answer(call: Join, request: String) -> EventStream![Event] {
    let id: Value = serde_json::from_str(&request).unwrap_or_default();
    let messages = EventStream::from(call).on_error(move |error: RunError| match error.state() {
        RunState::Stopped => Event::comment("cancelled"),
        _ => tool::failed(&id).id(error.id()),
    });
    messages.map_events(move |event| match event.fields().id.map(|id| format!("{id} {request}")) {
        Some(id) => event.id(id),
        None => event,
    })
}

/// What comes after this position, which `answer` has made.
pub(crate) async fn resume(
    runs: &Runs,
    session: &str,
    last: &LastEventId,
) -> Result<EventStream![Event + use<>], StatusCode> {
    let (position, request) = last.as_str().split_once(' ').ok_or(StatusCode::BAD_REQUEST)?;
    let position = LastEventId::new(position);
    match runs.find(&run_id(session, request)).await {
        Ok(Some(run)) if run.remains(position.as_ref()) => {
            Ok(answer(run.join().resume(position), request.to_owned()))
        }
        // With 204, a client stays away.
        Ok(Some(_)) => Err(StatusCode::NO_CONTENT),
        Ok(None) => Err(StatusCode::NOT_FOUND),
        Err(_) => Err(StatusCode::SERVICE_UNAVAILABLE),
    }
}
