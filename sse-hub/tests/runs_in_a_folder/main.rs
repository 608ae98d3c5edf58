//! The contract of runs again, in a folder, but for the tests that need tokio's paused clock, which the folder's
//! thread doesn't follow.
#![cfg(feature = "file")]

#[path = "../runs/ends.rs"]
mod ends;
#[path = "../runs/gaps.rs"]
mod gaps;
#[path = "../runs/helpers.rs"]
mod helpers;
#[path = "../runs/reading.rs"]
mod reading;
#[path = "../runs/remaining.rs"]
mod remaining;
#[path = "../runs/starting.rs"]
mod starting;
#[path = "../runs/stopping.rs"]
mod stopping;

use std::cell::RefCell;

use helpers::*;
use sse_hub::{Runs, RunsBuilder};
use tempfile::TempDir;

thread_local! {
    /// Each test has a thread of its own.
    static FOLDERS: RefCell<Vec<TempDir>> = RefCell::default();
}

async fn open(builder: RunsBuilder) -> Runs {
    let folder = tempfile::tempdir().expect("a folder");
    let url = format!("file:{}?sync=off", folder.path().display());
    FOLDERS.with_borrow_mut(|folders| folders.push(folder));
    builder.connect(&url).await.expect("it opens")
}
