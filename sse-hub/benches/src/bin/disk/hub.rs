//! Ours.

use std::fs::File;
use std::path::Path;
use std::time::{Duration, Instant};

use hub_benches::redis_server::RedisServer;
use sse_hub::{Builder, Hub};
use sse_runtime::Event;
use tokio::runtime::Handle;

use super::{BYTES, Times};

/// How many events are read back.
const MANY: usize = 1_000_000;

pub(crate) fn publish(folder: &Path, batch: usize, times: &mut Times) {
    publish_to(&format!("file:{}", folder.display()), batch, times);
}

pub(crate) fn publish_unsynced(folder: &Path, batch: usize, times: &mut Times) {
    publish_to(&format!("file:{}?sync=off", folder.display()), batch, times);
}

/// What the hub costs without a disk.
pub(crate) fn publish_in_memory(_: &Path, batch: usize, times: &mut Times) {
    publish_to("memory:", batch, times);
}

/// Measures nothing if this machine has no Redis.
pub(crate) fn publish_to_redis(folder: &Path, batch: usize, times: &mut Times) {
    let folder = folder.display().to_string();
    let settings = ["--dir", &folder, "--appendonly", "yes", "--appendfsync", "always"];
    let Ok(redis) = RedisServer::start(&settings) else { return };
    publish_to(&redis.url(), batch, times);
}

fn publish_to(url: &str, batch: usize, times: &mut Times) {
    let runtime = Handle::current();
    let hub = runtime.block_on(Hub::connect(url)).expect("it opens");
    times.take(batch, |_| runtime.block_on(publish_all(&hub, batch)));
}

async fn publish_all(hub: &Hub, batch: usize) {
    let publish = |_| hub.publish("a", Event::data("x".repeat(BYTES)));
    let published: Vec<_> = (0..batch).map(publish).collect();
    for outcome in published {
        outcome.await.expect("published");
    }
}

/// How long a restart takes, and how large the folder is.
#[allow(clippy::cast_precision_loss, reason = "small enough")]
pub(crate) async fn read_back(root: &Path) {
    let folder = tempfile::tempdir_in(root).expect("a folder");
    let url = format!("file:{}?sync=off", folder.path().display());
    let hub = open(&url).await;
    for _ in 0..MANY / 10_000 {
        publish_all(&hub, 10_000).await;
    }
    drop(hub);
    let payload = (MANY * BYTES) as f64;
    println!("{MANY} events in {:.2} times their data's size", size(folder.path()) / payload);
    for _ in 0..3 {
        until_free(folder.path()).await;
        let begin = Instant::now();
        let hub = open(&url).await;
        println!("read back in {:.2} s", begin.elapsed().as_secs_f64());
        assert_eq!(hub.stats().events, MANY);
    }
}

/// Waits until the hub before has freed its memory, synced what it wrote, and closed the folder.
async fn until_free(folder: &Path) {
    let lock = File::open(folder.join("lock")).expect("a lock");
    while lock.try_lock().is_err() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn open(url: &str) -> Hub {
    builder().connect(url).await.expect("it opens")
}

fn builder() -> Builder {
    Hub::builder().replay(Duration::from_hours(1), usize::MAX / 2)
}

#[allow(clippy::cast_precision_loss, reason = "small enough")]
fn size(folder: &Path) -> f64 {
    let files = folder.read_dir().expect("a folder");
    files.map(|file| file.and_then(|file| file.metadata()).expect("a file").len() as f64).sum()
}
