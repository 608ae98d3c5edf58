//! Two nodes with the same runs.

use std::time::Duration;

use fastrand::Rng;
use futures::StreamExt as _;
use futures::future::join_all;
use sse_hub::{RunState, Runs, StartError};
use sse_runtime::{Event, EventStream, LastEventId};
use tests::patience::PATIENCE;
use tokio::time::{sleep, timeout};

use crate::fed::fed;
use crate::read::{data, next, read};
use crate::{LEASE, node, node_with_short_lease, redis};

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
    // What the stream still yields is not recorded.
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

/// Reads for a while, leaves, and comes back, until nothing remains.
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
