//! Helpers for the tests of runs.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::{FutureExt as _, StreamExt as _};
use sse_hub::{Join, Run, RunError, Runs};
use sse_runtime::{Event, EventStream, LastEventId};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::yield_now;

#[path = "../fed/mod.rs"]
mod fed;

pub(crate) use fed::fed;

/// Waits until this many events have been recorded.
pub(crate) async fn recorded(runs: &Runs, events: u64) {
    while runs.stats().events < events {
        yield_now().await;
    }
}

/// Starts a run. Returns what feeds it, and the run.
pub(crate) async fn running(runs: &Runs, id: &str) -> (UnboundedSender<Event>, Run) {
    let (sender, events) = fed();
    (sender, runs.start(id, events).await.expect("it starts"))
}

/// Returns a finished run with these data.
pub(crate) async fn finished(runs: &Runs, id: &str, data: &[&str]) -> Run {
    let (sender, run) = running(runs, id).await;
    for data in data {
        sender.send(Event::data(*data)).unwrap();
    }
    drop(sender);
    run.ended().await;
    run
}

/// Returns a stream of these data that then fails.
pub(crate) fn failing(
    data: &'static [&str],
    text: &'static str,
) -> EventStream![Result<Event, std::io::Error>] {
    EventStream! {
        for data in data {
            yield Event::data(*data);
        }
        Err(std::io::Error::other(text))?;
    }
}

/// Reads what is there at the moment.
pub(crate) fn available(join: &mut Join) -> Vec<Result<Event, RunError>> {
    std::iter::from_fn(|| join.next().now_or_never().flatten()).collect()
}

/// Lets the tasks of runs go on until they wait.
pub(crate) async fn settle() {
    for _ in 0..10 {
        yield_now().await;
    }
}

pub(crate) fn data(event: &Event) -> &str {
    event.fields().data.expect("an event with data")
}

/// Returns the data of each event and the reason of each gap. Nothing may have failed.
pub(crate) fn texts(items: &[Result<Event, RunError>]) -> Vec<String> {
    items.iter().map(|item| data(item.as_ref().expect("an event")).to_owned()).collect()
}

/// Reads to the end. Returns the data of all events, and how the run ended if it didn't finish.
pub(crate) async fn read(mut join: Join) -> (Vec<String>, Option<RunError>) {
    let mut events = Vec::new();
    while let Some(item) = join.next().await {
        match item {
            Ok(event) => events.push(data(&event).to_owned()),
            Err(error) => {
                assert!(join.next().await.is_none(), "it comes last");
                return (events, Some(error));
            }
        }
    }
    (events, None)
}

pub(crate) fn id(item: &Result<Event, RunError>) -> String {
    item.as_ref().expect("an event").fields().id.expect("it has an ID").to_owned()
}

pub(crate) fn last(id: &str) -> Option<LastEventId> {
    LastEventId::new(id)
}

/// Is set when it is dropped.
#[derive(Clone, Default)]
pub(crate) struct Flag(Arc<AtomicBool>);

impl Flag {
    pub(crate) fn is_set(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }

    pub(crate) fn set(&self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

pub(crate) struct SetOnDrop(pub(crate) Flag);

impl Drop for SetOnDrop {
    fn drop(&mut self) {
        self.0.set();
    }
}
