//! What the streams of a fan-out subscribe to.

use std::sync::{LazyLock, OnceLock};

use sse_runtime::BoxEventStream;
use tokio::sync::broadcast::{Receiver, Sender};

use super::OK;
use crate::kind::Kind;

pub(super) type News = Receiver<&'static str>;

static TOPIC: LazyLock<Sender<&'static str>> = LazyLock::new(|| Sender::new(64));

pub(super) fn subscribe() -> News {
    TOPIC.subscribe()
}

/// Another source of the same events, of those who ask for `/hub`.
pub static HUB: OnceLock<Source> = OnceLock::new();

#[derive(Debug)]
pub struct Source {
    pub subscribe: fn() -> BoxEventStream<'static>,
    pub publish: fn(&'static str),
}

impl Source {
    pub(super) fn get() -> &'static Self {
        HUB.get().expect("there is one")
    }
}

/// Sends these events, with nothing in between, to those who are there.
pub(super) fn publish(count: usize) -> &'static str {
    for _ in 0..count {
        if TOPIC.receiver_count() > 0 {
            _ = TOPIC.send(Kind::Token.data());
        } else {
            (Source::get().publish)(Kind::Token.data());
        }
    }
    OK
}
