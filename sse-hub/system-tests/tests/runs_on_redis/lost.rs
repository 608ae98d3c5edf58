//! Runs that are lost: with the node that produces them, with their lease, or with what Redis had.

use std::sync::mpsc;

use sse_hub::RunState;
use sse_runtime::{Event, EventStream};
use tests::patience::PATIENCE;
use tokio::time::{Instant, sleep, timeout};

use crate::faults::stream;
use crate::fed::fed;
use crate::read::{next, read};
use crate::{LEASE, node, node_with_short_lease, redis, separate};

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
        redis.ask(&["DEL", &stream(&redis).await]).await;
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
