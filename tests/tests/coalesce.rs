//! Events that wait for others to share their write, on a paused clock: as bytes, and as Rocket
//! reads them.

use std::future::pending;
use std::sync::Mutex;
use std::time::Duration;

use futures::StreamExt as _;
use rocket::config::{Config, LogLevel};
use rocket::local::asynchronous::Client;
use rocket::{State, get, routes};
use sse_runtime::{BoxEventStream, Event, EventStream};
use tests::bytes::items;
use tests::deadline::in_time;
use tokio::io::AsyncReadExt as _;
use tokio::time::{Instant, sleep, sleep_until, timeout_at};

const WINDOW: Duration = ms(20);

const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// An event at each of these milliseconds, named by it; then the end, at the last of them.
fn at<const N: usize>(times: [u64; N]) -> EventStream![] {
    EventStream!({
        let start = Instant::now();
        for time in times {
            sleep_until(start + ms(time)).await;
            yield Event::data(time);
        }
    })
}

/// What arrives within a second, and at which millisecond.
type Arrived = Vec<(u64, String)>;

/// The body without what each event has: `1 2` for two events, `:` for a heartbeat.
fn shortened(bytes: &[u8]) -> String {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    text.replace("data: ", "").replace("\n\n", " ").replace(":\n", ": ").trim_end().to_owned()
}

fn milliseconds_since(start: Instant) -> u64 {
    start.elapsed().as_millis().try_into().unwrap()
}

async fn as_bytes(events: BoxEventStream<'static>) -> Arrived {
    let start = Instant::now();
    let mut bytes = Box::pin(events.into_bytes());
    let mut arrived = Vec::new();
    while let Ok(chunk) = timeout_at(start + ms(1000), bytes.next()).await {
        let text = chunk.as_ref().map(|chunk| shortened(chunk.as_ref().unwrap()));
        arrived.push((milliseconds_since(start), text.unwrap_or("end".to_owned())));
        if chunk.is_none() {
            break;
        }
    }
    arrived
}

type Slot = Mutex<Option<BoxEventStream<'static>>>;

#[get("/")]
fn take(slot: &State<Slot>) -> BoxEventStream<'static> {
    slot.lock().unwrap().take().unwrap()
}

async fn as_rocket_reads(events: BoxEventStream<'static>) -> Arrived {
    let config = Config { log_level: LogLevel::Off, ..Config::debug_default() };
    let rocket = rocket::custom(config).manage(Slot::new(Some(events))).mount("/", routes![take]);
    let client = Client::untracked(rocket).await.unwrap();
    let mut response = client.get("/").dispatch().await;
    let start = Instant::now();
    // As much as Rocket's server reads.
    let mut buffer = vec![0; 16 * 1024];
    let mut arrived = Vec::new();
    while let Ok(length) = timeout_at(start + ms(1000), response.read(&mut buffer)).await {
        let read = &buffer[..length.unwrap()];
        let text = if read.is_empty() { "end".to_owned() } else { shortened(read) };
        arrived.push((milliseconds_since(start), text));
        if read.is_empty() {
            break;
        }
    }
    arrived
}

/// What is to arrive of this stream, and when, however it is read.
async fn arrives(stream: impl Fn() -> BoxEventStream<'static>, expected: &[(u64, &str)]) {
    let expected: Vec<_> = expected.iter().map(|&(time, text)| (time, text.to_owned())).collect();
    assert_eq!(as_bytes(stream()).await, expected);
    assert_eq!(as_rocket_reads(stream()).await, expected, "as Rocket reads them");
}

#[tokio::test(start_paused = true)]
async fn each_event_is_sent_at_once_unless_told_otherwise() {
    let expected = [(0, "0"), (5, "5"), (6, "6"), (6, "end")];
    arrives(|| at([0, 5, 6]).boxed(), &expected).await;
    arrives(|| at([0, 5, 6]).coalesce(Duration::ZERO).boxed(), &expected).await;
}

#[tokio::test(start_paused = true)]
async fn events_share_a_write_at_the_end_of_their_window() {
    let stream = || at([0, 6, 12, 18, 26, 33, 39, 500]).coalesce(WINDOW).boxed();
    let expected = [(0, "0"), (20, "6 12 18"), (40, "26 33 39"), (500, "500"), (500, "end")];
    arrives(stream, &expected).await;
}

#[tokio::test(start_paused = true)]
async fn the_first_event_after_a_pause_is_sent_at_once() {
    let stream = || at([0, 20, 41, 45, 82, 100]).coalesce(WINDOW).boxed();
    let expected =
        [(0, "0"), (20, "20"), (41, "41"), (61, "45"), (82, "82"), (100, "100"), (100, "end")];
    arrives(stream, &expected).await;
}

#[tokio::test(start_paused = true)]
async fn the_end_sends_what_waits() {
    let expected = [(0, "0"), (7, "3 7"), (7, "end")];
    arrives(|| at([0, 3, 7]).coalesce(WINDOW).boxed(), &expected).await;
}

fn failing() -> EventStream![Result<Event, std::fmt::Error>] {
    EventStream!({
        for await event in at([0, 3, 7]) {
            yield event;
        }
        Err(std::fmt::Error)?;
    })
    .coalesce(WINDOW)
}

#[tokio::test(start_paused = true)]
async fn a_failure_sends_what_waits_and_comes_after_it() {
    let start = Instant::now();
    let mut bytes = Box::pin(failing().into_bytes());
    assert_eq!(bytes.next().await.unwrap().unwrap(), "data: 0\n\n");
    assert_eq!(bytes.next().await.unwrap().unwrap(), "data: 3\n\ndata: 7\n\n");
    assert_eq!(milliseconds_since(start), 7);
    assert!(bytes.next().await.unwrap().is_err());
    assert!(bytes.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_sends_what_waits() {
    let stream = || {
        at([0, 3, 900])
            .coalesce(WINDOW)
            .with_graceful_shutdown(sleep(ms(4)))
            .shutdown_grace(ms(5))
            .boxed()
    };
    arrives(stream, &[(0, "0"), (9, "3"), (9, "end")]).await;
}

#[tokio::test(start_paused = true)]
async fn heartbeats_come_at_their_time_and_take_along_what_waits() {
    let stream = || {
        EventStream!({
            for await event in at([0, 5, 25, 41]) {
                yield event;
            }
            pending::<()>().await;
        })
        .heartbeat(ms(33))
        .coalesce(WINDOW)
        .boxed()
    };
    let mut expected = vec![(0, "0"), (20, "5"), (33, "25 :"), (53, "41")];
    let beats: Vec<_> = (2..=30).map(|beat| (33 * beat, ":")).collect();
    expected.extend(beats);
    arrives(stream, &expected).await;
}

/// So that the event after it is the first after a pause all the same.
#[tokio::test(start_paused = true)]
async fn a_heartbeat_begins_no_window() {
    let stream = || at([0, 105, 200]).heartbeat(ms(100)).coalesce(WINDOW).boxed();
    let expected = [(0, "0"), (100, ":"), (105, "105"), (200, "200"), (200, "end")];
    arrives(stream, &expected).await;
}

#[tokio::test(start_paused = true)]
async fn a_full_chunk_does_not_wait() {
    let stream = || {
        EventStream!({
            yield Event::data("a");
            sleep(ms(1)).await;
            for _ in 0..17 {
                yield Event::data("x".repeat(1000));
                sleep(ms(1)).await;
            }
            pending::<()>().await;
        })
        .coalesce(ms(500))
        .boxed()
    };
    let arrived = |arrived: Arrived| -> Vec<_> {
        arrived.into_iter().map(|(time, text)| (time, text.len() / 1000)).collect()
    };
    // Of 7 KiB, and of 16 KiB in the reads of this test.
    assert_eq!(arrived(as_bytes(stream()).await), [(0, 0), (8, 8), (16, 8), (516, 1)]);
    // There an event may straddle two reads.
    assert_eq!(arrived(as_rocket_reads(stream()).await), [(0, 0), (17, 16), (17, 0)]);
}

/// By a real clock, since only that goes on while the block doesn't give way.
#[tokio::test]
async fn a_block_that_works_for_long_between_events_is_polled_on() {
    let stream = EventStream!({
        for n in 0..5 {
            yield Event::data(n);
            std::thread::sleep(ms(5));
        }
    });
    let stream = stream.coalesce(Duration::from_hours(1)).boxed();
    let arrived: Vec<_> = in_time(stream.into_bytes().collect()).await;
    let texts = arrived.into_iter().map(|chunk| shortened(chunk.unwrap().as_ref()));
    assert_eq!(texts.collect::<Vec<_>>(), ["0 1 2", "3 4"]);
}

#[tokio::test(start_paused = true)]
async fn a_large_shared_event_does_not_wait() {
    let large = Event::data("x".repeat(5000)).into_shared();
    let stream = EventStream!({
        yield Event::data("a");
        sleep(ms(1)).await;
        yield Event::data("b");
        yield large;
        pending::<()>().await;
    });
    let arrived = as_bytes(stream.coalesce(WINDOW).boxed()).await;
    let expected = ["a".to_owned(), "b".to_owned(), "x".repeat(5000)];
    assert_eq!(arrived, [0, 1, 1].into_iter().zip(expected).collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn the_setting_survives_what_a_stream_is_made_into() {
    let expected = [(0, "0"), (7, "3 7"), (7, "end")];
    let stream = || at([0, 3, 7]).coalesce(WINDOW);
    arrives(|| stream().boxed().boxed(), &expected).await;
    arrives(|| stream().map_events(|event| event).boxed(), &expected).await;
    let on_error = || failing().on_error(|_| Event::data("failed")).boxed();
    arrives(on_error, &[(0, "0"), (7, "3 7 failed"), (7, "end")]).await;
}

#[tokio::test(start_paused = true)]
async fn items_do_not_wait() {
    let events = EventStream! { yield Event::data("a"); yield Event::data("b"); };
    assert_eq!(items(events.coalesce(WINDOW)).len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_endless_window_holds_events_until_the_end() {
    let stream = || at([0, 300, 600, 900]).coalesce(Duration::MAX).boxed();
    arrives(stream, &[(0, "0"), (900, "300 600 900"), (900, "end")]).await;
}
