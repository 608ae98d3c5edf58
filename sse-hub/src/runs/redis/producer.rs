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
    /// Somebody else has ended or replaced the run, or Redis has lost some of it.
    Over,
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
    // Not that of the record, which others may have read from Redis before its answer came.
    let mut next = 1;
    loop {
        let batch = timeout_at(renew_at, producer.next_batch(events.as_mut())).await;
        let Batch { events: batch, end } = batch.unwrap_or_default();
        if !batch.is_empty() || end.is_none() {
            renew_at = Instant::now() + between;
            match remote.append(&producer.record, next, &batch).await {
                Ok(Outcome::Recorded) => next = record(&producer, next, batch),
                Ok(Outcome::Over) | Err(_) => return over(&producer, &remote).await,
            }
        }
        if let Some(end) = end {
            if remote.end(&producer.registry, &producer.record, &end, None).await.is_err() {
                producer.end(end);
            }
            return;
        }
    }
}

/// Hands recorded events, of which the first has this sequence, to the readers of this process. Returns the
/// sequence that comes next.
fn record(producer: &Producer, first: u64, batch: Vec<Event>) -> u64 {
    let next = first + batch.len() as u64;
    for (sequence, event) in (first..).zip(batch) {
        producer.record.append_at(sequence, event);
    }
    producer.registry.make_room(&producer.record);
    next
}

/// Reads how the run has ended. If that can't be known, it is lost.
async fn over(producer: &Producer, remote: &Remote) {
    let _ = remote.read_on(&producer.record).await;
    producer.end(End::LOST);
}

impl Remote {
    /// Adds events after those that are recorded, and renews the lease. Tries until Redis answers.
    async fn append(&self, record: &Record, first: u64, events: &[Event]) -> RedisResult<Outcome> {
        let generation = record.seal.to_text();
        let (run, stream) = (self.run_key(&record.id), self.stream_key(&generation));
        let oldest = record.evicted_through() + 1;
        let lease = milliseconds(self.limits.lease);
        let (oldest, first) = (oldest.to_string(), first.to_string());
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
        Ok(if outcome == "ok" { Outcome::Recorded } else { Outcome::Over })
    }
}
