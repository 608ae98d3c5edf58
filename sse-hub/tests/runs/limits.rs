//! Limits: exceeding one is an error at once, with nothing half done.

use std::future::pending;
use std::sync::mpsc;
use std::time::Duration;

use futures::StreamExt as _;
use sse_hub::{RunState, Runs, StartError};
use sse_runtime::{Event, EventStream};
use tokio::time::{Instant, advance, sleep};

use super::{Flag, SetOnDrop, fed, finished, read, running, settle};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn no_more_runs_start_than_may_be_running() {
    let runs = Runs::builder().max_runs(2).build();
    let (first, _run) = running(&runs, "a").await;
    let (_second, _run) = running(&runs, "b").await;
    assert!(matches!(runs.start("c", fed().1).await, Err(StartError::TooManyRuns)));
    assert!(matches!(runs.start("a", fed().1).await, Err(StartError::Running(_))));
    assert!(runs.find("c").await.unwrap().is_none());
    drop(first);
    settle().await;
    assert!(runs.start("c", fed().1).await.is_ok());
    assert_eq!(runs.stats().running, 2);
}

#[tokio::test]
async fn an_event_that_is_too_large_fails_the_run() {
    let runs = Runs::builder().max_event_bytes(100).build();
    let (sender, run) = running(&runs, "a").await;
    sender.send(Event::data("x".repeat(92))).unwrap();
    sender.send(Event::data("x".repeat(93))).unwrap();
    assert_eq!(run.ended().await, RunState::Failed);
    let (events, error) = read(run.join()).await;
    assert_eq!((events.len(), error.unwrap().state()), (1, RunState::Failed));
}

#[tokio::test(start_paused = true)]
async fn a_run_that_takes_too_long_has_failed_and_its_stream_is_dropped() {
    let runs = Runs::builder().max_duration(Some(MINUTE)).build();
    let begin = Instant::now();
    let dropped = Flag::default();
    let on_drop = SetOnDrop(dropped.clone());
    let hangs =
        EventStream! { let _on_drop = on_drop; yield Event::data("1"); pending::<()>().await; };
    let run = runs.start("a", hangs).await.unwrap();
    let (events, error) = read(run.join()).await;
    assert_eq!((events, error.unwrap().state()), (vec!["1".to_owned()], RunState::Failed));
    assert_eq!(begin.elapsed().as_secs(), 60);
    settle().await;
    assert!(dropped.is_set());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn a_stream_that_is_stuck_in_a_poll_holds_its_id_no_longer_either() {
    let runs = Runs::builder().max_duration(Some(Duration::from_millis(50))).build();
    let (release, released) = mpsc::channel::<()>();
    let stuck = EventStream! { let _ = released.recv(); yield Event::data("too late"); };
    let run = runs.start("a", stuck).await.unwrap();
    assert_eq!(run.ended().await, RunState::Failed);
    assert!(runs.start("a", fed().1).await.is_ok());
    drop(release);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_nobody_reads_is_stopped() {
    let runs = Runs::builder().abandon_after(Some(MINUTE)).build();
    let begin = Instant::now();
    let (_sender, run) = running(&runs, "a").await;
    assert_eq!(run.ended().await, RunState::Stopped);
    assert_eq!(begin.elapsed().as_secs(), 60, "a `Run` is not a reader");
}

#[tokio::test(start_paused = true)]
async fn a_waiting_reader_keeps_a_run_and_the_time_counts_from_when_the_last_one_left() {
    let runs = Runs::builder().abandon_after(Some(MINUTE)).build();
    let (_sender, run) = running(&runs, "a").await;
    let (waits, other) = (run.join(), run.join());
    sleep(10 * MINUTE).await;
    drop(other);
    sleep(MINUTE * 3 / 2).await;
    drop(waits);
    let left = Instant::now();
    sleep(MINUTE / 2).await;
    drop(run.join());
    assert_eq!(run.ended().await, RunState::Stopped);
    assert_eq!(left.elapsed().as_secs(), 90);
}

#[tokio::test(start_paused = true)]
async fn whoever_reads_a_run_that_is_abandoned_at_once_leaves_others_a_turn() {
    let runs = Runs::builder().abandon_after(Some(Duration::ZERO)).build();
    let (_sender, run) = running(&runs, "a").await;
    let reader = run.join();
    // The paused clock advances when all tasks wait.
    sleep(MINUTE).await;
    assert_eq!(run.state(), RunState::Running);
    drop(reader);
    assert_eq!(run.ended().await, RunState::Stopped);
}

#[tokio::test(start_paused = true)]
async fn without_that_limit_a_run_goes_on_without_readers() {
    let runs = Runs::new();
    let (_sender, run) = running(&runs, "a").await;
    advance(10_000 * MINUTE).await;
    settle().await;
    assert_eq!(run.state(), RunState::Running);
}

#[tokio::test]
async fn the_runs_that_ended_first_make_room_for_others() {
    let runs = Runs::builder().max_total_bytes(2000).build();
    let mut reader = finished(&runs, "first", &["1", "2"]).await.join();
    assert!(reader.next().await.is_some());
    drop(finished(&runs, "second", &["1", "2"]).await);
    drop(finished(&runs, "third", &["1", "2", "3"]).await);
    assert!(runs.find("first").await.unwrap().is_none());
    assert!(runs.find("second").await.unwrap().is_some());
    assert_eq!(read(reader).await.0, ["overflow"], "its memory is free, and its reader is told");
    assert!(runs.stats().bytes <= 2000);
}

#[tokio::test]
async fn if_only_running_ones_are_left_the_one_that_grows_loses_its_beginning() {
    let runs = Runs::builder().max_total_bytes(2000).build();
    let (_sender, other) = running(&runs, "other").await;
    let (sender, run) = running(&runs, "a").await;
    for n in 0..9 {
        sender.send(Event::data(n)).unwrap();
    }
    drop(sender);
    run.ended().await;
    assert_eq!(read(run.join()).await.0, ["evicted", "3", "4", "5", "6", "7", "8"]);
    assert_eq!(other.state(), RunState::Running);
    assert!(runs.stats().bytes <= 2000);
}
