//! What runs should do: each has all of its events, and perhaps an end.

use std::time::Duration;

use super::steps::{KEEP, MAX_BYTES, MAX_RUNS};

/// All runs ever, in the order of their starts.
#[derive(Default)]
pub(crate) struct Reference {
    pub(crate) runs: Vec<Run>,
}

pub(crate) struct Run {
    id: usize,
    /// How many bytes each event takes.
    events: Vec<usize>,
    pub(crate) end: Option<End>,
    ended_at: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum End {
    Finished,
    Failed,
    Stopped,
    Lost,
}

#[derive(Clone, Debug)]
pub(crate) struct Reader {
    pub(crate) run: usize,
    /// The number of the last event that it has read.
    after: u64,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stage {
    /// It comes with an ID of this run, or without one.
    New,
    /// It comes with an ID that isn't of this run.
    Unknown,
    Reading,
    Over,
}

/// What a reader sees next: numbers count the events of its run from 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Seen {
    Event(u64),
    Gap(u64, &'static str),
    Failure(u64, End),
    Nothing,
    Over,
}

/// The outcome of a start.
#[derive(Debug, PartialEq)]
pub(crate) enum Started {
    New,
    Running(usize),
    TooMany,
}

impl Reference {
    pub(crate) fn start(&mut self, id: usize) -> Started {
        if let Some(run) = self.running(id) {
            return Started::Running(run);
        }
        if self.runs.iter().filter(|run| run.end.is_none()).count() == MAX_RUNS {
            return Started::TooMany;
        }
        self.runs.push(Run { id, events: Vec::new(), end: None, ended_at: Duration::ZERO });
        Started::New
    }

    pub(crate) fn running(&self, id: usize) -> Option<usize> {
        self.runs.iter().rposition(|run| run.id == id && run.end.is_none())
    }

    pub(crate) fn find(&self, id: usize, now: Duration) -> Option<usize> {
        let newest = self.runs.iter().rposition(|run| run.id == id)?;
        let run = &self.runs[newest];
        (run.end.is_none() || now < run.ended_at + KEEP).then_some(newest)
    }

    pub(crate) fn append(&mut self, run: usize, cost: usize) {
        self.runs[run].events.push(cost);
    }

    pub(crate) fn end(&mut self, run: usize, end: End, now: Duration) {
        let run = &mut self.runs[run];
        (run.end, run.ended_at) = (Some(end), now);
    }

    /// Returns a reader of this run, which has read up to here or comes with an ID that isn't of this run.
    pub(crate) fn join(run: usize, after: Option<u64>) -> Reader {
        let stage = if after.is_some() { Stage::New } else { Stage::Unknown };
        Reader { run, after: after.unwrap_or(0), stage }
    }

    pub(crate) fn remains(&self, reader: &Reader) -> bool {
        let run = &self.runs[reader.run];
        run.end.is_none() || reader.after < run.last()
    }

    pub(crate) fn read(&self, reader: &mut Reader) -> Seen {
        let run = &self.runs[reader.run];
        let evicted = run.evicted();
        let why = match reader.stage {
            Stage::Over => return Seen::Over,
            Stage::Unknown => Some("unknown"),
            Stage::New => (reader.after < evicted).then_some("evicted"),
            Stage::Reading => (reader.after < evicted).then_some("overflow"),
        };
        reader.stage = Stage::Reading;
        if let Some(why) = why {
            reader.after = evicted;
            return Seen::Gap(evicted, why);
        }
        if reader.after < run.last() {
            reader.after += 1;
            return Seen::Event(reader.after);
        }
        let Some(end) = run.end else { return Seen::Nothing };
        reader.stage = Stage::Over;
        let is_told = end == End::Finished || reader.after > run.last();
        if is_told { Seen::Over } else { Seen::Failure(run.last() + 1, end) }
    }
}

/// For runs that are opened again.
#[allow(dead_code, reason = "only a folder is")]
impl Reference {
    /// Returns whether this is the newest run with its ID.
    pub(crate) fn is_newest(&self, run: usize) -> bool {
        self.runs.iter().rposition(|other| other.id == self.runs[run].id) == Some(run)
    }

    /// Loses the runs that are running, since nobody produces them any more.
    pub(crate) fn lose_running(&mut self, now: Duration) {
        for run in 0..self.runs.len() {
            if self.runs[run].end.is_none() {
                self.end(run, End::Lost, now);
            }
        }
    }
}

impl Run {
    pub(crate) fn last(&self) -> u64 {
        self.events.len() as u64
    }

    /// Returns how many events were evicted: all but the newest that fit, of which at least one stays.
    fn evicted(&self) -> u64 {
        let mut left = 0;
        let fits = self.events.iter().rev().take_while(|&&cost| {
            let is_first = left == 0;
            left += cost;
            is_first || left <= MAX_BYTES
        });
        self.last() - fits.count() as u64
    }
}
