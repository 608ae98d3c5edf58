//! One server-sent event for many clients, with nothing lost in silence.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

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
