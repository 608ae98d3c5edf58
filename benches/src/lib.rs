//! Our streams beside those of their peers: each server in a process of its own, the same
//! events, the same client.

pub mod client;
pub mod contender;
#[path = "../../tests/src/group.rs"]
pub mod group;
pub mod hub;
pub mod kind;
pub mod machine;
mod page;
pub mod process;
pub mod report;
pub mod serve;
pub mod statistics;
pub mod workload;

/// What goes wrong in a measurement ends it.
pub type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;
