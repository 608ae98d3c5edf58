//! Recording events in Redis.

use std::time::Duration;

use redis::RedisResult;
use sse_runtime::Event;

use super::commands::Script;
use super::entry::fields;
use super::{Remote, milliseconds};
use crate::engine::reply::{array, text, unexpected};
use crate::runs::record::Record;

impl Remote {
    /// Records events, the first with this sequence, and renews the lease. Tries until Redis answers. Returns `false`
    /// if somebody has ended or replaced the run, or if Redis has lost some of it.
    pub(super) async fn append(
        &self,
        record: &Record,
        first: u64,
        events: &[Event],
    ) -> RedisResult<bool> {
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
        Ok(outcome == "ok")
    }
}
