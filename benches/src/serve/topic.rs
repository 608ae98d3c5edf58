//! What the streams of a fan-out subscribe to.

use std::sync::LazyLock;

use sse_hub::Hub;
use sse_runtime::Event;
use tokio::sync::broadcast::{Receiver, Sender};

use super::OK;
use crate::kind::Kind;

pub(super) type News = Receiver<&'static str>;

static TOPIC: LazyLock<Sender<&'static str>> = LazyLock::new(|| Sender::new(64));

pub(super) fn subscribe() -> News {
    TOPIC.subscribe()
}

pub(super) static HUB: LazyLock<Hub> = LazyLock::new(Hub::new);

/// The topic at the hub.
pub(super) const NEWS: &str = "news";

/// Sends these events, with nothing in between, to those who are there.
pub(super) fn publish(count: usize) -> &'static str {
    for _ in 0..count {
        if TOPIC.receiver_count() > 0 {
            _ = TOPIC.send(Kind::Token.data());
        } else {
            drop(HUB.publish(NEWS, Event::data(Kind::Token.data())));
        }
    }
    OK
}
