//! The engine for many processes: a stream of Redis is the order, and keeps the log.
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
use crate::log::Known;
use crate::message::Group;
use crate::node::Node;
use crate::publish::Publish;
use crate::stats::Stats;
use address::Address;
use appender::Appender;
use history::Past;
use publishing::Publishing;
use scripts::{FORMAT, look};
use state::State;
use tail::Tail;

/// Over a slow network, the answer must come in time.
const BATCHES: Batches = Batches { events: 256, bytes: 256 << 10 };

pub(crate) struct Redis {
    intake: Intake,
    state: Arc<State>,
    tail: AbortHandle,
}

/// Connects, and reads the window back.
pub(crate) async fn connect(limits: Limits, url: &str) -> Result<Shared, ConnectError> {
    let address = Address::new(url)?;
    let engine = |error| ConnectError::Engine(Box::new(error));
    let format = format(&address).await.map_err(engine)?;
    if format != FORMAT {
        return Err(ConnectError::Format(format));
    }
    let (past, known) = read(&limits, &address).await.map_err(engine)?;
    let node = Arc::new(Node::new(&limits, past.history(), known));
    let engine = Redis::start(&limits, address, &node, past);
    Ok(Shared::new(limits, node, Box::new(engine)))
}

/// The format of what is there, which is ours if nothing was.
async fn format(address: &Address) -> RedisResult<u64> {
    let mut connection = reply::in_time(address.connect()).await?;
    Ok(reply::in_time(look(&mut connection, address)).await?.format)
}

async fn read(limits: &Limits, address: &Address) -> RedisResult<(Past, Known)> {
    let mut connection = reply::in_time(address.connect()).await?;
    history::read_back(&mut connection, address, limits).await
}

impl Redis {
    fn start(limits: &Limits, address: Address, node: &Arc<Node>, past: Past) -> Self {
        let state = Arc::new(State::new(past.end()));
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

    fn complete(&self, stats: &mut Stats) {
        self.intake.complete(stats);
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
