//! Hubs in a folder whose disk fails, or whose machine does.

mod disk;
mod faults;
mod groups;
mod retained;
mod window;

use std::time::Duration;

use futures::FutureExt as _;
use sse_runtime::Event;
use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use super::address::Address;
use super::open;
use crate::event_id::EventId;
use crate::hub::Hub;
use crate::limits::Limits;
use crate::positions::Start;
use crate::store::faulty::{Call, Disk};
use crate::subscription::Subscription;

const LONG: Duration = Duration::from_secs(60);

/// A folder, on a disk of its own.
struct Place {
    folder: TempDir,
    disk: Disk,
    limits: Limits,
    sync: bool,
}

impl Place {
    fn new() -> Self {
        Self {
            folder: TempDir::new().unwrap(),
            disk: Disk::default(),
            limits: Limits::default(),
            sync: true,
        }
    }

    async fn open(&self) -> Hub {
        let address = Address { folder: self.folder.path().to_owned(), sync: self.sync };
        let disk = Box::new(self.disk.clone());
        Hub::of(open(self.limits.clone(), address, disk, 1000).await.unwrap())
    }

    /// Opens it once it is free.
    async fn open_after(&self, hub: Hub) -> Hub {
        drop(hub);
        self.open().await
    }

    /// Waits until there is another sync than these.
    async fn syncs_after(&self, syncs: usize) {
        let another = async {
            while self.disk.calls(Call::Sync) == syncs {
                sleep(Duration::from_millis(1)).await;
            }
        };
        timeout(LONG, another).await.expect("it syncs");
    }

    fn bytes(&self) -> u64 {
        let files = self.folder.path().read_dir().unwrap();
        // One may be gone by the time that it is looked at.
        files.filter_map(|file| Some(file.ok()?.metadata().ok()?.len())).sum()
    }
}

async fn publish(hub: &Hub, topic: &str, data: &str) -> EventId {
    hub.publish(topic, Event::data(data.to_owned())).await.unwrap()
}

fn after(hub: &Hub, topic: &str, id: EventId) -> Subscription {
    hub.subscribe(topic).resume(Some(id.into())).announce(false)
}

/// Returns the data of all events that are there without waiting.
fn there(events: &mut Subscription) -> Vec<String> {
    let mut there = Vec::new();
    while let Some(event) = events.next().now_or_never() {
        there.push(event.unwrap().fields().data.unwrap().to_owned());
    }
    there
}

fn all(hub: &Hub, topic: &str) -> Vec<String> {
    there(&mut hub.subscribe(topic).start(Start::Earliest).announce(false))
}
