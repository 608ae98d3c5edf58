//! The task of a process that reads the runs of other processes, all on one connection.
//!
//! No stream can be added to a blocking read. So when somebody joins a run that isn't being read yet, the read is
//! ended by `CLIENT UNBLOCK`, and begins again with that run.

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Weak};
use std::task::Poll;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{RedisResult, Value, cmd};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use super::entry::read_all;
use super::{PAGE, Remote, apply};
use crate::engine::Backoff;
use crate::engine::reply::{array, in_time, text, unexpected};
use crate::runs::record::Record;
use crate::runs::state::End;

/// How long a read blocks at most.
const MAX_BLOCK: Duration = Duration::from_secs(1);
/// How long to wait for a read to end before it is unblocked once more: it may not have been blocking yet.
const UNBLOCK_TIMEOUT: Duration = Duration::from_millis(5);

pub(super) struct Follower {
    remote: Weak<Remote>,
    joined: Arc<Notify>,
    next_check: Instant,
}

/// A connection, and its client ID in Redis.
struct ReadConnection {
    connection: MultiplexedConnection,
    id: u64,
}

impl Follower {
    /// Starts the task, which ends when nobody holds the `Remote` any more.
    pub(super) fn start(remote: &Arc<Remote>) {
        let joined = Arc::clone(&remote.joined);
        let next_check = Instant::now() + remote.limits.lease / 3;
        let follower = Self { remote: Arc::downgrade(remote), joined, next_check };
        tokio::spawn(follower.run());
    }

    async fn run(mut self) {
        let (mut client, mut backoff) = (None, Backoff::new());
        while let Some(remote) = self.remote.upgrade() {
            let runs = remote.followed();
            if runs.is_empty() {
                drop(remote);
                self.joined.notified().await;
                continue;
            }
            client = self.follow(&remote, &runs, client).await.ok();
            drop(remote);
            if client.is_some() {
                backoff.reset();
            } else {
                backoff.wait().await;
            }
        }
    }

    async fn follow(
        &mut self,
        remote: &Arc<Remote>,
        runs: &[Arc<Record>],
        client: Option<ReadConnection>,
    ) -> RedisResult<ReadConnection> {
        if self.next_check <= Instant::now() {
            for run in runs {
                check(remote, run).await?;
            }
            self.next_check = Instant::now() + remote.limits.lease / 3;
        }
        let mut client = match client {
            Some(client) => client,
            None => in_time(open(remote)).await?,
        };
        let by_key: HashMap<Vec<u8>, &Arc<Record>> =
            runs.iter().map(|run| (remote.stream_key(&run.seal.to_text()), run)).collect();
        let streams = {
            let block = MAX_BLOCK.min(remote.limits.lease / 3);
            let read = pin!(in_time(read(&mut client.connection, block, &by_key)));
            self.unless_joined(remote, client.id, read).await?
        };
        for stream in array(streams)? {
            let parts = <[Value; 2]>::try_from(array(stream)?);
            let [key, entries] = parts.map_err(|_| unexpected("a stream"))?;
            if let Some(run) = by_key.get(text(key)?.as_bytes()) {
                remote.apply(run, read_all(entries)?);
            }
        }
        Ok(client)
    }

    /// Waits for the read, and ends it early if somebody joins another run.
    async fn unless_joined(
        &self,
        remote: &Remote,
        client: u64,
        mut read: Pin<&mut impl Future<Output = RedisResult<Value>>>,
    ) -> RedisResult<Value> {
        let mut joined = pin!(self.joined.notified());
        let first = poll_fn(|cx| match read.as_mut().poll(cx) {
            Poll::Ready(answer) => Poll::Ready(Some(answer)),
            Poll::Pending => joined.as_mut().poll(cx).map(|()| None),
        });
        if let Some(answer) = first.await {
            return answer;
        }
        let mut patience = UNBLOCK_TIMEOUT;
        loop {
            let mut unblock = cmd("CLIENT");
            unblock.arg("UNBLOCK").arg(client);
            // If Redis doesn't allow it, the read ends by itself a little later.
            let _ = remote.commands.command(&unblock).await;
            match timeout(patience, read.as_mut()).await {
                Ok(answer) => return answer,
                Err(_) => patience *= 2,
            }
        }
    }
}

impl Drop for Follower {
    /// Ends the runs here if the runtime ends before the task does, since their readers would wait for ever.
    fn drop(&mut self) {
        if let Some(remote) = self.remote.upgrade() {
            remote.close();
        }
    }
}

async fn open(remote: &Remote) -> RedisResult<ReadConnection> {
    let mut connection = remote.commands.address().connect().await?;
    let id = cmd("CLIENT").arg("ID").query_async(&mut connection).await?;
    Ok(ReadConnection { connection, id })
}

async fn read(
    connection: &mut MultiplexedConnection,
    block: Duration,
    runs: &HashMap<Vec<u8>, &Arc<Record>>,
) -> RedisResult<Value> {
    let mut command = cmd("XREAD");
    command.arg("COUNT").arg(PAGE).arg("BLOCK").arg(block.as_millis().max(1).to_string());
    command.arg("STREAMS");
    for stream in runs.keys() {
        command.arg(stream);
    }
    for run in runs.values() {
        command.arg(format!("{}-0", run.last()));
    }
    command.query_async(connection).await
}

/// Tells Redis that somebody reads this run. Ends it here if it is gone from Redis or replaced.
async fn check(remote: &Arc<Remote>, run: &Arc<Record>) -> RedisResult<()> {
    let status = remote.look(&run.id, run.has_readers(), Duration::ZERO).await?;
    let is_there = status.is_some_and(|it| it.generation == run.seal.to_text());
    if !is_there {
        // If another has replaced it, its own end may still be in its stream.
        remote.read_on(run).await?;
        if run.is_running() {
            end(run, End::LOST);
        }
    }
    Ok(())
}

/// Ends the record of another process's run.
pub(super) fn end(run: &Record, end: End) {
    if run.end(end, None).is_some() {
        run.tell_end();
    }
}

impl Remote {
    /// Stops reading. For their readers here, the runs that were being read are lost.
    fn close(&self) {
        let mut mirrors = self.mirrors();
        mirrors.is_closed = true;
        let lost = std::mem::take(&mut mirrors.by_generation);
        drop(mirrors);
        for mirror in lost.values() {
            end(&mirror.record, End::LOST);
        }
    }

    /// Returns the runs of other processes that somebody here is reading.
    fn followed(&self) -> Vec<Arc<Record>> {
        let mirrors = self.mirrors();
        let records = mirrors.by_generation.values().map(|mirror| &mirror.record);
        records.filter(|run| run.is_wanted() && run.is_running()).cloned().collect()
    }

    fn apply(&self, run: &Arc<Record>, entries: Vec<super::Entry>) {
        apply(self.registry().as_ref(), run, entries);
    }
}
