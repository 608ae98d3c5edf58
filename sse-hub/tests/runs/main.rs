//! The contract of runs, row by row.

mod ends;
mod gaps;
mod helpers;
mod keeping;
mod limits;
mod reading;
mod remaining;
mod shutdown;
mod signatures;
mod starting;
mod stopping;

use helpers::*;
use sse_hub::{Runs, RunsBuilder};

#[allow(clippy::unused_async, reason = "a folder has to be opened")]
async fn open(builder: RunsBuilder) -> Runs {
    builder.build()
}
