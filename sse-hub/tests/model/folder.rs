//! Runs a program on a hub in a folder. Where the program waits, the hub is closed and opened again, since its thread
//! doesn't follow tokio's paused clock.

use std::time::Duration;

use sse_hub::Hub;
use tokio::time::timeout;

use super::run::{World, hub};
use super::steps::Step;

/// Generous, for slow machines; nothing here waits for it to pass.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn run(steps: impl IntoIterator<Item = Step>) {
    let folder = tempfile::tempdir().expect("a folder");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime").block_on(async {
        let url = format!("file:{}?sync=off", folder.path().display());
        let mut world = World::new(hub().connect(&url).await.expect("it opens"), PATIENCE);
        world.counts_all = true;
        for step in steps {
            match step {
                Step::Wait(_) => world.open_again(&url).await,
                step => world.take(step).await,
            }
        }
        world.read_all();
    });
}

impl World {
    /// Opens the hub again. Everyone comes back with the last ID that they saw.
    async fn open_again(&mut self, url: &str) {
        let mut left = std::mem::take(&mut self.pairs);
        // The folder is free once nobody holds the hub.
        self.hub = Hub::new();
        for pair in &mut left {
            pair.events = self.hub.subscribe("elsewhere");
        }
        // It closes in a thread of its own, which a busy machine may let wait.
        let opening = async {
            loop {
                if let Ok(hub) = hub().connect(url).await {
                    break hub;
                }
            }
        };
        self.hub = timeout(PATIENCE, opening).await.expect("it opens again");
        for left in left {
            self.come_back(left);
        }
    }
}
