//! What all servers serve: the same streams, whatever the framework.

use std::fmt;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use sse_runtime::{AcceptEncoding, BoxEventStream, Event, EventStream, LastEventId};
use tokio::sync::Notify;
use tokio::task::yield_now;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::numbered::numbered;
use super::script::script;

/// What streams and tests tell each other.
#[derive(Clone, Default)]
pub struct World(Arc<Shared>);

/// What a test adds to the streams: one of this name, with the number at the end of its path.
type More = dyn Fn(&World, &str, usize, Option<LastEventId>) -> Option<BoxEventStream<'static>>
    + Send
    + Sync;

#[derive(Default)]
pub struct Shared {
    /// How often a stream was begun, or has yielded.
    pub count: AtomicUsize,
    /// How often a stream that counts its drops was begun.
    pub begun: AtomicUsize,
    /// How often one was dropped.
    pub dropped: AtomicUsize,
    pub go: Notify,
    /// Lets the endless stream fail.
    pub failing: AtomicBool,
    pub shutdown: CancellationToken,
    more: Option<Box<More>>,
}

impl World {
    /// Adds streams of a test's own.
    pub fn with<F>(more: F) -> Self
    where
        F: Fn(&Self, &str, usize, Option<LastEventId>) -> Option<BoxEventStream<'static>>,
        F: Send + Sync + 'static,
    {
        Self(Arc::new(Shared { more: Some(Box::new(more)), ..Shared::default() }))
    }

    fn more(&self, name: &str, number: usize, last: Option<LastEventId>) -> Answer {
        let more = self.more.as_ref().and_then(|more| more(self, name, number, last));
        more.map_or(Answer::Refused(404), Answer::Events)
    }
}

impl std::ops::Deref for World {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// Counts when it is dropped.
pub struct CountsDrops(World);

impl CountsDrops {
    #[must_use]
    pub fn begin(world: &World) -> Self {
        world.begun.fetch_add(1, Ordering::SeqCst);
        Self(world.clone())
    }
}

impl Drop for CountsDrops {
    fn drop(&mut self) {
        self.0.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

/// What the streams here fail with.
#[derive(Debug)]
pub struct Broken;

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("broken")
    }
}

impl std::error::Error for Broken {}

pub enum Answer {
    Events(BoxEventStream<'static>),
    Fallible(BoxEventStream<'static, Result<Event, Broken>>),
    /// With this status.
    Refused(u16),
}

/// What a server answers to a request for `/name`, or for `/compressed_name`.
#[must_use]
pub fn answer(
    name: &str,
    world: &World,
    last: Option<LastEventId>,
    accepted: AcceptEncoding,
) -> Answer {
    let Some(name) = name.strip_prefix("compressed_") else { return plain(name, world, last) };
    match plain(name, world, last) {
        Answer::Events(events) => Answer::Events(events.compress(accepted)),
        Answer::Fallible(events) => Answer::Fallible(events.compress(accepted)),
        Answer::Refused(status) => Answer::Refused(status),
    }
}

fn plain(name: &str, world: &World, last: Option<LastEventId>) -> Answer {
    let world = world.clone();
    let count: usize = name.trim_start_matches(|c: char| !c.is_ascii_digit()).parse().unwrap_or(0);
    Answer::Events(match name.trim_end_matches(char::is_numeric) {
        "wire" => wire(),
        "script" => script(),
        "opening" => opening(),
        "burst" => burst(count),
        "large" => large(),
        "waiting" => waiting(world),
        "beating" => beating(),
        "patient" => patient(world),
        "counted" => counted(world),
        "endless" => return Answer::Fallible(endless(world)),
        "silent" => silent(),
        "polite" => polite(world),
        "busy" => busy(),
        "held" => held(world),
        "numbered" => numbered(world, last),
        "panicking" => panicking(),
        "resume" => resume(last),
        "told" => failing().on_error(|error| Event::data(error.to_string())).boxed(),
        "failing" => return Answer::Fallible(failing()),
        "failing_at_once" => return Answer::Fallible(failing_at_once()),
        "refused" => return Answer::Refused(403),
        name => return world.more(name, count, last),
    })
}

/// The bytes of one event of each kind.
pub const WIRE: &str = concat!(
    "retry: 100\n",
    "data:  the\n\n",
    "id: 7\nevent: named\ndata: a\ndata: b\ndata: \n\n",
    ": \n",
    ": between\n",
    "data: \n\n",
    "data: \u{FEFF}\u{2028}\u{85}é 🚀\n\n",
    "id: \ndata: {\"a\":\"\\r\\n\"}\n\n",
    "id: 8\nevent: end\ndata: \n\n",
);

fn wire() -> BoxEventStream<'static> {
    EventStream!({
        yield Event::retry(Duration::from_millis(100));
        yield Event::data(" the");
        yield Event::data("a\r\nb\r").event("named").id("7");
        // By hand, since a real one comes when it likes.
        yield Event::comment("");
        yield Event::comment("between");
        yield Event::empty();
        yield Event::data("\u{FEFF}\u{2028}\u{85}é 🚀");
        yield_now().await;
        yield Event::json(
            &[("a", "\r\n")].into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        )
        .id("");
        yield Event::empty().event("end").id("8");
    })
    .boxed()
}

/// An event of an ID alone, with which streams can open, and one that ends the client.
fn opening() -> BoxEventStream<'static> {
    EventStream!({
        yield Event::id_only("6");
        yield Event::empty().event("end").id("7");
    })
    .boxed()
}

fn burst(count: usize) -> BoxEventStream<'static> {
    EventStream! { for n in 0..count { yield Event::data(n.to_string()) } }.boxed()
}

fn large() -> BoxEventStream<'static> {
    EventStream!({
        yield Event::data("x".repeat(5 * 1024 * 1024));
        yield Event::data("line\n".repeat(100_000));
        yield Event::empty();
    })
    .boxed()
}

fn waiting(world: World) -> BoxEventStream<'static> {
    EventStream!({
        for n in 0..3 {
            yield Event::data(n.to_string());
            world.go.notified().await;
        }
    })
    .boxed()
}

fn beating() -> BoxEventStream<'static> {
    EventStream! { yield Event::data("a"); pending().await }
        .heartbeat(Duration::from_millis(20))
        .boxed()
}

fn patient(world: World) -> BoxEventStream<'static> {
    EventStream!({
        yield Event::data("a");
        world.go.notified().await;
        yield Event::data("b");
    })
    .heartbeat(Duration::from_millis(500))
    .boxed()
}

fn counted(world: World) -> BoxEventStream<'static> {
    EventStream!({
        world.count.fetch_add(1, Ordering::SeqCst);
        yield Event::data("a");
    })
    .boxed()
}

fn endless(world: World) -> BoxEventStream<'static, Result<Event, Broken>> {
    EventStream!({
        while !world.failing.load(Ordering::SeqCst) {
            world.count.fetch_add(1, Ordering::SeqCst);
            yield Event::data("x".repeat(1024));
        }
        Err(Broken)?;
    })
    .boxed()
}

fn silent() -> BoxEventStream<'static> {
    EventStream! { yield Event::data("a"); pending().await }.boxed()
}

fn polite(world: World) -> BoxEventStream<'static> {
    EventStream!({
        yield Event::data("a");
        world.shutdown.cancelled().await;
        yield Event::data("goodbye");
    })
    .boxed()
}

fn busy() -> BoxEventStream<'static> {
    EventStream! { loop { yield Event::data("a"); sleep(Duration::from_millis(1)).await } }.boxed()
}

fn held(world: World) -> BoxEventStream<'static> {
    EventStream!({
        let _held = CountsDrops::begin(&world);
        yield Event::data("a");
        pending().await
    })
    .heartbeat(Duration::from_millis(10))
    .boxed()
}

fn panicking() -> BoxEventStream<'static> {
    EventStream! { yield Event::data("a"); yield_now().await; panic!("in the block") }.boxed()
}

fn resume(last: Option<LastEventId>) -> BoxEventStream<'static> {
    EventStream!({
        yield match last {
            Some(id) => Event::data(format!("after {id}")).id(id.as_str().to_owned()),
            None => Event::data("from the start"),
        };
    })
    .boxed()
}

fn failing() -> BoxEventStream<'static, Result<Event, Broken>> {
    EventStream!({
        yield Event::data("a");
        yield Event::data("b");
        Err(Broken)?;
    })
    .boxed()
}

fn failing_at_once() -> BoxEventStream<'static, Result<Event, Broken>> {
    EventStream! { Err(Broken)? }.boxed()
}
