//! The steps of a program: what runs and their readers may do.

use std::time::Duration;

/// All IDs.
pub(crate) const IDS: [&str; 3] = ["a", "b", "c"];
/// How many may be running: fewer than there are IDs.
pub(crate) const MAX_RUNS: usize = 2;
/// For how long a run is kept after its end in these programs.
pub(crate) const KEEP: Duration = Duration::from_secs(60);
/// How many bytes of a run are kept: seven of the smallest events, or less than the largest alone.
pub(crate) const MAX_BYTES: usize = 2400;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    Start {
        id: usize,
    },
    /// The run with this ID produces an event.
    Yield {
        id: usize,
        bytes: usize,
    },
    /// The run with this ID ends.
    End {
        id: usize,
        how: How,
    },
    Join {
        id: usize,
        from: From,
    },
    /// A reader reads this many events, if as many are there.
    Read {
        reader: usize,
        events: usize,
    },
    /// A reader goes away, for good or to come back at once with its last ID.
    Leave {
        reader: usize,
        comes_back: bool,
    },
    Wait(Duration),
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum How {
    Finishes,
    Fails,
    Panics,
    IsStopped,
}

/// Where a reader begins.
#[derive(Clone, Copy, Debug)]
pub(crate) enum From {
    Beginning,
    /// At the ID of this event, if there is one.
    After(u64),
    /// At the ID of an event of another run.
    OtherRun,
    Nonsense,
}

/// How many bytes make a step.
pub(crate) const STEP: usize = 3;

impl Step {
    pub(crate) fn new([what, a, b]: [u8; STEP]) -> Self {
        let id = usize::from(a) % IDS.len();
        match what % 16 {
            0..2 => Self::Start { id },
            2..7 => Self::Yield { id, bytes: usize::from(b) * 8 },
            7 => Self::End { id, how: how(b) },
            8..10 => Self::Join { id, from: from(b) },
            10..13 => Self::Read { reader: a.into(), events: usize::from(b % 8) + 1 },
            13..15 => Self::Leave { reader: a.into(), comes_back: b % 4 > 0 },
            _ => Self::Wait(Duration::from_secs((a % 80).into())),
        }
    }
}

fn how(choice: u8) -> How {
    match choice % 4 {
        0 => How::Finishes,
        1 => How::Fails,
        2 => How::Panics,
        _ => How::IsStopped,
    }
}

fn from(choice: u8) -> From {
    match choice % 8 {
        0..3 => From::Beginning,
        3..6 => From::After((choice / 8).into()),
        6 => From::OtherRun,
        _ => From::Nonsense,
    }
}
