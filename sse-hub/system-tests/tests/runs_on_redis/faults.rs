//! Each fault of Redis once, while readers come and go between two nodes: a reader that misses events is told.

use std::time::Duration;

use fastrand::Rng;
use futures::future::join_all;
use sse_hub::{RunState, Runs};
use sse_runtime::{Event, EventStream, LastEventId};
use system_tests::cluster::server::RedisServer;
use tests::patience::PATIENCE;
use tokio::time::{sleep, timeout};

use crate::read::next;
use crate::{node, node_with_short_lease, redis};

const READERS: u64 = 20;
const EVENTS: u64 = 800;
const BETWEEN: Duration = Duration::from_millis(4);
/// How long after the start something happens to Redis.
const A_WHILE: Duration = Duration::from_millis(800);

#[derive(Clone, Copy, Debug)]
enum Fault {
    ConnectionsKilled,
    Paused,
    Stopped,
    StreamDeleted,
    TailTrimmed,
    RunDeleted,
    Flushed,
    OutOfMemory,
    RestartedEmpty,
    RestartedWithEverything,
}

const FAULTS: [Fault; 10] = [
    Fault::ConnectionsKilled,
    Fault::Paused,
    Fault::Stopped,
    Fault::StreamDeleted,
    Fault::TailTrimmed,
    Fault::RunDeleted,
    Fault::Flushed,
    Fault::OutOfMemory,
    Fault::RestartedEmpty,
    Fault::RestartedWithEverything,
];

impl Fault {
    /// Returns whether nothing is lost, and the fault is over before the lease is.
    fn is_harmless(self) -> bool {
        matches!(self, Self::ConnectionsKilled | Self::OutOfMemory | Self::RestartedWithEverything)
    }

    /// Connects a node whose lease ends in the fault, or on the slowest machine after it.
    async fn node(self, redis: &RedisServer) -> Runs {
        if self.is_harmless() { node(redis).await } else { node_with_short_lease(redis).await }
    }

    async fn cause(self, redis: &mut RedisServer) {
        let run = "{sse-hub}:runs:a";
        match self {
            Self::ConnectionsKilled => {
                for _ in 0..20 {
                    redis.ask(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]).await;
                    sleep(Duration::from_millis(20)).await;
                }
            }
            Self::Paused => {
                redis.ask(&["CLIENT", "PAUSE", "2000", "ALL"]).await;
            }
            Self::Stopped => {
                redis.signal("-STOP");
                sleep(Duration::from_secs(3)).await;
                redis.signal("-CONT");
            }
            Self::StreamDeleted => {
                redis.ask(&["DEL", &stream(redis).await]).await;
            }
            Self::TailTrimmed => {
                let script = "local tail = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 3) \
                     for _, entry in ipairs(tail) do redis.call('XDEL', KEYS[1], entry[1]) end";
                redis.ask(&["EVAL", script, "1", &stream(redis).await]).await;
            }
            Self::RunDeleted => {
                redis.ask(&["DEL", run]).await;
            }
            Self::Flushed => {
                redis.ask(&["FLUSHALL"]).await;
            }
            Self::OutOfMemory => {
                redis.ask(&["CONFIG", "SET", "maxmemory", "1"]).await;
                sleep(Duration::from_millis(400)).await;
                redis.ask(&["CONFIG", "SET", "maxmemory", "0"]).await;
            }
            Self::RestartedEmpty => redis.lose_all().await,
            Self::RestartedWithEverything => {
                redis.kill();
                redis.start_again().await;
            }
        }
    }
}

/// Returns the key of the only stream.
pub(super) async fn stream(redis: &RedisServer) -> String {
    let keys: Vec<String> =
        redis::from_redis_value(redis.ask(&["KEYS", "{sse-hub}:run:*"]).await).unwrap();
    keys.into_iter().next().expect("a stream")
}

/// What one reader has seen.
#[derive(Default)]
struct Seen {
    events: Vec<u64>,
    /// How often it was told that something is missing.
    gaps: usize,
    /// How the run ended for it; `None` if it can't be found any more, which a handler answers with a status.
    end: Option<RunState>,
}

impl Seen {
    fn is_complete(&self) -> bool {
        self.end == Some(RunState::Finished) && self.events.iter().copied().eq(0..EVENTS)
    }

    fn was_told(&self) -> bool {
        self.gaps > 0 || self.end != Some(RunState::Finished)
    }

    /// Returns whether events are missing in more places than the reader was told of.
    fn has_holes(&self) -> bool {
        let beginning = usize::from(self.events.first().is_some_and(|&first| first > 0));
        let holes = self.events.windows(2).filter(|pair| pair[1] > pair[0] + 1).count();
        beginning + holes > self.gaps
    }

    fn has_twice(&self) -> bool {
        self.events.windows(2).any(|pair| pair[1] <= pair[0])
    }
}

/// Reads for a while, leaves, and comes back, until the end.
async fn follow(nodes: [Runs; 2], mut plan: Rng) -> Seen {
    let (mut seen, mut last) = (Seen::default(), None);
    loop {
        let Ok(found) = nodes[plan.usize(..2)].find("a").await else { continue };
        let Some(run) = found else { return seen };
        if !run.remains(last.as_ref()) {
            seen.end = Some(run.state());
            return seen;
        }
        let mut join = run.join().resume(last.clone());
        for _ in 0..plan.usize(1..200) {
            match next(&mut join).await {
                Some(Ok(event)) => {
                    let fields = event.fields();
                    last = LastEventId::new(fields.id.expect("an ID"));
                    match fields.event {
                        Some("gap") => seen.gaps += 1,
                        _ => seen.events.push(fields.data.expect("data").parse().unwrap()),
                    }
                }
                Some(Err(error)) => {
                    seen.end = Some(error.state());
                    return seen;
                }
                None => {
                    seen.end = Some(RunState::Finished);
                    return seen;
                }
            }
        }
        drop(join);
        sleep(Duration::from_millis(plan.u64(..30))).await;
    }
}

async fn read_while(fault: Fault) -> Option<Vec<Seen>> {
    let _ = redis(&format!("{fault:?}")).await?;
    let mut redis = RedisServer::start(&["--appendonly", "yes", "--appendfsync", "always"]).await;
    let nodes = [fault.node(&redis).await, fault.node(&redis).await];
    let events = EventStream! {
        for n in 0..EVENTS {
            yield Event::data(n);
            sleep(BETWEEN).await;
        }
    };
    nodes[0].start("a", events).await.expect("it starts");
    let readers = (0..READERS).map(|n| tokio::spawn(follow(nodes.clone(), Rng::with_seed(n))));
    let readers: Vec<_> = readers.collect();
    sleep(A_WHILE).await;
    fault.cause(&mut redis).await;
    let seen = timeout(PATIENCE, join_all(readers)).await.expect("everyone comes to an end");
    let mut seen: Vec<_> = seen.into_iter().map(Result::unwrap).collect();
    // A reader that comes afterwards, to a node that has read nothing.
    let late = fault.node(&redis).await;
    seen.push(follow([late.clone(), late], Rng::with_seed(READERS)).await);
    Some(seen)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_redis_does_each_reader_has_all_events_or_is_told() {
    println!("| fault | complete | told | silently less | twice |");
    println!("|---|---|---|---|---|");
    for fault in FAULTS {
        let Some(seen) = read_while(fault).await else { return };
        let count = |what: fn(&Seen) -> bool| seen.iter().filter(|seen| what(seen)).count();
        let silently = count(|it| it.has_holes() || !(it.is_complete() || it.was_told()));
        let (complete, twice) = (count(Seen::is_complete), count(Seen::has_twice));
        let told = count(|it| !it.is_complete() && it.was_told());
        println!("| {fault:?} | {complete} | {told} | {silently} | {twice} |");
        assert_eq!((silently, twice), (0, 0), "{fault:?}");
        if fault.is_harmless() {
            assert_eq!(complete, seen.len(), "{fault:?} takes nothing away");
        }
    }
}
