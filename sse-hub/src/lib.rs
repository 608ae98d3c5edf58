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
//! The hub keeps one log, and the ID of an event is its position there. All topics share the order,
//! so a single ID is the position of a client in all of its topics. A client that reconnects sends
//! the last ID it has seen, as `Last-Event-ID`, and [`resume`](Subscription::resume) continues
//! after that event: what comes from the log and what comes as it is published are the same read, and
//! there is no moment between the two in which an event could be lost.
//!
//! A stream begins with an event that has an ID and nothing else, so that a client has a position
//! from the beginning: see [`announce`](Subscription::announce).
//!
//! A page that is made on the server shows what has happened up to a [position](Hub::position), and
//! opens its stream at `/events?lastEventId=…` with that: so it misses nothing of what happened while
//! it was loaded. Take the position first, and read the state then.
//!
//! # Gaps, and what a page does on one
//!
//! The log is finite, so a client can come back to find that events are gone. It then receives
//!
//! ```text
//! id: 5c1f6a0b94d0e7a3.97
//! event: gap
//! data: evicted
//!
//! ```
//!
//! and after that the oldest event that is left. The data tells why:
//!
//! | data | what happened |
//! |---|---|
//! | `evicted` | the client was away for longer than the hub keeps events |
//! | `unknown` | the hub doesn't know the client's position: its process has been started anew, or the ID never was one of its own |
//! | `overflow` | the client reads so slowly that the hub dropped events before it had read them |
//!
//! On each of them a page does the same: it loads its state anew, as when it was opened.
//!
//! ```js
//! source.addEventListener('gap', () => location.reload());
//! ```
//!
//! There is a gap only where an event of the client's own topics is missing, however busy other
//! topics are. This is exact for the 65,536 topics whose last events were dropped most recently; a
//! client of a topic that has been quiet for longer may be told of a gap in which it missed nothing.
//!
//! A stream that can send the state itself asks how it [resumed](Subscription::resumed) and does
//! so, or replaces the event by [`on_gap`](Subscription::on_gap).
//!
//! # Slow clients
//!
//! A subscription is a position in the log, not a queue. A client that doesn't read costs as much as
//! one that does, and publishing takes the same time. Once the log drops what the client has not
//! read, it is told of an `overflow` and continues, or with [`Overflow::End`] its stream ends.
//!
//! Where only the newest value counts, as of a price, [`latest`](Subscription::latest) skips those
//! that are out of date, and with [`Start::Earliest`] a new client has the current value at once.
//!
//! # How long to keep events
//!
//! By default 2 minutes and 64 MiB: see [`Builder::replay`]. It has to cover a lost connection and
//! the time a browser takes to find that out and to come back, and the time that a page takes to
//! load. Longer serves laptops that wake up; a page that can load its state anew doesn't need it.
//! What is beyond either limit is dropped, and as there is one log, a topic with many events
//! shortens the time of all: give it a hub of its own.
//!
//! A topic takes memory as long as it has an event in the log or a subscription, about 200 bytes,
//! so topics may be as many as users or documents.
//!
//! # Deploying
//!
//! A process that is to end calls [`drain`](Hub::drain): its streams end one after another, and
//! their clients come back to the next process by and by and not as a herd. A hub in memory begins
//! a new history with its process: clients that come back receive a `gap` with `unknown`.
//!
//! # Without surprises
//!
//! * A hub in memory serves the clients of its own process. With several processes, each has other
//!   events.
//! * The hub sets the IDs. An event that has one is refused.
//! * If many wait for an event, they are woken by a task of the Tokio runtime in which it is
//!   published. A publisher outside of one wakes them itself, which takes longer the more there are.
//! * [`publish`](Hub::publish) works at the call, also if its future is dropped; but then nobody sees
//!   its error.
#![forbid(unsafe_code)]
#![warn(missing_docs)]
#![warn(missing_debug_implementations)]

mod builder;
mod drain;
mod engine;
mod error;
mod event;
mod event_id;
mod hub;
mod limits;
mod log;
mod node;
#[cfg(feature = "redis")]
#[doc = include_str!("operation.md")]
pub mod operation {}
mod outcome;
mod publish;
mod stats;
mod subscription;
mod sync;
mod topics;
mod waiting;

pub use builder::Builder;
pub use error::{ConnectError, PublishError, TopicsError};
pub use event_id::{EventId, NotAnEventId};
pub use hub::Hub;
pub use outcome::{Gap, Overflow, Resumed, Start};
pub use publish::Publish;
pub use stats::Stats;
pub use subscription::Subscription;
pub use topics::Topics;
