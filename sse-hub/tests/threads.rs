//! Threads that share a hub, for tools that look for data races: `cargo xtask miri`, `tsan`.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use futures::executor::block_on;
use futures::{Stream, StreamExt as _};
use sse_hub::{Hub, Start, Stats};
use sse_runtime::{Event, EventStream};

const EVENTS: usize = if cfg!(miri) { 8 } else { 1000 };

fn publish(hub: &Hub, name: &str) {
    for n in 0..EVENTS {
        let published = block_on(hub.publish([name, "all"], Event::data(format!("{name} {n}"))));
        published.expect("it is within all limits");
    }
}

/// Reads the data of this many events. There may be no gaps.
fn read(events: impl Stream<Item = Event> + Unpin, count: usize) -> Vec<String> {
    let data = |event: Event| event.fields().data.expect("an event with data").to_owned();
    block_on(events.take(count).map(data).collect())
}

#[test]
fn readers_on_other_threads_have_the_events_of_two_publishers_in_one_order() {
    let hub = Hub::new();
    let all = [(); 2].map(|()| hub.subscribe("all").announce(false));
    let one = hub.subscribe("a").announce(false);
    thread::scope(|scope| {
        let all = all.map(|events| scope.spawn(|| read(events, EVENTS * 2)));
        let one = scope.spawn(|| read(one, EVENTS));
        scope.spawn(|| publish(&hub, "a"));
        scope.spawn(|| publish(&hub, "b"));
        let [first, second] = all.map(|reader| reader.join().unwrap());
        assert_eq!(first, second);
        let expected: Vec<_> = (0..EVENTS).map(|n| format!("a {n}")).collect();
        assert_eq!(one.join().unwrap(), expected);
        let of_a: Vec<_> = first.into_iter().filter(|data| data.starts_with('a')).collect();
        assert_eq!(of_a, expected);
    });
}

#[test]
fn clients_that_come_and_go_while_events_are_evicted_leave_nothing() {
    let hub = Hub::builder().replay(Duration::from_secs(60), 2000).build();
    let clients = AtomicUsize::new(2);
    thread::scope(|scope| {
        scope.spawn(|| publish(&hub, "a"));
        for _ in 0..2 {
            scope.spawn(|| {
                for n in 0..EVENTS / 4 {
                    let topic = format!("only of client {n}");
                    let events = hub.subscribe(["a", "b", &topic]).start(Start::Earliest);
                    block_on(events.take(2).for_each(async |_| ()));
                }
                clients.fetch_sub(1, Ordering::Relaxed);
            });
        }
        scope.spawn(|| publish(&hub, "b"));
        // Each client waits for an event after its opening.
        scope.spawn(|| {
            while clients.load(Ordering::Relaxed) > 0 {
                publish(&hub, "a");
            }
        });
    });
    let Stats { subscriptions, topics, .. } = hub.stats();
    assert_eq!((subscriptions, hub.subscribers("a"), hub.subscribers("b")), (0, 0, 0));
    assert!(topics <= 3, "those that still have events: {topics}");
}

#[test]
fn bodies_on_other_threads_share_the_bytes_of_an_event() {
    let hub = Hub::new();
    let text = "x".repeat(5000);
    let bodies = [(); 2].map(|()| hub.subscribe("a").announce(false));
    let id = block_on(hub.publish("a", Event::data(text.clone()))).expect("published");
    thread::scope(|scope| {
        for events in bodies {
            let text = &text;
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
                let bytes = runtime.expect("a runtime").block_on(async {
                    EventStream::from(events).into_bytes().next().await.expect("it goes on")
                });
                let expected = format!("id: {id}\ndata: {text}\n\n");
                assert_eq!(bytes.expect("nothing fails"), expected);
            });
        }
    });
}
