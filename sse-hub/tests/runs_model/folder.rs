//! Runs a program on runs in a folder. Where the program waits, the folder is opened again: after a shutdown, or as a
//! crash would leave it.

use std::fs;
use std::path::Path;
use std::time::Duration;

use sse_hub::Runs;
use tempfile::TempDir;
use tokio::time::timeout;

use super::run::{World, builder};
use super::steps::{IDS, Step};

/// Generous, for slow machines; nothing here waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn run(steps: impl IntoIterator<Item = Step>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime").block_on(async {
        let mut folder = tempfile::tempdir().expect("a folder");
        let mut world = World::new(open(folder.path()).await, PATIENCE);
        for step in steps {
            match step {
                Step::Wait(time) if time.as_secs().is_multiple_of(2) => {
                    folder = world.crash(&folder).await;
                }
                Step::Wait(_) => world.restart(folder.path()).await,
                step => world.take(step).await,
            }
        }
        world.read_all();
    });
}

async fn open(folder: &Path) -> Runs {
    let url = format!("file:{}?sync=off", folder.display());
    // The former one closes in a thread of its own, which a busy machine may let wait.
    let opening = async {
        loop {
            if let Ok(runs) = builder().connect(&url).await {
                break runs;
            }
        }
    };
    timeout(PATIENCE, opening).await.expect("it opens")
}

impl World {
    async fn restart(&mut self, folder: &Path) {
        self.runs.shutdown(Duration::ZERO).await;
        // The folder is free once nobody holds the runs.
        self.runs = Runs::new();
        let left = self.leave();
        self.handles.clear();
        self.come_back(open(folder).await, left).await;
    }

    /// Goes on with a copy of the folder, as if the former process had been killed.
    async fn crash(&mut self, folder: &TempDir) -> TempDir {
        let copy = tempfile::tempdir().expect("a folder");
        for file in fs::read_dir(folder.path()).expect("a folder") {
            let file = file.expect("a file");
            fs::copy(file.path(), copy.path().join(file.file_name())).expect("a copy");
        }
        let left = self.leave();
        self.come_back(open(copy.path()).await, left).await;
        copy
    }

    /// Has everyone leave. Returns which run they have read, and their last IDs.
    fn leave(&mut self) -> Vec<(usize, Option<String>)> {
        let left = self.pairs.drain(..);
        left.map(|pair| (pair.reader.run, pair.last.map(|(_, id)| id))).collect()
    }

    /// Has those come back whose run is still there.
    async fn come_back(&mut self, runs: Runs, left: Vec<(usize, Option<String>)>) {
        self.reference.lose_running(self.begin.elapsed());
        (self.runs, self.events) = (runs, 0);
        let mut found = Vec::new();
        for (at, id) in IDS.into_iter().enumerate() {
            let expected = self.reference.find(at, self.begin.elapsed());
            let run = self.runs.find(id).await.expect("a good ID");
            assert_eq!(run.is_some(), expected.is_some(), "{id}");
            found.extend(expected.zip(run));
        }
        let any = found.first().map(|(_, run)| run.clone());
        // Handles to runs that were replaced aren't used any more.
        self.handles = any.map_or_else(Vec::new, |any| vec![any; self.reference.runs.len()]);
        for (at, run) in found {
            self.handles[at] = run;
        }
        for (run, last) in left {
            if self.reference.is_newest(run) {
                self.enter(run, last);
            }
        }
    }
}
