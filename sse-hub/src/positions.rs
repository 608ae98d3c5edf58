//! How a subscription begins, and what happens where events are missing.

use std::fmt;

use sse_runtime::Event;

/// Why events are missing at some point of a subscription, or of a [`Join`](crate::Join).
///
/// At that point the client receives an event named `gap`, whose data is the name of the variant in
/// lower case, unless [`on_gap`](crate::Subscription::on_gap) says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Gap {
    /// `evicted`: the client was away for longer than the hub keeps events.
    Evicted,
    /// `unknown`: the hub doesn't know the client's position, because it belongs to another history.
    /// A hub in memory begins a new history when its process starts; a hub in a folder continues its own.
    Unknown,
    /// `overflow`: the client is connected, but the hub dropped events before the client had them: it
    /// reads too slowly, or its node was cut off from the others for too long.
    Overflow,
}

impl Gap {
    /// Returns the data of the `gap` event.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Evicted => "evicted",
            Self::Unknown => "unknown",
            Self::Overflow => "overflow",
        }
    }
}

/// What clients are sent where events are missing: an event named `gap`, unless the user says otherwise.
#[derive(Default)]
pub(crate) struct OnGap(Option<Box<dyn FnMut(Gap) -> Option<Event> + Send>>);

impl OnGap {
    pub(crate) fn new(event: impl FnMut(Gap) -> Option<Event> + Send + 'static) -> Self {
        Self(Some(Box::new(event)))
    }

    /// Returns the event to send, if any.
    pub(crate) fn event(&mut self, gap: Gap) -> Option<Event> {
        match &mut self.0 {
            Some(event) => event(gap),
            None => Some(Event::data(gap.as_str()).event("gap")),
        }
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a subscription began: see [`Subscription::resumed`](crate::Subscription::resumed).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Resumed {
    /// The client has no position to resume from: it is new.
    Fresh,
    /// The client receives all events after the position from which it resumes, or the stream ends
    /// immediately, because its topics are not valid or the hub is being drained. In both cases there
    /// is nothing to load for it.
    Complete,
    /// Events after the client's position are gone: the gap is [`Gap::Evicted`]. Or the client is new, and events
    /// that [`start`](crate::Subscription::start) asks for are gone: with [`Start::Earliest`] any event of its topics,
    /// and with [`Start::Last`] one of that many.
    Gap,
    /// The hub doesn't know the client's position, as in [`Gap::Unknown`].
    Unknown,
}

impl Resumed {
    pub(crate) fn gap(self) -> Option<Gap> {
        match self {
            Self::Fresh | Self::Complete => None,
            Self::Gap => Some(Gap::Evicted),
            Self::Unknown => Some(Gap::Unknown),
        }
    }
}

/// Where a subscription begins if it doesn't resume from a position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Start {
    /// With the first event that is published after the call to `subscribe`.
    #[default]
    Now,
    /// With the newest events that the hub still has: at most this many, counted over all topics of
    /// the subscription.
    ///
    /// The client isn't told whether there were fewer because some are gone, but
    /// [`resumed`](crate::Subscription::resumed) tells.
    Last(usize),
    /// With the oldest event that the hub still has.
    ///
    /// The client isn't told whether older ones are gone. Where it needs all of them, as with the text of an
    /// answer, call [`resumed`](crate::Subscription::resumed): [`Resumed::Gap`] means that the beginning is gone.
    /// A hub in memory doesn't know what was published before it was created.
    Earliest,
}

/// What happens to a client that reads so slowly that events are gone before it has read them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Overflow {
    /// The client is told of the gap, and continues with the oldest event that is left.
    #[default]
    Gap,
    /// The client is told of the gap, and its stream ends.
    End,
}
