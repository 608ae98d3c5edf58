//! Publishing: one task of a node, with a bounded queue, many events at a time.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use redis::aio::{ConnectionLike as _, MultiplexedConnection};
use redis::{Cmd, Pipeline, RedisResult, Value, cmd, pipe};
use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::{Instant, timeout};

use super::address::Address;
use super::backoff::Backoff;
use super::entry;
use super::reply::{PATIENCE, array, hexadecimal, in_time, number, unexpected};
use super::scripts::{PUBLISH, unique};
use super::state::State;
use crate::engine::Message;
use crate::node::Node;
use crate::{EventId, PublishError};

/// How many events are sent at a time.
const BATCH: usize = 256;
/// A connection that wasn't used for so long is tried before it is trusted.
const IDLE: Duration = Duration::from_secs(1);

/// An event on its way, and who waits for its outcome.
pub(super) struct Order {
    pub(super) message: Message,
    pub(super) outcome: oneshot::Sender<Result<EventId, PublishError>>,
    /// Its room in the queue.
    pub(super) room: OwnedSemaphorePermit,
}

pub(super) struct Publisher {
    pub(super) address: Address,
    pub(super) node: Arc<Node>,
    pub(super) state: Arc<State>,
    pub(super) window: Duration,
    pub(super) orders: mpsc::UnboundedReceiver<Order>,
    pub(super) known: EventId,
}

/// A connection that has the script, and the script's name.
struct Line {
    connection: MultiplexedConnection,
    script: String,
    /// When Redis last answered.
    used: Instant,
}

impl Line {
    async fn begin(mut connection: MultiplexedConnection) -> RedisResult<Self> {
        let mut load = cmd("SCRIPT");
        load.arg("LOAD").arg(PUBLISH);
        let script = in_time(load.query_async(&mut connection)).await?;
        Ok(Self { connection, script, used: Instant::now() })
    }
}

impl Publisher {
    /// Publishes until the hub is gone and the queue is empty.
    pub(super) async fn run(mut self) {
        let (mut batch, mut line, mut backoff) = (VecDeque::new(), None, Backoff::new());
        while self.fill(&mut batch).await {
            let mut open = match self.open(line.take()).await {
                Ok(open) => open,
                Err(_) if self.orders.is_closed() => return,
                Err(_) => {
                    backoff.wait().await;
                    continue;
                }
            };
            backoff.reset();
            if self.publish(&mut open, &mut batch).await {
                line = Some(open);
            }
        }
    }

    /// Waits until there is something to publish, and takes what there is.
    async fn fill(&mut self, batch: &mut VecDeque<Order>) -> bool {
        if batch.is_empty() {
            let mut orders = Vec::with_capacity(BATCH);
            self.orders.recv_many(&mut orders, BATCH).await;
            batch.extend(orders);
        }
        !batch.is_empty()
    }

    /// This connection, if it is good, or a new one. One that broke while nothing was published must
    /// not cost the next event its outcome, so it is tried first.
    async fn open(&self, line: Option<Line>) -> RedisResult<Line> {
        if let Some(line) = line {
            if line.used.elapsed() < IDLE {
                return Ok(line);
            }
            if let Ok(line) = Line::begin(line.connection).await {
                return Ok(line);
            }
        }
        Line::begin(in_time(self.address.connect()).await?).await
    }

    /// Publishes these, and tells whether the connection is good. What Redis has not run for want
    /// of the script stays.
    async fn publish(&mut self, line: &mut Line, batch: &mut VecDeque<Order>) -> bool {
        let pipeline = self.pipeline(&line.script, batch);
        let answers = line.connection.req_packed_commands(&pipeline, 0, batch.len());
        let Ok(Ok(answers)) = timeout(PATIENCE, answers).await else {
            // They may have arrived, or not.
            let events = batch.len();
            tracing::warn!(events, "Redis has not answered: the outcome of publishing is unknown");
            batch.drain(..).for_each(|order| self.answer(order, Err(PublishError::Unknown)));
            return false;
        };
        line.used = Instant::now();
        let orders = std::mem::take(batch);
        let mut is_good = answers.len() == orders.len();
        let mut answers = answers.into_iter();
        for order in orders {
            let outcome = answers.next().map_or(Answer::Lost, Answer::of);
            is_good &= matches!(outcome, Answer::Published(_));
            match outcome {
                Answer::Published(id) => {
                    self.known = id;
                    self.answer(order, Ok(id));
                }
                Answer::Refused => self.answer(order, Err(PublishError::Refused)),
                Answer::Lost => self.answer(order, Err(PublishError::Unknown)),
                Answer::NoScript => batch.push_back(order),
            }
        }
        is_good
    }

    fn pipeline(&self, script: &str, batch: &VecDeque<Order>) -> Pipeline {
        let known = self.known();
        let mut pipeline = pipe();
        for order in batch {
            pipeline.add_command(self.command(script, known, &order.message));
        }
        pipeline
    }

    fn command(&self, script: &str, known: EventId, message: &Message) -> Cmd {
        let mut command = cmd("EVALSHA");
        command.arg(script).arg(3);
        command.arg(&self.address.hub).arg(&self.address.log).arg(&self.address.topics);
        command.arg(unique()).arg(unique()).arg(self.window.as_millis().to_string());
        command.arg(format!("{:016x}", known.epoch)).arg(known.sequence);
        entry::write(&mut command, message);
        command
    }

    /// Up to where this node knows the history, by its tail or by its own events.
    fn known(&self) -> EventId {
        let position = self.node.position();
        let is_later =
            self.known.epoch == position.epoch && self.known.sequence > position.sequence;
        if is_later { self.known } else { position }
    }

    fn answer(&self, order: Order, outcome: Result<EventId, PublishError>) {
        self.state.queued.fetch_sub(1, Ordering::Relaxed);
        drop(order.room);
        // Who doesn't wait doesn't want to know.
        let _ = order.outcome.send(outcome);
    }
}

enum Answer {
    Published(EventId),
    /// Redis has not published it: it is out of memory, a replica, or loading.
    Refused,
    NoScript,
    Lost,
}

impl Answer {
    fn of(value: Value) -> Self {
        match value {
            Value::ServerError(error) if error.code() == "NOSCRIPT" => Self::NoScript,
            Value::ServerError(_) => Self::Refused,
            value => id(value).map_or(Self::Lost, Self::Published),
        }
    }
}

fn id(value: Value) -> RedisResult<EventId> {
    let [epoch, sequence] =
        <[Value; 2]>::try_from(array(value)?).map_err(|_| unexpected("an ID"))?;
    Ok(EventId { epoch: hexadecimal(epoch)?, sequence: number(sequence)? })
}
