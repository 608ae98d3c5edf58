//! How a subscription begins, and what it does where events are missing.

use std::fmt;

/// Why events are missing at a point of a subscription.
///
/// The client receives an event named `gap` there, whose data is this in lower case, unless
/// [`on_gap`](crate::Subscription::on_gap) says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gap {
    /// `evicted`: the client was away for longer than the hub keeps events.
    Evicted,
    /// `unknown`: the hub doesn't know the client's position, since its own history is another
    /// one: a hub in memory begins a new one when its process starts.
    Unknown,
    /// `overflow`: the client is connected, but reads so slowly that the hub has dropped events
    /// which it had not read yet.
    Overflow,
}

impl Gap {
    /// The data of the `gap` event.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Evicted => "evicted",
            Self::Unknown => "unknown",
            Self::Overflow => "overflow",
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
pub enum Resumed {
    /// It resumes from no position: the client is new.
    Fresh,
    /// It receives all events after the position from which it resumes.
    Complete,
    /// Events after that position have been evicted.
    Gap,
    /// The hub doesn't know that position.
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

/// Where a subscription begins that doesn't resume from a position.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Start {
    /// With the first event that is published after the call of `subscribe`.
    #[default]
    Now,
    /// With the newest events that the hub still has, at most this many over all topics of the
    /// subscription.
    Last(usize),
    /// With the oldest event that the hub still has.
    Earliest,
}

/// What becomes of a client that is too slow for the hub's log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Overflow {
    /// It is told of the gap, and continues with the oldest event that is left.
    #[default]
    Gap,
    /// It is told of the gap, and the stream ends.
    End,
}
