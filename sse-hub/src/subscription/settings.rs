//! The settings of a subscription.

use std::time::Duration;

use sse_runtime::Event;

use super::{EventId, Gap, LastEventId, Overflow, Start, Subscription};
use crate::event;
use crate::positions::OnGap;
use crate::topics::Topics;

/// The reconnection time of a client that asked for topics which are not valid.
pub(super) const AFTER_MISTAKE: Duration = Duration::from_secs(60);

pub(super) struct Settings {
    pub(super) last: Option<LastEventId>,
    pub(super) start: Start,
    pub(super) overflow: Overflow,
    /// Whether `latest` was called: it also holds for topics that are added later.
    pub(super) latest: bool,
    announce: bool,
    /// Is sent in place of an event of an ID alone.
    opening: Option<Box<Event>>,
    on_gap: OnGap,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            last: None,
            start: Start::Now,
            overflow: Overflow::Gap,
            latest: false,
            announce: true,
            opening: None,
            on_gap: OnGap::default(),
        }
    }
}

impl Settings {
    /// Returns what to send where events are missing, if anything.
    pub(super) fn gap(&mut self, gap: Gap) -> Option<Event> {
        self.on_gap.event(gap)
    }

    /// Returns the event that tells the client its position before its first event, if any.
    pub(super) fn opening(&mut self, position: EventId) -> Option<Event> {
        self.announce.then(|| match self.opening.take() {
            Some(event) => event::with_id(*event, position),
            None => Event::id_only(position.to_string()),
        })
    }
}

impl Subscription {
    /// Continues after the event with this ID, which is the last one the client received. With
    /// `None`, the subscription begins as [`start`](Self::start) says.
    ///
    /// If events after that ID are gone, or if the hub doesn't know the ID, the stream begins with a
    /// [gap](Gap).
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// # use sse_runtime::{EventStream, LastEventId};
    /// fn listen(hub: &Hub, last: Option<LastEventId>) -> EventStream![] {
    ///     EventStream::from(hub.subscribe("news").resume(last))
    /// }
    /// # let _ = listen(&Hub::new(), None);
    /// ```
    pub fn resume(mut self, last: Option<LastEventId>) -> Self {
        self.settings.last = last;
        self
    }

    /// Sets where to begin if the client has no position to resume from. The default is
    /// [`Start::Now`]. A new client isn't told if some of these events are gone, but
    /// [`resumed`](Self::resumed) tells you.
    ///
    /// ```
    /// # use sse_hub::{Hub, Start};
    /// # let hub = Hub::new();
    /// let chat = hub.subscribe("lobby").start(Start::Last(50));
    /// ```
    pub fn start(mut self, at: Start) -> Self {
        self.settings.start = at;
        self
    }

    /// Sets what happens if the client reads so slowly that events are gone before it has read them.
    /// The default is [`Overflow::Gap`].
    pub fn overflow(mut self, policy: Overflow) -> Self {
        self.settings.overflow = policy;
        self
    }

    /// Sends only the newest event of each topic, so that a slow client skips those that are out of
    /// date: for prices, positions, or progress.
    ///
    /// Skipped events are not a gap. There is a gap only if the newest event of a topic is gone before
    /// the client has received it.
    ///
    /// ```
    /// # use sse_hub::{Hub, Start};
    /// # let hub = Hub::new();
    /// // The current value of each at once, if it is still in the log, and then whatever changes.
    /// let prices = hub.subscribe(["EUR", "GBP"]).latest().start(Start::Earliest);
    /// ```
    pub fn latest(mut self) -> Self {
        self.settings.latest = true;
        if let Some(membership) = &mut self.membership {
            membership.want_latest();
        }
        self
    }

    /// Does for these topics alone what [`latest`](Self::latest) does for all of them. Topics that are not
    /// among the subscription's own are ignored.
    ///
    /// An event that is also published to one of the other topics is sent all the same.
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// # let hub = Hub::new();
    /// // Each message of the chat, but only the newest list of who is typing.
    /// let chat = hub.subscribe(["chat", "typing"]).latest_of("typing");
    /// ```
    #[allow(clippy::needless_pass_by_value, reason = "`[\"a\", \"b\"]` reads best")]
    pub fn latest_of(mut self, topics: impl Topics) -> Self {
        if let Some(membership) = &mut self.membership {
            membership.want_latest_of(&topics);
        }
        self
    }

    /// Replaces the event named `gap` that is sent where events are missing, by another event or by
    /// none. The hub sets the ID of the event. The function may use the hub. If it panics and the subscription is
    /// polled again, the function is called again.
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// # use sse_runtime::Event;
    /// # let hub = Hub::new();
    /// let news = hub.subscribe("news").on_gap(|gap| Some(Event::data(gap.as_str()).event("reload")));
    /// ```
    pub fn on_gap(mut self, event: impl FnMut(Gap) -> Option<Event> + Send + 'static) -> Self {
        self.settings.on_gap = OnGap::new(event);
        self
    }

    /// Sets whether the stream opens with an event that has an ID and nothing else. The default is
    /// `true`.
    ///
    /// According to the standard, a client remembers the ID and reports no event. If it loses its
    /// connection before the first event, it then resumes without missing anything. Browsers do that, and so do
    /// most other clients. Of the fifteen that are tested, two also report a message with empty data: `httpx-sse`
    /// and `@microsoft/fetch-event-source`. If you serve those, turn the opening off, or have them ignore empty
    /// data. A few ignore the ID, such as npm's `eventsource` before 5.1.1: see
    /// [`announce_event`](Self::announce_event).
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// # let hub = Hub::new();
    /// let tokens = hub.subscribe("job 42").announce(false);
    /// ```
    pub fn announce(mut self, on: bool) -> Self {
        self.settings.announce = on;
        self
    }

    /// Opens the stream with this event, in place of one that has an ID and nothing else. The hub sets
    /// its ID.
    ///
    /// Some clients ignore an ID without data, and need an event with empty data to learn their position: npm's
    /// `eventsource` before version 5.1.1, and `eventsource-parser` before version 4.1, which the SDKs of the Model
    /// Context Protocol use. Give the event a name that nobody listens to, so that no client shows it.
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// # use sse_runtime::Event;
    /// # let hub = Hub::new();
    /// let news = hub.subscribe("news").announce_event(Event::empty().event("opening"));
    /// ```
    pub fn announce_event(mut self, event: Event) -> Self {
        self.settings.announce = true;
        self.settings.opening = Some(Box::new(event));
        self
    }
}
