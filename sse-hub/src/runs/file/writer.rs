//! The thread that writes the store. Requests that come at the same time share a sync.

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::sync::{Arc, Weak};

use tokio::time::Instant;

use super::entry;
use super::recovered::Recovered;
use super::request::{Request, Reserved};
use super::stored::StoredRuns;
use crate::runs::engine::Unavailable;
use crate::runs::registry::Registry;
use crate::runs::seal::Seal;
use crate::runs::state::End;
use crate::store::clock::now;
use crate::store::{CommitError, Item, Layer, Options, Store, StoreError};

/// How many requests share a commit: nearly all there are, since the sync takes longer than writing the bytes.
const BATCH: usize = 10_000;

pub(super) struct Writer {
    registry: Weak<Registry>,
    store: Store,
    folder: PathBuf,
    kept: StoredRuns,
    /// The first of the next batch.
    next: Option<Request>,
    /// Whether the last attempt to write has failed.
    fails: bool,
}

impl Writer {
    /// Opens the store, and gives the registry what is in it.
    pub(super) fn open(
        registry: &Arc<Registry>,
        folder: PathBuf,
        options: &Options,
        layer: Box<dyn Layer>,
    ) -> Result<Self, StoreError> {
        let (mut found, limits) = (Recovered::default(), &registry.limits);
        let store = Store::open(&folder, options, layer, |item| match item {
            Item::Begin { notes, .. } => notes.is_empty().then_some(()),
            Item::Record { number, payload } => found.take(limits, number, payload),
        })?;
        let lost = found.lose_running(limits);
        let kept = StoredRuns::new(&found.hand_over(registry), options.segment_bytes);
        let registry = Arc::downgrade(registry);
        let mut writer = Self { registry, store, folder, kept, next: None, fails: false };
        writer.record_as_lost(&lost);
        Ok(writer)
    }

    /// Records that these runs are lost. If that fails, the next start finds it out again.
    fn record_as_lost(&mut self, lost: &[Seal]) {
        let now = now();
        let committed = self.make_room().and_then(|()| {
            for &run in lost {
                self.store.push(|bytes| entry::write_end(bytes, run, now, &End::LOST));
            }
            self.store.commit()
        });
        self.has_failed(committed.as_ref().err());
    }

    /// Carries out the next requests, or gives space back when the time of a run is over. Returns `false` once nobody
    /// holds the runs.
    pub(super) fn turn(&mut self, requests: &Receiver<Request>) -> bool {
        let first = match self.next.take() {
            Some(request) => Ok(request),
            None => self.wait(requests),
        };
        match (first, self.registry.upgrade()) {
            (Err(RecvTimeoutError::Disconnected), _) => return false,
            (Ok(first), Some(registry)) => {
                let batch = self.batch(first, requests);
                self.take(&registry, batch);
                self.evict(&registry);
            }
            (Err(RecvTimeoutError::Timeout), Some(registry)) => self.evict(&registry),
            // Only readers are left, without handles.
            (Ok(Request::End { record, end, .. }), None) => {
                if record.end(end, None).is_some() {
                    record.tell_end();
                }
            }
            (_, None) => {}
        }
        true
    }

    fn wait(&self, requests: &Receiver<Request>) -> Result<Request, RecvTimeoutError> {
        let next = self.registry.upgrade().and_then(|registry| registry.next_sweep());
        match next {
            Some(next) => requests.recv_timeout(next.saturating_duration_since(Instant::now())),
            None => requests.recv().map_err(|_| RecvTimeoutError::Disconnected),
        }
    }

    /// Takes the requests that are there, as long as they don't depend on each other.
    fn batch(&mut self, first: Request, requests: &Receiver<Request>) -> Vec<Request> {
        let (mut batch, mut changed) = (Vec::new(), HashSet::new());
        let mut next = Some(first);
        while let Some(request) = next {
            if batch.len() == BATCH || changed.contains(request.id()) {
                self.next = Some(request);
                break;
            }
            if !matches!(request, Request::Append { .. }) {
                changed.insert(Arc::clone(request.id()));
            }
            batch.push(request);
            next = requests.try_recv().ok();
        }
        batch
    }

    fn take(&mut self, registry: &Arc<Registry>, batch: Vec<Request>) {
        if let Err(error) = self.make_room() {
            self.has_failed(Some(&error));
            return batch.into_iter().for_each(|request| refuse(registry, request));
        }
        let push = |request| self.push(registry, request);
        let pushed: Vec<_> = batch.into_iter().filter_map(push).collect();
        if pushed.is_empty() {
            return;
        }
        let committed = self.store.commit();
        self.has_failed(committed.as_ref().err());
        for (number, request) in pushed {
            match committed {
                Ok(()) => self.carry_out(registry, number, request),
                Err(_) => refuse(registry, request),
            }
        }
    }

    fn make_room(&mut self) -> Result<(), CommitError> {
        if self.store.is_full() {
            let begun = self.store.begin_segment(&[]);
            begun.map_err(|error| CommitError::Refused(std::io::Error::other(error)))?;
        }
        Ok(())
    }

    /// Adds a request to what is written next, or answers it at once. Returns it with the number of one of its
    /// records.
    fn push(&mut self, registry: &Arc<Registry>, request: Request) -> Option<(u64, Request)> {
        let number = match &request {
            // Nobody waits for it any more.
            Request::Begin { answer, .. } if answer.is_closed() => return None,
            Request::Begin { id, seal, .. } => match registry.may_begin(id) {
                Ok(()) => self.store.push(|bytes| entry::write_begin(bytes, 0, *seal, id)),
                Err(refusal) => {
                    request.answer_begin(Ok(Err(refusal)));
                    return None;
                }
            },
            Request::Append { record, .. } | Request::End { record, .. }
                if !record.is_running() =>
            {
                request.answer(Ok(false));
                return None;
            }
            Request::Append { record, first, events, .. } => {
                let events = (*first..).zip(events).map(|(sequence, event)| {
                    self.store.push(|bytes| entry::write_event(bytes, record.seal, sequence, event))
                });
                events.last().unwrap_or_default()
            }
            Request::End { record, end, .. } => {
                self.store.push(|bytes| entry::write_end(bytes, record.seal, now(), end))
            }
            Request::Withdraw(record) => {
                self.store.push(|bytes| entry::write_withdrawal(bytes, record.seal))
            }
        };
        Some((number, request))
    }

    /// Carries out a request that has been written.
    fn carry_out(&mut self, registry: &Arc<Registry>, number: u64, request: Request) {
        match request {
            Request::Begin { ref id, seal, ref requests, .. } => {
                let begun = registry.begin(id, seal);
                if let Ok(record) = &begun {
                    self.kept.insert(number, record);
                }
                let reserve = |record| Reserved::new(record, requests.clone());
                let begun = begun.map(reserve);
                request.answer_begin(Ok(begun));
            }
            Request::Append { record, first, events, answer } => {
                let is_running = registry.append(&record, first, events);
                let _ = answer.send(Ok(is_running));
            }
            Request::End { ref record, ref end, .. } => {
                let is_end = registry.end(record, end.clone());
                request.answer(Ok(is_end));
            }
            Request::Withdraw(record) => registry.withdraw(&record),
        }
    }

    /// Gives back the space of runs that can't be found any more. A full disk needs it most.
    fn evict(&mut self, registry: &Arc<Registry>) {
        registry.sweep();
        if let Err(error) = self.kept.evict(registry, &mut self.store) {
            tracing::debug!(%error, "space could not be given back");
        }
    }

    pub(super) fn close(self) {
        if let Err(error) = self.store.close() {
            tracing::warn!(%error, "the runs' folder was not closed well");
        }
    }

    fn has_failed(&mut self, error: Option<&CommitError>) {
        if self.fails == error.is_some() {
            return;
        }
        self.fails = error.is_some();
        let folder = self.folder.display();
        if let Some(error) = error.map(CommitError::source) {
            tracing::warn!(%error, %folder, "runs can't be written, and wait until they can");
        } else {
            tracing::info!(%folder, "runs can be written again");
        }
    }
}

/// Answers that a request could not be written.
fn refuse(registry: &Arc<Registry>, request: Request) {
    match request {
        Request::Begin { .. } => request.answer_begin(Err(Unavailable)),
        Request::End { record, end, answer: None } => _ = registry.end(&record, end),
        Request::Append { .. } | Request::End { .. } => request.answer(Err(Unavailable)),
        Request::Withdraw(record) => registry.withdraw(&record),
    }
}
