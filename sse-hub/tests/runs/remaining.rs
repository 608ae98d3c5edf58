//! Whether anything remains for a client, so that it doesn't come back for ever.

use futures::StreamExt as _;
use sse_hub::{Run, Runs};
use sse_runtime::Event;

use super::{available, failing, finished, id, last, open, recorded, running};

async fn ended(runs: &Runs, how: &str) -> Run {
    let (sender, run) = running(runs, how).await;
    let before = runs.stats().events;
    sender.send(Event::data("1")).unwrap();
    sender.send(Event::data("2")).unwrap();
    recorded(runs, before + 2).await;
    match how {
        "stopped" => assert!(run.stop().await.unwrap()),
        "failed" => sender.send(Event::data("3").id("mine")).unwrap(),
        _ => drop(sender),
    }
    run.ended().await;
    run
}

#[tokio::test]
async fn nothing_remains_after_the_last_event_however_the_run_ended() {
    let runs = open(Runs::builder()).await;
    for how in ["finished", "failed", "stopped"] {
        let run = ended(&runs, how).await;
        let ids: Vec<_> =
            available(&mut run.join()).iter().filter(|item| item.is_ok()).map(id).collect();
        assert!(run.remains(None) && run.remains(last(&ids[0]).as_ref()), "{how}");
        assert!(!run.remains(last(&ids[1]).as_ref()), "{how}");
        assert!(run.remains(last("nonsense").as_ref()), "all of it remains");
    }
}

#[tokio::test]
async fn something_may_come_as_long_as_it_runs() {
    let runs = open(Runs::builder()).await;
    let (sender, run) = running(&runs, "a").await;
    assert!(run.remains(None));
    sender.send(Event::data("1")).unwrap();
    let newest = id(&run.join().next().await.unwrap());
    assert!(run.remains(last(&newest).as_ref()));
}

#[tokio::test]
async fn nothing_remains_of_a_run_without_events() {
    let runs = open(Runs::builder()).await;
    let run = finished(&runs, "finished", &[]).await;
    assert!(!run.remains(None));
    let run = runs.start("failed", failing(&[], "x")).await.unwrap();
    run.ended().await;
    assert!(!run.remains(None) && !run.remains(last("nonsense").as_ref()));
}
