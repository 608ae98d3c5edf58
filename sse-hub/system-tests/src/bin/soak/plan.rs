//! What a client does. It depends on nothing but the seed.

use std::time::Duration;

use fastrand::Rng;

/// One connection, from its beginning to its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    /// The client is a new one, which has received nothing.
    pub(crate) afresh: bool,
    /// It resumes with the query, as polyfills do, instead of the header.
    pub(crate) by_query: bool,
    /// It leaves after so many events, or at the end of a page.
    pub(crate) events: usize,
    pub(crate) pace: Pace,
    /// It resets the connection when it leaves.
    pub(crate) rudely: bool,
    /// It comes back after this time.
    pub(crate) away: Duration,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    Fast,
    /// Reads a few bytes at a time, with a pause after each read.
    Slow,
    /// Reads nothing for this long, after so many events.
    Stalls(usize, Duration),
}

impl Visit {
    pub(crate) fn next(plan: &mut Rng) -> Self {
        let events = plan.usize(1..200);
        Self {
            afresh: plan.u8(..8) == 0,
            by_query: plan.u8(..4) == 0,
            events,
            pace: match plan.u8(..4) {
                0 => Pace::Slow,
                1 => Pace::Stalls(plan.usize(..events), milliseconds(plan, 1500)),
                _ => Pace::Fast,
            },
            rudely: plan.bool(),
            away: milliseconds(plan, 200),
        }
    }
}

fn milliseconds(plan: &mut Rng, most: u64) -> Duration {
    Duration::from_millis(plan.u64(..most))
}
