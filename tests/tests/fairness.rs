//! What others have to wait for, and what is kept, while a client reads fast or not at all.

use std::cell::Cell;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures::{FutureExt as _, Stream, StreamExt as _};
use http_body_util::BodyExt as _;
use sse_runtime::{Error, Event, EventStream};
use tests::deadline::{MANY_CHUNKS, at_once, in_time, watched};
use tokio::task::{LocalSet, spawn_local, yield_now};
use tokio::time::timeout;

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, Error>>>>;

fn endless() -> EventStream![] {
    EventStream! { loop { yield Event::data("x") } }
}

fn body() -> Chunks {
    Box::pin(endless().into_body().into_data_stream())
}

/// What it gives while none of it is written.
async fn all_it_gives(body: &mut Chunks) -> Vec<Bytes> {
    let mut kept = Vec::new();
    while let Ok(chunk) = watched(timeout(Duration::from_secs(1), body.next())).await {
        kept.push(chunk.unwrap().unwrap());
        assert!(kept.len() < MANY_CHUNKS, "it gives more and more");
    }
    kept
}

/// A body that is told to shut down while its client reads nothing, and what it gave until then.
async fn shut_down_while_nothing_is_read() -> (Chunks, Vec<Bytes>) {
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let events = endless().with_graceful_shutdown(stopped.map(|_| ()));
    let mut body: Chunks = Box::pin(events.into_body().into_data_stream());
    let kept = all_it_gives(&mut body).await;
    stop.send(()).unwrap();
    (body, kept)
}

/// The most bytes that a body gives before another task has its turn.
async fn most_in_a_row(mut body: Chunks) -> usize {
    let given = Rc::new(Cell::new(0));
    let count = given.clone();
    let reader = spawn_local(async move {
        while let Some(chunk) = body.next().await {
            count.set(count.get() + chunk.unwrap().len());
        }
    });
    let mut most = 0;
    for _ in 0..20 {
        given.set(0);
        yield_now().await;
        most = most.max(given.get());
    }
    reader.abort();
    most
}

#[tokio::test]
async fn a_body_that_is_always_ready_leaves_turns_to_other_tasks() {
    let local = LocalSet::new();
    let most = watched(local.run_until(most_in_a_row(body()))).await;
    assert!((28 * 1024..36 * 1024).contains(&most), "{most} bytes");
    let bytes = Box::pin(endless().into_bytes());
    let most = watched(local.run_until(most_in_a_row(bytes))).await;
    assert!((256 * 1024..272 * 1024).contains(&most), "{most} bytes");
}

#[tokio::test]
async fn to_be_polled_again_in_the_same_turn_gives_no_more() {
    let mut body = body();
    watched(poll_fn(|cx| {
        while body.poll_next_unpin(cx).is_ready() {}
        for _ in 0..3 {
            assert!(body.poll_next_unpin(cx).is_pending());
        }
        Poll::Ready(())
    }))
    .await;
    assert!(in_time(body.next()).await.is_some());
}

#[tokio::test(start_paused = true)]
async fn little_is_given_until_it_is_written() {
    let mut body = body();
    let mut kept = all_it_gives(&mut body).await;
    let size: usize = kept.iter().map(Bytes::len).sum();
    assert!(size < 36 * 1024, "{size} bytes");

    let last = kept.pop();
    drop(kept);
    assert!(timeout(Duration::from_secs(1), body.next()).await.is_err(), "one is still kept");
    let mut next = pin!(body.next());
    assert!(next.as_mut().now_or_never().is_none());
    drop(last);
    assert!(timeout(Duration::from_secs(1), next).await.is_ok(), "the last drop wakes the task");
}

#[tokio::test(start_paused = true)]
async fn a_client_that_does_not_read_is_cut_off_after_a_shutdown() {
    let (mut body, _kept) = shut_down_while_nothing_is_read().await;
    let error = in_time(body.next()).await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "the client did not read the stream before the shutdown");
    assert!(in_time(body.next()).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_slowly_sees_a_proper_end_after_a_shutdown() {
    let (mut body, kept) = shut_down_while_nothing_is_read().await;
    assert!(timeout(Duration::from_secs(3), body.next()).await.is_err());
    drop(kept);
    assert!(in_time(body.next()).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_ends_by_itself_does_not_wait_until_its_client_has_read() {
    let events = EventStream! { yield Event::data("x".repeat(10_000)) };
    let mut body: Chunks = Box::pin(events.into_body().into_data_stream());
    let unread = in_time(body.next()).await.unwrap().unwrap();
    assert!(at_once(body.next()).is_none());
    drop(unread);
}
