//! What a client sees, and what a server keeps, when the line between them fails.

use std::net::SocketAddr;
use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::future::join_all;
use tests::patience::until;
use tests::proxy::{Fault, Proxy};
use tests::reader::Reader;
use tests::reference::Parser;
use tests::servers::numbered::data;
use tests::servers::streams::WIRE;
use tests::servers::{Server, on_each_framework};

const SLOW: [Fault; 2] = [Fault::Delay(Duration::from_millis(3)), Fault::OneByteAtATime];

const BREAKS: [fn(u64) -> Fault; 3] = [Fault::Cut, Fault::Reset, Fault::HalfOpen];

/// After the head, in the middle of the first numbered events.
const EARLY: u64 = 700;

async fn get(address: SocketAddr, path: &str) -> Reader {
    Reader::get(address, path, None).await.expect("it takes a request")
}

async fn through(server: &Server, fault: Fault, path: &str) -> (Proxy, Reader) {
    let proxy = Proxy::start(server.address, fault).await;
    let reader = get(proxy.address, path).await;
    (proxy, reader)
}

/// Waits until as many generators were dropped as were begun, and all of them once.
async fn all_dropped(server: Server, begun: usize) {
    let world = server.world.clone();
    assert_eq!(world.begun.load(Ordering::SeqCst), begun);
    until("all are dropped", || {
        if !server.framework.sees_clients_leave() {
            world.go.notify_waiters();
        }
        world.dropped.load(Ordering::SeqCst) >= begun
    })
    .await;
    assert_eq!(server.dropped_at_the_end().await, begun);
}

/// The number of the last event, if each follows on the one before.
fn follow(reader: &Reader, mut last: usize) -> usize {
    for event in &reader.parser.dispatched {
        last += 1;
        assert_eq!(event.last_event_id, last.to_string());
        assert_eq!(event.data, data(last));
    }
    last
}

#[tokio::test]
async fn over_a_slow_line_every_event_arrives() {
    on_each_framework(async |server| {
        for fault in SLOW {
            let (_proxy, reader) = through(&server, fault, "/wire").await;
            let reader = reader.to_the_end().await;
            assert_eq!(String::from_utf8(reader.body).unwrap(), WIRE, "{fault:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn over_a_slow_line_an_event_does_not_wait_for_the_next() {
    on_each_framework(async |server| {
        for fault in SLOW {
            let (_proxy, mut reader) = through(&server, fault, "/waiting").await;
            for count in 1..=3 {
                reader.until(|reader| reader.parser.dispatched.len() == count).await;
                server.world.go.notify_one();
            }
            assert!(reader.to_the_end().await.parser.dispatched.len() == 3, "{fault:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn over_a_slow_line_a_failure_comes_after_all_that_was_yielded() {
    on_each_framework(async |server| {
        for fault in SLOW {
            let (_proxy, reader) = through(&server, fault, "/failing").await;
            let reader = reader.to_the_end().await;
            assert_eq!(reader.body, b"data: a\n\ndata: b\n\n", "{fault:?}");
            assert_eq!(reader.is_done(), !server.framework.can_abort(), "{fault:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn over_a_slow_line_a_shutdown_ends_the_stream_between_two_events() {
    on_each_framework(async |server| {
        let mut lines = Vec::new();
        for fault in SLOW {
            let (proxy, mut reader) = through(&server, fault, "/busy").await;
            reader.until(|reader| !reader.parser.dispatched.is_empty()).await;
            lines.push((proxy, tokio::spawn(reader.to_the_end())));
        }
        server.stop();
        for (_proxy, reader) in lines {
            let reader = reader.await.unwrap();
            assert!(reader.is_done(), "the body ends properly");
            assert_eq!(String::from_utf8(reader.body).unwrap().replace("data: a\n\n", ""), "");
        }
        server.stopped().await;
    })
    .await;
}

#[tokio::test]
async fn wherever_a_line_breaks_the_client_sees_the_whole_events_that_arrived_and_no_other() {
    let all = Parser::read(WIRE.as_bytes()).dispatched;
    on_each_framework(async |server| {
        for fault in BREAKS {
            for count in 1.. {
                let (_proxy, reader) = through(&server, fault(count), "/wire").await;
                let reader = reader.to_the_end().await;
                assert!(WIRE.as_bytes().starts_with(&reader.body), "{count}");
                let whole = reader.body.windows(2).filter(|pair| pair == b"\n\n").count();
                assert_eq!(reader.parser.dispatched, all[..whole], "{count}");
                if reader.is_done() {
                    assert_eq!(whole, all.len());
                    break;
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn when_a_line_breaks_the_generator_is_dropped_once() {
    on_each_framework(async |server| {
        let break_at = async |fault: Fault, path| {
            let (_proxy, reader) = through(&server, fault, path).await;
            assert!(!reader.to_the_end().await.is_done());
        };
        let mut broken = Vec::new();
        for path in ["/held", "/numbered"] {
            for count in EARLY..EARLY + 10 {
                broken.push(break_at(Fault::Cut(count), path));
                broken.push(break_at(Fault::Reset(count), path));
            }
        }
        let begun = join_all(broken).await.len();
        all_dropped(server, begun).await;
    })
    .await;
}

#[tokio::test]
async fn a_client_that_leaves_a_stream_at_rest_drops_the_generator_once() {
    on_each_framework(async |server| {
        for leave in [drop, Reader::reset] {
            let mut reader = Reader::get(server.address, "/numbered", Some(498)).await.unwrap();
            reader.until(|reader| reader.parser.dispatched.len() == 2).await;
            leave(reader);
        }
        all_dropped(server, 2).await;
    })
    .await;
}

#[tokio::test]
async fn a_half_open_line_keeps_its_generator_until_it_is_given_up() {
    on_each_framework(async |server| {
        let (proxy, reader) = through(&server, Fault::HalfOpen(EARLY), "/numbered").await;
        follow(&reader.to_the_end().await, 0);
        // The server goes on, as it knows of nothing.
        let before = server.world.count.load(Ordering::SeqCst);
        until("it goes on", || server.world.count.load(Ordering::SeqCst) > before).await;
        assert_eq!(server.world.dropped.load(Ordering::SeqCst), 0);
        proxy.go.notify_one();
        all_dropped(server, 1).await;
    })
    .await;
}

#[tokio::test]
async fn a_half_open_line_does_not_hold_up_a_shutdown() {
    on_each_framework(async |server| {
        let (_proxy, reader) = through(&server, Fault::HalfOpen(EARLY), "/held").await;
        reader.to_the_end().await;
        assert_eq!(server.dropped_at_the_end().await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_line_that_stalls_goes_on_where_it_was() {
    on_each_framework(async |server| {
        for count in EARLY..EARLY + 10 {
            let (proxy, mut reader) = through(&server, Fault::Stall(count), "/numbered").await;
            let before = server.world.count.load(Ordering::SeqCst);
            reader.until(|reader| !reader.parser.dispatched.is_empty()).await;
            until("it goes on", || server.world.count.load(Ordering::SeqCst) > before + 50).await;
            proxy.go.notify_one();
            reader.until(|reader| reader.parser.dispatched.len() > 100).await;
            follow(&reader, 0);
        }
        all_dropped(server, 10).await;
    })
    .await;
}

#[tokio::test]
async fn a_client_that_resumes_misses_nothing_and_sees_nothing_twice() {
    on_each_framework(async |server| {
        let mut last = 0;
        for (fault, count) in BREAKS.into_iter().cycle().zip((EARLY..).step_by(977)) {
            let proxy = Proxy::start(server.address, fault(count)).await;
            let mut reader = Reader::get(proxy.address, "/numbered", Some(last)).await.unwrap();
            let enough = |reader: &Reader| last + reader.parser.dispatched.len() > 300;
            while !enough(&reader) && reader.read(4096).await.unwrap_or(false) {}
            proxy.go.notify_one();
            if enough(&reader) {
                break;
            }
            last = follow(&reader, last);
        }
    })
    .await;
}
