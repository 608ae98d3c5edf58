//! Starting a run that must be the only one with its ID on all nodes.

use std::sync::Arc;

use redis::RedisResult;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::commands::Script;
use super::{ANSWER_TIMEOUT, Remote, milliseconds};
use crate::engine::reply::{array, text, unexpected};
use crate::runs::RunState;
use crate::runs::record::Record;
use crate::runs::registry::{Refusal, Registry};
use crate::runs::seal::Seal;

/// Begins a run. A task asks for the ID, and releases it if the caller has gone meanwhile.
pub(super) async fn begin(
    registry: &Arc<Registry>,
    remote: &Arc<Remote>,
    id: &str,
) -> RedisResult<Result<Arc<Record>, Refusal>> {
    if let Err(refusal) = registry.check_room() {
        // If one with this ID is running, it can be joined all the same.
        let found = remote.find(registry, id).await.ok().flatten();
        let running = found.filter(|run| run.state() == RunState::Running);
        return Ok(Err(running.map_or(refusal, Refusal::Running)));
    }
    let (answer, asking) = oneshot::channel();
    tokio::spawn(Reservation::make(Arc::clone(remote), id.to_owned(), answer));
    let reserved = asking.await.unwrap_or_else(|_| Err(unexpected("a runtime that is gone")))?;
    match reserved {
        Reserved::Elsewhere(generation) => {
            Ok(Err(Refusal::Running(remote.record(registry, id, &generation)?)))
        }
        Reserved::Here(reservation) => {
            let begun = registry.replace(id, reservation.seal);
            if begun.is_ok() {
                reservation.keep();
            }
            Ok(begun)
        }
    }
}

enum Reserved {
    Here(Reservation),
    /// The generation of the run that has the ID.
    Elsewhere(String),
}

/// An ID that is reserved for a new run. Dropping it releases the ID, unless it is kept.
struct Reservation {
    remote: Arc<Remote>,
    id: String,
    seal: Seal,
    is_kept: bool,
}

impl Reservation {
    /// Asks for the ID.
    async fn make(remote: Arc<Remote>, id: String, answer: oneshot::Sender<RedisResult<Reserved>>) {
        let reservation = Self { remote, id, seal: Seal::random(), is_kept: false };
        let Self { remote, id, seal, .. } = &reservation;
        let reserved = match remote.reserve(id, &seal.to_text()).await {
            Ok(Some(generation)) => {
                reservation.keep();
                Ok(Reserved::Elsewhere(generation))
            }
            Ok(None) => Ok(Reserved::Here(reservation)),
            // The ID may have been reserved all the same, so this drops the reservation.
            Err(error) => Err(error),
        };
        // If nobody waits, this drops the reservation.
        let _ = answer.send(reserved);
    }

    fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let Ok(runtime) = Handle::try_current() else { return };
        if !self.is_kept {
            let (remote, id) = (Arc::clone(&self.remote), std::mem::take(&mut self.id));
            let generation = self.seal.to_text();
            // If this fails as well, the ID is free when the lease is over.
            runtime.spawn(async move { remote.release(&id, &generation).await });
        }
    }
}

impl Remote {
    /// Asks for the ID. If a running run has it, returns the generation of that run.
    async fn reserve(&self, id: &str, generation: &str) -> RedisResult<Option<String>> {
        let lease = milliseconds(self.limits.lease);
        let arguments = [self.stream_keys(), self.keep(), generation.to_owned(), lease];
        let give_up = Some(Instant::now() + ANSWER_TIMEOUT);
        let keys = self.run_key(id);
        let answer = self.commands.run_until(give_up, Script::Start, &[&keys], &arguments).await?;
        let mut answer = array(answer)?.into_iter().map(text);
        match (answer.next(), answer.next()) {
            (Some(Ok(what)), Some(Ok(other))) => Ok((what == "running").then_some(other)),
            _ => Err(unexpected("whether the run was started")),
        }
    }

    /// Removes a run that nobody is going to produce.
    async fn release(&self, id: &str, generation: &str) {
        let _ = self.run_end(id, generation, ["", ""], Some(ANSWER_TIMEOUT)).await;
    }
}
