//! Readers: each receives every event once and in order, whatever the others do.

use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _};
use sse_hub::{Runs, StartError};
use sse_runtime::{Event, EventStream};

use super::{available, fed, finished, id, last, open, read, recorded, running, settle, texts};

#[tokio::test]
async fn everyone_receives_all_events_whenever_they_join() {
    let runs = open(Runs::builder()).await;
    let (sender, run) = running(&runs, "a").await;
    let early = tokio::spawn(read(run.join()));
    settle().await;
    for n in 0..50 {
        sender.send(Event::data(n)).unwrap();
    }
    recorded(&runs, 50).await;
    let middle = tokio::spawn(read(run.join()));
    for n in 50..100 {
        sender.send(Event::data(n)).unwrap();
    }
    drop(sender);
    run.ended().await;
    let expected: Vec<_> = (0..100).map(|n| n.to_string()).collect();
    for reader in [early.await.unwrap(), middle.await.unwrap(), read(run.join()).await] {
        assert_eq!(reader, (expected.clone(), None));
    }
}

#[tokio::test]
async fn readers_that_leave_or_never_read_change_nothing() {
    let runs = open(Runs::builder()).await;
    let (sender, run) = running(&runs, "a").await;
    let (never_reads, mut leaves, stays) = (run.join(), run.join(), run.join());
    assert!(leaves.next().now_or_never().is_none());
    drop(leaves);
    for n in 0..1000 {
        sender.send(Event::data(n)).unwrap();
    }
    drop(sender);
    run.ended().await;
    assert_eq!(read(stays).await.0.len(), 1000);
    assert_eq!(read(never_reads).await.0.len(), 1000);
    assert_eq!(runs.stats().readers, 0);
}

#[tokio::test]
async fn a_client_continues_after_its_last_event() {
    let runs = open(Runs::builder()).await;
    let run = finished(&runs, "a", &["1", "2", "3"]).await;
    let items: Vec<_> = run.join().collect().await;
    for (read_before, expected) in [(0, &["2", "3"][..]), (1, &["3"]), (2, &[])] {
        let rest = read(run.join().resume(last(&id(&items[read_before])))).await;
        assert_eq!(rest, (expected.iter().map(|&data| data.to_owned()).collect(), None));
    }
}

#[tokio::test]
async fn a_client_that_has_everything_waits_for_what_comes() {
    let runs = open(Runs::builder()).await;
    let (sender, run) = running(&runs, "a").await;
    sender.send(Event::data("1")).unwrap();
    let position = id(&run.join().next().await.unwrap());
    let mut back = run.join().resume(last(&position));
    assert!(available(&mut back).is_empty());
    sender.send(Event::data("2")).unwrap();
    assert_eq!(texts(&[back.next().await.unwrap()]), ["2"]);
}

#[tokio::test]
async fn names_comments_and_reconnection_times_are_kept_with_and_without_ids() {
    let runs = open(Runs::builder()).await;
    let (sender, run) = running(&runs, "a").await;
    let retry = Duration::from_millis(1500);
    let events = [
        Event::data("a\nb").event("tick").with_comment("c").with_retry(retry),
        Event::comment("alone"),
        Event::retry(retry),
        Event::empty(),
        Event::empty().event("named").into_shared(),
    ];
    for event in &events {
        sender.send(event.clone()).unwrap();
    }
    drop(sender);
    run.ended().await;
    let with: Vec<_> = run.join().map(Result::unwrap).collect().await;
    let without: Vec<_> = run.join().ids(false).map(Result::unwrap).collect().await;
    assert_eq!(without, events);
    let ids: Vec<_> = with.iter().map(|event| event.fields().id.unwrap().to_owned()).collect();
    let expected: Vec<_> = events.into_iter().zip(&ids).map(|(event, id)| event.id(id)).collect();
    assert_eq!(with, expected);
}

#[tokio::test]
async fn an_event_is_encoded_once_for_all_readers() {
    let runs = open(Runs::builder()).await;
    let run = finished(&runs, "a", &[&"x".repeat(5000)]).await;
    let mut bytes = Vec::new();
    for _ in 0..2 {
        let body = EventStream::from(run.join()).into_bytes().next().await;
        bytes.push(body.unwrap().unwrap());
    }
    assert_eq!(bytes[0].as_ptr(), bytes[1].as_ptr(), "the same memory");
}

#[tokio::test]
async fn a_stream_that_never_waits_leaves_others_a_turn() {
    let runs = open(Runs::builder()).await;
    let endless = EventStream! { loop { yield Event::data("x"); } };
    let run = runs.start("a", endless).await.unwrap();
    settle().await;
    assert!(matches!(runs.start("a", fed().1).await, Err(StartError::Running(_))));
    assert!(run.stop().await.unwrap());
}
