//! Runs that many processes share: Redis keeps them, and decides which of two is first.
//!
//! A run is a hash with its generation, its lease and its end, and for each generation a stream of its events. The
//! scripts write only for the generation that the hash has. So a producer whose run was recorded as lost or was
//! replaced can't write any more. The IDs in a stream are the sequences of the events, so that writing one twice
//! does no harm.

mod commands;
mod entry;
mod follower;
mod producer;
mod start;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use redis::{RedisError, RedisResult, Value, cmd};
use sse_runtime::Event;
use tokio::sync::Notify;
use tokio::time::Instant;

use super::RunState;
use super::engine::{ANSWER_TIMEOUT, Engine, EngineFuture, Unavailable};
use super::limits::Limits;
use super::log::Reported;
use super::record::{Record, Source};
use super::registry::{Refusal, Registry};
use super::seal::Seal;
use super::state::End;
use crate::engine::address::Address;
use crate::engine::reply::{array, number, text, unexpected};
use crate::error::ConnectError;
use commands::{Commands, Script};
use entry::{Entry, read_all, state, state_name};
use follower::Follower;

/// How many entries are read at a time.
const PAGE: usize = 1000;
/// How long a run of another process is kept in memory after somebody has last asked for it.
const MIRROR_LIFETIME: Duration = Duration::from_secs(60);

/// A process's connection to the runs in Redis.
pub(super) struct Remote {
    commands: Commands,
    limits: Limits,
    /// The runs of other processes that somebody here has asked for lately, by their generations.
    mirrors: Mutex<Mirrors>,
    /// Notified when somebody joins one of them.
    joined: Arc<Notify>,
    registry: OnceLock<Weak<Registry>>,
    /// Itself.
    this: Weak<Self>,
}

struct Mirrors {
    by_generation: HashMap<String, Mirror>,
    pruned: Instant,
    /// Whether the runtime in which they were read is gone.
    is_closed: bool,
}

struct Mirror {
    record: Arc<Record>,
    used: Instant,
}

impl Mirrors {
    /// Removes those that nobody holds and nobody has asked for lately. Does so once a second at most.
    fn prune(&mut self, now: Instant) {
        if now < self.pruned + Duration::from_secs(1) {
            return;
        }
        self.pruned = now;
        // Whoever holds a handle can join at any time.
        let is_held = |mirror: &Mirror| Arc::strong_count(&mirror.record) > 1;
        self.by_generation
            .retain(|_, mirror| is_held(mirror) || now < mirror.used + MIRROR_LIFETIME);
    }
}

/// How a run stands in Redis.
struct RunStatus {
    generation: String,
    reported: Reported,
}

pub(super) async fn connect(limits: Limits, url: &str) -> Result<Arc<Registry>, ConnectError> {
    let commands = Commands::new(Address::new(url)?);
    let ping = commands.command(&cmd("PING")).await;
    ping.map_err(|error| ConnectError::Engine(Box::new(error)))?;
    let remote = Arc::new_cyclic(|this| Remote {
        commands,
        limits: limits.clone(),
        mirrors: Mutex::new(Mirrors {
            by_generation: HashMap::new(),
            pruned: Instant::now(),
            is_closed: false,
        }),
        joined: Arc::new(Notify::new()),
        registry: OnceLock::new(),
        this: Weak::clone(this),
    });
    Follower::start(&remote);
    let registry = Arc::new(Registry::new(limits, Arc::new(Redis(Arc::clone(&remote)))));
    let _ = remote.registry.set(Arc::downgrade(&registry));
    Ok(registry)
}

impl Remote {
    fn run_key(&self, id: &str) -> Vec<u8> {
        self.commands.address().key(&format!("runs:{id}")).into_bytes()
    }

    fn stream_key(&self, generation: &str) -> Vec<u8> {
        self.commands.address().key(&format!("run:{generation}")).into_bytes()
    }

    fn stream_keys(&self) -> String {
        self.commands.address().key("run:")
    }

    fn keep(&self) -> String {
        milliseconds(self.limits.keep)
    }

    /// Looks up how the run with this ID stands. If its lease is over, the script records it as lost.
    async fn look(
        &self,
        id: &str,
        is_read: bool,
        patience: Duration,
    ) -> RedisResult<Option<RunStatus>> {
        let arguments = [self.stream_keys(), self.keep(), u8::from(is_read).to_string()];
        let give_up = Some(Instant::now() + patience);
        let keys = self.run_key(id);
        let answer = self.commands.run_until(give_up, Script::Look, &[&keys], &arguments).await?;
        let parts = array(answer)?;
        if parts.is_empty() {
            return Ok(None);
        }
        let parts = <[Value; 3]>::try_from(parts).map_err(|_| unexpected("a run"))?;
        let [generation, last, end] = parts;
        let state = state(&text(end)?).unwrap_or(RunState::Running);
        let reported = Reported { last: number(last)?, state };
        Ok(Some(RunStatus { generation: text(generation)?, reported }))
    }

    /// Finds a run, of whichever process. Its events are read when somebody joins it.
    async fn find(&self, registry: &Registry, id: &str) -> RedisResult<Option<Arc<Record>>> {
        let Some(RunStatus { generation, reported }) = self.look(id, false, ANSWER_TIMEOUT).await?
        else {
            // If Redis has lost it, this process still has its events, should it produce it.
            return Ok(registry.find(id));
        };
        let record = self.record(registry, id, &generation)?;
        if !record.is_own() {
            record.set_reported(reported);
        } else if reported.state != RunState::Running && record.is_running() {
            self.read_on(&record).await?;
        }
        Ok(Some(record))
    }

    /// Returns the record of this generation, and creates it if this process has none.
    fn record(&self, registry: &Registry, id: &str, generation: &str) -> RedisResult<Arc<Record>> {
        let own = registry.find_any(id);
        if let Some(own) = own.filter(|own| own.seal.to_text() == generation) {
            return Ok(own);
        }
        let seal = Seal::from_text(generation).ok_or_else(|| unexpected("a generation"))?;
        let now = Instant::now();
        let mut mirrors = self.mirrors();
        if mirrors.is_closed {
            return Err(unexpected("the runs of others: the runtime that read them is gone"));
        }
        mirrors.prune(now);
        let mirror = mirrors
            .by_generation
            .entry(generation.to_owned())
            .or_insert_with(|| Mirror { record: self.mirror(registry, id, seal), used: now });
        mirror.used = now;
        Ok(Arc::clone(&mirror.record))
    }

    fn mirror(&self, registry: &Registry, id: &str, seal: Seal) -> Arc<Record> {
        let mut record = registry.record(id, seal);
        let source: Weak<dyn Source> = self.this.clone();
        record.source = Some(source);
        Arc::new(record)
    }

    /// Reads the entries of a run that this process doesn't have yet.
    async fn read_on(&self, record: &Arc<Record>) -> RedisResult<()> {
        let stream = self.stream_key(&record.seal.to_text());
        loop {
            let mut command = cmd("XRANGE");
            command.arg(&stream).arg(format!("({}-0", record.last())).arg("+");
            command.arg("COUNT").arg(PAGE);
            let entries = read_all(self.commands.command(&command).await?)?;
            let is_last = entries.len() < PAGE;
            apply(self.registry().as_ref(), record, entries);
            if is_last || !record.is_running() {
                return Ok(());
            }
        }
    }

    /// Ends a run for all processes, unless it has ended. Returns whether this was its end.
    async fn end(
        &self,
        registry: &Arc<Registry>,
        record: &Arc<Record>,
        end: &End,
        patience: Option<Duration>,
    ) -> RedisResult<bool> {
        let generation = record.seal.to_text();
        let is_end = self.write_end(&record.id, &generation, end, patience).await?;
        // Before the end, what was recorded before it.
        let caught_up = self.read_on(record).await;
        if record.is_running() && record.is_own() {
            registry.end(record, if is_end { end.clone() } else { End::LOST });
        }
        caught_up.map(|()| is_end)
    }

    async fn write_end(
        &self,
        id: &str,
        generation: &str,
        end: &End,
        patience: Option<Duration>,
    ) -> RedisResult<bool> {
        let text = end.text.as_deref().unwrap_or_default();
        self.run_end(id, generation, [state_name(end.state), text], patience).await
    }

    async fn run_end(
        &self,
        id: &str,
        generation: &str,
        end: [&str; 2],
        patience: Option<Duration>,
    ) -> RedisResult<bool> {
        let (run, stream) = (self.run_key(id), self.stream_key(generation));
        let [state, text_of_failure] = end.map(str::to_owned);
        let arguments = [generation.to_owned(), self.keep(), state, text_of_failure];
        let give_up = patience.map(|patience| Instant::now() + patience);
        let keys: [&[u8]; 2] = [&run, &stream];
        let answer = self.commands.run_until(give_up, Script::End, &keys, &arguments).await?;
        let outcome = array(answer)?.into_iter().next().map(text);
        outcome.unwrap_or_else(|| Err(unexpected("an outcome"))).map(|outcome| outcome == "ok")
    }

    /// Returns the runs of this process, if somebody still holds them.
    fn registry(&self) -> Option<Arc<Registry>> {
        self.registry.get().and_then(Weak::upgrade)
    }

    fn mirrors(&self) -> MutexGuard<'_, Mirrors> {
        self.mirrors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds entries that were read of a run.
fn apply(registry: Option<&Arc<Registry>>, record: &Arc<Record>, entries: Vec<Entry>) {
    for entry in entries {
        match entry {
            Entry::Event(sequence, event) => _ = record.append_at(sequence, event),
            Entry::End(sequence, end) => {
                // Redis may have lost the events in between.
                record.skip_to(sequence.saturating_sub(1));
                match registry.filter(|_| record.is_own()) {
                    Some(registry) => _ = registry.end(record, end),
                    None => follower::end(record, end),
                }
            }
        }
    }
    if let Some(registry) = registry {
        registry.make_room(record);
    }
}

/// The engine. Its follower holds only the `Remote`, weakly, and so doesn't keep it alive.
struct Redis(Arc<Remote>);

impl Engine for Redis {
    fn begin<'a>(
        &'a self,
        registry: &'a Arc<Registry>,
        id: &'a str,
    ) -> EngineFuture<'a, Result<Arc<Record>, Refusal>> {
        Box::pin(async { start::begin(registry, &self.0, id).await.map_err(unavailable) })
    }

    fn find<'a>(
        &'a self,
        registry: &'a Arc<Registry>,
        id: &'a str,
    ) -> EngineFuture<'a, Option<Arc<Record>>> {
        Box::pin(async { self.0.find(registry, id).await.map_err(unavailable) })
    }

    fn append<'a>(
        &'a self,
        registry: &'a Arc<Registry>,
        record: &'a Arc<Record>,
        first: u64,
        events: Vec<Event>,
    ) -> EngineFuture<'a, bool> {
        Box::pin(async move {
            if self.0.append(record, first, &events).await.map_err(unavailable)? {
                return Ok(registry.append(record, first, events));
            }
            // Reads how it has ended. If that can't be known, it is lost.
            let _ = self.0.read_on(record).await;
            registry.end(record, End::LOST);
            Ok(false)
        })
    }

    fn end<'a>(
        &'a self,
        registry: &'a Arc<Registry>,
        record: &'a Arc<Record>,
        end: End,
        somebody_waits: bool,
    ) -> EngineFuture<'a, bool> {
        let patience = somebody_waits.then_some(ANSWER_TIMEOUT);
        Box::pin(
            async move { self.0.end(registry, record, &end, patience).await.map_err(unavailable) },
        )
    }

    fn lease(&self) -> Option<Duration> {
        Some(self.0.limits.lease)
    }
}

#[allow(clippy::needless_pass_by_value, reason = "as `map_err` passes it")]
fn unavailable(error: RedisError) -> Unavailable {
    tracing::debug!(%error, "Redis doesn't do what runs ask of it");
    Unavailable
}

impl Source for Remote {
    fn request(&self) {
        self.joined.notify_one();
    }
}

impl Drop for Remote {
    /// Lets the follower end.
    fn drop(&mut self) {
        self.joined.notify_one();
    }
}

fn milliseconds(time: Duration) -> String {
    // Redis adds the time of day, in signed 64 bits.
    const MOST: u128 = 1 << 50;
    time.as_millis().clamp(1, MOST).to_string()
}
