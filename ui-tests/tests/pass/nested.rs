//! Blocks in blocks, under any name.
#![forbid(unsafe_code)]
#![deny(warnings, unreachable_code, unused_qualifications)]
#![allow(dead_code)]

use sse_runtime::{Event, EventStream, EventStream as Sse};
use std::num::ParseIntError;

mod ours {
    pub(crate) use sse_runtime::EventStream as Events;
    pub(crate) use sse_runtime::EventStream;
}

fn inner_of_the_same_name() -> EventStream![] {
    EventStream! {
        yield Event::data("a");
        let inner = EventStream! {
            yield Event::data("b");
        };
        for await event in inner {
            yield event;
        }
    }
}

fn renamed_in_original() -> EventStream![] {
    EventStream! {
        for await event in Sse! { yield Event::data("a"); } {
            yield event;
        }
    }
}

fn original_in_renamed() -> Sse![] {
    Sse! {
        for await event in EventStream! { yield Event::data("a"); } {
            yield event;
        }
    }
}

fn by_path() -> ours::Events![Event] {
    ours::EventStream! {
        for await event in sse_runtime::EventStream! { yield Event::data("a"); } {
            yield event;
        }
    }
}

fn inner_that_can_fail(text: &str) -> EventStream![] {
    EventStream! {
        let inner = EventStream! {
            let n: u32 = text.parse()?;
            if n == 0 {
                return;
            }
            yield Event::data(n.to_string());
        };
        for await event in inner {
            let event: Result<Event, ParseIntError> = event;
            yield event.unwrap_or_else(|error| Event::data(error.to_string()));
        }
    }
}

fn outer_that_can_fail(text: &str) -> EventStream![Result<Event, ParseIntError>] {
    EventStream! {
        let inner = EventStream! {
            yield Event::data("a");
            return;
        };
        for await event in inner {
            yield event;
        }
        yield Event::data(text.parse::<u32>()?.to_string());
    }
}

fn in_select() -> EventStream![] {
    EventStream! {
        tokio::select! {
            () = async {} => {
                for await event in Sse!({ yield Event::data("a"); }) {
                    yield event;
                }
            }
        }
    }
}

fn in_a_closure() -> EventStream![] {
    EventStream! {
        let make = |text: &'static str| EventStream! { yield Event::data(text); };
        for await event in make("a") {
            yield event;
        }
    }
}

fn in_an_async_block() -> EventStream![] {
    EventStream! {
        let stream = async { EventStream! { yield Event::data("a"); } }.await;
        for await event in stream {
            yield event;
        }
    }
}

fn in_a_function() -> EventStream![] {
    EventStream! {
        fn inner() -> EventStream![] {
            EventStream! { yield Event::data("a"); }
        }
        for await event in inner() {
            yield event;
        }
    }
}

fn chosen(old: bool) -> sse_runtime::BoxEventStream<'static> {
    if old {
        EventStream! { yield Event::data("a"); }.boxed()
    } else {
        EventStream! { yield Event::data("b"); }.boxed()
    }
}

fn main() {}
