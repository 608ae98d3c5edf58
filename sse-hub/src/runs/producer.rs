//! Producing a run: one task, which polls the stream and records its events.

use std::any::Any;
use std::future::poll_fn;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};

use sse_runtime::{Event, EventStream, Stream, StreamItem};
use tokio::task::yield_now;

use super::record::Record;
use super::registry::Registry;
use super::state::End;
use crate::event;

/// After so many events without a pause, other tasks get a turn.
const IN_A_ROW: u32 = 64;
/// Larger events are not sent to Redis together.
#[cfg(feature = "redis")]
const BATCH_BYTES: usize = 256 << 10;

/// A run that is being produced. It is lost if this is dropped before its end: the runtime is gone.
pub(super) struct Producer {
    pub(super) registry: Arc<Registry>,
    pub(super) record: Arc<Record>,
    /// Events since the last pause.
    in_a_row: u32,
}

impl Producer {
    pub(super) fn new(registry: Arc<Registry>, record: Arc<Record>) -> Self {
        Self { registry, record, in_a_row: 0 }
    }

    /// Produces the run to its end.
    pub(super) async fn run<S: Stream<Item: StreamItem>>(mut self, events: EventStream<S>) {
        let mut events = pin!(events);
        let end = loop {
            match poll_fn(|cx| self.poll(events.as_mut(), cx)).await {
                Ok(event) => {
                    if !self.record.append(event) {
                        return;
                    }
                }
                Err(end) => break end,
            }
            self.registry.make_room(&self.record);
            self.pause().await;
        };
        self.end(end);
    }

    /// Resolves to the next event and those that are ready after it, and to how the stream ended. It
    /// can be dropped and called again.
    #[cfg(feature = "redis")]
    pub(super) async fn next_batch<S: Stream<Item: StreamItem>>(
        &mut self,
        mut events: Pin<&mut EventStream<S>>,
    ) -> Batch {
        let mut next = Some(poll_fn(|cx| self.poll(events.as_mut(), cx)).await);
        let (mut batch, mut bytes) = (Batch::default(), 0);
        while let Some(event) = next {
            match event {
                Ok(event) => {
                    bytes += event::bytes(&event);
                    batch.events.push(event);
                }
                Err(end) => batch.end = Some(end),
            }
            let is_full = batch.events.len() == IN_A_ROW as usize || bytes > BATCH_BYTES;
            let is_last = is_full || batch.end.is_some();
            next = if is_last { None } else { self.next_at_once(events.as_mut()).await };
        }
        batch
    }

    /// Resolves at once, to the next event if it is ready.
    #[cfg(feature = "redis")]
    async fn next_at_once<S: Stream<Item: StreamItem>>(
        &mut self,
        mut events: Pin<&mut EventStream<S>>,
    ) -> Option<Result<Event, End>> {
        poll_fn(|cx| {
            let event = self.poll(events.as_mut(), cx);
            Poll::Ready(if let Poll::Ready(event) = event { Some(event) } else { None })
        })
        .await
    }

    /// Resolves to the next event, or to how the stream ended.
    fn poll<S: Stream<Item: StreamItem>>(
        &mut self,
        mut events: Pin<&mut EventStream<S>>,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Event, End>> {
        // The stream isn't polled again after a panic.
        let poll = catch_unwind(AssertUnwindSafe(|| events.as_mut().poll_next(cx)));
        Poll::Ready(match poll {
            Ok(Poll::Ready(Some(item))) => {
                let event = item.into_result().map_err(|error| End::failed(error.to_string()));
                event.and_then(|event| self.check(event))
            }
            Ok(Poll::Ready(None)) if events.is_cut_off() => Err(End::LOST),
            Ok(Poll::Ready(None)) => Err(End::FINISHED),
            Ok(Poll::Pending) => {
                self.in_a_row = 0;
                return Poll::Pending;
            }
            Err(panic) => Err(End::failed(panicked(&*panic))),
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

    async fn pause(&mut self) {
        self.in_a_row += 1;
        if self.in_a_row == IN_A_ROW {
            self.in_a_row = 0;
            yield_now().await;
        }
    }

    pub(super) fn end(&self, end: End) {
        self.registry.end(&self.record, end);
    }
}

/// Events that were ready at once, and the end of the stream.
#[cfg(feature = "redis")]
#[derive(Default)]
pub(super) struct Batch {
    pub(super) events: Vec<Event>,
    pub(super) end: Option<End>,
}

impl Drop for Producer {
    fn drop(&mut self) {
        self.end(End::LOST);
    }
}

/// What a panic says.
fn panicked(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("the stream panicked: {}", text.unwrap_or("no text"))
}
