//! The texts of the events as plain streams, for libraries without a generator: what costs
//! them least.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use futures::stream::{self, Stream, StreamExt as _};
use tokio::time::interval;

use super::topic::News;
use crate::kind::Kind;

pub(super) fn burst(kind: Kind, count: usize) -> impl Stream<Item = &'static str> {
    let data = kind.data();
    stream::iter((0..count).map(move |_| data))
}

pub(super) fn endless(size: usize) -> impl Stream<Item = &'static str> {
    stream::repeat(letters(size))
}

/// A line of this length, up to 1 KiB.
pub(super) fn letters(size: usize) -> &'static str {
    static LETTERS: LazyLock<String> = LazyLock::new(|| "x".repeat(1024));
    &LETTERS[..size]
}

pub(super) fn fan_out(news: News) -> impl Stream<Item = &'static str> {
    stream::unfold(news, |mut news| async { Some((news.recv().await.ok()?, news)) })
}

pub(super) fn idle() -> impl Stream<Item = &'static str> {
    stream::iter(["hello"]).chain(stream::pending())
}

pub(super) fn latency(count: usize) -> impl Stream<Item = String> {
    let every = interval(Duration::from_millis(1));
    let ticks = stream::unfold(every, |mut every| async {
        every.tick().await;
        Some((now(), every))
    });
    ticks.take(count)
}

/// The time in nanoseconds, as text: comparable across processes.
pub(super) fn now() -> String {
    let time = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    time.as_nanos().to_string()
}
