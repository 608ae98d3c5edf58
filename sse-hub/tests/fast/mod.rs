//! The tests that need neither a server nor threads, all in one program with the crate's own, for
//! `cargo xtask mutants`: each change to the source builds and runs this.

#[path = "../coalesce.rs"]
mod coalesce;
#[path = "../contract/main.rs"]
mod contract;
#[path = "../metrics.rs"]
mod metrics;
#[path = "../model/main.rs"]
mod model;
