//! Helpers for tests of hubs over sockets, on Redis, and in folders whose processes are killed.
#![allow(clippy::missing_panics_doc, reason = "what fails here fails a test")]

pub mod cluster;
pub mod crash;
pub mod ledger;
pub mod served;
