//! Producing a run in Redis: readers see an event when it is recorded there.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use redis::RedisResult;
use sse_runtime::{Event, EventStream, Stream, StreamItem};
use tokio::time::{Instant, timeout_at};

use super::commands::Script;
use super::entry::fields;
use super::{Remote, milliseconds};
use crate::engine::reply::{array, text, unexpected};
use crate::runs::producer::{Batch, Producer};
use crate::runs::record::Record;
use crate::runs::state::End;

/// What Redis says to events.
enum Outcome {
    Recorded,
    /// The run has ended, by somebody else.
    Ended,
    /// Another run has replaced it, or Redis has lost some of it.
    Gone,
}

/// Produces the run to its end, and renews its lease while it waits for its stream.
pub(super) async fn run<S: Stream<Item: StreamItem>>(
    mut producer: Producer,
    remote: Arc<Remote>,
    events: EventStream<S>,
) {
    let mut events = pin!(events);
    let between = remote.limits.lease / 3;
    let mut renew_at = Instant::now() + between;
    loop {
        let batch = timeout_at(renew_at, producer.next_batch(events.as_mut())).await;
        let Batch { events: batch, end } = batch.unwrap_or_default();
        if !batch.is_empty() || end.is_none() {
            renew_at = Instant::now() + between;
            match remote.append(&producer.record, &batch).await {
                Ok(Outcome::Recorded) => record(&producer, batch),
                Ok(Outcome::Ended) => return ended(&producer, &remote).await,
                Ok(Outcome::Gone) | Err(_) => return producer.end(End::LOST),
            }
        }
        if let Some(end) = end {
            let written = remote.end(&producer.registry, &producer.record, &end, None).await;
            return if written.is_err() {
                producer.end(end)
            };
        }
    }
}

/// Hands recorded events to the readers of this process.
fn record(producer: &Producer, batch: Vec<Event>) {
    for (sequence, event) in (producer.record.last() + 1..).zip(batch) {
        producer.record.append_at(sequence, event);
    }
    producer.registry.make_room(&producer.record);
}

/// Reads how the run has ended.
async fn ended(producer: &Producer, remote: &Remote) {
    // If that fails, the run is lost for the readers here.
    let _ = remote.read_on(&producer.record).await;
}

impl Remote {
    /// Adds events after those that are recorded, and renews the lease. Tries until Redis answers.
    async fn append(&self, record: &Record, events: &[Event]) -> RedisResult<Outcome> {
        let generation = record.seal.to_text();
        let (run, stream) = (self.run_key(&record.id), self.stream_key(&generation));
        let oldest = record.evicted_through() + 1;
        let lease = milliseconds(self.limits.lease);
        let (oldest, first) = (oldest.to_string(), (record.last() + 1).to_string());
        let mut arguments = vec![generation, lease, self.keep(), oldest, first];
        for event in events {
            let fields = fields(event);
            arguments.push(fields.len().to_string());
            arguments.extend(fields);
        }
        let keys: [&[u8]; 2] = [&run, &stream];
        let answer = self.commands.run_until(None, Script::Append, &keys, &arguments).await?;
        let mut parts = array(answer)?.into_iter().map(text);
        let outcome = parts.next().unwrap_or_else(|| Err(unexpected("an outcome")))?;
        if let Some(Ok(read)) = parts.next()
            && let Ok(ago) = read.parse()
        {
            record.was_read(Duration::from_millis(ago));
        }
        match &*outcome {
            "ok" => Ok(Outcome::Recorded),
            "ended" => Ok(Outcome::Ended),
            _ => Ok(Outcome::Gone),
        }
    }
}
