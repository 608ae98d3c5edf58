//! The task of a node that follows the log, on a connection of its own.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{RedisResult, Value, cmd};
use tokio::time::Instant;

use super::address::Address;
use super::continuity::{Continuity, continuity};
use super::entry::{Body, Place, Slot, Tip, read_all};
use super::group::{Held, Next};
use super::history::ReadBack;
use super::known::read_back;
use super::page::Page;
use super::reply::{array, in_time, unexpected, within};
use super::scripts::{look, restart};
use super::state::State;
use crate::engine::remote::{Backoff, Running};
use crate::limits::Limits;
use crate::log::KnownTopics;
use crate::message::{Kind, Message};
use crate::node::Node;

/// How long a read waits for more, and how often the tail looks whether its history is still
/// that of Redis.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

pub(super) struct Tail {
    address: Address,
    limits: Limits,
    node: Arc<Node>,
    state: Arc<State>,
    /// The last event which this node has.
    tip: Tip,
    /// What comes after it, of a group that is not complete yet.
    held: Held,
    /// The stream's ID up to which it has read: later than that if strangers write there.
    read: String,
    page: Page,
    /// Redis' clock, in milliseconds, at an instant of this process.
    clock: (u64, Instant),
    _running: Running<State>,
}

impl Tail {
    /// Passes to the node what was read back, or begins without any history.
    pub(super) fn new(
        address: Address,
        limits: Limits,
        node: Arc<Node>,
        running: Running<State>,
        past: Option<ReadBack>,
    ) -> Self {
        let state = Arc::clone(&running.state);
        let (tip, now) = past.as_ref().map_or((Tip::NONE, 0), |past| (past.end(), past.view.now));
        let clock = (now, Instant::now());
        let (read, page) = (tip.place.id(), Page::first(limits.max_event_bytes));
        let held = Held::default();
        let mut tail =
            Self { address, limits, node, state, tip, held, read, page, clock, _running: running };
        if let Some(past) = past {
            tail.append_all(past);
        }
        tail
    }

    /// Follows the log without end.
    pub(super) async fn run(mut self) {
        let mut backoff = Backoff::new();
        loop {
            let Err(error) = self.follow(&mut backoff).await;
            self.page = Page::first(self.limits.max_event_bytes);
            if self.state.status.connected.swap(false, Ordering::Relaxed) {
                tracing::warn!(%error, "the hub has lost Redis, and tries again until it is back");
            } else {
                tracing::debug!(%error, "the hub still has no Redis");
            }
            backoff.wait().await;
        }
    }

    async fn follow(&mut self, backoff: &mut Backoff) -> RedisResult<Infallible> {
        let mut connection = in_time(self.address.connect()).await?;
        loop {
            self.check(&mut connection).await?;
            if !self.state.status.connected.swap(true, Ordering::Relaxed) {
                tracing::info!("the hub has Redis again");
            }
            let next_check = Instant::now() + CHECK_INTERVAL;
            while Instant::now() < next_check {
                if !self.read(&mut connection).await? {
                    // Without a pause, this would spin as long as the history can't be continued.
                    backoff.wait().await;
                    break;
                }
                backoff.reset();
            }
        }
    }

    /// Checks whether Redis still has this node's history, and begins anew if not.
    async fn check(&mut self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        let view = in_time(look(connection, &self.address)).await?;
        view.check_format()?;
        self.clock = (view.now, Instant::now());
        let behind = view.end.place.sequence.saturating_sub(self.tip.place.sequence);
        self.state.behind.store(behind, Ordering::Relaxed);
        self.state.ahead.has_looked(view.end.position());
        let longest = self.page.longest();
        let mut found = continuity(connection, &self.address, &view, self.end(), longest).await?;
        if matches!(found, Continuity::Diverged) && self.held.clear() {
            // Perhaps Redis has only lost what nobody has seen.
            self.read = self.tip.place.id();
            found = continuity(connection, &self.address, &view, self.tip, longest).await?;
        }
        if behind > 0 {
            // Someone else's entry may have an ID above the one that comes next.
            self.read = self.end().place.id();
        }
        match found {
            Continuity::Intact => return Ok(()),
            Continuity::Trimmed => {}
            Continuity::Diverged => {
                in_time(restart(connection, &self.address, self.tip.epoch)).await?;
            }
        }
        let (past, known) = read_back(connection, &self.address, &self.limits).await?;
        self.begin_anew(past, known);
        Ok(())
    }

    /// Returns the last event that the tail has read.
    fn end(&self) -> Tip {
        Tip { place: self.held.last().unwrap_or(self.tip.place), ..self.tip }
    }

    fn begin_anew(&mut self, past: ReadBack, known: KnownTopics) {
        // Among the entries that this node will never read, there may be an end.
        self.node.end_tagged();
        if !self.node.has_begun() {
            tracing::info!("the hub begins with what Redis has");
        } else if past.end().epoch == self.tip.epoch {
            tracing::warn!("events are not in Redis any more that this node has not read");
        } else {
            tracing::warn!("Redis has lost events: a new history begins, and clients are told");
        }
        self.held.clear();
        self.tip = past.end();
        self.read = self.tip.place.id();
        self.clock = (past.view.now, Instant::now());
        self.state.count_if_new(self.tip.epoch);
        self.node.restart(past.origin(), known);
        self.append_all(past);
        self.node.begin();
        self.state.has_restarted(self.tip);
    }

    /// Reads what comes next. Returns whether it continues this node's history.
    async fn read(&mut self, connection: &mut MultiplexedConnection) -> RedisResult<bool> {
        let begin = Instant::now();
        let slots = within(self.page.time(), self.next(connection)).await?;
        // Of this, the answer may have waited for an event for up to a second.
        self.page.next(&slots, begin.elapsed().saturating_sub(CHECK_INTERVAL));
        let continues = slots.into_iter().all(|slot| self.take(slot));
        self.state.has_read(self.tip);
        Ok(continues)
    }

    async fn next(&self, connection: &mut MultiplexedConnection) -> RedisResult<Vec<Slot>> {
        let mut command = cmd("XREAD");
        command.arg("COUNT").arg(self.page.count());
        command.arg("BLOCK").arg(CHECK_INTERVAL.as_millis().to_string());
        command.arg("STREAMS").arg(&self.address.log).arg(&self.read);
        let streams = array(command.query_async::<Value>(connection).await?)?;
        let Some(stream) = streams.into_iter().next() else { return Ok(Vec::new()) };
        read_all(array(stream)?.pop().ok_or_else(|| unexpected("a stream"))?)
    }

    /// Appends the next entry. Returns `false` if it doesn't continue this node's history or isn't understood. What
    /// someone other than a hub has written is passed over.
    fn take(&mut self, slot: Slot) -> bool {
        if let Some(entry) = slot.entry {
            let follows = entry.follows(self.end());
            let Some(body) = entry.body.filter(|_| follows) else { return false };
            self.append(entry.tip.place, body);
        }
        self.read = slot.id;
        true
    }

    /// Appends everything that was read back. A group that is incomplete at the end stays so, since Redis runs a script
    /// atomically.
    fn append_all(&mut self, past: ReadBack) {
        for (place, mut body) in past.entries {
            if let Kind::End(_) = body.message.kind {
                // The subscriptions that it would end have ended already, or were never here.
                body.message = Message::nothing();
            }
            self.append(place, body);
        }
        let rest = self.held.pass_over();
        self.pass_on(rest);
    }

    fn append(&mut self, place: Place, body: Body) {
        let next = self.held.add(place, body);
        self.pass_on(next);
    }

    fn pass_on(&mut self, next: Vec<(Place, Next)>) {
        for (place, next) in next {
            self.tip.place = place;
            let (now, then) = self.clock;
            let age = (Duration::from_millis(now) + then.elapsed())
                .saturating_sub(Duration::from_millis(place.time));
            let id = match next {
                Next::Event(body) => self.node.accept(body.message, age),
                Next::Nothing => self.node.pass(age),
            };
            debug_assert_eq!(id.sequence, place.sequence, "every node counts as Redis does");
        }
    }
}
