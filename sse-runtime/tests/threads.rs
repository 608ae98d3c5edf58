//! Many threads, many streams: for `cargo xtask miri` and `cargo xtask tsan`, which look for data
//! races, and run orders that a plain run doesn't meet.
//!
//! All streams are boxed: no rule yet (RFC 3467) allows a `&` to a block that borrows from itself, as
//! `Body::is_end_stream` takes one, so Miri would report it.
#![cfg(feature = "http-body")]

use std::num::ParseIntError;
use std::pin::pin;
use std::sync::{Mutex, mpsc};
use std::thread;

use bytes::Bytes;
use futures::executor::block_on;
use futures::{FutureExt as _, SinkExt as _, StreamExt as _, channel};
use http_body_util::BodyExt as _;
use sse_runtime::{BoxEventStream, Event, EventStream};
use tokio::runtime::Builder;
use tokio::task::yield_now;

const EVENTS: usize = 6;

fn event(stream: usize, number: usize) -> Event {
    Event::data(format!("{stream} {number}"))
}

fn events(stream: usize) -> Vec<Event> {
    (0..EVENTS).map(|number| event(stream, number)).collect()
}

/// Waits in places that differ from stream to stream.
fn numbered(stream: usize) -> BoxEventStream<'static> {
    EventStream!({
        for number in 0..EVENTS {
            if number % 3 == stream % 3 {
                yield_now().await;
            }
            yield event(stream, number);
        }
    })
    .boxed()
}

/// A stream that any thread may poll, and what came of it.
type Shared = Mutex<(BoxEventStream<'static>, Vec<Event>)>;

/// Polls once, and returns whether that was the end.
fn poll(shared: &Shared) -> bool {
    let (stream, received) = &mut *shared.lock().unwrap();
    let item = stream.next().now_or_never();
    let ended = item == Some(None);
    received.extend(item.flatten());
    ended
}

fn poll_by_turns(streams: &[Shared; 3], first: usize) {
    let mut ended = [false; 3];
    for turn in (0..3).cycle().skip(first) {
        ended[turn] |= poll(&streams[turn]);
        if ended == [true; 3] {
            return;
        }
    }
}

#[test]
fn streams_that_threads_poll_by_turns_keep_their_events() {
    let streams = [0, 1, 2].map(|stream| Mutex::new((numbered(stream), Vec::new())));
    thread::scope(|scope| {
        for first in 0..3 {
            let streams = &streams;
            scope.spawn(move || poll_by_turns(streams, first));
        }
    });
    for (number, shared) in streams.iter().enumerate() {
        assert_eq!(shared.lock().unwrap().1, events(number));
    }
}

#[test]
fn a_stream_that_another_thread_wakes_goes_on_in_order() {
    let (mut sender, mut receiver) = channel::mpsc::channel(1);
    let sending = thread::spawn(move || {
        for number in 0..EVENTS {
            block_on(sender.send(number)).unwrap();
        }
    });
    let stream = EventStream!({
        while let Some(number) = receiver.next().await {
            yield event(7, number);
        }
    })
    .boxed();
    assert_eq!(block_on(stream.collect::<Vec<_>>()), events(7));
    sending.join().unwrap();
}

#[test]
fn streams_that_workers_steal_from_each_other_keep_their_events() {
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let tasks = [0, 1, 2, 3].map(|stream| runtime.spawn(numbered(stream).collect::<Vec<_>>()));
    for (stream, task) in tasks.into_iter().enumerate() {
        assert_eq!(runtime.block_on(task).unwrap(), events(stream));
    }
}

fn failing() -> BoxEventStream<'static, Result<Event, ParseIntError>> {
    EventStream!({
        yield Event::data("a");
        yield_now().await;
        yield Event::data("b");
        "x".parse::<u8>()?;
    })
    .boxed()
}

#[test]
fn a_failure_waits_for_the_frames_that_another_thread_drops() {
    let (give, take) = mpsc::channel::<Bytes>();
    let writing = thread::spawn(move || take.iter().flatten().collect::<Vec<_>>());
    let runtime = Builder::new_current_thread().enable_time().build().unwrap();
    runtime.block_on(async {
        let mut body = pin!(failing().into_body());
        while let Ok(frame) = body.frame().await.expect("it fails") {
            give.send(frame.into_data().unwrap()).unwrap();
        }
    });
    drop(give);
    assert_eq!(writing.join().unwrap(), b"data: a\n\ndata: b\n\n");
}
