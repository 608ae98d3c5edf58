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

/// A run that is being produced. It is lost if this is dropped before its end: the runtime is gone.
pub(super) struct Producer {
    registry: Arc<Registry>,
    record: Arc<Record>,
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
            let event = match poll_fn(|cx| self.poll(events.as_mut(), cx)).await {
                Ok(event) => event,
                Err(end) => break end,
            };
            match self.check(&event) {
                Ok(()) if self.record.append(event) => {}
                Ok(()) => return,
                Err(end) => break end,
            }
            self.registry.make_room(&self.record);
            self.pause().await;
        };
        self.end(end);
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
                item.into_result().map_err(|error| End::failed(error.to_string()))
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

    fn check(&self, event: &Event) -> Result<(), End> {
        if event::has_id(event) {
            return Err(End::failed("an event has an ID of its own, but IDs are set by the run"));
        }
        if event::bytes(event) > self.registry.limits.max_event_bytes {
            return Err(End::failed("an event is larger than `max_event_bytes`"));
        }
        Ok(())
    }

    async fn pause(&mut self) {
        self.in_a_row += 1;
        if self.in_a_row == IN_A_ROW {
            self.in_a_row = 0;
            yield_now().await;
        }
    }

    fn end(&self, end: End) {
        self.registry.end(&self.record, end);
    }
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
