//! What a reading is, and the readings of the last minute.

use std::collections::VecDeque;
use std::time::SystemTime;

use rocket::tokio::sync::watch;
use serde::Serialize;
use sse_runtime::{Event, EventStream, LastEventId};

/// What the machine was doing in one second.
#[derive(Serialize)]
pub(crate) struct Reading {
    /// The n-th since the server started: 1, 2, 3, …
    pub(crate) number: u64,
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

/// How many are kept for who comes.
const KEPT: usize = 60;

pub(crate) struct Readings {
    /// When the server started, which tells its IDs from those before.
    epoch: String,
    kept: watch::Sender<VecDeque<(u64, Event)>>,
}

impl Readings {
    pub(crate) fn new() -> Self {
        let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
        Self { epoch: since.as_millis().to_string(), kept: watch::Sender::default() }
    }

    pub(crate) fn add(&self, reading: &Reading) {
        let id = format!("{}.{}", self.epoch, reading.number);
        let event = Event::json(reading).event("reading").id(id);
        self.kept.send_modify(|kept| {
            if kept.len() == KEPT {
                kept.pop_front();
            }
            kept.push_back((reading.number, event));
        });
    }

    /// Those that are kept, or of these the ones after the last that the client received, and then each
    /// new one.
    pub(crate) fn after(&self, last: Option<LastEventId>) -> EventStream![Event + use<>] {
        let mut kept = self.kept.subscribe();
        let mut last = last.and_then(|id| self.number(id.as_str())).unwrap_or(0);
        EventStream!({
            loop {
                let new = kept
                    .borrow_and_update()
                    .iter()
                    .filter(|(n, _)| *n > last)
                    .cloned()
                    .collect::<Vec<_>>();
                for (number, reading) in new {
                    last = number;
                    yield reading;
                }
                if kept.changed().await.is_err() {
                    break;
                }
            }
        })
    }

    /// The number in an ID that this server gave.
    fn number(&self, id: &str) -> Option<u64> {
        let (epoch, number) = id.split_once('.')?;
        if epoch == self.epoch { number.parse().ok() } else { None }
    }
}
