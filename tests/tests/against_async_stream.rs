//! The same block, compiled by `async-stream`, yields the same items.

use futures::{Stream, StreamExt as _, stream};
use sse_runtime::{Event, EventStream};
use tokio::time::{Duration, sleep};

async fn all<S: Stream>(stream: S) -> Vec<S::Item> {
    stream.collect().await
}

#[allow(clippy::needless_pass_by_value, reason = "callers pass what they have")]
fn event(text: impl ToString) -> Event {
    Event::data(text.to_string())
}

/// Each block by both macros, twice: their items must be the same.
macro_rules! same {
    ($($name:ident { $($block:tt)* })*) => {$(
        #[tokio::test(start_paused = true)]
        async fn $name() {
            let ours = all(EventStream! { $($block)* }).await;
            let theirs: Vec<Event> = all(async_stream::stream! { $($block)* }).await;
            assert_eq!(ours, theirs);
            assert!(!ours.is_empty());
        }
    )*};
}

same! {
    yields_in_loops_and_branches {
        for n in 0..10 {
            if n % 2 == 0 { continue; }
            match n { 3 => yield event("three"), 7 => break, _ => yield event(n) }
        }
    }
    waits_between_events {
        for n in 0..5_u64 {
            sleep(Duration::from_millis(n)).await;
            yield event(n);
        }
    }
    iterates_over_streams {
        for await n in stream::iter(0..5).then(|n| async move { sleep(Duration::from_millis(n)).await; n }) {
            if n == 1 { continue; }
            for await m in stream::iter(0..n) { yield event(format!("{n} {m}")); }
        }
    }
    returns_early {
        let mut n = 0;
        loop {
            n += 1;
            yield event(n);
            if n == 3 { return; }
        }
    }
    selects {
        let mut ticks = tokio::time::interval(Duration::from_millis(7));
        let end = sleep(Duration::from_millis(50));
        tokio::pin!(end);
        loop {
            tokio::select! {
                () = &mut end => { yield event("end"); break; }
                _ = ticks.tick() => { yield event("tick"); }
            }
        }
    }
    shadows_and_moves {
        let event = String::from("event");
        let stream = event.clone();
        { let event = stream.len(); yield Event::data(event.to_string()); }
        let item = move || event;
        yield Event::data(item());
    }
}
