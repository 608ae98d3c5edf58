//! The readings of the last minute, and the streams of them.
//!
//! The history is the value of a watch channel, and a stream walks along it by ID. So a
//! replay turns into live readings without a seam, and a client too slow for them goes on
//! with what the history still has.

use std::collections::VecDeque;

use rocket::futures::{Stream, stream};
use rocket::tokio::sync::watch;
use serde::Serialize;

const HISTORY_LENGTH: usize = 60;

/// What the machine was doing in one second.
#[derive(Clone, Serialize)]
pub(crate) struct Reading {
    /// The n-th since the server started: 1, 2, 3, …
    #[serde(skip)]
    pub(crate) id: u64,
    /// In percent, as the cores.
    pub(crate) cpu: f32,
    pub(crate) cores: Vec<f32>,
    /// In bytes.
    pub(crate) memory_used: u64,
    pub(crate) memory_total: u64,
    /// In bytes per second.
    pub(crate) received: u128,
    pub(crate) sent: u128,
}

/// The readings of the last minute, oldest first.
#[derive(Default)]
pub(crate) struct History(VecDeque<Reading>);

impl History {
    pub(crate) fn push(&mut self, reading: Reading) {
        if self.0.len() == HISTORY_LENGTH {
            self.0.pop_front();
        }
        self.0.push_back(reading);
    }

    fn newest_id(&self) -> u64 {
        self.0.back().map_or(0, |reading| reading.id)
    }

    fn first_after(&self, id: u64) -> Option<Reading> {
        self.0.iter().find(|reading| reading.id > id).cloned()
    }
}

/// Where streams of readings come from.
pub(crate) struct Readings(watch::Receiver<History>);

pub(crate) fn channel() -> (watch::Sender<History>, Readings) {
    let (sender, receiver) = watch::channel(History::default());
    (sender, Readings(receiver))
}

impl Readings {
    /// All that follow this ID, for as long as the server runs. Without an ID, or with one
    /// that was never given, such as that of an earlier run, from the oldest.
    pub(crate) fn after(&self, id: Option<u64>) -> impl Stream<Item = Reading> + use<> {
        let history = self.0.clone();
        let newest = history.borrow().newest_id();
        let start = id.filter(|&id| id <= newest).unwrap_or(0);
        stream::unfold((history, start), async |(mut history, last)| {
            let reading = next(&mut history, last).await?;
            let id = reading.id;
            Some((reading, (history, id)))
        })
    }
}

async fn next(history: &mut watch::Receiver<History>, last: u64) -> Option<Reading> {
    let history = history.wait_for(|history| history.newest_id() > last).await.ok()?;
    history.first_after(last)
}
