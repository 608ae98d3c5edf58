//! Gaps: a reader is told where something is missing, and continues with what is left.

use std::panic::AssertUnwindSafe;

use futures::{FutureExt as _, StreamExt as _};
use sse_hub::{Run, Runs};
use sse_runtime::Event;
use tokio::sync::mpsc::UnboundedSender;

use super::{available, data, finished, id, last, open, read, recorded, running, texts};

/// Returns the reason of a gap, and the ID that resumes after it.
async fn gap(run: &Run, from: &str) -> (String, String) {
    let first = run.join().resume(last(from)).next().await.unwrap();
    let event = first.as_ref().unwrap();
    assert_eq!(event.fields().event, Some("gap"));
    (data(event).to_owned(), id(&first))
}

/// Has the run, whose first event is recorded, become so large that of nine events three are left.
async fn outgrow(runs: &Runs, sender: &UnboundedSender<Event>) {
    for n in 2..=9 {
        sender.send(Event::data(n)).unwrap();
    }
    recorded(runs, 9).await;
}

#[tokio::test]
async fn an_id_that_is_not_of_this_run_gives_a_gap_and_then_everything() {
    let runs = open(Runs::builder()).await;
    let former = finished(&runs, "a", &["1", "2"]).await;
    let of_former = id(&former.join().next().await.unwrap());
    let run = finished(&runs, "a", &["1", "2"]).await;
    let of_run = id(&run.join().next().await.unwrap());
    let tampered = of_run.replace(".1", ".2");
    for from in ["nonsense", "0000000000000000.1", &of_former, &tampered, &format!("{of_run}0")] {
        let (events, _) = read(run.join().resume(last(from))).await;
        assert_eq!(events, ["unknown", "1", "2"], "{from}");
        let (_, position) = gap(&run, from).await;
        assert_eq!(read(run.join().resume(last(&position))).await.0, ["1", "2"]);
    }
    assert_eq!(runs.stats().gaps, 10);
}

#[tokio::test]
async fn a_run_that_became_too_large_has_lost_its_beginning() {
    let runs = open(Runs::builder().max_bytes(1000)).await;
    let (sender, run) = running(&runs, "a").await;
    sender.send(Event::data("1")).unwrap();
    let first = id(&run.join().next().await.unwrap());
    outgrow(&runs, &sender).await;
    for from in ["", &first] {
        let mut late = run.join().resume(last(from));
        let items = available(&mut late);
        assert_eq!(texts(&items), ["evicted", "7", "8", "9"]);
        let mut after_gap = run.join().resume(last(&id(&items[0])));
        assert_eq!(texts(&available(&mut after_gap)), ["7", "8", "9"]);
    }
    assert!(runs.stats().bytes <= 1000);
}

#[tokio::test]
async fn a_reader_that_is_overtaken_is_told_and_continues_with_the_oldest_that_is_left() {
    let runs = open(Runs::builder().max_bytes(1000)).await;
    let (sender, run) = running(&runs, "a").await;
    let mut slow = run.join();
    sender.send(Event::data("1")).unwrap();
    assert_eq!(texts(&[slow.next().await.unwrap()]), ["1"]);
    outgrow(&runs, &sender).await;
    let items = available(&mut slow);
    assert_eq!(texts(&items), ["overflow", "7", "8", "9"]);
    let mut after_gap = run.join().resume(last(&id(&items[0])));
    assert_eq!(texts(&available(&mut after_gap)), ["7", "8", "9"]);
}

#[tokio::test]
async fn a_gap_has_no_id_for_readers_without_ids() {
    let runs = open(Runs::builder()).await;
    let run = finished(&runs, "a", &["1"]).await;
    let gap = run.join().resume(last("nonsense")).ids(false).next().await.unwrap().unwrap();
    assert_eq!(gap, Event::data("unknown").event("gap"));
}

#[tokio::test]
async fn a_gap_can_be_told_in_a_protocol_of_ones_own_or_not_at_all() {
    let runs = open(Runs::builder().max_bytes(1000)).await;
    let (sender, run) = running(&runs, "a").await;
    let in_ones_own = |gap| Some(Event::data(format!("[{gap}]")).id("mine"));
    let mut slow = run.join().on_gap(in_ones_own);
    sender.send(Event::data("1")).unwrap();
    assert_eq!(texts(&[slow.next().await.unwrap()]), ["1"]);
    outgrow(&runs, &sender).await;
    let overtaken = available(&mut slow);
    assert_eq!(texts(&overtaken), ["[overflow]", "7", "8", "9"]);
    let mut late = run.join().resume(last("nonsense")).on_gap(in_ones_own);
    assert_eq!(texts(&available(&mut late)), ["[unknown]", "7", "8", "9"]);
    assert_eq!(texts(&available(&mut run.join().on_gap(|_| None))), ["7", "8", "9"]);
    assert_eq!(runs.stats().gaps, 3);
    let mut after_gap = run.join().resume(last(&id(&overtaken[0])));
    assert_eq!(texts(&available(&mut after_gap)), ["7", "8", "9"]);
    let without = run.join().ids(false).on_gap(in_ones_own).next().await.unwrap().unwrap();
    assert_eq!(without, Event::data("[evicted]"));
}

#[tokio::test]
async fn a_position_outlives_a_panic_of_what_tells_of_gaps() {
    let runs = open(Runs::builder()).await;
    let run = finished(&runs, "a", &["1", "2"]).await;
    let mut calls = 0;
    let mut events = run.join().resume(last("nonsense")).on_gap(move |gap| {
        calls += 1;
        assert_ne!(calls, 1, "the first call panics");
        Some(Event::data(gap.as_str()))
    });
    AssertUnwindSafe(events.next()).catch_unwind().await.unwrap_err();
    assert_eq!(texts(&available(&mut events)), ["unknown", "1", "2"]);
}

#[tokio::test]
async fn the_newest_event_stays_whatever_its_size() {
    let runs = open(Runs::builder().max_bytes(1)).await;
    let run = finished(&runs, "a", &["1", "2"]).await;
    assert_eq!(read(run.join()).await.0, ["evicted", "2"]);
}
