//! Whoever takes a body, and whatever it keeps of it, is given all of it, and learns of a failure and
//! of a shutdown in time. On a paused clock, in memory.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::fmt::Error;
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::response::IntoResponse;
use bytes::Bytes;
use futures::stream::FusedStream as _;
use futures::{FutureExt as _, Stream, StreamExt as _};
use http_body::Body as _;
use http_body_util::BodyExt as _;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use sse_runtime::{Event, EventBody, EventStream};
use tests::deadline::in_time;
use tests::unvectored::Unvectored;
use tokio::io::{
    AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, DuplexStream, duplex,
};
use tokio::runtime::{self, Runtime};
use tokio::sync::mpsc;
use tokio::task::yield_now;
use tokio::time::{Instant, interval, sleep};

const SECOND: Duration = Duration::from_secs(1);
const COUNT: usize = 500;
/// What fits between server and client.
const LINE: usize = 64 * 1024;
const REQUEST: &[u8] = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

fn kilobyte() -> String {
    "x".repeat(1024 - "data: \n\n".len())
}

fn many() -> EventStream![] {
    EventStream! { for _ in 0..COUNT { yield Event::data(kilobyte()); } }
}

fn many_that_fail() -> EventStream![Result<Event, Error>] {
    EventStream! { for await event in many() { yield event; } Err(Error)?; }
}

fn failing_early() -> EventStream![Result<Event, Error>] {
    EventStream! { yield Event::data("hello"); Err(Error)?; }
}

fn sum(chunks: &[Result<Bytes, sse_runtime::Error>]) -> usize {
    chunks.iter().map(|chunk| chunk.as_ref().expect("no failure").len()).sum()
}

#[tokio::test(start_paused = true)]
async fn one_that_takes_a_few_chunks_at_a_time_is_given_all_of_them() {
    let chunks = many().into_body().into_data_stream().chunks(8);
    let chunks: Vec<_> = in_time(chunks.map(|chunks| sum(&chunks)).collect()).await;
    assert_eq!(chunks.iter().sum::<usize>(), COUNT * 1024);

    let chunks = many().into_bytes().chunks(8).map(|chunks| chunks.len());
    assert!(!in_time(chunks.collect::<Vec<_>>()).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn one_that_keeps_the_last_chunks_is_given_all_of_them() {
    let start = Instant::now();
    let mut body = many().into_body().into_data_stream();
    let (mut last, mut size) = (VecDeque::new(), 0);
    while let Some(chunk) = in_time(body.next()).await {
        size += chunk.as_ref().unwrap().len();
        last.push_back(chunk);
        if last.len() > 5 {
            last.pop_front();
        }
    }
    assert_eq!(size, COUNT * 1024);
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn one_that_collects_a_failing_body_is_told_at_once() {
    let start = Instant::now();
    assert!(in_time(many_that_fail().into_body().collect()).await.is_err());
    let first = in_time(many_that_fail().into_body().into_data_stream().chunks(3).next()).await;
    assert!(first.is_some_and(|chunks| chunks.iter().all(Result::is_ok)));
    assert_eq!(start.elapsed(), Duration::ZERO);
}

#[tokio::test(start_paused = true)]
async fn a_failure_does_not_wait_for_what_else_wakes_the_task() {
    let start = Instant::now();
    let mut body = many_that_fail().into_body();
    let mut ticks = interval(Duration::from_millis(10));
    let failed = async {
        loop {
            tokio::select! {
                frame = body.frame() => if frame.expect("it fails first").is_err() { break },
                _ = ticks.tick() => {}
            }
        }
    };
    in_time(failed).await;
    assert!(start.elapsed() < SECOND, "{:?}", start.elapsed());
}

/// How much an endless stream yields under hyper, on such a line, to a client that reads nothing.
async fn yielded_unread<L>(size: usize, pause: Duration, layer: impl Fn(DuplexStream) -> L) -> usize
where
    L: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let yielded = Arc::new(AtomicUsize::new(0));
    let count = yielded.clone();
    let service = service_fn(move |_| {
        let (count, text) = (count.clone(), "x".repeat(size));
        let events = EventStream!({
            loop {
                count.fetch_add(size + "data: \n\n".len(), Ordering::SeqCst);
                yield Event::data(text.as_str());
                if !pause.is_zero() {
                    sleep(pause).await;
                }
            }
        });
        async { Ok::<_, Infallible>(events.heartbeat(None).into_http_response()) }
    });
    let (server, mut client) = duplex(LINE);
    let serving = http1::Builder::new().serve_connection(TokioIo::new(layer(server)), service);
    let serving = tokio::spawn(serving);
    client.write_all(REQUEST).await.unwrap();
    sleep(30 * SECOND).await;
    serving.abort();
    yielded.load(Ordering::SeqCst)
}

#[tokio::test(start_paused = true)]
async fn little_is_kept_for_a_client_that_does_not_read() {
    for size in [2, 80, 1000] {
        for pause in [0, 1] {
            let pause = Duration::from_millis(pause);
            let kept = yielded_unread(size, pause, |line| line).await.saturating_sub(LINE);
            assert!(kept < 30 * 1024, "{kept} bytes in events of {size}, {pause:?} apart");
        }
    }
}

/// There hyper copies what it is given, and takes more until it has 400 KiB.
#[tokio::test(start_paused = true)]
async fn where_writes_are_not_vectored_as_much_is_kept_as_hyper_copies() {
    let kept = yielded_unread(1000, Duration::ZERO, Unvectored).await - LINE;
    assert!(kept < 450 * 1024, "{kept} bytes");
}

/// What a block holds that yields events of this size without end, to be told when it is dropped.
fn endless(size: usize, held: mpsc::Sender<()>) -> EventStream![] {
    EventStream!({
        let _held = held;
        loop {
            yield Event::data("x".repeat(size));
        }
    })
}

/// A server on a line, and the client's end of that line.
fn serve(body: axum::body::Body) -> (impl Future<Output = hyper::Result<()>>, DuplexStream) {
    let (server, client) = duplex(LINE);
    let response = Mutex::new(Some(http::Response::new(body)));
    let service = service_fn(move |_| {
        let response = response.lock().unwrap().take().expect("a single request");
        async { Ok::<_, Infallible>(response) }
    });
    (http1::Builder::new().serve_connection(TokioIo::new(server), service), client)
}

#[tokio::test(start_paused = true)]
async fn what_a_block_holds_is_dropped_after_its_grace_even_if_the_client_does_not_read() {
    for size in [1000, 500_000, 1_000_000] {
        for grace in [Duration::ZERO, SECOND] {
            let (held, mut holds) = mpsc::channel(1);
            let events = endless(size, held).with_graceful_shutdown(sleep(2 * SECOND));
            let body = IntoResponse::into_response(events.shutdown_grace(grace)).into_body();
            let (serving, mut client) = serve(body);
            let serving = tokio::spawn(serving);
            client.write_all(REQUEST).await.unwrap();
            let start = Instant::now();
            assert_eq!(in_time(holds.recv()).await, None);
            let late =
                start.elapsed().checked_sub(2 * SECOND + grace).expect("not before its time");
            assert!(late < SECOND, "{size} bytes: {late:?} late");
            assert!(!serving.is_finished(), "the client is still there");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_block_that_is_not_polled_any_more_is_dropped_after_its_grace() {
    let (held, mut holds) = mpsc::channel(1);
    let events = endless(1000, held).with_graceful_shutdown(sleep(SECOND));
    let mut body = events.into_http_response().into_body();
    assert!(in_time(body.frame()).await.is_some());
    assert_eq!(in_time(holds.recv()).await, None);
    // What it has given is whole, and so is its end.
    while let Some(frame) = in_time(body.frame()).await {
        assert!(frame.expect("no failure").into_data().unwrap().ends_with(b"\n\n"));
    }
}

struct PanicsOnDrop;

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[tokio::test(start_paused = true)]
async fn a_body_ends_after_its_grace_even_if_what_its_block_held_panics() {
    let events = EventStream!({
        let _held = PanicsOnDrop;
        yield Event::data("a");
        pending::<()>().await;
    });
    let events = events.heartbeat(None).with_graceful_shutdown(sleep(SECOND));
    let start = Instant::now();
    let body = in_time(events.into_http_response().into_body().collect()).await.unwrap();
    assert_eq!(body.to_bytes(), "data: a\n\n");
    assert_eq!(start.elapsed(), 2 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_signal_that_panics_is_a_signal() {
    let events = || {
        let events = EventStream! { yield Event::data("a"); pending::<()>().await };
        events.heartbeat(None).with_graceful_shutdown(async {
            sleep(SECOND).await;
            panic!("its sender was dropped");
        })
    };
    let start = Instant::now();
    let body = in_time(events().into_http_response().into_body().collect()).await.unwrap();
    assert_eq!(body.to_bytes(), "data: a\n\n");
    let body = in_time(events().into_body().collect()).await.unwrap();
    assert_eq!(body.to_bytes(), "data: a\n\n");
    assert_eq!(start.elapsed(), 4 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn what_came_before_a_failure_is_given_even_if_the_stream_panics_when_it_is_dropped() {
    let held = PanicsOnDrop;
    let items = futures::stream::iter([Ok(Event::data("a")), Err(Error)]);
    let items = items.inspect(move |_| _ = &held);
    let mut body = EventStream::from(items).into_body();
    let frame = in_time(body.frame()).await.unwrap().unwrap();
    assert_eq!(frame.into_data().unwrap(), "data: a\n\n");
    assert_eq!(in_time(body.frame()).await.unwrap().unwrap_err().to_string(), Error.to_string());
    assert!(in_time(body.frame()).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_body_that_is_dropped_leaves_nothing_of_its_block_nor_of_its_signal() {
    for stopped in [false, true] {
        let (held, mut holds) = mpsc::channel(1);
        let (signalled, mut signals) = mpsc::channel::<()>(1);
        let signal = async move {
            let _signalled = signalled;
            if !stopped {
                pending::<()>().await;
            }
        };
        let events = endless(1000, held).with_graceful_shutdown(signal);
        let mut body = events.shutdown_grace(Duration::MAX).into_http_response().into_body();
        assert!(in_time(body.frame()).await.is_some());
        drop(body);
        assert_eq!(in_time(holds.recv()).await, None);
        assert_eq!(in_time(signals.recv()).await, None);
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_that_reads_sees_a_proper_end_after_a_shutdown() {
    let (held, mut holds) = mpsc::channel(1);
    let events = endless(1000, held).with_graceful_shutdown(sleep(SECOND));
    let body = events.shutdown_grace(Duration::ZERO);
    let body = IntoResponse::into_response(body).into_body();
    let (serving, mut client) = serve(body);
    let serving = tokio::spawn(serving);
    client.write_all(REQUEST).await.unwrap();
    assert_eq!(in_time(holds.recv()).await, None);
    let mut read = Vec::new();
    in_time(client.read_to_end(&mut read)).await.unwrap();
    assert!(read.ends_with(b"\n\n\r\n0\r\n\r\n"));
    in_time(serving).await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_body_is_polled_when_its_stream_has_something_and_only_then() {
    let (send, mut receive) = mpsc::channel::<&str>(1);
    let (polls, mut polled) = mpsc::channel::<()>(100);
    let events = EventStream::from(futures::stream::poll_fn(move |cx| {
        polls.try_send(()).unwrap();
        receive.poll_recv(cx).map(|text| text.map(Event::data))
    }));
    let mut body = events.into_body();
    for _ in 0..3 {
        assert!(body.frame().now_or_never().is_none());
    }
    assert_eq!(polled.try_recv(), Ok(()));
    assert!(polled.try_recv().is_err(), "nothing has happened");
    let reading = tokio::spawn(async move { body.frame().await.unwrap().unwrap() });
    sleep(SECOND).await;
    send.send("a").await.unwrap();
    let frame = in_time(reading).await.unwrap();
    assert_eq!(frame.into_data().unwrap(), Bytes::from("data: a\n\n"));
}

/// With a waker, and perhaps a thread, of its own each time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_another_task_polls_each_time_is_given_whole() {
    const LAST: usize = 2000;
    let (send, mut receive) = mpsc::channel(1);
    tokio::spawn(async move {
        for number in 0..=LAST {
            send.send(number).await.unwrap();
        }
    });
    let events = EventStream! {
        while let Some(number) = receive.recv().await { yield Event::data(number); }
    };
    let mut body = events.into_body();
    let mut read = Vec::new();
    loop {
        // One that looks only once leaves a waker behind.
        let looking = tokio::spawn(async move { (body.frame().now_or_never(), body) });
        let (found, next) = in_time(looking).await.unwrap();
        body = next;
        let frame = if let Some(frame) = found {
            frame
        } else {
            let waiting = tokio::spawn(async move { (body.frame().await, body) });
            let (frame, next) = in_time(waiting).await.unwrap();
            body = next;
            frame
        };
        let Some(frame) = frame else { break };
        read.extend(frame.unwrap().into_data().unwrap());
    }
    let expected: Vec<_> = (0..=LAST).map(|number| format!("data: {number}\n\n")).collect();
    assert!(read == expected.concat().as_bytes(), "{}", String::from_utf8_lossy(&read));
}

#[tokio::test(start_paused = true)]
async fn a_body_stays_at_its_end() {
    let mut body = many_that_fail().into_body();
    while in_time(body.frame()).await.unwrap().is_ok() {}
    let mut whole = many().into_body();
    while in_time(whole.frame()).await.is_some() {}
    let mut bytes = many().into_bytes();
    assert!(!bytes.is_terminated());
    while in_time(bytes.next()).await.is_some() {}
    for _ in 0..3 {
        assert!(body.frame().now_or_never().unwrap().is_none());
        assert!(whole.frame().now_or_never().unwrap().is_none());
        assert!(bytes.is_terminated() && bytes.next().now_or_never().unwrap().is_none());
    }
}

/// Where there is no timer it can't wait, and panics. Then it must not take itself for one that waits.
#[test]
fn a_body_that_panicked_for_want_of_a_timer_goes_on_where_there_is_one() {
    let runtime = runtime::Builder::new_current_thread().build().unwrap();
    let mut body = failing_early().heartbeat(None).into_body();
    assert!(!body.is_end_stream());
    runtime.block_on(async {
        assert!(body.frame().await.unwrap().is_ok());
        assert!(body.frame().now_or_never().is_none(), "the failure waits for the next turn");
        yield_now().await;
        let polled = catch_unwind(AssertUnwindSafe(|| body.frame().now_or_never().is_some()));
        assert!(polled.is_err(), "and then for a timer");
    });
    assert!(with_a_timer().block_on(in_time(body.frame())).unwrap().is_err());
}

#[test]
fn a_body_that_panicked_outside_of_a_runtime_beats_within_one() {
    let mut body = EventStream! { pending().await }.heartbeat(SECOND).into_body();
    let polled = catch_unwind(AssertUnwindSafe(|| body.frame().now_or_never().is_some()));
    assert!(polled.is_err());
    let beat = with_a_timer().block_on(in_time(body.frame()));
    assert_eq!(beat.unwrap().unwrap().into_data().unwrap(), ":\n");
}

#[test]
fn a_body_that_panicked_when_it_had_to_coalesce_has_lost_nothing() {
    let mut body = EventStream! {
        yield Event::data("first");
        yield_now().await;
        yield Event::data("second");
        pending().await
    }
    .heartbeat(None)
    .coalesce(SECOND)
    .into_body();
    let mut read = Vec::new();
    let mut poll = || {
        let frame = body.frame().now_or_never()?;
        read.extend(frame.unwrap().unwrap().into_data().unwrap());
        Some(())
    };
    while catch_unwind(AssertUnwindSafe(&mut poll)).is_ok() {}
    with_a_timer().block_on(async {
        while poll().is_none() {
            sleep(SECOND / 2).await;
        }
    });
    assert_eq!(String::from_utf8(read).unwrap(), "data: first\n\ndata: second\n\n");
}

fn with_a_timer() -> Runtime {
    let mut builder = runtime::Builder::new_current_thread();
    builder.enable_time().start_paused(true).build().unwrap()
}

/// Even if what came before its end is all that is given in a turn.
#[tokio::test(start_paused = true)]
async fn a_body_that_says_that_it_has_ended_gives_its_end_at_once() {
    let sizes = [10, 10, 5].map(|size| Event::data(kilobyte().repeat(size)));
    let mut body = EventStream::from(futures::stream::iter(sizes)).into_body();
    while !body.is_end_stream() {
        in_time(body.frame()).await.unwrap().unwrap();
    }
    assert!(body.frame().now_or_never().unwrap().is_none());
}

/// Returns the next frame, as a server asks for it.
async fn next<S: Stream<Item = Event>>(body: &mut EventBody<S>) -> Bytes {
    assert!(!body.is_end_stream());
    in_time(body.frame()).await.unwrap().unwrap().into_data().unwrap()
}

/// It is given pieces, since it has not written what it was given in the turn before.
#[tokio::test(start_paused = true)]
async fn a_server_that_writes_late_is_given_all_of_a_large_heartbeat_at_once() {
    let mut body = EventStream! { yield Event::data(kilobyte().repeat(22)); pending().await }
        .heartbeat(Duration::from_secs(1))
        .heartbeat_event(Event::data("x".repeat(200)))
        .into_body();
    let _unwritten = next(&mut body).await;
    let mut beat = next(&mut body).await.to_vec();
    assert!(beat.len() < 200, "this is a piece");
    while !beat.ends_with(b"\n\n") {
        beat.extend(next(&mut body).now_or_never().expect("the rest"));
    }
    assert_eq!(beat, format!("data: {}\n\n", "x".repeat(200)).into_bytes());
}

#[tokio::test(start_paused = true)]
async fn an_event_that_comes_between_two_pieces_is_sent_after_them() {
    let (sender, mut receiver) = mpsc::unbounded_channel();
    let mut body = EventStream! {
        yield Event::data(kilobyte().repeat(22));
        while let Some(event) = receiver.recv().await {
            yield event;
        }
    }
    .heartbeat(Duration::from_secs(1))
    .heartbeat_event(Event::data("x".repeat(100)))
    .into_body();
    let _unwritten = next(&mut body).await;
    assert_eq!(next(&mut body).await.len(), 64, "this is a piece of the heartbeat");
    sender.send(Event::data("event")).unwrap();
    assert!(next(&mut body).await.ends_with(b"x\n\n"), "this is its rest");
    assert_eq!(next(&mut body).now_or_never().expect("the event"), "data: event\n\n");
}

/// What was held back for one write is cut into pieces, since the server is late.
#[tokio::test(start_paused = true)]
async fn a_server_that_writes_late_is_given_the_last_piece_before_the_end() {
    let mut body = EventStream! {
        yield Event::data(kilobyte().repeat(21));
        yield Event::data(kilobyte());
        sleep(SECOND / 4).await;
    }
    .coalesce(SECOND)
    .into_body();
    let mut frames = Vec::new();
    while !body.is_end_stream() {
        frames.push(next(&mut body).await);
    }
    let sizes: Vec<_> = frames.iter().map(Bytes::len).collect();
    assert_eq!(sizes, [&[21 * 1016 + 8][..], &[64; 16]].concat());
}

/// As many as hyper takes. Clients of HTTP/2 refuse a connection of many more.
#[tokio::test(start_paused = true)]
async fn a_server_that_writes_nothing_is_given_sixteen_pieces_and_then_whole_chunks() {
    let mut body = EventStream! { loop { yield Event::data(&kilobyte()[..56]); } }.into_body();
    let mut frames = Vec::new();
    while frames.len() < 30 {
        frames.push(next(&mut body).await);
    }
    let sizes: Vec<_> = frames.iter().map(Bytes::len).collect();
    assert_eq!(sizes, [&[7168; 3][..], &[64; 16], &[7168; 11]].concat());
}

/// Panics when it is polled for the second time, and when it is dropped.
struct Broken(bool);

impl Stream for Broken {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Event>> {
        assert!(!std::mem::replace(&mut self.0, true), "polled again");
        Poll::Ready(Some(Event::data("event")))
    }
}

impl Drop for Broken {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_panics_twice_fails_after_what_it_has_yielded() {
    for is_shared in [false, true] {
        let mut events = EventStream::new(Broken(false));
        if is_shared {
            events = events.with_graceful_shutdown(pending());
        }
        let mut body = events.into_http_response().into_body();
        let frame = in_time(body.frame()).await.unwrap().unwrap();
        assert_eq!(frame.into_data().unwrap(), "data: event\n\n");
        assert!(in_time(body.frame()).await.unwrap().unwrap_err().is_panic());
        assert!(in_time(body.frame()).await.is_none());
    }
}

/// A body that is polled in the middle of another's batch has one of its own.
#[tokio::test(start_paused = true)]
async fn a_block_that_reads_a_body_keeps_what_it_has_yielded() {
    let inner = || EventStream! { for _ in 0..20 { yield Event::data(kilobyte()); } };
    let outer = EventStream! {
        for _ in 0..3 {
            yield Event::data("before");
            let read = inner().into_bytes().map(|chunk| chunk.unwrap().len());
            yield Event::data(read.fold(0, async |sum, length| sum + length).await);
        }
    };
    let read = in_time(outer.into_body().collect()).await.unwrap().to_bytes();
    assert_eq!(read, "data: before\n\ndata: 20480\n\n".repeat(3));
}
