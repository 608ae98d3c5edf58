//! The engine for one machine: a store in a folder keeps the log, and one thread writes it.
//!
//! An event is on the disk before its publisher or any client hears of it, so a crash can't undo a position that
//! anyone has. The thread takes all that is waiting at once, so events that are published at the same time share a
//! sync. With `sync=off`, commits aren't synced, and after a crash of the machine a new history begins.

pub(crate) mod address;
mod entry;
mod notes;
#[cfg(test)]
mod tests;
mod writer;

use std::pin::Pin;
use std::sync::Arc;
use std::thread;

use tokio::runtime::{self, Runtime};
use tokio::sync::oneshot;

use super::remote::{Appender, Intake, Next, Orders, Outlet, Publisher, Running, Status};
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
            // A commit takes all that there is, since the sync takes longer than writing the bytes.
            let (intake, outlet) = Intake::new(&limits, &node, &status, None);
            // If the caller has gone, this drops the hub, and nothing is published.
            _ = opened.send(Ok(Shared::new(limits, node, Box::new(File { intake, status }))));
            publish(writer, outlet);
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
fn publish(writer: Writer, outlet: Outlet) {
    let _running = Running { state: Arc::clone(&writer.status), node: Arc::clone(&writer.node) };
    let queue = Arc::clone(&outlet.queue);
    thread::scope(|scope| {
        // On another thread, so that events in the queue can time out while the disk is written to.
        let clock = thread::Builder::new().name("sse-hub-clock".to_owned());
        let clock = clock.spawn_scoped(scope, || runtime().block_on(queue.expire()));
        clock.expect("another thread");
        let publisher = Publisher { outlet, appender: Disk(writer) };
        let Disk(writer) = runtime().block_on(publisher.run());
        writer.close();
    });
}

/// Creates a runtime for one thread.
fn runtime() -> Runtime {
    runtime::Builder::new_current_thread().enable_time().build().expect("a runtime without I/O")
}

/// Writes on the thread that waits for orders, since waking another takes as long as a fast disk does.
struct Disk(Writer);

impl Appender for Disk {
    async fn ready(&mut self) -> bool {
        true
    }

    async fn append(&mut self, batch: &mut Orders) -> Next {
        self.0.publish(batch);
        Next::GoOn
    }

    fn fails(&self) -> bool {
        self.0.fails()
    }

    async fn try_again(&mut self) {
        self.0.try_again();
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

    /// Returns `false`: the node has everything that the folder has.
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
