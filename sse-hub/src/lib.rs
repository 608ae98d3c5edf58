//! One server-sent event for many clients, with nothing lost in silence.
//!
//! ```
//! # mod example {
//! # struct State<T>(T);
//! # impl<T> std::ops::Deref for State<T> { type Target = T; fn deref(&self) -> &T { &self.0 } }
//! use sse_hub::{Hub, PublishError};
//! use sse_runtime::{Event, EventStream, LastEventId};
//!
//! // Handlers of your framework, which lend the hub as state.
//! async fn say(room: &str, text: String, hub: &State<Hub>) -> Result<(), PublishError> {
//!     hub.publish(room, Event::data(text)).await?;
//!     Ok(())
//! }
//!
//! fn listen(room: &str, hub: &State<Hub>, last: Option<LastEventId>) -> EventStream![] {
//!     EventStream::from(hub.subscribe(room).resume(last))
//! }
//! # }
//! ```
//!
//! A client of `listen` receives
//!
//! ```text
//! id: 5c1f6a0b94d0e7a3.41
//!
//! id: 5c1f6a0b94d0e7a3.42
//! data: Good evening!
//!
//! ```
//!
//! **The promise.** A subscription receives every event of its topics exactly once, in the hub's
//! single order, starting after the position it resumes from. Where something is missing, the
//! client is told, at that point in the stream.
//!
//! # Positions
//!
//! A hub keeps its events in one log. The ID of an event is its position in that log, and all topics
//! share the same order, so a single ID says how far a client has read in all of its topics. When a
//! client reconnects, it sends the last ID it saw as `Last-Event-ID`, and
//! [`resume`](Subscription::resume) continues after that event. Events that were missed and events
//! that are being published are read from the log in the same way, so nothing can get lost between
//! the two.
//!
//! By default a stream opens with an event that has an ID and nothing else. A client that loses its
//! connection before the first real event therefore already knows where to resume: see
//! [`announce`](Subscription::announce).
//!
//! To resume without loss, a client must be told of every position, even those of events that it isn't sent. A
//! handler that filters events therefore sends the IDs of the ones it leaves out:
//!
//! ```
//! # use sse_hub::Hub;
//! # use sse_runtime::{Event, EventStream, LastEventId};
//! fn listen(hub: &Hub, last: Option<LastEventId>) -> EventStream![] {
//!     let events = hub.subscribe("lobby").resume(last);
//!     EventStream! {
//!         for await event in events {
//!             if event.fields().event != Some("typing") {
//!                 yield event;
//!             } else if let Some(id) = event.fields().id {
//!                 yield Event::id_only(id);
//!             }
//!         }
//!     }
//! }
//! # let _ = listen(&Hub::new(), None);
//! ```
//!
//! Otherwise the client's position stays behind, and once the hub has dropped the events after that position, the
//! client is told of a gap although it missed nothing.
//!
//! Don't merge two subscriptions into one stream. The client keeps the ID that came last, from either of them,
//! and both resume after it: what the other one had not sent yet is skipped, and nobody is told. Subscribe
//! to all topics at once, as in `hub.subscribe(["news", "weather"])`. For topics of two hubs, open two streams.
//!
//! Topics can change while a stream lives: see [`add`](Subscription::add) and [`remove`](Subscription::remove).
//!
//! ## What an ID tells
//!
//! The IDs count all events of the hub. So whoever receives two of them can tell how many events were published in
//! between, to all topics together, though not to which topics, nor what they were. If clients must not see how busy a hub is,
//! give each tenant, for example, a hub of its own, or let your handler encrypt the IDs that it sends and decrypt those that
//! come back: they are plain texts. The hub doesn't encrypt them, because an [`EventId`] is also printed and parsed where the
//! hub's key would not be known: in your pages and in other services.
//!
//! An ID is no secret and proves nothing: a client can make one up. It decides only where the client's own
//! stream begins.
//!
//! A page that is rendered on the server should not miss what happens while it loads. Take the
//! [position](Hub::position) first, then read the state that the page shows, and let the page open its
//! stream at `/events?lastEventId=…` with that position.
//!
//! # Gaps, and what a page does about them
//!
//! The log is finite, so a client may come back to find that events it has not seen are gone. It
//! then receives
//!
//! ```text
//! id: 5c1f6a0b94d0e7a3.97
//! event: gap
//! data: evicted
//!
//! ```
//!
//! followed by the oldest event that is left. The data says why events are missing:
//!
//! | data | what happened |
//! |---|---|
//! | `evicted` | the client was away for longer than the hub keeps events |
//! | `unknown` | the hub doesn't know the client's position: its process was restarted, or the ID was never one of its own |
//! | `overflow` | the hub dropped events before a connected client had them: it reads too slowly, or its node was cut off from the others |
//!
//! A page can handle all three in the same way, by loading its state again:
//!
//! ```js
//! source.addEventListener('gap', () => location.reload());
//! ```
//!
//! Some clients ignore the names of events, and expect, for instance, JSON in each. To them, the data of a `gap`
//! event is a message they can't read. Say it in their language, by [`on_gap`](Subscription::on_gap):
//!
//! ```
//! # use sse_hub::Hub;
//! # use sse_runtime::Event;
//! # let hub = Hub::new();
//! let changes = hub.subscribe("changes").on_gap(|gap| {
//!     Some(Event::data(format_args!(r#"{{"type":"reload","reason":"{gap}"}}"#)))
//! });
//! ```
//!
//! A client is told of a gap only if an event of its own topics is missing, however busy other
//! topics are. For this, the hub remembers the 65,536 topics whose events were dropped most recently.
//! A client of a topic that went quiet before that may be told of a gap although it missed nothing,
//! but never the other way around.
//!
//! With htmx or datastar, [a live table](live_tables) needs no script at all.
//!
//! A stream that can send the state itself can ask how it [resumed](Subscription::resumed) and send
//! the state when needed, or replace the `gap` event by [`on_gap`](Subscription::on_gap).
//!
//! # Slow clients
//!
//! A subscription is a position in the log, not a queue. A client that doesn't read takes no more
//! memory in the hub than one that does, and doesn't slow down publishing. Once the log drops events
//! that a client has not read yet, the client is told of a gap, `overflow`, and continues with the oldest
//! event that is left; with [`Overflow::End`], its stream ends instead.
//!
//! Where only the newest value counts, such as a price, [`latest`](Subscription::latest) skips values
//! that are out of date. Together with [`Start::Earliest`] it gives a new client the current value at
//! once, if that value was published within the window: the hub drops even the newest value once it is too old. For values
//! that change less often, [retain](Hub::retain) them: the hub then keeps the newest value of a topic until it is
//! replaced, and a new client receives it first. State that is more than one event is sent as described
//! under [`resumed`](Subscription::resumed).
//!
//! # Ending the streams of a user
//!
//! A stream goes on when its user signs out or loses a right, unless someone ends it. Give each subscription a
//! [`tag`](Subscription::tag), or several, and [`end`](Hub::end) all that have the tag when it is time, in whichever
//! process they are. If a token expires, say when as you subscribe, by [`until`](Subscription::until).
//!
//! ```
//! # use sse_hub::{Hub, PublishError};
//! # use sse_runtime::{Event, EventStream, LastEventId};
//! fn inbox(hub: &Hub, user: u64, last: Option<LastEventId>) -> EventStream![] {
//!     let events = hub.subscribe(format!("inbox:{user}")).resume(last);
//!     EventStream::from(events.tag(format!("user:{user}")))
//! }
//!
//! async fn sign_out(hub: &Hub, user: u64) -> Result<(), PublishError> {
//!     // First, see to it that the client isn't let in again.
//!     hub.end(&format!("user:{user}"), Event::data("You have signed out.").event("bye")).await
//! }
//! # let _ = (inbox(&Hub::new(), 7, None), sign_out(&Hub::new(), 7));
//! ```
//!
//! An `EventSource` comes back when a stream ends. Either the page closes it, when it sees the last event:
//!
//! ```js
//! source.addEventListener('bye', () => source.close());
//! ```
//!
//! or the handler answers its next request with 204 No Content, after which it stays away. Do both: a page may be
//! cut off just before the last event. A block around a subscription lives on while its client doesn't read. To have
//! it dropped all the same, give it the signal [`ended`](Subscription::ended).
//!
//! [Notifications](notifications) is a page on all that belongs to this.
//!
//! What this costs, and what [retained](Hub::retain) events cost, measured on two cores of a machine on which other
//! programs ran:
//!
//! | | |
//! |---|---|
//! | memory of a subscription that waits | 320 bytes; with one tag of its own 650, with four 1,070 |
//! | `end` of one among 100,000 subscriptions with a tag each | 3 µs |
//! | `publish` | 0.42 µs; beside 100,000 retained events 0.43 µs |
//! | `retain` beside as many | 0.70 µs |
//! | memory of a retained event of 10 bytes | 370 bytes |
//!
//! How long it takes from `end` on, until what a block holds is dropped, and until the response is over or, where the client
//! doesn't read, the connection closed. The block is told by `ended`, and twenty events of this size were published before.
//! This is what a test in the sources prints (`cargo test -p tests --test hub -- --nocapture a_user_that_is_ended`),
//! here from an unoptimized build with many other programs on its two cores: it says little but the order of magnitude,
//! and who has to leave first.
//!
//! | | bytes of an event | it reads: block | response | it doesn't: block | connection |
//! |---|---|---|---|---|---|
//! | Rocket | 100 | 2.1 ms | 0.9 ms | 0.5 ms | when the client leaves |
//! | | 10,000 | 0.6 ms | 0.5 ms | 0.5 ms | when it leaves |
//! | | 1,000,000 | 290 ms | 9.6 s | when it leaves | when it leaves |
//! | axum | 100 | 2.0 ms | 0.8 ms | 1.9 ms | when it leaves |
//! | | 10,000 | 1.9 ms | 0.4 ms | 2.7 ms | when it leaves |
//! | | 1,000,000 | 385 ms | 6.9 s | 3.0 ms | when it leaves |
//! | actix-web | 100 | 2.1 ms | 0.7 ms | 0.4 ms | 4.8 s |
//! | | 10,000 | 3.1 ms | 0.6 ms | 0.3 ms | 4.8 s |
//! | | 1,000,000 | 349 ms | 2.6 s | 3.5 ms | when it leaves |
//! | hyper | 100 | 2.5 ms | 1.3 ms | 1.6 ms | when it leaves |
//! | | 10,000 | 1.7 ms | 0.3 ms | 3.8 ms | when it leaves |
//! | | 1,000,000 | 292 ms | 3.8 s | 3.8 ms | when it leaves |
//!
//! The client that reads a megabyte at a time is a slow one, with a receive buffer of 4 KiB: it first reads what was on its
//! way. A client that doesn't read keeps its connection, and what the system has buffered for it, but nothing of yours. Under
//! Rocket, it keeps the block, too, if that has more to send than the system buffers.
//!
//! # How long to keep events
//!
//! By default the hub keeps events for 2 minutes, and at most 64 MiB of them: see
//! [`Builder::replay`]. That should cover the time in which a browser notices a lost connection
//! and reconnects, and the time a page takes to load. A longer window also serves laptops that were
//! asleep, but is not needed if the page can load its state again.
//!
//! All topics share the log, so a topic with many events can push out those of the others early. If
//! that is a problem, give the busy topic a hub of its own.
//!
//! A topic takes about 200 bytes of memory while it has an event in the log or a subscription. While it has events,
//! these bytes count towards the limit of the log. Afterwards only its name is remembered, and only of 65,536 topics. So there
//! can be as many topics as there are users or documents.
//!
//! # Streams that outlive their connections
//!
//! [`Runs`] are for work that is done once and has an end, such as the answer of a language model: a stream
//! is produced by a task of its own, and clients that reload or open a second tab join it where they
//! left off. [A page](long_running_streams) tells when to use them, [another](ui_messages) how Vercel's AI SDK
//! reads them, and [a third](mcp) how the calls of the Model Context Protocol do.
//!
//! # Deploying
//!
//! A process that is about to stop calls [`close`](Hub::close): from then on nothing can be published, what has been
//! published gets its outcome, and then the streams end one after another, so that their clients move to the next
//! process gradually instead of all at once. A process that still has to publish calls [`drain`](Hub::drain), which
//! only ends the streams. [`is_ready`](Hub::is_ready) tells a load balancer whether to send new clients. A hub in
//! memory starts a new history with each process, so clients that come back to a new process receive a
//! `gap` with `unknown`. A hub in a folder (see below) continues its history.
//!
//! A drained stream ends cleanly. Clients of some protocols take a clean end for the end of what they wait for, such
//! as a job. For these, let the stream fail instead, which aborts the response:
//!
//! ```
//! # use sse_hub::Hub;
//! # use sse_runtime::{Event, EventStream, LastEventId};
//! use std::io;
//!
//! fn progress(hub: &Hub, job: &str, last: Option<LastEventId>) -> EventStream![Result<Event, io::Error>] {
//!     let events = hub.subscribe(job).resume(last);
//!     EventStream! {
//!         for await event in events {
//!             let is_last = event.fields().event == Some("done");
//!             yield event;
//!             if is_last {
//!                 return Ok(());
//!             }
//!         }
//!         Err(io::Error::other("the hub is being drained"))?;
//!     }
//! }
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! # use futures::StreamExt as _;
//! # let hub = Hub::new();
//! # let events = progress(&hub, "job 42", None);
//! # hub.publish("job 42", Event::empty().event("done")).await.unwrap();
//! # assert!(events.collect::<Vec<_>>().await.iter().all(Result::is_ok));
//! # let (events, ()) = futures::join!(progress(&hub, "job 42", None).collect::<Vec<_>>(), hub.drain(std::time::Duration::ZERO));
//! # assert!(events.last().unwrap().is_err());
//! # }
//! ```
//!
//! A process that is copied while it runs, as a snapshot of a virtual machine does, copies its history too.
//! If both copies publish, their events have the same IDs, and a client that moves from one to the other
//! isn't told of anything. Create the hub after the copy.
//!
//! # Good to know
//!
//! * A hub in memory serves the clients of its own process. Two processes have two hubs, and an event
//!   that is published in one is not seen in the other.
//! * The hub sets the IDs. Publishing an event that already has one is an error.
//! * If many subscriptions wait for an event, a task wakes them, in the Tokio runtime in which
//!   `publish` was called. Outside of a runtime, `publish` wakes them itself, which takes longer
//!   the more there are.
//! * [`publish`](Hub::publish) publishes when it is called, even if its future is dropped. To ignore the
//!   outcome, call [`detach`](Publish::detach).
//! * Events that belong together are published by [`publish_all`](Hub::publish_all): all of them, or none.
//!
//! # Features
//!
//! | feature | what it adds |
//! |---|---|
//! | `file` | `Hub::connect("file:/var/lib/app/events")`: a hub in a folder, whose events survive the process, and the same for `Runs`: see the page `disk` |
//! | `redis` | `Hub::connect("redis://…")`: a hub that many machines share, and the same for `Runs`: see the pages `operation` and `scale` |
//! | `redis-tls` | the same over TLS, `rediss://…`, with rustls and ring |
//! | `metrics` | `Hub::record_metrics` and `Runs::record_metrics`, for the crate `metrics` |
//! | `tracing` | starts and ends of runs, for the crate `tracing`. What happens to Redis and to the disk is reported with `redis` and `file` in any case |
//!
//! None of them is enabled by default.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![warn(missing_debug_implementations)]
#![cfg_attr(docsrs, feature(doc_cfg))]
#![cfg_attr(
    not(all(feature = "file", feature = "redis")),
    allow(dead_code, reason = "some code serves a single engine")
)]

mod builder;
#[cfg(feature = "file")]
#[doc = include_str!("disk.md")]
pub mod disk {}
mod drain;
mod engine;
mod error;
mod event;
mod event_id;
mod few;
#[cfg(feature = "file")]
mod fields;
mod hub;
mod limits;
#[doc = include_str!("live_tables.md")]
pub mod live_tables {}
mod log;
#[doc = include_str!("long_running_streams.md")]
pub mod long_running_streams {}
#[doc = include_str!("mcp.md")]
pub mod mcp {}
mod message;
#[cfg(feature = "metrics")]
mod metrics;
mod node;
#[doc = include_str!("notifications.md")]
pub mod notifications {}
#[cfg(feature = "redis")]
#[doc = include_str!("operation.md")]
pub mod operation {}
#[doc = include_str!("performance.md")]
pub mod performance {}
mod positions;
mod publish;
mod random;
mod runs;
#[cfg(feature = "redis")]
#[doc = include_str!("scale.md")]
pub mod scale {}
mod stats;
#[cfg(feature = "file")]
mod store;
mod subscription;
mod sync;
mod tags;
mod topics;
#[doc = include_str!("ui_messages.md")]
pub mod ui_messages {}
mod waiting;

pub use builder::Builder;
pub use error::{ConnectError, PublishError, TopicsError};
pub use event_id::{EventId, NotAnEventId};
pub use hub::Hub;
#[cfg(feature = "metrics")]
pub use metrics::describe_metrics;
pub use positions::{Gap, Overflow, Resumed, Start};
pub use publish::Publish;
pub use runs::{
    Join, Run, RunError, RunState, Runs, RunsBuilder, RunsError, RunsStats, StartError,
};
pub use stats::Stats;
pub use subscription::{Ended, Next, Subscription};
pub use topics::Topics;

#[cfg(all(test, sse_hub_fast))]
extern crate self as sse_hub;
#[cfg(all(test, sse_hub_fast))]
#[path = "../tests/fast/mod.rs"]
mod fast;
