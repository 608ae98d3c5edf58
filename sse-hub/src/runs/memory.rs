//! The engine of a single process, which keeps runs in memory alone.

use std::future::ready;
use std::sync::Arc;

use sse_runtime::Event;

use super::engine::{Engine, EngineFuture};
use super::record::Record;
use super::registry::{Refusal, Registry};
use super::seal::Seal;
use super::state::End;

pub(super) struct Memory;

impl Engine for Memory {
    fn begin<'a>(
        &'a self,
        registry: &'a Arc<Registry>,
        id: &'a str,
    ) -> EngineFuture<'a, Result<Arc<Record>, Refusal>> {
        Box::pin(ready(Ok(registry.begin(id, Seal::random()))))
    }

    fn append<'a>(
        &'a self,
        registry: &'a Arc<Registry>,
        record: &'a Arc<Record>,
        first: u64,
        events: Vec<Event>,
    ) -> EngineFuture<'a, bool> {
        let is_running = registry.append(record, first, events);
        Box::pin(ready(Ok(is_running)))
    }

    fn end<'a>(
        &'a self,
        registry: &'a Arc<Registry>,
        record: &'a Arc<Record>,
        end: End,
        _: bool,
    ) -> EngineFuture<'a, bool> {
        Box::pin(ready(Ok(registry.end(record, end))))
    }
}
