//! The end of a run, which says whether it finished.

use std::future::pending;

use futures::{FutureExt as _, StreamExt as _};
use sse_hub::{Run, RunError, RunState, Runs};
use sse_runtime::{Event, EventStream, LastEventId};
use tokio::runtime::Builder;

use super::{failing, fed, last, open, read, recorded, running, settle};

/// Reads the events of a run that didn't finish, and how it ended.
async fn failed(run: &Run) -> (Vec<String>, RunError) {
    let (events, error) = read(run.join()).await;
    let error = error.expect("it has not finished");
    assert_eq!(run.ended().await, error.state());
    (events, error)
}

#[tokio::test]
async fn an_error_comes_after_everything_that_was_recorded_and_keeps_its_text_to_itself() {
    let runs = open(Runs::builder()).await;
    let run = runs.start("a", failing(&["1"], "the secret is 42")).await.unwrap();
    let (events, error) = failed(&run).await;
    assert_eq!((events, error.state()), (vec!["1".to_owned()], RunState::Failed));
    assert_eq!(error.text(), Some("the secret is 42"));
    assert!(!error.to_string().contains("secret"));
    assert!(std::error::Error::source(&error).is_none());
    assert_eq!(runs.stats().failed, 1);
}

#[tokio::test]
async fn a_panic_fails_the_run_and_nothing_else() {
    let runs = open(Runs::builder()).await;
    let panics = EventStream! {
        yield Event::data("1");
        panic!("out of cheese");
    };
    let run = runs.start("a", panics).await.unwrap();
    let (events, error) = failed(&run).await;
    assert_eq!((events, error.state()), (vec!["1".to_owned()], RunState::Failed));
    assert_eq!(error.text(), Some("the stream panicked: out of cheese"));
}

/// An error that can't say what it is.
#[derive(Debug)]
struct Speechless;

impl std::fmt::Display for Speechless {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("no words")
    }
}

impl std::error::Error for Speechless {}

fn speechless() -> EventStream![Result<Event, Speechless>] {
    EventStream! {
        yield Event::data("1");
        Err(Speechless)?;
    }
}

#[tokio::test]
async fn an_error_whose_text_panics_fails_the_run_too() {
    let runs = open(Runs::builder()).await;
    let run = runs.start("a", speechless()).await.unwrap();
    let (events, error) = failed(&run).await;
    assert_eq!((events, error.state()), (vec!["1".to_owned()], RunState::Failed));
    assert_eq!(error.text(), Some("the stream panicked: no words"));
}

#[tokio::test]
async fn what_an_error_says_at_length_is_cut_off() {
    let runs = open(Runs::builder()).await;
    let text = "ü".repeat(1 << 20).leak();
    let run = runs.start("a", failing(&[], text)).await.unwrap();
    let (_, error) = failed(&run).await;
    assert_eq!(error.text().unwrap().len(), 16 << 10);
}

struct PanicsOnDrop;

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        // Without a message for each.
        std::panic::resume_unwind(Box::new("dropped"));
    }
}

#[tokio::test]
async fn a_stream_whose_drop_panics_ends_as_any_other() {
    let runs = open(Runs::builder()).await;
    let held = PanicsOnDrop;
    let waits = EventStream! { let _held = held; yield Event::data("1"); pending::<()>().await; };
    let run = runs.start("is stopped", waits).await.unwrap();
    recorded(&runs, 1).await;
    assert_eq!(run.stop().await, Ok(true));
    settle().await;
    assert_eq!(run.ended().await, RunState::Stopped);
    assert!(runs.start("is stopped", fed().1).await.is_ok());
}

#[tokio::test]
async fn an_event_with_an_id_of_its_own_fails_the_run() {
    let runs = open(Runs::builder()).await;
    let own = EventStream! {
        yield Event::data("1");
        yield Event::data("2").id("mine");
    };
    let run = runs.start("a", own).await.unwrap();
    let (events, error) = failed(&run).await;
    assert_eq!((events, error.state()), (vec!["1".to_owned()], RunState::Failed));
    assert!(error.text().unwrap().contains("ID"));
}

#[tokio::test]
async fn a_failure_is_an_event_if_the_handler_says_so_and_its_id_is_the_end() {
    let runs = open(Runs::builder()).await;
    let run = runs.start("a", failing(&["1"], "x")).await.unwrap();
    run.ended().await;
    let told = |last: Option<LastEventId>| {
        EventStream::from(run.join().resume(last))
            .on_error(|error: RunError| Event::data("sorry").event("failed").id(error.id()))
    };
    let events: Vec<_> = told(None).collect().await;
    assert_eq!(events.len(), 2);
    let end = events[1].fields().id;
    assert!(!run.remains(last(end.unwrap()).as_ref()));
    assert_eq!(told(last(end.unwrap())).count().await, 0, "it isn't told twice");
}

#[tokio::test]
async fn whoever_has_all_events_is_still_told_how_the_run_ended() {
    let runs = open(Runs::builder()).await;
    let run = runs.start("a", failing(&["1"], "x")).await.unwrap();
    run.ended().await;
    let first = run.join().next().await.unwrap().unwrap();
    let mut back = run.join().resume(last(first.fields().id.unwrap()));
    assert_eq!(back.next().await.unwrap().unwrap_err().state(), RunState::Failed);
}

#[test]
fn the_runs_of_a_runtime_that_is_gone_are_lost() {
    let here = Builder::new_current_thread().enable_time().build().unwrap();
    let there = Builder::new_current_thread().enable_time().build().unwrap();
    let runs = there.block_on(open(Runs::builder()));
    let (sender, run) = there.block_on(running(&runs, "a"));
    there.block_on(async {
        sender.send(Event::data("1")).unwrap();
        recorded(&runs, 1).await;
    });
    let mut waiting = run.join();
    assert!(waiting.next().now_or_never().is_some());
    assert!(waiting.next().now_or_never().is_none());
    drop(there);
    here.block_on(async {
        let error = waiting.next().await.unwrap().unwrap_err();
        assert_eq!(error.state(), RunState::Lost);
        assert_eq!(run.ended().await, RunState::Lost);
    });
    let there = Builder::new_current_thread().enable_time().build().unwrap();
    there.block_on(async {
        let (sender, run) = running(&runs, "a").await;
        drop(sender);
        assert_eq!(run.ended().await, RunState::Finished);
    });
}

#[tokio::test]
async fn everyone_who_waits_for_the_end_is_woken() {
    let runs = open(Runs::builder()).await;
    let (sender, run) = running(&runs, "a").await;
    let waiting: Vec<_> = (0..40)
        .map(|_| {
            let run = run.clone();
            tokio::spawn(async move { run.ended().await })
        })
        .collect();
    settle().await;
    sender.send(Event::data("1")).unwrap();
    recorded(&runs, 1).await;
    settle().await;
    assert!(waiting.iter().all(|task| !task.is_finished()), "an event isn't the end");
    drop(sender);
    for task in waiting {
        assert_eq!(task.await.unwrap(), RunState::Finished);
    }
}
