//! Runs that several nodes share through Redis, and what can go wrong with them.

mod faults;
#[path = "../../../tests/fed/mod.rs"]
mod fed;

use std::sync::mpsc;
use std::time::Duration;

use fastrand::Rng;
use fed::fed;
use futures::StreamExt as _;
use futures::future::join_all;
use sse_hub::{Join, RunError, RunState, Runs, StartError};
use sse_runtime::{Event, EventStream, LastEventId};
use system_tests::cluster::server::{RedisServer, is_here};
use tests::left_out::left_out;
use tests::patience::PATIENCE;
use tokio::runtime::{Builder, Runtime};
use tokio::time::{Instant, sleep, timeout};

/// Short, so that a test of what happens after it takes little time.
const LEASE: Duration = Duration::from_secs(1);

async fn redis(test: &str) -> Option<RedisServer> {
    if !is_here() {
        left_out(test, "redis-server");
        return None;
    }
    Some(RedisServer::start(&[]).await)
}

async fn node(redis: &RedisServer) -> Runs {
    Runs::connect(&redis.url()).await.expect("it connects")
}

async fn node_with_short_lease(redis: &RedisServer) -> Runs {
    Runs::builder().lease(LEASE).connect(&redis.url()).await.expect("it connects")
}

async fn next(join: &mut Join) -> Option<Result<Event, RunError>> {
    timeout(PATIENCE, join.next()).await.expect("it comes")
}

fn data(event: &Event) -> String {
    event.fields().data.expect("data").to_owned()
}

/// All to the end, and how it ended if it didn't finish.
async fn read(mut join: Join) -> (Vec<String>, Option<RunState>) {
    let mut events = Vec::new();
    loop {
        match next(&mut join).await {
            Some(Ok(event)) => events.push(data(&event)),
            Some(Err(error)) => return (events, Some(error.state())),
            None => return (events, None),
        }
    }
}

#[tokio::test]
async fn a_run_is_found_and_read_on_another_node_while_it_is_produced() {
    let Some(redis) = redis("runs on two nodes").await else { return };
    let (here, there) = (node(&redis).await, node(&redis).await);
    let (sender, events) = fed();
    let run = here.start("a", events).await.unwrap();
    sender.send(Event::data("1").event("tick").with_retry(Duration::from_secs(2))).unwrap();
    assert_eq!(data(&next(&mut run.join()).await.unwrap().unwrap()), "1");
    let found = there.find("a").await.unwrap().expect("it is there");
    assert_eq!((found.id(), found.state()), ("a", RunState::Running));
    let mut join = found.join();
    let first = next(&mut join).await.unwrap().unwrap();
    assert_eq!(first, next(&mut run.join()).await.unwrap().unwrap(), "with the same ID");
    for n in 2..=300 {
        sender.send(Event::data(n)).unwrap();
    }
    drop(sender);
    let expected: Vec<_> = (2..=300).map(|n| n.to_string()).collect();
    assert_eq!(read(join).await, (expected.clone(), None));
    let last = LastEventId::new(first.fields().id.unwrap());
    for runs in [&here, &there] {
        let run = runs.find("a").await.unwrap().expect("it is kept");
        assert_eq!(run.state(), RunState::Finished);
        assert_eq!(read(run.join().resume(last.clone())).await, (expected.clone(), None));
    }
    assert!(there.find("b").await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_nodes_that_start_one_id_at_once_one_does() {
    let Some(redis) = redis("starting on two nodes").await else { return };
    let nodes = [node(&redis).await, node(&redis).await];
    for round in 0..1000 {
        let id = round.to_string();
        let starts = nodes.iter().enumerate().map(|(n, runs)| {
            runs.start(&id, EventStream! { yield Event::data(n); std::future::pending().await })
        });
        let started = join_all(starts).await;
        assert_eq!(started.iter().filter(|started| started.is_ok()).count(), 1, "{started:?}");
        let mut seen = Vec::new();
        for started in started {
            let run = match started {
                Ok(run) | Err(StartError::Running(run)) => run,
                Err(error) => panic!("{error}"),
            };
            seen.push(next(&mut run.join()).await.unwrap().unwrap());
        }
        assert_eq!(seen[0], seen[1]);
        assert!(nodes[round % 2].stop(&id).await.unwrap());
    }
}

#[tokio::test]
async fn a_stop_on_another_node_is_recorded_at_once_and_a_new_run_can_start() {
    let Some(redis) = redis("stopping on another node").await else { return };
    let (here, there) = (node(&redis).await, node(&redis).await);
    let (sender, events) = fed();
    let run = here.start("a", events).await.unwrap();
    sender.send(Event::data("1")).unwrap();
    assert!(next(&mut run.join()).await.unwrap().is_ok());
    assert_eq!(there.stop("a").await, Ok(true));
    assert_eq!(there.stop("a").await, Ok(false));
    let (_other, events) = fed();
    let next_run = there.start("a", events).await.expect("the ID is free");
    // Whatever the stream still yields is not recorded.
    let _ = sender.send(Event::data("too late"));
    let found = read(run.join()).await;
    assert_eq!(found, (vec!["1".to_owned()], Some(RunState::Stopped)));
    timeout(PATIENCE, sender.closed()).await.expect("the stream is dropped");
    assert_eq!(next_run.state(), RunState::Running);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_that_races_the_end_gives_one_end_that_all_nodes_agree_on() {
    let Some(redis) = redis("a race").await else { return };
    let (here, there) = (node(&redis).await, node(&redis).await);
    for round in 0..100 {
        let id = round.to_string();
        let (sender, events) = fed();
        let run = here.start(&id, events).await.unwrap();
        let found = there.find(&id).await.unwrap().expect("it is there");
        let join = found.join();
        sender.send(Event::data("1")).unwrap();
        drop(sender);
        let stopped = there.stop(&id).await.unwrap();
        let (events, end) = read(run.join()).await;
        assert_eq!(read(join).await, (events.clone(), end));
        assert_eq!(stopped, end == Some(RunState::Stopped), "{events:?}");
        assert!(stopped || events == ["1"]);
    }
}

fn separate() -> Runtime {
    Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime")
}

#[test]
fn the_runs_of_a_node_that_is_killed_are_lost_after_the_lease() {
    let (here, there) = (separate(), separate());
    let Some(redis) = here.block_on(redis("a killed node")) else { return };
    let (sender, events) = fed();
    let on_other = there.block_on(async {
        let runs = node_with_short_lease(&redis).await;
        let run = runs.start("a", events).await.unwrap();
        sender.send(Event::data("1")).unwrap();
        assert!(next(&mut run.join()).await.unwrap().is_ok());
        runs
    });
    here.block_on(async {
        let runs = node_with_short_lease(&redis).await;
        let run = runs.find("a").await.unwrap().expect("it is there");
        let reader = tokio::spawn(read(run.join()));
        sleep(LEASE * 2).await;
        assert_eq!(run.state(), RunState::Running, "its lease is renewed");
        let killed = Instant::now();
        there.shutdown_background();
        let (events, end) = reader.await.unwrap();
        assert_eq!((events, end), (vec!["1".to_owned()], Some(RunState::Lost)));
        assert!(killed.elapsed() >= LEASE / 2, "not before its lease is over");
        assert!(runs.start("a", fed().1).await.is_ok());
    });
    drop(on_other);
}

#[test]
fn a_producer_that_was_stalled_for_longer_than_its_lease_writes_nothing_any_more() {
    let (here, there) = (separate(), separate());
    let Some(redis) = here.block_on(redis("a stalled producer")) else { return };
    let (release, released) = mpsc::channel::<()>();
    let stalled = EventStream! {
        yield Event::data("1");
        tokio::task::yield_now().await;
        // The only thread of this node.
        let _ = released.recv();
        yield Event::data("too late");
        std::future::pending::<()>().await;
    };
    let run = there
        .block_on(async { node_with_short_lease(&redis).await.start("a", stalled).await.unwrap() });
    here.block_on(async {
        let runs = node_with_short_lease(&redis).await;
        let former = runs.find("a").await.unwrap().expect("it is there");
        let end = timeout(PATIENCE, async {
            while runs.find("a").await.unwrap().is_some_and(|run| run.state() == RunState::Running)
            {
                sleep(LEASE / 10).await;
            }
        });
        end.await.expect("its lease is over");
        assert_eq!(former.state(), RunState::Lost);
        let (sender, events) = fed();
        let new = runs.start("a", events).await.expect("its ID is free");
        release.send(()).unwrap();
        assert_eq!(timeout(PATIENCE, run.ended()).await.unwrap(), RunState::Lost);
        sender.send(Event::data("new")).unwrap();
        drop(sender);
        assert_eq!(read(new.join()).await, (vec!["new".to_owned()], None));
        let (events, end) = read(former.join()).await;
        assert_eq!((events, end), (vec!["1".to_owned()], Some(RunState::Lost)));
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_of_200_readers_that_come_and_go_on_two_nodes_has_every_event_once() {
    const EVENTS: usize = 2000;
    let Some(redis) = redis("200 readers").await else { return };
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let nodes = [node(&redis).await, node(&redis).await];
    let events = EventStream! {
        for n in 0..EVENTS {
            yield Event::data(n);
            sleep(Duration::from_millis(1)).await;
        }
    };
    nodes[0].start("a", events).await.unwrap();
    let readers = (0..200).map(|n| {
        let runs = nodes[usize::from(n % 2 == 0)].clone();
        tokio::spawn(follow(runs, Rng::with_seed(seed ^ n)))
    });
    let expected: Vec<_> = (0..EVENTS).map(|n| n.to_string()).collect();
    for reader in join_all(readers).await {
        assert_eq!(reader.unwrap(), expected);
    }
}

/// Reads a while, leaves, and comes back, until nothing remains.
async fn follow(runs: Runs, mut plan: Rng) -> Vec<String> {
    let (mut read, mut last) = (Vec::new(), None);
    loop {
        sleep(Duration::from_millis(plan.u64(..100))).await;
        let run = runs.find("a").await.unwrap().expect("it is kept");
        if !run.remains(last.as_ref()) {
            return read;
        }
        let mut join = run.join().resume(last.clone());
        for _ in 0..plan.usize(1..300) {
            let Some(item) = next(&mut join).await else { break };
            let event = item.expect("it doesn't fail");
            last = LastEventId::new(event.fields().id.unwrap());
            read.push(data(&event));
        }
    }
}

#[tokio::test]
async fn a_run_goes_on_when_redis_is_back_and_ids_that_do_not_exist_leave_nothing() {
    let Some(mut redis) = redis("a Redis that comes back").await else { return };
    redis = {
        drop(redis);
        RedisServer::start(&["--appendonly", "yes", "--appendfsync", "always"]).await
    };
    let (here, there) = (node(&redis).await, node(&redis).await);
    let (sender, events) = fed();
    here.start("a", events).await.unwrap();
    let found = there.find("a").await.unwrap().expect("it is there");
    let mut join = found.join();
    sender.send(Event::data("1")).unwrap();
    assert!(next(&mut join).await.unwrap().is_ok());
    redis.kill();
    sender.send(Event::data("2")).unwrap();
    redis.start_again().await;
    assert_eq!(data(&next(&mut join).await.unwrap().unwrap()), "2");
    drop(sender);
    assert_eq!(read(join).await, (vec![], None));
    for n in 0..100 {
        assert!(there.find(&format!("missing {n}")).await.unwrap().is_none());
    }
    let keys: usize = redis::from_redis_value(redis.ask(&["DBSIZE"]).await).unwrap();
    assert_eq!(keys, 2, "the run and its stream");
    let expiry: i64 =
        redis::from_redis_value(redis.ask(&["PTTL", "{sse-hub}:runs:a"]).await).unwrap();
    assert!((1..=300_000).contains(&expiry), "Redis forgets it by itself");
}

async fn keys(redis: &RedisServer) -> usize {
    redis::from_redis_value(redis.ask(&["DBSIZE"]).await).unwrap()
}

#[tokio::test]
async fn a_start_that_is_dropped_at_any_moment_holds_no_id() {
    let Some(redis) = redis("dropped starts").await else { return };
    let (here, there) = (node(&redis).await, node(&redis).await);
    for polls in 0..40 {
        let (_sender, events) = fed();
        let mut start = Box::pin(here.start("a", events));
        let mut is_started = false;
        for _ in 0..polls {
            is_started |= futures::poll!(&mut start).is_ready();
            if is_started {
                break;
            }
            sleep(Duration::from_micros(100)).await;
        }
        if is_started {
            // As long as it takes to get there.
            assert!(there.stop("a").await.unwrap());
            break;
        }
        drop(start);
        let free = timeout(PATIENCE, async {
            while keys(&redis).await > 0 {
                sleep(Duration::from_millis(1)).await;
            }
        });
        free.await.expect("nothing is left of it");
    }
    let events = fed().1;
    assert!(there.start("a", events).await.is_ok());
}

#[tokio::test]
async fn a_reader_on_another_node_keeps_a_run_that_would_be_abandoned() {
    let Some(redis) = redis("abandoned runs").await else { return };
    let builder = Runs::builder().lease(LEASE).abandon_after(Some(LEASE));
    let here = builder.connect(&redis.url()).await.expect("it connects");
    let there = node_with_short_lease(&redis).await;
    let (_sender, events) = fed();
    let run = here.start("a", events).await.unwrap();
    let reader = there.find("a").await.unwrap().expect("it is there").join();
    sleep(LEASE * 3).await;
    assert_eq!(run.state(), RunState::Running);
    drop(reader);
    assert_eq!(timeout(PATIENCE, run.ended()).await.unwrap(), RunState::Stopped);
    assert_eq!(there.find("a").await.unwrap().expect("it is kept").state(), RunState::Stopped);
}

#[tokio::test]
async fn the_end_of_a_run_that_nobody_here_reads_is_waited_for() {
    let Some(redis) = redis("the end of a run elsewhere").await else { return };
    let (here, there) = (node(&redis).await, node(&redis).await);
    let (sender, events) = fed();
    here.start("a", events).await.unwrap();
    let run = there.find("a").await.unwrap().expect("it is there");
    let ended = tokio::spawn(async move { run.ended().await });
    sender.send(Event::data("1")).unwrap();
    drop(sender);
    assert_eq!(timeout(PATIENCE, ended).await.unwrap().unwrap(), RunState::Finished);
}

#[tokio::test]
async fn what_is_found_elsewhere_says_at_once_how_it_stands_and_whether_anything_remains() {
    let Some(redis) = redis("what remains elsewhere").await else { return };
    let (here, there) = (node(&redis).await, node(&redis).await);
    let (sender, events) = fed();
    let own = here.start("a", events).await.unwrap();
    sender.send(Event::data("1")).unwrap();
    sender.send(Event::data("2")).unwrap();
    drop(sender);
    own.ended().await;
    let ids: Vec<_> =
        own.join().map(|event| event.unwrap().fields().id.unwrap().to_owned()).collect().await;
    let run = there.find("a").await.unwrap().expect("it is kept");
    assert_eq!(run.state(), RunState::Finished);
    let remains = |id: &str| run.remains(LastEventId::new(id).as_ref());
    assert!(run.remains(None) && remains(&ids[0]) && !remains(&ids[1]) && remains("nonsense"));
    assert_eq!(read(run.join()).await, (vec!["1".to_owned(), "2".to_owned()], None));
}

#[tokio::test]
async fn a_run_that_redis_has_lost_is_lost() {
    let Some(redis) = redis("a flushed Redis").await else { return };
    let (here, there) = (node_with_short_lease(&redis).await, node_with_short_lease(&redis).await);
    let (sender, events) = fed();
    let run = here.start("a", events).await.unwrap();
    sender.send(Event::data("1")).unwrap();
    assert!(next(&mut run.join()).await.unwrap().is_ok());
    let mut reader = there.find("a").await.unwrap().expect("it is there").join();
    assert!(next(&mut reader).await.unwrap().is_ok());
    redis.ask(&["FLUSHALL"]).await;
    assert_eq!(read(reader).await, (vec![], Some(RunState::Lost)));
    assert_eq!(read(run.join()).await, (vec!["1".to_owned()], Some(RunState::Lost)));
    let found = here.find("a").await.unwrap().expect("the one who produced it still has it");
    assert_eq!(read(found.join()).await, (vec!["1".to_owned()], Some(RunState::Lost)));
    timeout(PATIENCE, sender.closed()).await.expect("its stream is dropped");
    assert!(there.start("a", fed().1).await.is_ok());
}

#[tokio::test]
async fn events_that_redis_has_lost_of_a_quiet_run_are_not_passed_over_in_silence() {
    let Some(redis) = redis("a lost stream").await else { return };
    let (here, there) = (node_with_short_lease(&redis).await, node(&redis).await);
    for ends_at_once in [true, false] {
        let (sender, events) = fed();
        let run = here.start("a", events).await.unwrap();
        let mut own = run.join();
        for n in 1..=3 {
            sender.send(Event::data(n)).unwrap();
            assert!(next(&mut own).await.unwrap().is_ok());
        }
        redis.ask(&["DEL", &faults::stream(&redis).await]).await;
        let end = if ends_at_once {
            drop(sender);
            assert!(next(&mut own).await.is_none());
            None
        } else {
            // It is noticed when the lease is renewed.
            let error = next(&mut own).await.unwrap().unwrap_err();
            assert_eq!(error.state(), RunState::Lost);
            timeout(PATIENCE, sender.closed()).await.expect("its stream is dropped");
            Some(RunState::Lost)
        };
        let late = read(there.find("a").await.unwrap().expect("it is kept").join()).await;
        assert!(late == (vec!["evicted".to_owned()], end) || late.0 == ["overflow"], "{late:?}");
        redis.ask(&["FLUSHALL"]).await;
    }
}

#[tokio::test]
async fn nothing_hangs_and_nothing_is_half_done_while_redis_is_away() {
    let Some(mut redis) = redis("a Redis that is away").await else { return };
    let here = node(&redis).await;
    let (_sender, events) = fed();
    let run = here.start("a", events).await.unwrap();
    redis.kill();
    let (found, stopped, started) =
        tokio::join!(here.find("a"), run.stop(), here.start("b", fed().1));
    assert!(matches!(found, Err(sse_hub::RunsError::Engine)));
    assert_eq!(stopped, Err(sse_hub::RunsError::Engine));
    assert!(matches!(started, Err(StartError::Engine)));
    assert_eq!(run.state(), RunState::Running);
}

#[tokio::test]
async fn a_shutdown_waits_once_for_a_redis_that_is_away() {
    let Some(mut redis) = redis("a shutdown without Redis").await else { return };
    let here = node(&redis).await;
    let mut senders = Vec::new();
    for n in 0..40 {
        let (sender, events) = fed();
        here.start(&n.to_string(), events).await.unwrap();
        senders.push(sender);
    }
    redis.kill();
    // One after the other would take more than three minutes.
    timeout(PATIENCE, here.shutdown(Duration::ZERO)).await.expect("it resolves");
    assert_eq!((here.stats().running, here.stats().lost), (0, 40));
}

#[test]
fn readers_are_told_when_the_runtime_that_reads_for_them_is_gone() {
    let (here, there) = (separate(), separate());
    let Some(redis) = here.block_on(redis("a runtime that reads")) else { return };
    let (sender, events) = fed();
    let producer = here.block_on(node(&redis));
    here.block_on(async { producer.start("a", events).await.unwrap() });
    sender.send(Event::data("1")).unwrap();
    let runs = there.block_on(node(&redis));
    here.block_on(async {
        let mut join = runs.find("a").await.unwrap().expect("it is there").join();
        assert!(next(&mut join).await.unwrap().is_ok());
        there.shutdown_background();
        assert_eq!(read(join).await, (vec![], Some(RunState::Lost)));
        assert!(matches!(runs.find("a").await, Err(sse_hub::RunsError::Engine)));
        assert_eq!(producer.find("a").await.unwrap().unwrap().state(), RunState::Running);
    });
}

#[test]
fn any_lease_will_do() {
    let runtime = separate();
    let Some(redis) = runtime.block_on(redis("leases")) else { return };
    for lease in [Duration::ZERO, Duration::MAX] {
        runtime.block_on(async {
            let runs = Runs::builder().lease(lease).connect(&redis.url()).await.unwrap();
            let (sender, events) = fed();
            let run = runs.start("a", events).await.unwrap();
            sender.send(Event::data("1")).unwrap();
            drop(sender);
            assert_eq!(read(run.join()).await, (vec!["1".to_owned()], None));
        });
    }
}
