//! What a client does, by the seed alone.

use std::time::Duration;

use fastrand::Rng;

/// One connection, from coming to leaving.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Visit {
    /// As another client, which has seen nothing.
    pub(crate) afresh: bool,
    /// Resumes by the query, as polyfills do, and not by the header.
    pub(crate) by_query: bool,
    /// Leaves behind so many events, or at the end of a page.
    pub(crate) events: usize,
    pub(crate) pace: Pace,
    /// Leaves by a reset.
    pub(crate) rudely: bool,
    /// Comes back after this time.
    pub(crate) away: Duration,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Pace {
    Fast,
    /// Few bytes at a time, with a rest behind each.
    Slow,
    /// Reads nothing for this time, once it is behind so many events.
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
