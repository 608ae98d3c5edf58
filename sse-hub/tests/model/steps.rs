//! The steps of a program: what a hub and its clients may do.

use std::time::Duration;

/// All topics.
pub(crate) const TOPICS: [&str; 4] = ["a", "b", "c", "d"];

/// How long events are kept in these programs.
pub(crate) const WINDOW: Duration = Duration::from_secs(60);
/// How many bytes of events are kept: seven of the smallest in one topic, or less than the largest alone.
pub(crate) const MAX_BYTES: usize = 2600;

#[derive(Clone, Debug)]
pub(crate) enum Step {
    Publish {
        topics: Vec<&'static str>,
        bytes: usize,
    },
    /// Publishes several events as one, each to these topics and to one of its own.
    PublishAll {
        topics: Vec<&'static str>,
        events: usize,
    },
    /// Publishes an event that its topic retains.
    Retain {
        topic: &'static str,
        bytes: usize,
    },
    Forget {
        topic: &'static str,
    },
    Subscribe {
        topics: Vec<&'static str>,
        from: From,
        settings: Settings,
    },
    /// Ends the clients with this tag.
    End {
        tag: &'static str,
    },
    /// Adds topics to a client, or removes them.
    Add {
        client: usize,
        topics: Vec<&'static str>,
    },
    Remove {
        client: usize,
        topics: Vec<&'static str>,
    },
    /// A client reads this many events, if as many are there.
    Read {
        client: usize,
        events: usize,
    },
    /// A client goes away, for good or to come back at once with its ID.
    Leave {
        client: usize,
        comes_back: bool,
    },
    Wait(Duration),
}

/// What a client wants.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Settings {
    pub(crate) latest: Latest,
    /// Whether it ends if it is too slow.
    pub(crate) ends: bool,
    pub(crate) tag: &'static str,
}

/// The topics of which a client wants only the newest event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Latest {
    All,
    Of(&'static str),
    None,
}

/// All tags.
pub(crate) const TAGS: [&str; 3] = ["red", "green", "blue"];

/// Where a client begins.
#[derive(Clone, Copy, Debug)]
pub(crate) enum From {
    Now,
    Earliest,
    Last(usize),
    /// At an ID this many events before the newest.
    Ago(u64),
    /// At an ID this many events after the newest.
    Ahead(u64),
    /// At an ID of another hub.
    Elsewhere,
}

/// How many bytes make a step.
pub(crate) const STEP: usize = 4;

impl Step {
    pub(crate) fn new([what, a, b, c]: [u8; STEP]) -> Self {
        if what >= 192 {
            return Self::later(what, a, b);
        }
        match what % 16 {
            0..5 => Self::Publish { topics: topics(a), bytes: usize::from(b) * 8 },
            5..8 => Self::Subscribe {
                topics: topics(a),
                from: from(b),
                settings: Settings {
                    latest: match c % 4 {
                        0 => Latest::All,
                        1 => Latest::Of(TOPICS[usize::from(c / 4 % 4)]),
                        _ => Latest::None,
                    },
                    ends: c % 8 > 5,
                    tag: TAGS[usize::from(c) / 8 % TAGS.len()],
                },
            },
            8..13 => Self::Read { client: a.into(), events: usize::from(b % 8) + 1 },
            13..15 => Self::Leave { client: a.into(), comes_back: b % 4 > 0 },
            _ => Self::Wait(Duration::from_secs((a % 80).into())),
        }
    }
}

impl Step {
    fn later(what: u8, a: u8, b: u8) -> Self {
        let topic = TOPICS[usize::from(a % 4)];
        match what % 8 {
            0 | 1 => Self::Retain { topic, bytes: usize::from(b) * 4 },
            2 => Self::Forget { topic },
            3 => Self::End { tag: TAGS[usize::from(a) % TAGS.len()] },
            4 | 5 => Self::Add { client: a.into(), topics: topics(b) },
            6 => Self::Remove { client: a.into(), topics: topics(b) },
            _ => Self::PublishAll { topics: topics(a), events: usize::from(b % 5) },
        }
    }
}

/// Chooses one topic, mostly; otherwise those that the lowest bits say, and the last one if they say none.
fn topics(choice: u8) -> Vec<&'static str> {
    if choice < 160 {
        return vec![TOPICS[usize::from(choice % 4)]];
    }
    let bits = if choice.is_multiple_of(16) { 8 } else { choice };
    let chosen = TOPICS.iter().enumerate().filter(|(at, _)| bits & (1 << at) != 0);
    chosen.map(|(_, topic)| *topic).collect()
}

fn from(choice: u8) -> From {
    let number = choice / 8;
    match choice % 8 {
        0 | 1 => From::Now,
        2 => From::Earliest,
        3 => From::Last(number.into()),
        4 | 5 => From::Ago(number.into()),
        6 => From::Ahead(u64::from(number) + 1),
        _ => From::Elsewhere,
    }
}
