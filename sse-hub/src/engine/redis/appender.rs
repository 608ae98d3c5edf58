//! The connection on which a node publishes.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, RedisError, RedisResult, Value, cmd};
use tokio::time::{Instant, timeout};

use super::address::Address;
use super::continuity::{Continuity, continuity};
use super::entry::{self, Part, Place, Tip};
use super::reply::{array, hexadecimal, in_time, number, patience, text, unexpected};
use super::scripts::{FORMAT, PUBLISH, look, restart, unique};
use super::state::State;
use crate::limits::Limits;
use crate::message::Group;

/// A connection that wasn't used for this long is tested before an event is sent on it.
const IDLE: Duration = Duration::from_secs(1);

pub(super) struct Appender {
    address: Address,
    state: Arc<State>,
    window: Duration,
    /// How long to wait for an event of the largest size.
    longest: Duration,
    /// The last event that it has appended.
    last: Tip,
    line: Option<PublishConnection>,
}

/// A connection on which the script is loaded, and the script's hash.
struct PublishConnection {
    connection: MultiplexedConnection,
    script: String,
    /// When Redis last answered.
    used: Instant,
}

/// The outcome of a batch.
pub(super) enum BatchOutcome {
    /// The first of its events have been appended, and the others are refused.
    Appended(Appended),
    /// None has been appended: Redis is out of memory, a replica, or loading.
    Refused { reconnects: bool },
    /// None has been appended, and they can be sent again.
    NotRun,
    /// They may have been appended, or not.
    Lost,
}

#[derive(Clone, Copy)]
pub(super) struct Appended {
    /// The last of them.
    pub(super) tip: Tip,
    pub(super) count: u64,
}

impl PublishConnection {
    /// Loads the script on a connection.
    async fn load(mut connection: MultiplexedConnection) -> RedisResult<Self> {
        let mut load = cmd("SCRIPT");
        load.arg("LOAD").arg(PUBLISH);
        let script = in_time(load.query_async(&mut connection)).await?;
        Ok(Self { connection, script, used: Instant::now() })
    }
}

impl Appender {
    pub(super) fn new(address: Address, state: Arc<State>, limits: &Limits) -> Self {
        let (last, longest) = (state.tip(), patience(limits.max_event_bytes));
        Self { address, state, window: limits.window, longest, last, line: None }
    }

    /// Ensures that there is a connection. One that has been idle is tested first: if it broke meanwhile, the outcome
    /// of the next event would be unknown.
    pub(super) async fn ready(&mut self) -> RedisResult<()> {
        let line = match self.line.take() {
            Some(line) if line.used.elapsed() < IDLE => line,
            Some(line) => match PublishConnection::load(line.connection).await {
                Ok(line) => line,
                Err(_) => self.connect().await?,
            },
            None => self.connect().await?,
        };
        self.line = Some(line);
        Ok(())
    }

    /// Connects, perhaps to another Redis. If that one has lost what this node knows of, a new history begins before
    /// anything is published.
    async fn connect(&self) -> RedisResult<PublishConnection> {
        let mut connection = in_time(self.address.connect()).await?;
        // Before the look, since the tail reads on meanwhile.
        let known = self.known();
        let view = in_time(look(&mut connection, &self.address)).await?;
        view.check_format()?;
        let compared = continuity(&mut connection, &self.address, &view, known, self.longest).await;
        if let Continuity::Diverged = compared? {
            in_time(restart(&mut connection, &self.address, known.epoch)).await?;
        }
        PublishConnection::load(connection).await
    }

    /// Returns the last event that this node knows of, from its tail or from its own publishing.
    pub(super) fn known(&self) -> Tip {
        let (last, tip) = (self.last, self.state.tip());
        let is_later = if last.epoch == tip.epoch {
            last.place.sequence > tip.place.sequence
        } else {
            !self.state.knows_past(last.epoch)
        };
        if is_later { last } else { tip }
    }

    /// Appends these events, in this order.
    pub(super) async fn append(&mut self, groups: impl Iterator<Item = &Group>) -> BatchOutcome {
        let Some(mut line) = self.line.take() else { return BatchOutcome::NotRun };
        let (command, bytes) = self.command(&line.script, groups);
        let answer = command.query_async::<Value>(&mut line.connection);
        let answer = match timeout(patience(bytes), answer).await {
            Err(_) => BatchOutcome::Lost,
            Ok(Err(error)) => refused(&error),
            Ok(Ok(answer)) => appended(answer).map_or(BatchOutcome::Lost, BatchOutcome::Appended),
        };
        if let BatchOutcome::Appended(Appended { tip, count: 1.. }) = answer {
            self.last = tip;
        }
        self.line = match answer {
            BatchOutcome::Appended(_) | BatchOutcome::Refused { reconnects: false } => {
                Some(PublishConnection { used: Instant::now(), ..line })
            }
            BatchOutcome::NotRun => PublishConnection::load(line.connection).await.ok(),
            BatchOutcome::Refused { reconnects: true } | BatchOutcome::Lost => None,
        };
        answer
    }

    /// Returns the command, and about how many bytes of events it has.
    fn command<'a>(&self, script: &str, groups: impl Iterator<Item = &'a Group>) -> (Cmd, usize) {
        let known = self.known();
        let mut command = cmd("EVALSHA");
        let Address { hub, log, topics, retained, .. } = &self.address;
        command.arg(script).arg(4).arg(hub).arg(log).arg(topics).arg(retained);
        command.arg(FORMAT).arg(unique()).arg(self.window.as_millis().to_string());
        command.arg(format!("{:016x}", known.epoch)).arg(known.place.sequence);
        let mut bytes = 0;
        for group in groups {
            let of = group.len();
            for (message, at) in group.iter().zip(1..) {
                bytes += message.event_bytes + message.topics.bytes();
                command.arg(unique());
                entry::write(&mut command, message, Part { at, of });
            }
        }
        (command, bytes)
    }
}

/// Interprets an error: if it has a code, Redis has not run the script to its end.
fn refused(error: &RedisError) -> BatchOutcome {
    match error.code() {
        Some("NOSCRIPT") => BatchOutcome::NotRun,
        // The address may lead to another Redis by now, or the password be another.
        Some("READONLY" | "NOAUTH") => BatchOutcome::Refused { reconnects: true },
        Some(_) => BatchOutcome::Refused { reconnects: false },
        None => BatchOutcome::Lost,
    }
}

fn appended(answer: Value) -> RedisResult<Appended> {
    let parts = <[Value; 6]>::try_from(array(answer)?).map_err(|_| unexpected("an outcome"))?;
    let [epoch, sequence, token, time, count, failure] = parts;
    let failure = text(failure)?;
    if !failure.is_empty() {
        tracing::debug!(failure, "Redis has refused an event");
    }
    let place =
        Place { time: number(time)?, sequence: number(sequence)?, token: hexadecimal(token)? };
    let tip = Tip { epoch: hexadecimal(epoch)?, place };
    Ok(Appended { tip, count: number(count)? })
}
