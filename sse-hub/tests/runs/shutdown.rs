//! Shutting down: runs have some time to finish.

use std::future::pending;
use std::time::Duration;

use sse_hub::{RunState, Runs, StartError};
use sse_runtime::{Event, EventStream};
use tokio::time::{Instant, sleep};

use super::{fed, read, running, settle};

#[tokio::test(start_paused = true)]
async fn what_is_running_may_finish_and_the_rest_is_lost() {
    let runs = Runs::new();
    let quick = EventStream! { sleep(Duration::from_secs(3)).await; yield Event::data("1"); };
    let quick = runs.start("quick", quick).await.unwrap();
    let (sender, slow) = running(&runs, "slow").await;
    sender.send(Event::data("1")).unwrap();
    let begin = Instant::now();
    runs.shutdown(Duration::from_secs(10)).await;
    assert_eq!(begin.elapsed().as_secs(), 10);
    assert_eq!((quick.state(), slow.state()), (RunState::Finished, RunState::Lost));
    let (events, error) = read(slow.join()).await;
    assert_eq!((events, error.unwrap().state()), (vec!["1".to_owned()], RunState::Lost));
    settle().await;
    assert!(sender.is_closed(), "its stream is dropped");
}

#[tokio::test(start_paused = true)]
async fn it_resolves_as_soon_as_nothing_is_running() {
    let runs = Runs::new();
    let (sender, _run) = running(&runs, "a").await;
    let begin = Instant::now();
    tokio::spawn(async move {
        sleep(Duration::from_secs(3)).await;
        drop(sender);
    });
    runs.shutdown(Duration::from_secs(60)).await;
    assert_eq!(begin.elapsed().as_secs(), 3);
    runs.shutdown(Duration::from_secs(60)).await;
    assert_eq!(begin.elapsed().as_secs(), 3);
}

#[tokio::test(start_paused = true)]
async fn no_more_runs_start_once_it_has_begun_but_what_is_there_can_be_read() {
    let runs = Runs::new();
    let (sender, run) = running(&runs, "a").await;
    let ending = tokio::spawn({
        let runs = runs.clone();
        async move { runs.shutdown(Duration::from_secs(60)).await }
    });
    settle().await;
    assert!(matches!(runs.start("b", fed().1).await, Err(StartError::Closed)));
    assert!(matches!(runs.start("a", fed().1).await, Err(StartError::Running(_))));
    sender.send(Event::data("1")).unwrap();
    drop(sender);
    assert_eq!(read(run.join()).await, (vec!["1".to_owned()], None));
    ending.await.unwrap();
    assert!(runs.find("a").await.unwrap().is_some());
    assert!(matches!(runs.start("a", fed().1).await, Err(StartError::Closed)));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_its_own_shutdown_signal_cuts_off_is_lost() {
    let runs = Runs::new();
    let stream = EventStream! { yield Event::data("1"); pending::<()>().await; }
        .with_graceful_shutdown(sleep(Duration::from_secs(5)))
        .shutdown_grace(Duration::from_secs(2));
    let begin = Instant::now();
    let run = runs.start("a", stream).await.unwrap();
    let (events, error) = read(run.join()).await;
    let error = error.expect("it has not finished");
    assert_eq!((events, error.state()), (vec!["1".to_owned()], RunState::Lost));
    assert_eq!(begin.elapsed().as_secs(), 7);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_ends_by_itself_within_its_grace_has_finished() {
    let runs = Runs::new();
    let stream = EventStream! { sleep(Duration::from_millis(5500)).await; yield Event::data("1"); }
        .with_graceful_shutdown(sleep(Duration::from_secs(5)));
    let run = runs.start("a", stream).await.unwrap();
    assert_eq!(run.ended().await, RunState::Finished);
}
