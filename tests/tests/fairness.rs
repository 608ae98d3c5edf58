//! What others have to wait for, and what is kept, while a client reads fast or not at all.

use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt as _, TryStreamExt as _};
use http_body::Body;
use http_body_util::BodyExt as _;
use sse_runtime::{Compression, Error, Event, EventBody, EventStream};
use tests::bytes::body as bytes_of;
use tests::deadline::{at_once, in_time, watched};
use tokio::io::AsyncReadExt as _;
use tokio::task::{LocalSet, spawn_local, yield_now};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::io::StreamReader;

type Chunks = Pin<Box<dyn Stream<Item = Result<Bytes, Error>>>>;

fn endless() -> EventStream![] {
    EventStream! { loop { yield Event::data("x") } }
}

fn body() -> Chunks {
    Box::pin(endless().into_body().into_data_stream())
}

/// Takes a chunk as servers do, who ask for the end before it comes.
async fn next_as_a_server(body: &mut (impl Body<Data = Bytes, Error = Error> + Unpin)) -> Bytes {
    assert!(!body.is_end_stream());
    let frame = in_time(body.frame()).await.expect("more").expect("no failure");
    frame.into_data().expect("data")
}

/// The most bytes that a body gives before another task has its turn.
async fn most_in_a_row(mut body: Chunks) -> usize {
    let given = Rc::new(Cell::new(0));
    let count = given.clone();
    let reader = async move {
        while let Some(chunk) = body.next().await {
            count.set(count.get() + chunk.unwrap().len());
        }
    };
    most_between_turns(&given, reader).await
}

/// The most that is counted before another task has its turn.
async fn most_between_turns(
    given: &Cell<usize>,
    reader: impl Future<Output = ()> + 'static,
) -> usize {
    let reader = spawn_local(reader);
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
    assert!((21 * 1024..29 * 1024).contains(&most), "{most} bytes");
    let bytes = Box::pin(endless().into_bytes());
    let most = watched(local.run_until(most_in_a_row(bytes))).await;
    assert!((256 * 1024..272 * 1024).contains(&most), "{most} bytes");
}

/// However few bytes are left of them.
#[tokio::test]
async fn a_body_that_compresses_leaves_turns_by_what_it_compresses() {
    let given = Rc::new(Cell::new(0));
    let count = given.clone();
    let events = EventStream!({
        loop {
            count.set(count.get() + "data: x\n\n".len());
            yield Event::data("x");
        }
    });
    let mut body = events.compress(Compression::gzip()).into_body();
    let reader = async move { while body.frame().await.is_some() {} };
    let most = watched(LocalSet::new().run_until(most_between_turns(&given, reader))).await;
    assert!((21 * 1024..29 * 1024).contains(&most), "{most} bytes");
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
async fn a_server_that_has_not_written_earlier_chunks_is_given_small_pieces() {
    let long = || EventStream! { loop { yield Event::data("x".repeat(1000)) } };
    let event = bytes_of([Event::data("x".repeat(1000))]);
    let mut body = long().into_body();
    let mut read = Vec::new();
    for _ in 0..3 {
        let mut kept = Vec::new();
        for _ in 0..16 {
            kept.push(next_as_a_server(&mut body).await);
        }
        read.extend(kept.concat());
        let (large, pieces) = kept.split_at(3);
        assert!(large.iter().all(|chunk| (7 * 1024..9 * 1024).contains(&chunk.len())));
        assert!(pieces.iter().all(|piece| (1..=64).contains(&piece.len())));
        drop(kept);
        // Written, it is given the rest of the event at once, and whole chunks again.
        read.extend(next_as_a_server(&mut body).await);
        assert!(read.ends_with(b"\n\n"));
    }
    assert!(read == event.repeat(read.len() / event.len()));
}

#[tokio::test(start_paused = true)]
async fn one_who_is_no_server_is_given_large_chunks_whatever_is_kept() {
    let kept: Vec<_> = in_time(body().take(50).collect()).await;
    assert!(kept.iter().all(|chunk| chunk.as_ref().unwrap().len() >= 7 * 1024));
}

fn numbers() -> EventStream![] {
    EventStream! { for n in 0..10_000 { yield Event::data(n) } }
}

/// As readers do that are made of a stream: each chunk until the next is there.
#[tokio::test(start_paused = true)]
async fn a_body_is_given_to_one_who_keeps_the_newest_chunk_or_the_first_ones() {
    let expected = bytes_of((0..10_000).map(Event::data));
    let body = numbers().into_body().into_data_stream().map_err(std::io::Error::other);
    let mut read = Vec::new();
    in_time(StreamReader::new(body).read_to_end(&mut read)).await.unwrap();
    assert_eq!(read, expected);

    let mut body = numbers().into_body().into_data_stream();
    let first = [in_time(body.next()).await, in_time(body.next()).await];
    let first = first.map(|chunk| chunk.unwrap().unwrap());
    let mut read = first.concat();
    while let Some(chunk) = in_time(body.next()).await {
        read.extend(chunk.unwrap());
    }
    assert_eq!(read, expected);
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_kept_whole_ends_at_once_at_a_shutdown() {
    let events = EventStream! { for await event in numbers() { yield event } pending().await };
    let start = Instant::now();
    let events = events.with_graceful_shutdown(sleep(Duration::from_secs(1)));
    assert!(in_time(events.into_body().collect()).await.is_ok());
    assert_eq!(start.elapsed().as_secs(), 2);
}

/// As tests of handlers do, and layers that look at a whole body.
#[tokio::test(start_paused = true)]
async fn a_body_that_is_kept_whole_is_given_at_once() {
    let expected = bytes_of((0..10_000).map(Event::data));
    let start = Instant::now();
    let whole = in_time(numbers().into_body().collect()).await.unwrap().to_bytes();
    assert_eq!(whole, expected);
    let fallible = EventStream! { for await event in numbers() { yield event } Ok::<_, Error>(()) };
    let whole = in_time(fallible.into_body().collect()).await.unwrap().to_bytes();
    assert_eq!(whole, expected);
    assert_eq!(start.elapsed(), Duration::ZERO);
}

/// A body that has given three chunks to a server, and is about to fail.
async fn about_to_fail()
-> (EventBody<impl Stream<Item = Result<Event, std::fmt::Error>>>, Vec<Bytes>) {
    let events = EventStream!({
        for _ in 0..20 {
            yield Event::data("x".repeat(1000));
        }
        Err::<(), _>(std::fmt::Error)
    });
    let mut body = events.into_body();
    let mut kept = Vec::new();
    for _ in 0..3 {
        kept.push(next_as_a_server(&mut body).await);
    }
    (body, kept)
}

#[tokio::test(start_paused = true)]
async fn a_failure_waits_until_a_server_has_written_what_came_before() {
    let (mut body, mut kept) = about_to_fail().await;
    let last = kept.pop();
    drop(kept);
    assert!(timeout(Duration::from_secs(2), body.frame()).await.is_err(), "one is still kept");
    let start = Instant::now();
    drop(last);
    assert!(in_time(body.frame()).await.unwrap().is_err());
    assert!(start.elapsed() < Duration::from_millis(200), "{:?}", start.elapsed());
    assert!(in_time(body.frame()).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_failure_waits_five_seconds_at_most() {
    let (mut body, _kept) = about_to_fail().await;
    let start = Instant::now();
    let error = in_time(body.frame()).await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), std::fmt::Error.to_string());
    assert_eq!(start.elapsed().as_secs(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_ends_by_itself_does_not_wait_until_its_client_has_read() {
    let events = EventStream! { yield Event::data("x".repeat(10_000)) };
    let mut body: Chunks = Box::pin(events.into_body().into_data_stream());
    let unread = in_time(body.next()).await.unwrap().unwrap();
    assert!(at_once(body.next()).is_none());
    drop(unread);
}
