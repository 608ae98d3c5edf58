//! Starting and finding.

use futures::StreamExt as _;
use futures::future::join_all;
use sse_hub::{RunState, Runs, RunsError, StartError};
use sse_runtime::{Event, EventStream};

use super::{Flag, SetOnDrop, fed, finished, open, read, running, settle, texts};

#[tokio::test]
async fn a_run_goes_on_without_readers_and_can_be_found_and_read_later() {
    let runs = open(Runs::builder()).await;
    let run = finished(&runs, "a", &["1", "2"]).await;
    assert_eq!((run.id(), run.state()), ("a", RunState::Finished));
    let found = runs.find("a").await.unwrap().expect("it is kept");
    assert_eq!(read(found.join()).await.0, ["1", "2"]);
    assert!(runs.find("b").await.unwrap().is_none());
}

#[tokio::test]
async fn a_run_is_joinable_as_soon_as_it_is_started() {
    let runs = open(Runs::builder()).await;
    let (sender, run) = running(&runs, "a").await;
    let mut join = run.join();
    sender.send(Event::data("1")).unwrap();
    assert_eq!(texts(&[join.next().await.unwrap()]), ["1"]);
}

#[tokio::test]
async fn a_second_start_gives_the_run_that_is_running_and_drops_its_stream_unpolled() {
    let runs = open(Runs::builder()).await;
    let (sender, _run) = running(&runs, "a").await;
    let (polled, dropped) = (Flag::default(), Flag::default());
    let (poll, on_drop) = (polled.clone(), SetOnDrop(dropped.clone()));
    let second = EventStream! {
        poll.set();
        let _on_drop = on_drop;
        yield Event::data("second");
    };
    let Err(StartError::Running(run)) = runs.start("a", second).await else {
        panic!("two at once")
    };
    settle().await;
    assert!(dropped.is_set() && !polled.is_set());
    sender.send(Event::data("first")).unwrap();
    drop(sender);
    assert_eq!(read(run.join()).await.0, ["first"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_start_at_once_exactly_one_does() {
    let runs = open(Runs::builder()).await;
    for round in 0..100 {
        let id = round.to_string();
        let starts = (0..8).map(|n| {
            let (runs, id) = (runs.clone(), id.clone());
            tokio::spawn(async move {
                let started = runs
                    .start(&id, EventStream! { yield Event::data(n); std::future::pending().await })
                    .await;
                match started {
                    Ok(run) => (true, run),
                    Err(StartError::Running(run)) => (false, run),
                    Err(error) => panic!("{error}"),
                }
            })
        });
        let started: Vec<_> = join_all(starts).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(started.iter().filter(|(is_first, _)| *is_first).count(), 1);
        let mut read = Vec::new();
        for (_, run) in &started {
            read.extend(texts(&[run.join().next().await.unwrap()]));
        }
        assert!(read.iter().all(|data| *data == read[0]), "{read:?}");
    }
}

#[tokio::test]
async fn a_start_that_is_dropped_before_it_is_polled_holds_no_id() {
    let runs = open(Runs::builder()).await;
    let (_sender, events) = fed();
    drop(runs.start("a", events));
    assert!(runs.find("a").await.unwrap().is_none());
    assert!(runs.start("a", fed().1).await.is_ok());
}

#[tokio::test]
async fn a_run_that_has_ended_is_replaced_and_its_readers_read_on() {
    let runs = open(Runs::builder()).await;
    let first = finished(&runs, "a", &["1", "2", "3"]).await;
    let mut reader = first.join();
    assert_eq!(texts(&[reader.next().await.unwrap()]), ["1"]);
    let second = finished(&runs, "a", &["new"]).await;
    assert_eq!(read(reader).await, (vec!["2".to_owned(), "3".to_owned()], None));
    let found = runs.find("a").await.unwrap().expect("the second");
    assert_eq!(read(found.join()).await.0, ["new"]);
    drop((first, second));
    assert_eq!(runs.stats().kept, 1);
}

#[tokio::test]
async fn an_id_has_1_to_255_bytes_and_anything_in_them() {
    let runs = open(Runs::builder()).await;
    let longest = "ü".repeat(127) + "x";
    for id in ["a b\n\0{}", "🦀", &longest] {
        assert!(runs.start(id, fed().1).await.is_ok());
        assert_eq!(runs.find(id).await.unwrap().expect("it is there").id(), id);
    }
    for id in ["", &"x".repeat(256)] {
        assert!(matches!(runs.start(id, fed().1).await, Err(StartError::Id)));
        assert!(matches!(runs.find(id).await, Err(RunsError::Id)));
        assert_eq!(runs.stop(id).await, Err(RunsError::Id));
    }
}

#[tokio::test]
async fn dropping_all_handles_lets_a_run_finish() {
    let runs = open(Runs::builder()).await;
    let (sender, run) = running(&runs, "a").await;
    let join = run.join();
    drop((runs, run));
    settle().await;
    sender.send(Event::data("1")).expect("the stream is still there");
    drop(sender);
    assert_eq!(read(join).await, (vec!["1".to_owned()], None));
}
