//! A client's stream of the events of its topics.

mod begin;
mod coalesce;
mod ended;
mod ending;
mod expiry;
mod membership;
mod next;
mod settings;
mod topics;

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::{FusedStream, Stream};
use sse_runtime::{Event, LastEventId};
use tokio::time::{Instant, Sleep, sleep_until};

use crate::drain;
use crate::engine::Shared;
use crate::error::TopicsError;
use crate::event;
use crate::event_id::EventId;
use crate::log::{Cursor, Read};
use crate::positions::{Gap, Overflow, Resumed, Start};
use crate::topics::Names;
use begin::Stage;
use coalesce::Pace;
pub use ended::Ended;
use expiry::Expiry;
use membership::{Membership, Retained};
pub use next::Next;
use settings::Settings;

/// A stream of the events of one topic or of several: see [`Hub::subscribe`](crate::Hub::subscribe).
///
/// A subscription is a position in the hub's log, not a queue. A client that reads slowly, or not at
/// all, costs no more than any other until the hub drops events that it has not read yet. Then
/// it is told of a [gap](Gap).
///
/// Call the methods that change settings before the stream is first polled: where to begin, in
/// particular, can't be changed later.
///
/// As long as there are events, a poll returns one at once, and uses none of Tokio's budget for cooperative
/// tasks. In the body of a response it gives way to other tasks all the same. A task that reads a long log in a
/// loop of its own should call [`yield_now`](tokio::task::yield_now) from time to time.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), sse_hub::PublishError> {
/// use futures::StreamExt as _;
/// use sse_hub::{Hub, Start};
/// use sse_runtime::Event;
///
/// let hub = Hub::new();
/// for text in ["one", "two", "three"] {
///     hub.publish("numbers", Event::data(text)).await?;
/// }
/// let events = hub.subscribe("numbers").start(Start::Last(2)).announce(false);
/// assert_eq!(events.take(2).count().await, 2);
/// # Ok(()) }
/// ```
#[must_use = "a subscription does nothing until it is polled or returned from a handler"]
pub struct Subscription {
    /// `None` once the subscription has ended.
    membership: Option<Membership>,
    stage: Stage,
    settings: Settings,
    /// How it began, until the opening or the gap has told the client.
    pending_opening: Option<Resumed>,
    resumed: Resumed,
    /// What its topics retain, which is sent before everything else: in reverse, to be popped.
    retained: Vec<Retained>,
    /// Is sent before anything is read.
    queued: Option<Event>,
    /// Resolves when the subscription has to end, if the hub is being drained.
    leaving: Option<Pin<Box<Sleep>>>,
    pace: Pace,
    /// When the subscription ends, and with which event, if `until` was called.
    expiry: Option<Box<Expiry>>,
    error: Option<TopicsError>,
}

impl Subscription {
    pub(crate) fn new(shared: Arc<Shared>, topics: &Names) -> Self {
        if shared.node.drain.has_begun() {
            return Self::over(drain::farewell());
        }
        let pace = Pace::new(shared.limits.coalesce);
        let (membership, now) = Membership::take(shared, topics);
        Self { membership: Some(membership), pace, ..Self::at(now) }
    }

    pub(crate) fn refused(error: TopicsError) -> Self {
        let last = Event::comment(error.to_string()).with_retry(settings::AFTER_MISTAKE);
        Self { error: Some(error), ..Self::over(last) }
    }

    /// Returns a subscription that sends this event and ends.
    fn over(last: Event) -> Self {
        Self { queued: Some(last), ..Self::at(EventId { epoch: 0, sequence: 0 }) }
    }

    fn at(now: EventId) -> Self {
        Self {
            membership: None,
            stage: Stage::Begin { now },
            settings: Settings::default(),
            pending_opening: None,
            resumed: Resumed::Complete,
            retained: Vec::new(),
            queued: None,
            leaving: None,
            pace: Pace::default(),
            expiry: None,
            error: None,
        }
    }

    /// Returns what is wrong with the topics that were subscribed to, so that a handler can answer with
    /// an error of its own, such as 400 Bad Request.
    ///
    /// ```
    /// # use sse_hub::{Hub, TopicsError};
    /// # let hub = Hub::new();
    /// assert_eq!(hub.subscribe("lobby").error(), None);
    /// assert_eq!(hub.subscribe("").error(), Some(TopicsError::Empty));
    /// ```
    pub fn error(&self) -> Option<TopicsError> {
        self.error
    }

    /// Resolves to how the subscription begins. Use it in a stream that first sends the state of something to
    /// clients that don't have it yet.
    ///
    /// Call it before the stream is first polled. If there is a gap at the start, the client is then not told of it,
    /// since the caller knows. For a new client, it also tells whether any of the events that [`start`](Self::start)
    /// asks for are gone, which clients are never told.
    ///
    /// In memory and in a folder, it resolves at once. On Redis, it may wait until this process has caught up with
    /// the client. The future can be dropped, and the method called again.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use sse_hub::{Hub, Resumed};
    /// use sse_runtime::{Event, EventStream, LastEventId};
    ///
    /// fn prices(hub: &Hub, last: Option<LastEventId>) -> EventStream![] {
    ///     let mut changes = hub.subscribe("prices").resume(last);
    ///     EventStream! {
    ///         if changes.resumed().await != Resumed::Complete {
    ///             yield Event::data("all of the prices");
    ///         }
    ///         for await change in changes {
    ///             yield change;
    ///         }
    ///     }
    /// }
    /// # let _ = prices(&Hub::new(), None);
    /// # }
    /// ```
    pub async fn resumed(&mut self) -> Resumed {
        std::future::poll_fn(|cx| {
            if self.end_if_due(cx) { Poll::Ready(()) } else { self.poll_begun(cx) }
        })
        .await;
        if self.pending_opening.is_some() {
            self.pending_opening = Some(Resumed::Complete);
        }
        self.resumed
    }

    /// Leaves the hub. Only what is queued is still sent.
    fn end(&mut self) {
        self.membership = None;
        self.leaving = None;
        self.pace = Pace::default();
        self.expiry = None;
    }

    /// Ends the subscription with a farewell if the hub is being drained and its time has come. Returns whether it has.
    ///
    /// Called before reading, and again once the task is registered to be woken, since draining may have begun in
    /// between.
    fn leave_if_due(&mut self, cx: &mut Context<'_>) -> bool {
        let is_due = self.poll_leave(cx).is_ready();
        if is_due {
            self.end();
            self.queued = Some(drain::farewell());
        }
        is_due
    }

    fn poll_leave(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if let Some(sleep) = &mut self.leaving {
            return sleep.as_mut().poll(cx);
        }
        let end =
            self.membership.as_ref().and_then(|membership| membership.node().drain.next_end());
        match end {
            None => Poll::Pending,
            Some(end) if end <= Instant::now() => Poll::Ready(()),
            Some(end) => self.leaving.insert(Box::pin(sleep_until(end))).as_mut().poll(cx),
        }
    }

    /// Resolves when the subscription has begun, or has ended.
    fn poll_begun(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(membership) = &mut self.membership else { return Poll::Ready(()) };
        match self.stage.poll_begun(cx, membership, &self.settings) {
            Poll::Pending if !self.leave_if_due(cx) => Poll::Pending,
            Poll::Ready(Some(resumed)) => {
                self.begin(resumed);
                Poll::Ready(())
            }
            _ => Poll::Ready(()),
        }
    }

    fn begin(&mut self, resumed: Resumed) {
        let is_new = self.settings.last.is_none();
        self.resumed = resumed;
        // A new client has no use for a gap before the first event that it has asked for.
        self.pending_opening = Some(if is_new { Resumed::Fresh } else { resumed });
        if is_new && let (Some(membership), Some(cursor)) = (&self.membership, self.stage.cursor())
        {
            self.retained = membership.retained(cursor.position(), |_| true);
        }
    }

    /// Returns what the client is sent before its first event.
    fn opening(&mut self) -> Option<Event> {
        let resumed = self.pending_opening?;
        let position = self.stage.cursor()?.position();
        let gap = resumed.gap().and_then(|gap| self.gap(gap, position, true));
        let event = gap.or_else(|| self.settings.opening(position));
        self.pending_opening = None;
        event
    }

    /// Returns what tells the client of a gap, if anything. The user's function may panic, and is called again by the
    /// next poll. So the caller changes its own state only after this.
    fn gap(&mut self, gap: Gap, position: EventId, goes_on: bool) -> Option<Event> {
        let event = self.settings.gap(gap);
        let Some(membership) = &self.membership else { return event };
        membership.node().count_gap(gap);
        let mut retained =
            if goes_on { membership.retained(position, |of| of.latest) } else { Vec::new() };
        if retained.is_empty() {
            return event.map(|event| event::with_id(event, position));
        }
        // A client that is cut off before the last one starts over.
        give_position(&mut retained, position);
        self.retained = retained;
        event.map(|event| event::without_id(&event)).or_else(|| self.next_retained())
    }

    fn next_retained(&mut self) -> Option<Event> {
        self.retained.pop().map(|(_, event)| event)
    }

    /// Reads the next event, if there is one. May end the subscription.
    fn read(&mut self) -> Option<Event> {
        loop {
            let (membership, cursor) = (self.membership.as_ref()?, self.stage.cursor()?);
            let before = *cursor;
            match membership.read(cursor) {
                Read::Event(event) => return Some(event),
                Read::Nothing => return None,
                Read::Gap(gap) => {
                    let after = std::mem::replace(cursor, before);
                    let ends = gap == Gap::Overflow && self.settings.overflow == Overflow::End;
                    let event = self.gap(gap, after.position(), !ends);
                    self.stage = Stage::Reading(after);
                    if ends {
                        self.end();
                    }
                    if event.is_some() {
                        return event;
                    }
                }
            }
        }
    }

    /// Resolves to the next event: reads, registers to be woken, and reads again.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        ready!(self.poll_pause(cx));
        if let Some(event) = self.read() {
            self.pace.has_read();
            return Poll::Ready(Some(event));
        }
        if self.membership.is_some() && self.pace.begins_pause() {
            ready!(self.poll_pause(cx));
        }
        let Some(membership) = &mut self.membership else { return Poll::Ready(None) };
        membership.register(cx.waker());
        match self.read() {
            Some(event) => {
                self.pace.has_read();
                Poll::Ready(Some(event))
            }
            None if self.membership.is_none() => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    /// Resolves when the log may be read.
    fn poll_pause(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let ready = self.pace.poll_ready(cx);
        if ready.is_pending()
            && let Some(membership) = &self.membership
        {
            self.pace.register(cx.waker(), membership);
        }
        ready
    }

    /// Resolves to the next event, or to the last one if the subscription has to end.
    fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        ready!(self.poll_begun(cx));
        if let Some(event) = self.next_retained().or_else(|| self.opening()) {
            return Poll::Ready(Some(event));
        }
        self.leave_if_due(cx);
        if let Some(event) = self.queued.take() {
            return Poll::Ready(Some(event));
        }
        match self.poll_read(cx) {
            Poll::Pending if self.leave_if_due(cx) => Poll::Ready(self.queued.take()),
            read => read,
        }
    }
}

/// Gives this position to the one that is sent last.
fn give_position(retained: &mut [Retained], position: EventId) {
    if let Some((_, last)) = retained.first_mut() {
        *last = event::with_id(std::mem::replace(last, Event::empty()), position);
    }
}

impl Stream for Subscription {
    type Item = Event;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Event>> {
        let this = self.get_mut();
        if this.end_if_due(cx) {
            return Poll::Ready(this.queued.take());
        }
        let event = this.poll_event(cx);
        if event.is_ready() && this.end_if_ended() {
            Poll::Ready(this.queued.take())
        } else {
            event
        }
    }
}

impl FusedStream for Subscription {
    fn is_terminated(&self) -> bool {
        self.membership.is_none() && self.retained.is_empty() && self.queued.is_none()
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subscription").field("ended", &self.is_terminated()).finish_non_exhaustive()
    }
}
