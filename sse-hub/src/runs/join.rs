//! A reader of a run.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use futures_core::{FusedStream, Stream};
use sse_runtime::{Event, LastEventId};

use super::log::Read;
use super::record::{NEXT, Record, RunWaiter, Source};
use super::state::End;
use super::{RunError, RunState};
use crate::event;
use crate::positions::{Gap, OnGap};

/// A stream of the events of a run, from its beginning or from where a client left off, to its end:
/// see [`Run::join`](crate::Run::join).
///
/// If the run finished, the stream ends. Otherwise a [`RunError`] comes last, after everything that was recorded.
#[must_use = "a stream does nothing until it is polled or returned from a handler"]
pub struct Join {
    /// `None` after the end.
    reader: Option<Reader>,
    last: Option<LastEventId>,
    ids: bool,
    on_gap: OnGap,
}

/// Is counted among the run's readers until it is dropped.
struct Reader {
    waiter: RunWaiter,
    /// The sequence of the event that was read last; `None` before the first poll.
    after: Option<u64>,
    /// Keeps this process reading the run, if another one produces it.
    _source: Option<Arc<dyn Source>>,
}

type Item = Result<Event, RunError>;

impl Join {
    pub(super) fn new(record: Arc<Record>) -> Self {
        Self { reader: Some(Reader::new(record)), last: None, ids: true, on_gap: OnGap::default() }
    }

    /// Continues after the event with this ID, which is the last one the client received. With
    /// `None`, the stream begins with the first event of the run.
    ///
    /// An ID that isn't one of this run gives an event named `gap` with the data `unknown`, and then
    /// the whole run. If events after the position are gone, because the run became larger than
    /// [`max_bytes`](crate::RunsBuilder::max_bytes), the data is `evicted`, and the stream continues with
    /// the oldest event that is left.
    ///
    /// Call it before the stream is first polled.
    ///
    /// ```
    /// # use sse_hub::{Run, RunError};
    /// # use sse_runtime::{Event, EventStream, LastEventId};
    /// fn rejoin(run: &Run, last: Option<LastEventId>) -> EventStream![Result<Event, RunError>] {
    ///     EventStream::from(run.join().resume(last))
    /// }
    /// ```
    pub fn resume(mut self, last: Option<LastEventId>) -> Self {
        self.last = last;
        self
    }

    /// Replaces the event named `gap` that is sent where events are missing, by another event or by none, for
    /// protocols whose clients know no names. The run sets the ID of the event. If the function panics and the
    /// stream is polled again, the function is called again.
    ///
    /// ```
    /// # use sse_hub::Run;
    /// # use sse_runtime::{Event, EventStream};
    /// fn lines(run: &Run) -> EventStream![] {
    ///     let answer = run.join().on_gap(|gap| Some(Event::data(format!("[{gap}]"))));
    ///     EventStream::from(answer).on_error(|_| Event::data("[failed]"))
    /// }
    /// ```
    pub fn on_gap(mut self, event: impl FnMut(Gap) -> Option<Event> + Send + 'static) -> Self {
        self.on_gap = OnGap::new(event);
        self
    }

    /// Sets whether events have IDs. The default is `true`; turn it off for protocols that have none, whose
    /// clients can't resume.
    pub fn ids(mut self, on: bool) -> Self {
        self.ids = on;
        self
    }

    /// Reads the next item, and leaves the run at its end.
    fn read(&mut self) -> Poll<Option<Item>> {
        let Some(reader) = &mut self.reader else { return Poll::Ready(None) };
        let Some(after) = reader.after else { return self.begin() };
        let record = &reader.waiter.record;
        match record.read(after) {
            Read::Event(event) => {
                reader.after = Some(after + 1);
                Poll::Ready(Some(Ok(if self.ids { event } else { event::without_id(&event) })))
            }
            Read::Gap(through) => self.gap(Gap::Overflow, through),
            Read::End(end) => {
                let error = reader.error(end, after);
                self.reader = None;
                Poll::Ready(error.map(Err))
            }
            Read::Nothing => Poll::Pending,
        }
    }

    /// Finds the position at which to begin, and tells the client of what is missing there.
    fn begin(&mut self) -> Poll<Option<Item>> {
        let Some(reader) = &mut self.reader else { return Poll::Ready(None) };
        let record = &reader.waiter.record;
        let evicted = record.evicted_through();
        let last = self.last.as_ref().map(|last| record.seal.sequence(last));
        let gap = match last {
            Some(None) => Gap::Unknown,
            last if last.flatten().unwrap_or(0) < evicted => Gap::Evicted,
            last => {
                reader.after = Some(last.flatten().unwrap_or(0));
                self.last = None;
                return self.read();
            }
        };
        self.gap(gap, evicted)
    }

    /// Skips what is missing up to this sequence, and reads the event that says so, or the next one.
    fn gap(&mut self, gap: Gap, through: u64) -> Poll<Option<Item>> {
        let event = self.on_gap.event(gap);
        let Some(reader) = &mut self.reader else { return Poll::Ready(None) };
        let record = &reader.waiter.record;
        record.totals.gaps.fetch_add(1, Ordering::Relaxed);
        reader.after = Some(through);
        self.last = None;
        let Some(event) = event else { return self.read() };
        Poll::Ready(Some(Ok(if self.ids {
            event::with_id(event, record.seal.id(through))
        } else {
            event::without_id(&event)
        })))
    }
}

impl Reader {
    fn new(record: Arc<Record>) -> Self {
        record.reader_comes();
        let source = record.keep_reading();
        Self { waiter: RunWaiter::new(record, NEXT), after: None, _source: source }
    }

    /// Returns the last item, unless the client has it already, as its position says.
    fn error(&self, end: End, after: u64) -> Option<RunError> {
        let record = &self.waiter.record;
        let position = record.last() + 1;
        let is_due = end.state != RunState::Finished && after < position;
        is_due.then(|| RunError::new(end, record.seal.id(position)))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.waiter.record.reader_leaves();
    }
}

impl Stream for Join {
    type Item = Item;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Item>> {
        let this = self.get_mut();
        let item = this.read();
        let (Poll::Pending, Some(reader)) = (&item, &mut this.reader) else { return item };
        reader.waiter.register(cx.waker());
        // Something may have come before the task was registered.
        this.read()
    }
}

impl FusedStream for Join {
    fn is_terminated(&self) -> bool {
        self.reader.is_none()
    }
}

impl fmt::Debug for Join {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Join").field("ended", &self.is_terminated()).finish_non_exhaustive()
    }
}
