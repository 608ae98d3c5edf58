//! Our streams beside those of their peers: each server in a process of its own, the same
//! events, the same client.
#![allow(
    clippy::missing_errors_doc,
    clippy::missing_panics_doc,
    reason = "what goes wrong ends a measurement"
)]
#![allow(
    clippy::duplicate_mod,
    reason = "ours and Rocket's own are the same text with another import"
)]

pub mod client;
pub mod contender;
pub mod cost;
#[path = "../../tests/src/group.rs"]
pub mod group;
pub mod kind;
pub mod machine;
pub mod process;
#[path = "../../tests/src/reference.rs"]
#[allow(dead_code, unreachable_pub, reason = "public there")]
mod reference;
pub mod report;
pub mod serve;
pub mod statistics;
pub mod workload;

/// What goes wrong in a measurement ends it.
pub type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;
