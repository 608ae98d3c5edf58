//! The engine for one machine: a store in a folder keeps the log, and one thread writes it.
//!
//! An event is on the disk before its publisher or any client hears of it, so a crash can't undo a position that
//! anyone has. The thread takes all that is waiting at once, so events that are published at the same time share a
//! sync. With `sync=off`, commits aren't synced, and after a crash of the machine a new history begins.

pub(crate) mod address;
mod entry;
mod last_sequences;
mod notes;
#[cfg(test)]
mod tests;
mod writer;

use std::pin::Pin;
use std::sync::Arc;
use std::thread;

use tokio::runtime;
use tokio::sync::oneshot;
use tokio::task::spawn_blocking;

use super::remote::{Appender, Batches, Intake, Next, Order, Publisher, Queue, Running, Status};
use super::{Engine, Shared};
use crate::error::ConnectError;
use crate::event_id::EventId;
use crate::limits::Limits;
use crate::message::{Group, Kind, Message};
use crate::publish::Publish;
use crate::random;
use crate::stats::Stats;
use crate::store::{Contents, Layer, Options, Os, StoreError};
use address::Address;
use writer::Writer;

/// Nearly all there are, since the sync takes longer than writing the bytes.
const BATCHES: Batches = Batches { events: 10_000, bytes: usize::MAX };
/// How many segments what is kept takes: space is given back by the segment.
const SEGMENTS: usize = 8;
const MIN_SEGMENT: u64 = 64 << 10;
const MAX_SEGMENT: u64 = 16 << 20;

pub(crate) struct File {
    intake: Intake,
    status: Arc<Status>,
}

/// Opens the folder, and reads back what is in it.
pub(crate) async fn connect(limits: Limits, url: &str) -> Result<Shared, ConnectError> {
    let address = Address::new(url)?;
    let segment_bytes = (limits.max_bytes / SEGMENTS) as u64;
    open(limits, address, Box::new(Os), segment_bytes.clamp(MIN_SEGMENT, MAX_SEGMENT)).await
}

async fn open(
    limits: Limits,
    address: Address,
    layer: Box<dyn Layer>,
    segment_bytes: u64,
) -> Result<Shared, ConnectError> {
    let (opened, result) = oneshot::channel();
    let options = Options {
        contents: Contents::Hub,
        segment_bytes,
        sync: address.sync,
        new_id: random::unique(),
    };
    // On its own thread from the start: the disk may block, and the caller's runtime may pause or end.
    let run = move || match Writer::open(&limits, address.folder, &options, layer) {
        Err(error) => _ = opened.send(Err(error)),
        Ok(writer) => {
            let (node, status) = (Arc::clone(&writer.node), Arc::clone(&writer.status));
            let (intake, queue) = Intake::new(&limits, &node, &status, BATCHES);
            // If the caller has gone, this drops the hub, and nothing is published.
            _ = opened.send(Ok(Shared::new(limits, node, Box::new(File { intake, status }))));
            publish(writer, queue);
        }
    };
    let thread = thread::Builder::new().name("sse-hub".to_owned()).spawn(run);
    thread.map_err(|error| ConnectError::Engine(error.into()))?;
    match result.await {
        Ok(Ok(shared)) => Ok(shared),
        Ok(Err(StoreError::Newer { version, .. })) => Err(ConnectError::Format(version.into())),
        Ok(Err(error)) => Err(ConnectError::Engine(error.into())),
        Err(_) => Err(ConnectError::Engine("the thread that reads the folder has panicked".into())),
    }
}

/// Publishes until the hub is gone, and closes the folder.
fn publish(writer: Writer, queue: Queue) {
    let _running = Running { state: Arc::clone(&writer.status), node: Arc::clone(&writer.node) };
    // So that events in the queue can time out while the disk is written to.
    let runtime =
        runtime::Builder::new_current_thread().enable_time().thread_name("sse-hub").build();
    let publisher = Publisher { queue, appender: Disk(Some(writer)) };
    let Disk(writer) = runtime.expect("a runtime without I/O").block_on(publisher.run());
    if let Some(writer) = writer {
        writer.close();
    }
}

/// The writer; `None` while it is writing.
struct Disk(Option<Writer>);

impl Disk {
    async fn work(&mut self, work: impl FnOnce(&mut Writer) + Send + 'static) {
        let mut writer = self.0.take().expect("it does one thing at a time");
        let work = spawn_blocking(move || {
            work(&mut writer);
            writer
        });
        // If it has panicked, the hub is closed.
        self.0 = Some(work.await.expect("it doesn't panic"));
    }
}

impl Appender for Disk {
    async fn ready(&mut self) -> bool {
        true
    }

    async fn append(&mut self, batch: Vec<Order>) -> Next {
        self.work(|writer| writer.publish(batch)).await;
        Next::GoOn
    }

    fn fails(&self) -> bool {
        self.0.as_ref().is_some_and(Writer::fails)
    }

    async fn try_again(&mut self) {
        self.work(Writer::try_again).await;
    }

    fn known(&self) -> EventId {
        self.0.as_ref().expect("it does one thing at a time").node.position()
    }
}

impl Engine for File {
    fn publish(&self, group: Group) -> Publish {
        match group.first {
            // Subscriptions don't outlive the process, so nobody has to find this on the disk.
            Message { kind: Kind::End(tag), event, .. } => self.intake.end(&tag, event),
            _ => self.intake.publish(group),
        }
    }

    /// The node has everything that the folder has, so nothing can be ahead of it.
    fn has_reached(&self, _: EventId) -> Pin<Box<dyn Future<Output = bool> + Send>> {
        Box::pin(std::future::ready(false))
    }

    fn flush(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.intake.flush()
    }

    fn is_connected(&self) -> bool {
        self.intake.is_connected()
    }

    fn fill_stats(&self, stats: &mut Stats) {
        self.intake.fill_stats(stats);
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // What is queued is still published.
        self.status.close();
    }
}
