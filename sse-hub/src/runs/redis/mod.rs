//! Runs that many processes share: Redis keeps them, and decides which of two is first.
//!
//! A run is a hash, with its generation, its lease and its end, and a stream of its events for each generation. The
//! generation is a secret that only its producer knows to write with, so one whose lease is over, and whose run
//! was recorded as lost or replaced, can't write any more. The IDs in a stream are the sequences of the events, so that
//! it does no harm to write one twice.

mod commands;
mod entry;
mod follower;
mod producer;
mod start;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use redis::{RedisResult, Value, cmd};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::limits::Limits;
use super::record::Record;
use super::registry::Registry;
use super::seal::Seal;
use super::state::End;
use super::{Run, RunsError};
use crate::ConnectError;
use crate::engine::address::Address;
use crate::engine::reply::{array, number, text, unexpected};
use commands::{Commands, Script};
use entry::{Entry, read_all, state_name};
use follower::Follower;
pub(super) use start::start;

/// For so long an answer is waited for and asked for again, where somebody waits for it.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// How many entries are read at a time.
const PAGE: usize = 1000;
/// For how long a run of another process is kept in memory after somebody has asked for it.
const UNUSED: Duration = Duration::from_secs(60);

/// What a process has of the runs in Redis.
pub(super) struct Remote {
    commands: Commands,
    limits: Limits,
    /// The runs of other processes that somebody here has asked for lately, by their generations.
    mirrors: Mutex<HashMap<String, Mirror>>,
    /// Somebody has joined one of them.
    joined: Arc<Notify>,
    registry: OnceLock<Weak<Registry>>,
}

struct Mirror {
    record: Arc<Record>,
    used: Instant,
}

/// How a run stands in Redis.
struct Standing {
    generation: String,
    last: u64,
    has_ended: bool,
}

pub(super) async fn connect(limits: Limits, url: &str) -> Result<Arc<Registry>, ConnectError> {
    let commands = Commands::new(Address::new(url)?);
    let ping = commands.command(&cmd("PING")).await;
    ping.map_err(|error| ConnectError::Engine(Box::new(error)))?;
    let remote = Remote {
        commands,
        limits: limits.clone(),
        mirrors: Mutex::default(),
        joined: Arc::new(Notify::new()),
        registry: OnceLock::new(),
    };
    let remote = Arc::new(remote);
    Follower::start(&remote);
    let registry = Arc::new(Registry::shared(limits, Arc::clone(&remote)));
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

    /// Looks how the run with this ID stands. Whoever finds its lease to be over records it as lost.
    async fn look(
        &self,
        id: &str,
        is_read: bool,
        patience: Duration,
    ) -> RedisResult<Option<Standing>> {
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
        let has_ended = !text(end)?.is_empty();
        Ok(Some(Standing { generation: text(generation)?, last: number(last)?, has_ended }))
    }

    /// Finds a run, of whichever process.
    pub(super) async fn find(
        &self,
        registry: &Arc<Registry>,
        id: &str,
    ) -> Result<Option<Run>, RunsError> {
        let standing = self.look(id, false, PATIENCE).await.map_err(|_| RunsError::Engine)?;
        let Some(standing) = standing else { return Ok(None) };
        let record = self.record(registry, id, &standing.generation);
        let record = record.map_err(|_| RunsError::Engine)?;
        if record.last() < standing.last || (standing.has_ended && record.is_running()) {
            self.read_on(&record).await.map_err(|_| RunsError::Engine)?;
        }
        Ok(Some(Run::new(record, Arc::clone(registry))))
    }

    /// The run of another process, with what it has recorded so far.
    async fn mirror(
        &self,
        registry: &Arc<Registry>,
        id: &str,
        generation: &str,
    ) -> RedisResult<Run> {
        let record = self.record(registry, id, generation)?;
        if !record.is_own() {
            self.read_on(&record).await?;
        }
        Ok(Run::new(record, Arc::clone(registry)))
    }

    /// The record of this generation, which is made if this process has none.
    fn record(&self, registry: &Registry, id: &str, generation: &str) -> RedisResult<Arc<Record>> {
        let own = registry.find_any(id);
        if let Some(own) = own.filter(|own| own.seal.to_text() == generation) {
            return Ok(own);
        }
        let seal = Seal::from_text(generation).ok_or_else(|| unexpected("a generation"))?;
        let now = Instant::now();
        let mut mirrors = self.mirrors();
        mirrors.retain(|_, mirror| mirror.record.has_readers() || now < mirror.used + UNUSED);
        let mirror = mirrors
            .entry(generation.to_owned())
            .or_insert_with(|| Mirror { record: Arc::new(registry.mirror(id, seal)), used: now });
        mirror.used = now;
        Ok(Arc::clone(&mirror.record))
    }

    /// Reads what this process hasn't got of a run.
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
    pub(super) async fn end(
        &self,
        registry: &Arc<Registry>,
        record: &Arc<Record>,
        end: &End,
        patience: Option<Duration>,
    ) -> RedisResult<bool> {
        let generation = record.seal.to_text();
        let is_end = self.write_end(&record.id, &generation, end, patience).await?;
        // What was recorded before comes first.
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

    /// The runs of this process, as long as somebody holds them.
    fn registry(&self) -> Option<Arc<Registry>> {
        self.registry.get().and_then(Weak::upgrade)
    }

    /// Somebody has joined the run of another process.
    pub(super) fn is_joined(&self) {
        self.joined.notify_one();
    }

    fn mirrors(&self) -> MutexGuard<'_, HashMap<String, Mirror>> {
        self.mirrors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Adds what was read of a run.
fn apply(registry: Option<&Arc<Registry>>, record: &Arc<Record>, entries: Vec<Entry>) {
    for entry in entries {
        match (entry, registry) {
            (Entry::Event(sequence, event), _) => _ = record.append_at(sequence, event),
            (Entry::End(end), Some(registry)) if record.is_own() => _ = registry.end(record, end),
            (Entry::End(end), _) => follower::end(record, end),
        }
    }
    if let Some(registry) = registry {
        registry.make_room(record);
    }
}

impl Drop for Remote {
    /// Lets the follower end.
    fn drop(&mut self) {
        self.joined.notify_one();
    }
}

fn milliseconds(time: Duration) -> String {
    // Redis counts in 64 bits with a sign, and adds the time of day.
    const MOST: u128 = 1 << 50;
    time.as_millis().clamp(1, MOST).to_string()
}
