//! How long runs are kept after their ends.

use std::time::Duration;

use futures::StreamExt as _;
use sse_hub::Runs;
use sse_runtime::Event;
use tokio::time::{advance, sleep};

use super::{finished, read, running};

#[tokio::test(start_paused = true)]
async fn nothing_is_left_of_a_run_when_its_time_is_over() {
    let runs = Runs::builder().keep(Duration::from_secs(60)).build();
    for id in ["a", "b"] {
        drop(finished(&runs, id, &["1", "2"]).await);
        sleep(Duration::from_secs(30)).await;
    }
    assert_eq!(runs.stats().kept, 1);
    sleep(Duration::from_secs(31)).await;
    let stats = runs.stats();
    assert_eq!((stats.running, stats.kept, stats.bytes, stats.readers), (0, 0, 0, 0));
    assert_eq!((stats.started, stats.finished, stats.events), (2, 2, 4));
}

#[tokio::test(start_paused = true)]
async fn whoever_reads_a_run_when_its_time_is_over_reads_on() {
    let runs = Runs::builder().keep(Duration::from_secs(60)).build();
    let mut reader = finished(&runs, "a", &["1", "2"]).await.join();
    assert!(reader.next().await.is_some());
    sleep(Duration::from_secs(100)).await;
    assert!(runs.find("a").await.unwrap().is_none());
    assert_eq!(read(reader).await, (vec!["2".to_owned()], None));
    assert_eq!(runs.stats().bytes, 0);
}

#[tokio::test(start_paused = true)]
async fn a_run_that_replaced_another_stays_for_its_own_time() {
    let runs = Runs::builder().keep(Duration::from_secs(60)).build();
    drop(finished(&runs, "a", &["1"]).await);
    sleep(Duration::from_secs(40)).await;
    drop(finished(&runs, "a", &["2"]).await);
    sleep(Duration::from_secs(40)).await;
    let run = runs.find("a").await.unwrap().expect("the second");
    assert_eq!(read(run.join()).await.0, ["2"]);
    let (sender, _run) = running(&runs, "a").await;
    sleep(Duration::from_secs(40)).await;
    assert!(runs.find("a").await.unwrap().is_some(), "one that is running stays");
    sender.send(Event::data("3")).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_run_is_found_for_as_long_as_it_is_kept() {
    let runs = Runs::builder().keep(Duration::from_secs(60)).build();
    drop(finished(&runs, "a", &["1"]).await);
    advance(Duration::from_secs(59)).await;
    assert!(runs.find("a").await.unwrap().is_some());
    advance(Duration::from_secs(1)).await;
    assert!(runs.find("a").await.unwrap().is_none());
}
