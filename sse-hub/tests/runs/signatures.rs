//! The signatures, as users rely on them.

use futures::stream::FusedStream;
use futures::{Stream, StreamExt as _};
use sse_hub::{
    ConnectError, Join, Run, RunError, RunState, Runs, RunsBuilder, RunsError, StartError,
};
use sse_runtime::{Event, EventStream, LastEventId};

#[test]
fn a_join_is_a_stream_that_can_be_sent_and_kept() {
    fn check<S>()
    where
        S: Stream<Item = Result<Event, RunError>> + FusedStream + Send + Unpin + 'static,
    {
    }
    check::<Join>();
}

#[test]
fn handles_are_cloned_and_shared_between_threads() {
    fn check<T: Clone + Send + Sync + 'static>() {}
    check::<Runs>();
    check::<Run>();
    check::<RunError>();
    check::<RunsBuilder>();
}

#[test]
fn a_state_is_copied_compared_and_printed() {
    fn check<T: Copy + Eq + std::fmt::Debug>() {}
    check::<RunState>();
}

#[test]
fn errors_are_errors() {
    fn check<E: std::error::Error + Send + Sync + 'static>() {}
    check::<RunError>();
    check::<RunsError>();
    check::<StartError>();
    check::<ConnectError>();
}

#[tokio::test]
async fn all_futures_can_be_sent() {
    fn check<T: Send>(future: T) -> T {
        future
    }
    let runs = Runs::new();
    let run = check(runs.start("a", EventStream! { yield Event::data("x"); })).await.unwrap();
    check(run.ended()).await;
    check(runs.find("a")).await.unwrap();
    check(runs.stop("a")).await.unwrap();
    check(run.stop()).await.unwrap();
    check(runs.shutdown(std::time::Duration::ZERO)).await;
}

/// As in the README.
async fn ask(
    id: &str,
    runs: &Runs,
    last: Option<LastEventId>,
) -> Result<EventStream![Result<Event, RunError>], u16> {
    match runs.start(id, EventStream! { yield Event::data("x"); }).await {
        Ok(run) | Err(StartError::Running(run)) if run.remains(last.as_ref()) => {
            Ok(run.join().resume(last).into())
        }
        Ok(_) => Err(204),
        Err(_) => Err(503),
    }
}

#[tokio::test]
async fn a_handler_returns_a_join_as_an_event_stream() {
    let runs = Runs::new();
    let events = ask("a", &runs, None).await.ok().unwrap();
    assert_eq!(events.count().await, 1);
}

#[tokio::test]
async fn a_place_in_memory_has_a_url_and_others_are_refused() {
    assert!(Runs::connect("memory:").await.is_ok());
    let others = Runs::connect("https://example.com").await;
    assert!(matches!(others, Err(ConnectError::Scheme)));
}
