//! Following the log: one task of a node, on a connection of its own.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{RedisResult, cmd};
use tokio::time::Instant;

use super::address::Address;
use super::backoff::Backoff;
use super::entry::{Entry, Place, read_all};
use super::history::{Past, range, read_back};
use super::page::Page;
use super::reply::{array, in_time, unexpected};
use super::scripts::{View, look, restart};
use super::state::State;
use crate::EventId;
use crate::limits::Limits;
use crate::log::Known;
use crate::node::Node;

/// How long a read waits for more, and how often the tail looks whether its history is still
/// that of Redis.
const BETWEEN: Duration = Duration::from_secs(1);

pub(super) struct Tail {
    address: Address,
    limits: Limits,
    node: Arc<Node>,
    state: Arc<State>,
    epoch: u64,
    /// That of the last event which this node has.
    place: Place,
    /// The stream's ID up to which it has read: later than the place if strangers write there.
    read: String,
    page: Page,
    /// Redis' clock at an instant of this process.
    clock: (u64, Instant),
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
    /// Begins with what was read back, which enters the node.
    pub(super) fn new(
        address: Address,
        limits: Limits,
        node: Arc<Node>,
        state: Arc<State>,
        past: Past,
    ) -> Self {
        let (epoch, place) = (past.view.epoch, past.end());
        let clock = (past.view.now, Instant::now());
        let (read, page) = (place.id(), Page::first());
        let mut tail = Self { address, limits, node, state, epoch, place, read, page, clock };
        tail.append_all(past);
        tail
    }

    /// Follows the log without end.
    pub(super) async fn run(mut self) {
        let mut backoff = Backoff::new();
        loop {
            let Err(error) = self.follow(&mut backoff).await;
            self.page = Page::first();
            if self.state.connected.swap(false, Ordering::Relaxed) {
                tracing::warn!(%error, "the hub has lost Redis, and tries again until it is back");
            }
            backoff.wait().await;
        }
    }

    async fn follow(&mut self, backoff: &mut Backoff) -> RedisResult<Infallible> {
        let mut connection = self.address.connect().await?;
        loop {
            self.check(&mut connection).await?;
            if !self.state.connected.swap(true, Ordering::Relaxed) {
                tracing::info!("the hub has Redis again");
            }
            let next_check = Instant::now() + BETWEEN;
            while Instant::now() < next_check {
                if !in_time(self.read(&mut connection)).await? {
                    // What can't be continued must not drive this round and round.
                    backoff.wait().await;
                    break;
                }
                backoff.reset();
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
        let (past, known) = read_back(connection, &self.address, &self.limits).await?;
        self.begin_anew(past, known);
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
        let next = self.first_from(connection, format!("({}", self.place.id())).await?;
        if next.is_some_and(|next| next.follows(self.epoch, self.place)) {
            return Ok(Standing::Good);
        }
        let oldest = self.first_from(connection, "-".to_owned()).await?;
        let is_after = |oldest: Entry| oldest.place.sequence > self.place.sequence + 1;
        Ok(if oldest.is_some_and(is_after) { Standing::Left } else { Standing::Lost })
    }

    /// The first entry from this ID on that is the hub's.
    async fn first_from(
        &self,
        connection: &mut MultiplexedConnection,
        mut from: String,
    ) -> RedisResult<Option<Entry>> {
        let mut count = 1;
        loop {
            let slots = range(connection, &self.address, &from, count).await?;
            let Some(last) = slots.last() else { return Ok(None) };
            (from, count) = (format!("({}", last.id), Page::first().count());
            if let Some(entry) = slots.into_iter().find_map(|slot| slot.entry) {
                return Ok(Some(entry));
            }
        }
    }

    fn begin_anew(&mut self, past: Past, known: Known) {
        if past.view.epoch == self.epoch {
            tracing::warn!("the hub was away from Redis for longer than events are kept there");
        } else {
            tracing::warn!("Redis has lost events: a new history begins, and clients are told");
            self.state.is_over(self.epoch);
        }
        (self.epoch, self.place) = (past.view.epoch, past.end());
        self.read = self.place.id();
        self.clock = (past.view.now, Instant::now());
        self.node.restart(past.history(), known);
        self.append_all(past);
    }

    /// Reads what comes next, and tells whether that continues this node's history.
    async fn read(&mut self, connection: &mut MultiplexedConnection) -> RedisResult<bool> {
        let mut command = cmd("XREAD");
        command
            .arg("COUNT")
            .arg(self.page.count())
            .arg("BLOCK")
            .arg(BETWEEN.as_millis().to_string());
        command.arg("STREAMS").arg(&self.address.log).arg(&self.read);
        let streams = array(command.query_async(connection).await?)?;
        let Some(stream) = streams.into_iter().next() else { return Ok(true) };
        let slots = array(stream)?.pop().ok_or_else(|| unexpected("a stream"))?;
        let mut continues = true;
        let slots = read_all(slots)?;
        self.page = Page::after(&slots);
        for slot in slots {
            match slot.entry {
                Some(entry) if entry.follows(self.epoch, self.place) => self.append(entry),
                Some(_) => {
                    continues = false;
                    break;
                }
                None => {}
            }
            self.read = slot.id;
        }
        self.state.has_read(EventId { epoch: self.epoch, sequence: self.place.sequence });
        Ok(continues)
    }

    fn append_all(&mut self, past: Past) {
        past.entries.into_iter().for_each(|entry| self.append(entry));
    }

    fn append(&mut self, entry: Entry) {
        self.place = entry.place;
        let (now, then) = self.clock;
        let age = (Duration::from_millis(now) + then.elapsed())
            .saturating_sub(Duration::from_millis(entry.place.time));
        let id = self.node.append(&entry.topics, entry.event, age);
        debug_assert_eq!(id.sequence, entry.place.sequence, "every node counts as Redis does");
    }
}
