//! What the tests of hubs share, over sockets, over Redis, and in folders of processes that are killed.
#![allow(clippy::missing_panics_doc, reason = "what fails here fails a test")]

pub mod cluster;
pub mod crash;
pub mod ledger;
pub mod served;
