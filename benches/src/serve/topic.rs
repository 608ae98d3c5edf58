//! What the streams of a fan-out subscribe to.

use std::sync::LazyLock;

use tokio::sync::broadcast::{Receiver, Sender};

use crate::kind::Kind;

pub(super) type News = Receiver<&'static str>;

static TOPIC: LazyLock<Sender<&'static str>> = LazyLock::new(|| Sender::new(64));

pub(super) fn subscribe() -> News {
    TOPIC.subscribe()
}

/// Sends these events, with nothing in between.
pub(super) fn publish(count: usize) -> &'static str {
    for _ in 0..count {
        _ = TOPIC.send(Kind::Token.data());
    }
    "ok"
}
