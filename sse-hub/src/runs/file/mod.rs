//! Runs in a folder: a store keeps them, and one thread writes it.
//!
//! All runs share one log, so runs that yield at the same time share a sync. An event is on the disk before a reader
//! sees it, and an end before anyone is told of it. The thread decides which of two starts with the same ID is first.
//! Readers read from memory. The folder is read only when it is opened, and runs that were running then are lost.

mod entry;
mod recovered;
mod request;
mod stored;
#[cfg(test)]
mod tests;
mod writer;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use sse_runtime::Event;
use tokio::sync::oneshot;
use tokio::time::timeout;

use super::engine::{ANSWER_TIMEOUT, Engine, EngineFuture, Unavailable};
use super::limits::Limits;
use super::record::Record;
use super::registry::{Refusal, Registry};
use super::seal::Seal;
use super::state::End;
use crate::engine::{Backoff, file_address::Address};
use crate::error::ConnectError;
use crate::random;
use crate::store::{Contents, Layer, Options, Os, StoreError};
use request::{Answering, Request, Reserved};
use writer::Writer;

/// How many segments what is kept takes: space is given back by the segment.
const SEGMENTS: usize = 8;
const MIN_SEGMENT: u64 = 64 << 10;
const MAX_SEGMENT: u64 = 16 << 20;

struct Folder {
    requests: Sender<Request>,
}

/// Opens the folder, and reads back what is in it.
pub(super) async fn connect(limits: Limits, url: &str) -> Result<Arc<Registry>, ConnectError> {
    let address = Address::new(url)?;
    let segment_bytes = (limits.max_total_bytes / SEGMENTS) as u64;
    open(limits, address, Box::new(Os), segment_bytes.clamp(MIN_SEGMENT, MAX_SEGMENT)).await
}

async fn open(
    limits: Limits,
    Address { folder, sync }: Address,
    layer: Box<dyn Layer>,
    segment_bytes: u64,
) -> Result<Arc<Registry>, ConnectError> {
    let (opened, result) = oneshot::channel();
    let options =
        Options { contents: Contents::Runs, segment_bytes, sync, new_id: random::unique() };
    let (requests, receiver) = channel();
    let registry = Arc::new(Registry::new(limits, Arc::new(Folder { requests })));
    let filled = Arc::clone(&registry);
    // On its own thread from the start: the disk may block, and the caller's runtime may pause or end.
    let run = move || {
        let writer = Writer::open(&filled, folder, &options, layer);
        // Now the thread doesn't keep the runs alive.
        drop(filled);
        match writer {
            Err(error) => _ = opened.send(Err(error)),
            Ok(writer) => {
                let _ = opened.send(Ok(()));
                write(writer, &receiver);
            }
        }
    };
    let thread = thread::Builder::new().name("sse-hub runs".to_owned()).spawn(run);
    thread.map_err(|error| ConnectError::Engine(error.into()))?;
    match result.await {
        Ok(Ok(())) => Ok(registry),
        Ok(Err(StoreError::Newer { version, .. })) => Err(ConnectError::Format(version.into())),
        Ok(Err(error)) => Err(ConnectError::Engine(error.into())),
        Err(_) => Err(ConnectError::Engine("the thread that reads the folder has panicked".into())),
    }
}

/// Writes until nobody has the runs, and closes the folder.
fn write(mut writer: Writer, requests: &Receiver<Request>) {
    while writer.turn(requests) {}
    writer.close();
}

impl Folder {
    /// Asks the thread. There is no answer if it has ended, or dropped the request.
    async fn ask<T>(
        &self,
        request: impl FnOnce(Answering<T>) -> Request,
    ) -> Result<T, Unavailable> {
        let (answer, asked) = oneshot::channel();
        self.requests.send(request(answer)).map_err(|_| Unavailable)?;
        asked.await.map_err(|_| Unavailable)
    }
}

impl Engine for Folder {
    fn begin<'a>(
        &'a self,
        _: &'a Arc<Registry>,
        id: &'a str,
    ) -> EngineFuture<'a, Result<Arc<Record>, Refusal>> {
        let (id, seal, requests) = (id.into(), Seal::random(), self.requests.clone());
        Box::pin(async move {
            // If this is dropped, the thread withdraws the run.
            let asking = self.ask(|answer| Request::Begin { id, seal, answer, requests });
            let begun = timeout(ANSWER_TIMEOUT, asking).await.map_err(|_| Unavailable)??;
            begun.map(|begun| begun.map(Reserved::keep))
        })
    }

    fn append<'a>(
        &'a self,
        _: &'a Arc<Registry>,
        record: &'a Arc<Record>,
        first: u64,
        mut events: Vec<Event>,
    ) -> EngineFuture<'a, bool> {
        Box::pin(async move {
            let mut backoff = Backoff::new();
            loop {
                let record = Arc::clone(record);
                let request = |answer| Request::Append { record, first, events, answer };
                match self.ask(request).await? {
                    Ok(is_running) => return Ok(is_running),
                    Err(refused) => events = refused,
                }
                backoff.wait().await;
            }
        })
    }

    fn end<'a>(
        &'a self,
        _: &'a Arc<Registry>,
        record: &'a Arc<Record>,
        end: End,
        somebody_waits: bool,
    ) -> EngineFuture<'a, bool> {
        Box::pin(async move {
            let mut backoff = Backoff::new();
            loop {
                let (record, end) = (Arc::clone(record), end.clone());
                let asking = self.ask(|answer| Request::End { record, end, answer: Some(answer) });
                let ended = if somebody_waits {
                    timeout(ANSWER_TIMEOUT, asking).await.map_err(|_| Unavailable)??
                } else {
                    asking.await?
                };
                if ended.is_ok() || somebody_waits {
                    return ended;
                }
                backoff.wait().await;
            }
        })
    }

    /// Through the thread too, since nothing may be recorded after an end.
    fn end_locally(&self, registry: &Arc<Registry>, record: &Arc<Record>, end: End) {
        let request = Request::End { record: Arc::clone(record), end: end.clone(), answer: None };
        if self.requests.send(request).is_err() {
            registry.end(record, end);
        }
    }
}
