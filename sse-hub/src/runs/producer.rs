//! The task that produces a run: it polls the stream and records its events.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use sse_runtime::{Event, EventStream, Stream, StreamItem};
use tokio::task::yield_now;
use tokio::time::timeout;

use super::engine::{EngineFuture, Unavailable};
use super::record::Record;
use super::registry::Registry;
use super::state::End;
use crate::event;

/// How many events are recorded together, and after how many without a pause other tasks get a turn.
const MAX_BATCH_EVENTS: usize = 64;
/// Once this many bytes have come, no more events are recorded together with them.
const MAX_BATCH_BYTES: usize = 256 << 10;

/// Produces a run. If it is dropped before the run's end, because its runtime ends, the run is lost.
pub(super) struct Producer {
    registry: Arc<Registry>,
    record: Arc<Record>,
    /// Events that the stream has yielded and that are not being recorded yet.
    events: Vec<Event>,
    /// What these take.
    bytes: usize,
    /// How the stream has ended.
    end: Option<End>,
    /// Events since the last pause.
    in_a_row: usize,
}

impl Producer {
    pub(super) fn new(registry: Arc<Registry>, record: Arc<Record>) -> Self {
        Self { registry, record, events: Vec::new(), bytes: 0, end: None, in_a_row: 0 }
    }

    /// Produces the run to its end, and renews its lease while it waits for the stream.
    pub(super) async fn run<S: Stream<Item: StreamItem>>(mut self, events: EventStream<S>) {
        let mut events = pin!(events);
        let (registry, record) = (Arc::clone(&self.registry), Arc::clone(&self.record));
        let engine = Arc::clone(&registry.engine);
        // Not taken from the record, which may be ahead: others may read what was appended before the answer comes.
        let mut next = 1;
        loop {
            if self.events.is_empty() && self.end.is_none() {
                self.wait(events.as_mut(), engine.lease().map(|lease| lease / 3)).await;
            }
            let recorded = std::mem::take(&mut self.events);
            if recorded.is_empty() && self.end.is_some() {
                break;
            }
            self.bytes = 0;
            let count = recorded.len();
            let recording = engine.append(&registry, &record, next, recorded);
            let Ok(true) = self.during(recording, events.as_mut()).await else { return };
            next += count as u64;
            self.pause(count).await;
        }
        if let Some(end) = self.end.clone()
            && engine.end(&registry, &record, end.clone(), false).await.is_err()
        {
            engine.end_locally(&registry, &record, end);
        }
    }

    /// Waits for an event or the end, but no longer than `at_most`.
    async fn wait<S: Stream<Item: StreamItem>>(
        &mut self,
        mut events: Pin<&mut EventStream<S>>,
        at_most: Option<Duration>,
    ) {
        let next = poll_fn(|cx| self.poll(events.as_mut(), cx));
        let next = match at_most {
            Some(at_most) => timeout(at_most, next).await.ok(),
            None => Some(next.await),
        };
        if let Some(next) = next {
            self.take(next);
        }
    }

    /// Waits for the engine, and meanwhile collects events, to be recorded together next.
    async fn during<S: Stream<Item: StreamItem>>(
        &mut self,
        mut recording: EngineFuture<'_, bool>,
        mut events: Pin<&mut EventStream<S>>,
    ) -> Result<bool, Unavailable> {
        poll_fn(|cx| {
            // First the engine: a poll of the stream may block.
            if let Poll::Ready(recorded) = recording.as_mut().poll(cx) {
                return Poll::Ready(recorded);
            }
            while self.has_room() {
                match self.poll(events.as_mut(), cx) {
                    Poll::Ready(next) => self.take(next),
                    Poll::Pending => break,
                }
            }
            Poll::Pending
        })
        .await
    }

    fn has_room(&self) -> bool {
        self.end.is_none() && self.events.len() < MAX_BATCH_EVENTS && self.bytes < MAX_BATCH_BYTES
    }

    fn take(&mut self, next: Result<Event, End>) {
        match next {
            Ok(event) => {
                self.bytes += event::bytes(&event);
                self.events.push(event);
            }
            Err(end) => self.end = Some(end),
        }
    }

    /// Resolves to the next event, or to how the stream ended.
    fn poll<S: Stream<Item: StreamItem>>(
        &mut self,
        mut events: Pin<&mut EventStream<S>>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Event, End>> {
        // Formatting an error is user code too. The stream isn't polled again after a panic.
        let poll = catch_unwind(AssertUnwindSafe(|| {
            let poll = events.as_mut().poll_next(cx);
            poll.map(|item| item.map(as_result))
        }));
        Poll::Ready(match poll {
            Ok(Poll::Ready(Some(event))) => event.and_then(|event| self.check(event)),
            Ok(Poll::Ready(None)) if events.is_cut_off() => Err(End::LOST),
            Ok(Poll::Ready(None)) => Err(End::FINISHED),
            Ok(Poll::Pending) => {
                self.in_a_row = 0;
                return Poll::Pending;
            }
            Err(panic) => Err(End::failed(&panicked(&*panic))),
        })
    }

    fn check(&self, event: Event) -> Result<Event, End> {
        if event::has_id(&event) {
            return Err(End::failed("an event has an ID of its own, but IDs are set by the run"));
        }
        if event::bytes(&event) > self.registry.limits.max_event_bytes {
            return Err(End::failed("an event is larger than `max_event_bytes`"));
        }
        Ok(event)
    }

    async fn pause(&mut self, events: usize) {
        self.in_a_row += events;
        if self.in_a_row >= MAX_BATCH_EVENTS {
            self.in_a_row = 0;
            yield_now().await;
        }
    }
}

impl Drop for Producer {
    fn drop(&mut self) {
        if self.record.is_running() {
            self.registry.engine.end_locally(&self.registry, &self.record, End::LOST);
        }
    }
}

fn as_result(item: impl StreamItem) -> Result<Event, End> {
    item.into_result().map_err(|error| End::failed(&error.to_string()))
}

/// Returns the text of a panic.
fn panicked(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("the stream panicked: {}", text.unwrap_or("no text"))
}
