//! Typed events under names that clash, and with every lint on.
#![deny(warnings)]
#![deny(unused_qualifications, missing_docs, unreachable_pub)]
#![forbid(unsafe_code)]

use sse_runtime::SseEvent;

#[allow(dead_code)]
mod clashing {
    pub(super) struct Event;
    pub(super) struct Received;
    pub(super) enum Result {}
    pub(super) enum Option {}
    pub(super) trait From {}
    pub(super) trait TryFrom {}
}
#[allow(unused_imports)]
use clashing::*;

#[derive(SseEvent)]
enum Update {
    Price(u64),
    r#Match(&'static str),
    Closed,
    #[deprecated]
    Ended,
}

#[derive(SseEvent)]
struct Bye;

fn main() {
    let updates = [Update::Price(1), Update::r#Match("a"), Update::Closed];
    for update in updates {
        let _: sse_runtime::Event = update.into();
    }
    let _: sse_runtime::Event = Bye.into();
}
