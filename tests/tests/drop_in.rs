//! Handlers written for Rocket's `EventStream` work with ours by a changed import, in
//! every edition: each of these is compiled with both, and its events are compared.
#![allow(clippy::pedantic, reason = "the handlers are as people write them")]

use std::time::Duration;

use futures::stream::{self, Stream};
use rocket::local::blocking::Client;
use rocket::tokio::{select, time};
use rocket::{Route, Shutdown, State, get, routes};
use tests::reference::Parser;

/// The same handlers with either import.
macro_rules! behind_either_import {
    ($($handlers:tt)*) => {
        mod rockets {
            use super::*;
            use rocket::response::stream::{Event, EventStream};
            $($handlers)*
        }

        mod ours {
            use super::*;
            use sse_runtime::{Event, EventStream};
            $($handlers)*
        }
    };
}

behind_either_import! {
    #[get("/pings")]
    fn pings() -> EventStream![] {
        EventStream! {
            let mut interval = time::interval(Duration::from_millis(1));
            for _ in 0..3 {
                yield Event::data("ping");
                interval.tick().await;
            }
        }
    }

    #[get("/triplets")]
    fn triplets() -> EventStream![] {
        EventStream! {
            for i in 0..3 {
                yield Event::retry(Duration::from_secs(10));
                yield Event::data(format!("{}", i)).id("cat").event("bar");
                yield Event::comment("silly boy");
            }
        }
    }

    #[get("/borrows")]
    fn borrows(flag: &State<bool>) -> EventStream![Event + '_] {
        EventStream! {
            if *flag.inner() {
                yield Event::data("hi");
            }
        }
    }

    #[get("/borrows-twice")]
    fn borrows_twice<'r>(flag: &'r State<bool>, text: &'r State<String>) -> EventStream![Event + 'r] {
        EventStream! {
            if *flag.inner() {
                yield Event::data(text.inner().clone());
            }
        }
    }

    #[get("/spelled-out")]
    fn spelled_out() -> EventStream<impl Stream<Item = Event>> {
        EventStream::from(stream::iter(vec![Event::data("a"), Event::data("b")]))
    }

    #[get("/heartbeats")]
    fn heartbeats() -> EventStream![] {
        let _off = EventStream::from(stream::pending::<Event>()).heartbeat(None);
        let stream = EventStream! {
            yield Event::data("hello");
        };
        stream.heartbeat(Duration::from_secs(15))
    }

    fn numbered(stream: impl Stream<Item = u8>) -> EventStream![] {
        EventStream! {
            for s in &["hi", "there"] {
                yield Event::data(s.to_string());
            }

            for await n in stream {
                yield Event::data(format!("n: {}", n));
            }
        }
    }

    #[get("/numbered")]
    fn numbered_route() -> EventStream![] {
        numbered(stream::iter([3, 7, 11]))
    }

    #[get("/until-shutdown")]
    fn until_shutdown(mut shutdown: Shutdown) -> EventStream![] {
        EventStream! {
            shutdown.clone().notify();
            let mut interval = time::interval(Duration::from_secs(60));
            interval.tick().await;
            loop {
                select! {
                    _ = interval.tick() => yield Event::data("hello"),
                    _ = &mut shutdown => {
                        yield Event::data("goodbye");
                        break;
                    }
                };
            }
        }
    }

    #[get("/events")]
    fn events() -> EventStream![Event] {
        EventStream! {
            yield Event::empty().event("e").id("4");
            yield Event::data("Hello, SSE!").with_comment("just a hello message").event("hello").id("1");
            yield Event::data("hi").event("then\nend");
            yield Event::data("bye").id("then\nend");
            yield Event::data("hi").with_data("foo\r\nbar\rbaz\n");
            yield Event::comment("bye").with_data("goodbye");
            yield Event::comment("bye").with_retry(Duration::from_millis(500));
            yield Event::retry(Duration::from_millis(250)).with_comment("a comment");
        }
    }

    pub(crate) fn handlers() -> Vec<Route> {
        routes![
            pings,
            triplets,
            borrows,
            borrows_twice,
            spelled_out,
            heartbeats,
            numbered_route,
            until_shutdown,
            events,
        ]
    }
}

fn received(handlers: Vec<Route>, path: &str) -> Parser {
    let rocket = rocket::build().manage(true).manage(String::from("text")).mount("/", handlers);
    let client = Client::debug(rocket).expect("it ignites");
    let response = client.get(path.to_owned()).dispatch();
    Parser::read(&response.into_bytes().expect("a body"))
}

#[test]
fn handlers_send_the_same_events_behind_either_import() {
    for route in ours::handlers() {
        let path = route.uri.to_string();
        let ours = received(ours::handlers(), &path);
        let rockets = received(rockets::handlers(), &path);
        assert_eq!(ours.dispatched, rockets.dispatched, "{path}");
        assert_eq!(ours.reconnection_time, rockets.reconnection_time, "{path}");
        assert!(!ours.dispatched.is_empty(), "{path}");
    }
}

#[test]
fn a_borrow_needs_no_annotation() {
    use sse_runtime::{Event, EventStream};

    #[get("/")]
    fn borrows(text: &State<String>) -> EventStream![] {
        EventStream! { yield Event::data(text.inner().clone()); }
    }

    assert_eq!(received(routes![borrows], "/").dispatched[0].data, "text");
}

#[test]
fn a_stream_may_outlive_an_argument_that_it_does_not_use() {
    use sse_runtime::{Event, EventStream};

    fn unrelated(text: &str) -> EventStream![Event + use<>] {
        let length = text.len();
        EventStream! { yield Event::data(length.to_string()); }
    }

    let stream = { unrelated(&String::from("text")) };
    assert_eq!(tests::bytes::items(stream), [Event::data("4")]);
}
