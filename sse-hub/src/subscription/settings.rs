//! How a subscription is set up.

use std::time::Duration;

use sse_runtime::Event;

use super::{Gap, LastEventId, Overflow, Start, Subscription};

/// When a client is to come back whose subscription can't be one.
pub(super) const AFTER_MISTAKE: Duration = Duration::from_secs(60);

type OnGap = dyn FnMut(Gap) -> Option<Event> + Send;

pub(super) struct Settings {
    pub(super) last: Option<LastEventId>,
    pub(super) start: Start,
    pub(super) overflow: Overflow,
    pub(super) latest: bool,
    pub(super) announce: bool,
    on_gap: Option<Box<OnGap>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            last: None,
            start: Start::Now,
            overflow: Overflow::Gap,
            latest: false,
            announce: true,
            on_gap: None,
        }
    }
}

impl Settings {
    /// What to send where events are missing.
    pub(super) fn gap(&mut self, gap: Gap) -> Option<Event> {
        match &mut self.on_gap {
            Some(event) => event(gap),
            None => Some(Event::data(gap.as_str()).event("gap")),
        }
    }
}

impl Subscription {
    /// Continues after the event with this ID, which the client received last; without one, as
    /// [`start`](Self::start) says.
    ///
    /// Where events in between are gone, or nothing is known of that position, the stream begins
    /// with a [gap](Gap).
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

    /// Sets where a client begins that has no position to resume from: [`Start::Now`] unless set.
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

    /// Sets what becomes of a client that is too slow for the hub's log: [`Overflow::Gap`] unless
    /// set.
    pub fn overflow(mut self, policy: Overflow) -> Self {
        self.settings.overflow = policy;
        self
    }

    /// Sends only the newest event of each topic: a client that is slow skips those that are
    /// out of date. For prices, positions, progress.
    ///
    /// What is skipped is no gap. There is one only if the newest event of a topic is gone
    /// before the client has received it.
    ///
    /// ```
    /// # use sse_hub::{Hub, Start};
    /// # let hub = Hub::new();
    /// // At once what each of them is now, and then what changes.
    /// let prices = hub.subscribe(["EUR", "GBP"]).latest().start(Start::Earliest);
    /// ```
    pub fn latest(mut self) -> Self {
        self.settings.latest = true;
        self
    }

    /// Sends another event where events are missing, or none, in place of the event named `gap`.
    /// Its ID is set by the hub.
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// # use sse_runtime::Event;
    /// # let hub = Hub::new();
    /// let news = hub.subscribe("news").on_gap(|gap| Some(Event::data(gap.as_str()).event("reload")));
    /// ```
    pub fn on_gap(mut self, event: impl FnMut(Gap) -> Option<Event> + Send + 'static) -> Self {
        self.settings.on_gap = Some(Box::new(event));
        self
    }

    /// Sets whether the stream begins with an event that has an ID and nothing else. It does by
    /// default.
    ///
    /// By the standard, clients keep the ID and show no event: so a client that is cut off before
    /// its first event resumes without loss. Browsers do so, and most other clients. Two of the
    /// fourteen that were tried, `httpx-sse` and `@microsoft/fetch-event-source`, report a message
    /// with empty data in addition: for them, turn it off, or let them skip empty data.
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
}
