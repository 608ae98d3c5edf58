//! Heartbeats, batches and shutdown, on a paused clock.

use std::error::Error as StdError;
use std::fmt;
use std::future::pending;
use std::pin::Pin;
use std::time::Duration;

use futures::stream::FusedStream as _;
use futures::{FutureExt as _, Stream, StreamExt as _, stream};
use sse_runtime::{Error, Event, EventStream};
use tests::bytes::{chunks, items};
use tests::deadline::{MANY_CHUNKS, at_once, in_time, watched};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, advance, sleep, timeout};

const SECOND: Duration = Duration::from_secs(1);

fn data(text: &'static str) -> Event {
    Event::data(text)
}

type Body = Pin<Box<dyn Stream<Item = Result<bytes::Bytes, Error>>>>;

fn body(stream: EventStream<impl Stream<Item = Event> + 'static>) -> Body {
    Box::pin(stream.into_bytes())
}

async fn next<S: Stream + Unpin>(stream: &mut S) -> Option<S::Item> {
    in_time(stream.next()).await
}

async fn text(body: &mut Body) -> Option<String> {
    next(body).await.map(utf8)
}

fn utf8(chunk: Result<bytes::Bytes, Error>) -> String {
    String::from_utf8(chunk.expect("it does not fail").to_vec()).expect("it is UTF-8")
}

/// Everything that arrives in this time, with the second at which it does.
async fn within(time: Duration, body: &mut Body) -> Vec<(u64, String)> {
    let start = Instant::now();
    let mut arrived = Vec::new();
    let all = async {
        while let Some(chunk) = body.next().await {
            arrived.push((start.elapsed().as_secs(), utf8(chunk)));
            assert!(arrived.len() < MANY_CHUNKS, "the body never ends");
        }
    };
    let _ = watched(timeout(time, all)).await;
    arrived
}

fn beats(seconds: impl IntoIterator<Item = u64>) -> Vec<(u64, String)> {
    seconds.into_iter().map(|second| (second, ":\n".to_owned())).collect()
}

fn quiet() -> EventStream![] {
    EventStream! { pending().await }
}

#[tokio::test(start_paused = true)]
async fn a_quiet_stream_beats_every_30_seconds() {
    let arrived = within(100 * SECOND, &mut body(quiet())).await;
    assert_eq!(arrived, beats([30, 60, 90]));
}

#[tokio::test(start_paused = true)]
async fn the_interval_is_settable_and_counts_from_the_first_poll() {
    let mut body = body(quiet().heartbeat(10 * SECOND));
    advance(7 * SECOND).await;
    assert_eq!(within(35 * SECOND, &mut body).await, beats([10, 20, 30]));
}

#[tokio::test(start_paused = true)]
async fn none_zero_and_an_endless_interval_turn_the_heartbeat_off() {
    for interval in [None, Some(Duration::ZERO), Some(Duration::MAX)] {
        let mut body = body(quiet().heartbeat(interval));
        assert_eq!(within(1_000_000 * SECOND, &mut body).await, []);
    }
}

#[tokio::test(start_paused = true)]
async fn events_do_not_shift_the_interval_nor_split_from_their_end() {
    let mut body = body(
        EventStream! {
            sleep(7 * SECOND).await;
            yield data("a");
            sleep(7 * SECOND).await;
            yield data("b");
            pending().await
        }
        .heartbeat(5 * SECOND),
    );
    let mut expected = beats([5, 10, 15, 20]);
    expected.insert(1, (7, "data: a\n\n".to_owned()));
    expected.insert(3, (14, "data: b\n\n".to_owned()));
    assert_eq!(within(22 * SECOND, &mut body).await, expected);
}

#[tokio::test(start_paused = true)]
async fn after_a_stall_there_is_one_beat_and_then_the_old_rhythm() {
    let mut body = body(quiet().heartbeat(10 * SECOND));
    assert_eq!(body.next().now_or_never().map(|_| ()), None);
    advance(47 * SECOND).await;
    assert_eq!(within(25 * SECOND, &mut body).await, beats([0, 3, 13, 23]));
}

#[tokio::test(start_paused = true)]
async fn a_beat_that_is_due_when_an_event_comes_is_not_lost() {
    let (send, mut receive) = mpsc::channel(1);
    let events = EventStream! {
        while let Some(event) = receive.recv().await {
            yield event;
        }
        pending().await
    };
    let mut body = body(events.heartbeat(10 * SECOND));
    assert_eq!(body.next().now_or_never().map(|_| ()), None);
    advance(10 * SECOND).await;
    send.send(data("a")).await.unwrap();
    assert_eq!(text(&mut body).await.unwrap(), "data: a\n\n:\n");
    advance(10 * SECOND).await;
    // It fills a chunk of its own.
    send.send(Event::data("b".repeat(8 * 1024))).await.unwrap();
    assert!(text(&mut body).await.unwrap().ends_with("b\n\n"));
    assert_eq!(within(25 * SECOND, &mut body).await, beats([0, 10, 20]));
}

/// Queues keep the room of a chunk for as long as the chunk.
#[tokio::test(start_paused = true)]
async fn a_beat_that_comes_with_events_takes_no_more_room_than_it_needs() {
    let events = EventStream! {
        // The next chunk is given no more room than it needs, since this one took more.
        yield Event::data("a".repeat(8 * 1024));
        sleep(SECOND).await;
        yield Event::data("b".repeat(6 * 1024));
        pending().await
    };
    let mut body = body(events.heartbeat(SECOND));
    next(&mut body).await.unwrap().unwrap();
    let chunk = next(&mut body).await.unwrap().unwrap();
    assert!(chunk.ends_with(b"b\n\n:\n"));
    let length = chunk.len();
    assert_eq!(Vec::from(chunk).capacity(), length);
}

#[tokio::test(start_paused = true)]
async fn there_is_no_beat_after_the_last_event() {
    let mut body =
        body(EventStream! { sleep(3 * SECOND).await; yield data("a") }.heartbeat(SECOND));
    let mut expected = beats([1, 2]);
    expected.push((3, "data: a\n\n".to_owned()));
    assert_eq!(within(10 * SECOND, &mut body).await, expected);
    assert_eq!(text(&mut body).await, None);
}

#[tokio::test(start_paused = true)]
async fn a_heartbeat_may_be_an_event() {
    let stream = quiet().heartbeat(SECOND).heartbeat_event(Event::empty().event("ping"));
    let expected = vec![(1, "event: ping\ndata: \n\n".to_owned())];
    assert_eq!(within(SECOND * 3 / 2, &mut body(stream)).await, expected);
}

#[tokio::test(start_paused = true)]
async fn heartbeats_are_no_items_and_survive_boxing() {
    let boxed = quiet().heartbeat(SECOND).boxed();
    assert_eq!(within(SECOND * 5 / 2, &mut body(boxed)).await, beats([1, 2]));
    let mut items = quiet().heartbeat(SECOND).boxed();
    assert!(watched(timeout(5 * SECOND, items.next())).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn events_are_changed_on_their_way_and_all_settings_stay() {
    let (stop, stopped) = signal();
    let events = EventStream! {
        yield data("a");
        yield data("b");
        pending::<()>().await;
    };
    let mut number = 0;
    let changed = events
        .heartbeat(Duration::from_secs(10))
        .with_graceful_shutdown(stopped)
        .shutdown_grace(Duration::from_secs(2))
        .map_events(move |event| {
            number += 1;
            event.id(number)
        });
    let mut body = body(changed);
    assert_eq!(text(&mut body).await.as_deref(), Some("id: 1\ndata: a\n\nid: 2\ndata: b\n\n"));
    assert_eq!(within(Duration::from_secs(11), &mut body).await, beats([10]));
    stop.send(()).unwrap();
    let stopped_at = Instant::now();
    assert_eq!(text(&mut body).await, None);
    assert_eq!(stopped_at.elapsed(), Duration::from_secs(2));
}

#[tokio::test(start_paused = true)]
async fn the_failure_of_a_stream_whose_events_are_changed_passes_as_it_is() {
    let failing = EventStream! { yield data("a"); Err(fmt::Error)? };
    let events = failing.map_events(|event| event.id(1));
    assert_eq!(items(events), [Ok(data("a").id(1)), Err(fmt::Error)]);
}

#[tokio::test(start_paused = true)]
async fn ready_events_share_a_chunk_up_to_its_size() {
    let events = stream::iter((0..10_000).map(|_| data("0123456789")));
    let chunks = chunks(EventStream::from(events));
    let (last, full) = chunks.split_last().unwrap();
    assert!(full.iter().all(|chunk| (7 * 1024..7 * 1024 + 18).contains(&chunk.len())));
    assert!(last.len() < 7 * 1024);
    assert_eq!(chunks.concat().len(), 10_000 * 18);
}

#[test]
fn a_body_knows_that_its_last_chunk_is_the_last() {
    let mut body = EventStream! { yield data("a") }.into_bytes();
    assert!(!body.is_terminated());
    assert_eq!(format!("{body:?}"), "EventBytes { ended: false, .. }");
    assert!(at_once(body.next()).is_some());
    assert!(body.is_terminated());
    assert_eq!(format!("{body:?}"), "EventBytes { ended: true, .. }");
}

#[tokio::test(start_paused = true)]
async fn an_event_before_a_long_wait_is_sent_before_it() {
    let mut body = body(EventStream! {
        yield data("a");
        yield data("b");
        sleep(3600 * SECOND).await;
        yield data("c");
    });
    let chunk = body.next().now_or_never().expect("it does not wait").unwrap().unwrap();
    assert_eq!(chunk, "data: a\n\ndata: b\n\n");
}

/// The clock is not read for an event that may be alone, so the first batch tells that it is slow.
#[test]
fn a_slow_synchronous_block_soon_sends_each_event_that_it_yields() {
    let stream = EventStream! {
        for _ in 0..6 {
            // Longer than a batch may take.
            std::thread::sleep(Duration::from_millis(2));
            yield data("a");
        }
    };
    let events: Vec<_> =
        chunks(stream).iter().map(|chunk| chunk.len() / "data: a\n\n".len()).collect();
    assert_eq!(events, [3, 1, 1, 1]);
}

/// Of a quick batch, the clock is read for every 32nd event at least.
#[test]
fn a_block_that_becomes_slow_is_noticed_within_32_events() {
    let stream = EventStream! {
        for event in 0..140 {
            if event >= 100 {
                std::thread::sleep(Duration::from_millis(2));
            }
            yield data("a");
        }
    };
    let chunks = chunks(stream);
    assert!(chunks[0].len() <= 132 * "data: a\n\n".len(), "{}", chunks[0].len());
    assert_eq!(chunks.concat().len(), 140 * "data: a\n\n".len());
}

fn signal() -> (oneshot::Sender<()>, impl Future<Output = ()> + Send + 'static) {
    let (send, receive) = oneshot::channel();
    (send, receive.map(|_| ()))
}

fn every_second() -> EventStream![] {
    EventStream! { loop { yield data("tick"); sleep(SECOND).await } }
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_a_grace_period_after_the_signal() {
    let (send, signal) = signal();
    let mut body = body(quiet().with_graceful_shutdown(signal));
    assert_eq!(within(5 * SECOND, &mut body).await, []);
    send.send(()).unwrap();
    let start = Instant::now();
    assert_eq!(text(&mut body).await, None);
    assert_eq!(start.elapsed().as_secs(), 1);
}

#[tokio::test(start_paused = true)]
async fn within_its_grace_period_a_stream_says_goodbye() {
    let (send, signal) = signal();
    let signal = signal.shared();
    let stop = signal.clone();
    let stream = EventStream! {
        stop.await;
        sleep(2 * SECOND).await;
        yield data("goodbye");
    };
    let stream = stream.with_graceful_shutdown(signal).shutdown_grace(3 * SECOND);
    let mut body = body(stream);
    send.send(()).unwrap();
    assert_eq!(text(&mut body).await.unwrap(), "data: goodbye\n\n");
    assert_eq!(text(&mut body).await, None);
}

#[tokio::test(start_paused = true)]
async fn without_grace_a_stream_ends_at_once_even_if_it_never_waits() {
    let (send, signal) = signal();
    let endless = EventStream! { loop { yield data("a") } };
    let stream = endless.with_graceful_shutdown(signal).shutdown_grace(Duration::ZERO);
    let mut body = body(stream);
    assert!(text(&mut body).await.unwrap().ends_with("data: a\n\n"));
    send.send(()).unwrap();
    assert_eq!(text(&mut body).await, None);
}

#[tokio::test(start_paused = true)]
async fn an_endless_grace_leaves_the_end_to_the_stream() {
    let (send, signal) = signal();
    let stream = every_second().with_graceful_shutdown(signal).shutdown_grace(Duration::MAX);
    let mut body = body(stream);
    send.send(()).unwrap();
    assert_eq!(within(SECOND * 1999 / 2, &mut body).await.len(), 1000);
}

#[tokio::test(start_paused = true)]
async fn shutdown_acts_on_items_too_and_drops_what_the_stream_held() {
    let (send, signal) = signal();
    let (held, mut holds) = mpsc::channel::<()>(1);
    let stream = EventStream! { let _held = held; for await it in every_second() { yield it } };
    let stream = stream.with_graceful_shutdown(signal).shutdown_grace(SECOND * 5 / 2).boxed();
    send.send(()).unwrap();
    let mut stream = stream;
    for _ in 0..3 {
        assert_eq!(next(&mut stream).await, Some(data("tick")));
    }
    assert_eq!(next(&mut stream).await, None);
    assert_eq!(holds.recv().await, None, "the sender was dropped");
}

#[tokio::test(start_paused = true)]
async fn either_of_two_signals_ends_a_stream() {
    let (_first, signal) = signal();
    let stream = quiet().with_graceful_shutdown(signal).with_graceful_shutdown(sleep(4 * SECOND));
    let start = Instant::now();
    assert_eq!(text(&mut body(stream)).await, None);
    assert_eq!(start.elapsed().as_secs(), 5);
}

fn failing() -> EventStream![Result<Event, String>] {
    EventStream! {
        yield data("a");
        yield data("b");
        Err("broken")?;
        yield data("never");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failure_comes_after_all_that_was_yielded_before_it() {
    let mut body = Box::pin(failing().into_bytes());
    assert_eq!(next(&mut body).await.unwrap().unwrap(), "data: a\n\ndata: b\n\n");
    assert_eq!(body.next().now_or_never().map(|_| ()), None, "the server may write first");
    let error = next(&mut body).await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "broken");
    assert!(next(&mut body).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_panic_is_a_failure_that_comes_after_all_that_was_yielded_before_it() {
    let mut body = body(EventStream! { yield data("a"); panic!("in the block") });
    assert_eq!(text(&mut body).await.unwrap(), "data: a\n\n");
    let error = next(&mut body).await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "the event stream panicked");
    assert!(error.is_panic());
    assert!(next(&mut body).await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_reported_with_its_cause() {
    #[derive(Debug)]
    struct Lost(fmt::Error);

    impl fmt::Display for Lost {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("lost")
        }
    }

    impl StdError for Lost {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            Some(&self.0)
        }
    }

    let failing = EventStream::from(stream::iter([Err::<Event, _>(Lost(fmt::Error))]));
    let error = next(&mut failing.into_bytes()).await.unwrap().unwrap_err();
    assert_eq!(error.to_string(), "lost");
    assert_eq!(error.source().map(ToString::to_string), Some(fmt::Error.to_string()));
    assert!(error.into_inner().is::<Lost>());
}

#[tokio::test(start_paused = true)]
async fn on_error_ends_the_body_cleanly() {
    let stream = failing().on_error(|error| Event::data(error).event("failed"));
    let mut body = body(stream);
    let expected = "data: a\n\ndata: b\n\nevent: failed\ndata: broken\n\n";
    assert_eq!(text(&mut body).await.unwrap(), expected);
    assert_eq!(text(&mut body).await, None);
}

#[test]
fn items_of_a_failing_stream_are_as_they_were_yielded() {
    let expected = [Ok(data("a")), Ok(data("b")), Err("broken".to_owned())];
    assert_eq!(items(failing()), expected);
}
