//! The engine for one machine: a store in a folder keeps the log, and one thread writes it.
//!
//! An event is on the disk before its publisher or any client hears of it, so no position that anyone has
//! can be undone by a crash. The thread takes all that is waiting at once, so events that are published
//! at the same time share a sync.

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
use crate::chance;
use crate::error::ConnectError;
use crate::event_id::EventId;
use crate::limits::Limits;
use crate::message::{Group, Kind, Message};
use crate::publish::Publish;
use crate::stats::Stats;
use crate::store::{Contents, Layer, Options, Os, StoreError};
use address::Address;
use writer::Writer;

/// The size of a segment is a part of what is kept, so that space is given back in small pieces.
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
        new_id: chance::unique(),
    };
    // A thread of its own from the beginning: the disk takes its time, and the runtime of whoever opens the
    // folder may rest or end.
    let run = move || match Writer::open(&limits, address.folder, &options, layer) {
        Err(error) => _ = opened.send(Err(error)),
        Ok(writer) => {
            let (node, status) = (Arc::clone(&writer.node), Arc::clone(&writer.status));
            // A commit takes all that there is, since the sync takes longer than the bytes.
            let (intake, outlet) = Intake::new(&limits, &node, &status, None);
            // If nobody waits for it any more, nothing is published either.
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
        // While the disk takes its time, what waits can time out.
        let clock = thread::Builder::new().name("sse-hub-clock".to_owned());
        let clock = clock.spawn_scoped(scope, || runtime().block_on(queue.expire()));
        clock.expect("another thread");
        let publisher = Publisher { outlet, appender: Disk(writer) };
        let Disk(writer) = runtime().block_on(publisher.run());
        writer.close();
    });
}

/// For one thread, which has no other.
fn runtime() -> Runtime {
    runtime::Builder::new_current_thread().enable_time().build().expect("a runtime without I/O")
}

/// The thread that waits for orders writes them itself, since to wake another takes as long as a fast disk does.
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

    /// All that there is is at the node.
    fn has_reached(&self, _: EventId) -> Pin<Box<dyn Future<Output = bool> + Send>> {
        Box::pin(std::future::ready(false))
    }

    fn flush(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        self.intake.flush()
    }

    fn is_connected(&self) -> bool {
        self.intake.is_connected()
    }

    fn complete(&self, stats: &mut Stats) {
        self.intake.complete(stats);
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // What is queued is still published.
        self.status.close();
    }
}
