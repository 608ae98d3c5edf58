//! The engine for many processes: a stream in Redis keeps the log and defines its order.
//!
//! Each entry has a token of its own and names that of the entry before, so a node knows whether
//! what it reads continues what it has, even if Redis has lost the end of its history and has
//! numbered other events the same.

pub(crate) mod address;
mod ahead;
mod appender;
mod confirmed;
mod continuity;
mod entry;
mod group;
mod history;
mod known;
mod page;
mod publishing;
pub(crate) mod reply;
mod retained;
mod scripts;
mod state;
mod tail;
#[cfg(feature = "redis-tls")]
mod tls;

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use redis::RedisResult;
use tokio::task::AbortHandle;

use super::remote::{Batches, Close as _, Intake, Publisher, Running};
use super::{Engine, Shared};
use crate::error::ConnectError;
use crate::event_id::EventId;
use crate::limits::Limits;
use crate::log::KnownTopics;
use crate::message::Group;
use crate::node::Node;
use crate::publish::Publish;
use crate::stats::Stats;
use address::Address;
use appender::Appender;
use entry::Tip;
use history::ReadBack;
use publishing::Publishing;
use scripts::{FORMAT, look};
use state::State;
use tail::Tail;

/// Small enough for the answer to come in time over a slow network.
const BATCHES: Batches = Batches { events: 256, bytes: 256 << 10 };

pub(crate) struct Redis {
    intake: Intake,
    state: Arc<State>,
    tail: AbortHandle,
}

/// Connects, and reads the window back. If it is lazy, that can come later.
pub(crate) async fn connect(limits: Limits, url: &str, lazy: bool) -> Result<Shared, ConnectError> {
    let address = Address::new(url)?;
    let (node, past) = match read(&limits, &address).await {
        Ok(Found::ReadBack(past, known)) => (Node::new(&limits, past.origin(), known), Some(past)),
        Ok(Found::Format(format)) => return Err(ConnectError::Format(format)),
        Err(error) if lazy && reply::is_for_a_while(&error) => {
            tracing::warn!(%error, "the hub starts without Redis, and tries again until it is there");
            (Node::without_history(&limits), None)
        }
        Err(error) => return Err(ConnectError::Engine(Box::new(error))),
    };
    let node = Arc::new(node);
    let engine = Redis::start(&limits, address, &node, past);
    Ok(Shared::new(limits, node, Box::new(engine)))
}

enum Found {
    ReadBack(ReadBack, KnownTopics),
    /// The hub in Redis has a format that this version doesn't know.
    Format(u64),
}

async fn read(limits: &Limits, address: &Address) -> RedisResult<Found> {
    let mut connection = reply::in_time(address.connect()).await?;
    let format = reply::in_time(look(&mut connection, address)).await?.format;
    if format != FORMAT {
        return Ok(Found::Format(format));
    }
    let (past, known) = known::read_back(&mut connection, address, limits).await?;
    Ok(Found::ReadBack(past, known))
}

impl Redis {
    fn start(limits: &Limits, address: Address, node: &Arc<Node>, past: Option<ReadBack>) -> Self {
        let state = Arc::new(State::new(past.as_ref().map_or(Tip::NONE, ReadBack::end)));
        state.status.connected.store(past.is_some(), Ordering::Relaxed);
        let running = || Running { state: Arc::clone(&state), node: Arc::clone(node) };
        let (intake, outlet) = Intake::new(limits, node, &state.status, Some(BATCHES));
        let appender = Publishing {
            appender: Appender::new(address.clone(), Arc::clone(&state), limits),
            state: Arc::clone(&state),
            _running: running(),
        };
        let tail = Tail::new(address, limits.clone(), Arc::clone(node), running(), past);
        tokio::spawn(publishing::run(Publisher { outlet, appender }));
        let tail = tokio::spawn(tail.run()).abort_handle();
        Self { intake, state, tail }
    }
}

impl Engine for Redis {
    fn publish(&self, group: Group) -> Publish {
        self.intake.publish(group)
    }

    fn flush(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.intake.flush()
    }

    fn has_reached(&self, position: EventId) -> Pin<Box<dyn Future<Output = bool> + Send>> {
        if self.state.status.is_closed() || self.state.knows_past(position.epoch) {
            return Box::pin(std::future::ready(false));
        }
        Box::pin(self.state.ahead.has_reached(position))
    }

    fn is_connected(&self) -> bool {
        self.intake.is_connected()
    }

    fn fill_stats(&self, stats: &mut Stats) {
        self.intake.fill_stats(stats);
        stats.behind = self.state.behind.load(Ordering::Relaxed);
        stats.epochs = self.state.epochs.load(Ordering::Relaxed);
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // What is queued is still published.
        self.state.close();
        self.tail.abort();
    }
}
