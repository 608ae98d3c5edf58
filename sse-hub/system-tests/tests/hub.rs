//! A hub under each framework, over real sockets: what its clients receive is what was published,
//! and where something is missing they are told.

use std::fs;
use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use fastrand::Rng;
use futures::future::join_all;
use sse_hub::Hub;
use sse_runtime::Event;
use system_tests::ledger::{Follower, SETS, publish};
use system_tests::served::on_each_framework;
use tests::deadline::in_time;
use tests::patience::{PATIENCE, until};
use tests::reader::Reader;
use tests::servers::{Framework, Server};
use tokio::time::sleep;

const CLIENTS: usize = 200;
const EVENTS: u64 = 1000;

/// Connects with the last ID it has, reads for a while, and leaves, until it has everything.
async fn follow(server: SocketAddr, mut follower: Follower, mut plan: Rng) -> Follower {
    while !follower.has_all(EVENTS) {
        visit(server, &mut follower, &mut plan).await;
        sleep(Duration::from_millis(plan.u64(..60))).await;
    }
    follower
}

async fn visit(server: SocketAddr, follower: &mut Follower, plan: &mut Rng) {
    let path = format!("/hub{}", follower.set);
    let mut reader = match &follower.last {
        Some(last) if plan.bool() => {
            let path = format!("{path}?lastEventId={last}");
            Reader::resume(server, &path, None).await.expect("it takes the request")
        }
        last => Reader::resume(server, &path, last.as_deref()).await.expect("it takes the request"),
    };
    let (goal, stall) = (follower.events + plan.usize(..150), plan.u8(..6) == 0);
    while follower.events <= goal && !follower.has_all(EVENTS) {
        let read = in_time(reader.read(4096)).await;
        assert!(read.expect("the line holds"), "the stream goes on");
        follower.take(&mut reader.parser).unwrap();
        reader.body.clear();
        if stall && plan.u8(..16) == 0 {
            sleep(Duration::from_millis(plan.u64(..300))).await;
        }
    }
    if plan.bool() {
        reader.reset();
    }
}

/// Connects, and comes back when everything has been published.
async fn returns_late(server: SocketAddr, publishing: impl Future<Output = ()>) -> Follower {
    let mut follower = Follower::new(SETS - 1);
    let mut reader = Reader::resume(server, "/hub15", None).await.expect("it takes the request");
    while follower.last.is_none() {
        reader.read(4096).await.expect("the line holds");
        follower.take(&mut reader.parser).unwrap();
    }
    drop(reader);
    publishing.await;
    follow(server, follower, Rng::with_seed(0)).await
}

async fn clients_come_and_go(server: Server, hub: Hub) {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let client = |number: usize| {
        let follower = Follower::new(number % (SETS - 1) + 1);
        follow(server.address, follower, Rng::with_seed(seed ^ number as u64))
    };
    let clients = join_all((0..CLIENTS).map(client));
    let late = returns_late(server.address, async { publish(&hub, EVENTS).await });
    let (followers, late) = tokio::join!(clients, late);
    let events: usize = followers.iter().map(|follower| follower.events).sum();
    let gaps: usize = followers.iter().map(|follower| follower.gaps).sum();
    println!("{CLIENTS} clients received {events} events, and were told of {gaps} gaps");
    assert_eq!((late.gaps, hub.stats().appended), (1, EVENTS));
    server.stop();
    server.stopped().await;
    assert_eq!(hub.stats().subscriptions, 0, "all of them are gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_come_and_go_receive_what_was_published_or_are_told_of_a_gap() {
    on_each_framework(clients_come_and_go).await;
}

/// With any other status, a browser's `EventSource` gives up for good.
async fn a_drained_hub_answers(server: Server, hub: Hub) {
    hub.drain(Duration::ZERO).await;
    let response = server.get("/hub15").await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let body = response.text().await.expect("it ends as it should");
    let time = body.strip_prefix("retry: ").and_then(|rest| rest.strip_suffix('\n'));
    let time: u64 = time.and_then(|time| time.parse().ok()).expect("a reconnection time alone");
    assert!((1000..=3000).contains(&time), "{body:?}");
}

#[tokio::test]
async fn a_drained_hub_sends_clients_away_with_a_reconnection_time_and_status_200() {
    on_each_framework(a_drained_hub_answers).await;
}

async fn streams_end_as_a_hub_is_drained(server: Server, hub: Hub) {
    let streams = join_all((0..20).map(|_| async { server.get("/hub15").await })).await;
    let texts = streams.into_iter().map(|stream| async { stream.text().await.expect("it ends") });
    let (texts, ()) = tokio::join!(join_all(texts), hub.drain(Duration::from_millis(50)));
    for text in texts {
        let opening_and_farewell = text.starts_with("id: ") && text.contains("\n\nretry: ");
        assert!(opening_and_farewell, "{text:?}");
    }
    assert_eq!(hub.stats().subscriptions, 0);
}

#[tokio::test]
async fn draining_ends_streams_over_real_sockets() {
    on_each_framework(streams_end_as_a_hub_is_drained).await;
}

/// How long it took, from the end on, until what a block holds was gone, and until the response was over or, where the
/// client doesn't read, the connection closed.
struct Took {
    held: Option<Duration>,
    over: Option<Duration>,
}

/// How long to watch whether a connection is closed. For the table of the documentation, `SSE_TEST_TABLE` makes it longer than a
/// server waits for a client that doesn't read.
fn to_close() -> Duration {
    Duration::from_secs(if std::env::var_os("SSE_TEST_TABLE").is_some() { 6 } else { 1 })
}

/// Whether the server still has this connection, as Linux tells.
fn is_connected(server: SocketAddr, client: SocketAddr) -> bool {
    let ends = [server, client].map(|end| format!(":{:04X}", end.port()));
    let table = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    table.lines().map(str::split_whitespace).any(|mut columns| {
        let [local, remote, state] = [columns.nth(1), columns.next(), columns.next()];
        let is_end = |at: Option<&str>, end: &str| at.is_some_and(|at| at.ends_with(end));
        is_end(local, &ends[0]) && is_end(remote, &ends[1]) && state == Some("01")
    })
}

/// A block that has begun for a client of `/tagged`.
async fn is_there(server: &Server, hub: &Hub, before: usize) {
    // A block begins when it is polled, and so after its subscription.
    let has_begun = || server.world.begun.load(Ordering::SeqCst) == before + 1;
    until("it is there", || hub.subscribers("tagged") == 1 && has_begun()).await;
}

/// Ends the user amid events of this size. Returns since when, and after what time what the block holds was gone.
async fn end(
    server: &Server,
    hub: &Hub,
    size: usize,
    before: usize,
) -> (Instant, Option<Duration>) {
    for _ in 0..20 {
        let event = Event::data("x".repeat(size));
        hub.publish("tagged", event).await.expect("published");
        sleep(Duration::from_millis(5)).await;
    }
    let called = Instant::now();
    hub.end("user:7", Event::data("you have signed out").event("bye")).await.unwrap();
    assert_eq!(hub.subscribers("tagged"), 0);
    hub.publish("tagged", Event::data("later")).await.expect("published");
    let is_gone = || server.world.dropped.load(Ordering::SeqCst) == before + 1;
    // Rocket holds the body of a client that doesn't read for as long as it is connected.
    let patience = if server.framework == Framework::Rocket { to_close() } else { PATIENCE };
    let held = after(called, patience, is_gone).await;
    assert!(held.is_some() || server.framework == Framework::Rocket);
    (called, held)
}

async fn who_reads_is_ended(server: &Server, hub: &Hub, size: usize) -> Took {
    let before = server.world.dropped.load(Ordering::SeqCst);
    // What isn't read within a second of the end is dropped: a client that reads fast.
    let response = server.get("/tagged").await;
    is_there(server, hub, before).await;
    let reading = tokio::spawn(async { (response.text().await, Instant::now()) });
    let (told, (called, held)) = tokio::join!(in_time(reading), end(server, hub, size, before));
    let (text, finished) = told.unwrap();
    let text = text.expect("it ends as it should");
    assert!(text.ends_with("event: bye\ndata: you have signed out\n\n"), "{size} bytes");
    assert!(!text.contains("later"));
    Took { held, over: Some(finished.duration_since(called)) }
}

async fn who_does_not_read_is_ended(server: &Server, hub: &Hub, size: usize) -> Took {
    let before = server.world.dropped.load(Ordering::SeqCst);
    let reader = Reader::get(server.address, "/tagged", None).await.expect("it is let in");
    is_there(server, hub, before).await;
    let (called, held) = end(server, hub, size, before).await;
    let over = after(called, to_close(), || !is_connected(server.address, reader.address())).await;
    drop(reader);
    let is_gone = || server.world.dropped.load(Ordering::SeqCst) == before + 1;
    until("what it holds is gone", is_gone).await;
    Took { held, over }
}

/// How long it takes until this is so, if it comes to that.
async fn after(begin: Instant, longest: Duration, is_so: impl Fn() -> bool) -> Option<Duration> {
    while !is_so() && begin.elapsed() < longest {
        sleep(Duration::from_millis(1)).await;
    }
    is_so().then(|| begin.elapsed())
}

/// A row of the table that the page on operation has.
async fn a_user_is_ended(server: Server, hub: Hub, size: usize) {
    let reads = who_reads_is_ended(&server, &hub, size).await;
    let idle = who_does_not_read_is_ended(&server, &hub, size).await;
    let show = |took: Option<Duration>| {
        took.map_or("when it leaves".to_owned(), |took| {
            format!("{:.1} ms", took.as_secs_f64() * 1e3)
        })
    };
    let columns = [reads.held, reads.over, idle.held, idle.over].map(show);
    println!("| {:?} | {size} | {} |", server.framework, columns.join(" | "));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_that_is_ended_receives_the_last_event_and_leaves_nothing_whether_or_not_it_reads() {
    let each =
        |size| on_each_framework(async move |server, hub| a_user_is_ended(server, hub, size).await);
    join_all([100, 10_000].map(each)).await;
    each(1_000_000).await;
}
