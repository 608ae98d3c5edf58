//! Stopping a run, exactly this one, at once.

use std::future::pending;
use std::sync::mpsc;

use futures::StreamExt as _;
use sse_hub::{RunState, Runs};
use sse_runtime::{Event, EventStream};

use super::{Flag, SetOnDrop, fed, finished, open, read, recorded, running, settle};

#[tokio::test]
async fn readers_receive_what_came_before_and_then_the_end() {
    let runs = open(Runs::builder()).await;
    let (sender, run) = running(&runs, "a").await;
    sender.send(Event::data("1")).unwrap();
    recorded(&runs, 1).await;
    assert_eq!(runs.stop("a").await, Ok(true));
    let (events, error) = read(run.join()).await;
    assert_eq!((events, error.unwrap().state()), (vec!["1".to_owned()], RunState::Stopped));
    assert_eq!(
        (run.stop().await, runs.stop("a").await, runs.stop("b").await),
        (Ok(false), Ok(false), Ok(false))
    );
    assert_eq!(runs.stats().stopped, 1);
}

#[tokio::test]
async fn another_run_starts_right_after_it() {
    let runs = open(Runs::builder().max_runs(1)).await;
    let (_sender, run) = running(&runs, "a").await;
    assert!(run.stop().await.unwrap());
    let next = runs.start("a", fed().1).await.expect("the ID and the place are free");
    assert!(!run.stop().await.unwrap(), "a handle stops its own run alone");
    settle().await;
    assert_ne!(next.state(), RunState::Stopped);
}

#[tokio::test]
async fn the_stream_is_dropped_at_its_next_await() {
    let runs = open(Runs::builder()).await;
    let dropped = Flag::default();
    let on_drop = SetOnDrop(dropped.clone());
    let stream = EventStream! {
        let _on_drop = on_drop;
        yield Event::data("1");
        pending::<()>().await;
    };
    let run = runs.start("a", stream).await.unwrap();
    settle().await;
    assert!(run.stop().await.unwrap());
    settle().await;
    assert!(dropped.is_set());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_resolves_while_the_stream_is_stuck_and_what_that_yields_is_not_recorded() {
    let runs = open(Runs::builder()).await;
    let (polled, is_polled) = tokio::sync::oneshot::channel();
    let (release, released) = mpsc::channel::<()>();
    let dropped = Flag::default();
    let on_drop = SetOnDrop(dropped.clone());
    let stuck = EventStream! {
        let _on_drop = on_drop;
        yield Event::data("1");
        polled.send(()).unwrap();
        released.recv().unwrap();
        yield Event::data("too late");
        yield Event::data("and later");
    };
    let run = runs.start("a", stuck).await.unwrap();
    is_polled.await.unwrap();
    assert_eq!(run.stop().await, Ok(true), "it doesn't wait for the stream");
    let next = finished(&runs, "a", &["next"]).await;
    assert!(!dropped.is_set());
    release.send(()).unwrap();
    while !dropped.is_set() {
        tokio::task::yield_now().await;
    }
    assert_eq!(read(run.join()).await.0, ["1"]);
    assert_eq!(read(next.join()).await.0, ["next"]);
}

#[tokio::test]
async fn whoever_waits_is_woken() {
    let runs = open(Runs::builder()).await;
    let (_sender, run) = running(&runs, "a").await;
    let mut join = run.join();
    let reader = tokio::spawn(async move { join.next().await });
    settle().await;
    run.stop().await.unwrap();
    assert_eq!(reader.await.unwrap().unwrap().unwrap_err().state(), RunState::Stopped);
}
