//! Following the log: one task of a node, on a connection of its own.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{RedisResult, Value, cmd};
use tokio::time::Instant;

use super::address::Address;
use super::backoff::Backoff;
use super::entry::{Entry, Place, read_all};
use super::history::{PAGE, Past, read_back};
use super::reply::{array, in_time, unexpected};
use super::scripts::{View, look, restart};
use super::state::State;
use crate::EventId;
use crate::node::Node;

/// How long a read waits for more, and how often the tail looks whether its history is still
/// that of Redis.
const BETWEEN: Duration = Duration::from_secs(1);

pub(super) struct Tail {
    pub(super) address: Address,
    pub(super) node: Arc<Node>,
    pub(super) state: Arc<State>,
    pub(super) window: Duration,
    pub(super) epoch: u64,
    /// That of the last event which this node has.
    pub(super) place: Place,
    /// Redis' clock at an instant of this process.
    pub(super) clock: (u64, Instant),
}

/// What a look at the log says of this node's place.
enum Standing {
    /// All that comes next is there.
    Good,
    /// What comes next isn't there any more, or belongs to another epoch.
    Left,
    /// Redis hasn't got what this node has.
    Lost,
}

impl Tail {
    /// Follows the log without end.
    pub(super) async fn run(mut self) {
        let mut backoff = Backoff::new();
        loop {
            let Err(_) = self.follow(&mut backoff).await;
            self.state.connected.store(false, Ordering::Relaxed);
            backoff.wait().await;
        }
    }

    async fn follow(&mut self, backoff: &mut Backoff) -> RedisResult<Infallible> {
        let mut connection = self.address.connect().await?;
        loop {
            self.check(&mut connection).await?;
            self.state.connected.store(true, Ordering::Relaxed);
            backoff.reset();
            let next_check = Instant::now() + BETWEEN;
            while Instant::now() < next_check {
                if !in_time(self.read(&mut connection)).await? {
                    break;
                }
            }
        }
    }

    /// Looks whether this node's place is still in the history, and begins anew if it isn't.
    async fn check(&mut self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        let view = in_time(look(connection, &self.address)).await?;
        self.clock = (view.now, Instant::now());
        let behind = view.end.sequence.saturating_sub(self.place.sequence);
        self.state.behind.store(behind, Ordering::Relaxed);
        self.state.has_looked(EventId { epoch: view.epoch, sequence: view.end.sequence });
        match in_time(self.standing(connection, &view)).await? {
            Standing::Good => return Ok(()),
            Standing::Left => {}
            Standing::Lost => in_time(restart(connection, &self.address, self.epoch)).await?,
        }
        let past = read_back(connection, &self.address, self.window).await?;
        self.begin_anew(past);
        Ok(())
    }

    async fn standing(
        &self,
        connection: &mut MultiplexedConnection,
        view: &View,
    ) -> RedisResult<Standing> {
        if view.epoch != self.epoch {
            return Ok(Standing::Left);
        }
        if view.end.sequence <= self.place.sequence {
            let is_end = view.end.sequence == self.place.sequence;
            let is_same = is_end && view.end.token == self.place.token;
            return Ok(if is_same { Standing::Good } else { Standing::Lost });
        }
        let next = self.first_from(connection, &format!("({}", self.place.id())).await?;
        if next.is_some_and(|next| next.follows(self.epoch, self.place)) {
            return Ok(Standing::Good);
        }
        let oldest = self.first_from(connection, "-").await?;
        let is_after = |oldest: Entry| oldest.place.sequence > self.place.sequence + 1;
        Ok(if oldest.is_some_and(is_after) { Standing::Left } else { Standing::Lost })
    }

    async fn first_from(
        &self,
        connection: &mut MultiplexedConnection,
        from: &str,
    ) -> RedisResult<Option<Entry>> {
        let mut command = cmd("XRANGE");
        command.arg(&self.address.log).arg(from).arg("+").arg("COUNT").arg(1);
        let entries = read_all(command.query_async::<Value>(connection).await?)?;
        Ok(entries.into_iter().next().flatten())
    }

    fn begin_anew(&mut self, past: Past) {
        if past.view.epoch != self.epoch {
            self.state.is_over(self.epoch);
        }
        (self.epoch, self.place) = (past.view.epoch, past.end());
        self.clock = (past.view.now, Instant::now());
        self.node.restart(past.history());
        for entry in past.entries {
            self.append(entry);
        }
    }

    /// Reads what comes next, and tells whether that continues this node's history.
    async fn read(&mut self, connection: &mut MultiplexedConnection) -> RedisResult<bool> {
        let mut command = cmd("XREAD");
        command.arg("COUNT").arg(PAGE).arg("BLOCK").arg(BETWEEN.as_millis().to_string());
        command.arg("STREAMS").arg(&self.address.log).arg(self.place.id());
        let streams = array(command.query_async(connection).await?)?;
        let Some(stream) = streams.into_iter().next() else { return Ok(true) };
        let entries = array(stream)?.pop().ok_or_else(|| unexpected("a stream"))?;
        for entry in read_all(entries)? {
            match entry {
                Some(entry) if entry.follows(self.epoch, self.place) => self.append(entry),
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    pub(super) fn append(&mut self, entry: Entry) {
        self.place = entry.place;
        let (now, then) = self.clock;
        let age = (Duration::from_millis(now) + then.elapsed())
            .saturating_sub(Duration::from_millis(entry.place.time));
        self.node.append(&entry.topics, entry.event, age);
    }
}
