//! What is counted, one line for each second.

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use tests::served::Held;
use tests::servers::Framework;

pub(crate) struct Counts {
    start: Instant,
    connections: AtomicUsize,
    left: AtomicUsize,
    events: AtomicUsize,
    bytes: AtomicUsize,
}

/// What happened to a server in one second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    pub(crate) framework: Framework,
    pub(crate) seconds: f64,
    pub(crate) connections: usize,
    pub(crate) open: usize,
    pub(crate) events: usize,
    pub(crate) bytes: usize,
    pub(crate) held: Held,
}

impl Default for Counts {
    fn default() -> Self {
        let [connections, left, events, bytes] = Default::default();
        Self { start: Instant::now(), connections, left, events, bytes }
    }
}

impl Counts {
    pub(crate) fn came(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn left(&self) {
        self.left.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn received(&self, bytes: usize, events: usize) {
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.events.fetch_add(events, Ordering::Relaxed);
    }

    pub(crate) fn sample(&self, framework: Framework, held: Held) -> Sample {
        let left = self.left.load(Ordering::Relaxed);
        let connections = self.connections.load(Ordering::Relaxed);
        Sample {
            framework,
            seconds: self.start.elapsed().as_secs_f64(),
            connections,
            open: connections.saturating_sub(left),
            events: self.events.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            held,
        }
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { framework, seconds, connections, open, events, bytes, held } = self;
        write!(
            f,
            "{framework:<9} {seconds:>6.1} s  {connections:>7} connections, {open:>5} open  \
             {events:>9} events  {:>7.1} MB  server: {:>6.1} MB, {:>5} descriptors",
            megabytes(*bytes),
            megabytes(held.memory),
            held.descriptors,
        )
    }
}

/// What each server went through, and what was left in the end.
pub(crate) fn summarize(samples: &[Sample]) {
    for framework in Framework::ALL {
        let samples = samples.iter().filter(|sample| sample.framework == framework);
        let Some(last) = samples.clone().next_back() else { continue };
        let memory = samples.clone().map(|sample| sample.held.memory).max().unwrap_or(0);
        let descriptors = samples.map(|sample| sample.held.descriptors).max().unwrap_or(0);
        println!("{last}; at most {:.1} MB, {descriptors}", megabytes(memory));
    }
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
pub(crate) fn megabytes(bytes: usize) -> f64 {
    bytes as f64 / 1e6
}
