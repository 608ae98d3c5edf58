//! Reading the log back, and what Redis knows of topics whose events have left it.

use std::collections::HashMap;

use redis::aio::MultiplexedConnection;
use redis::{RedisResult, Value, cmd, pipe};

use super::address::Address;
use super::history::{ReadBack, history};
use super::reply::{array, in_time, number, text, unexpected};
use super::retained::retained;
use crate::limits::Limits;
use crate::log::KnownTopics;

/// How many topics are read at a time.
const PAGE: usize = 2048;

/// Reads the window back, and what is known of the topics' events before it.
pub(super) async fn read_back(
    connection: &mut MultiplexedConnection,
    address: &Address,
    limits: &Limits,
) -> RedisResult<(ReadBack, KnownTopics)> {
    let past = history(connection, address, limits).await?;
    let known = known(connection, address, &past).await?;
    Ok((past, known))
}

/// Reads each topic's last event before the window, so that clients of a quiet topic aren't told of a gap that
/// isn't one.
async fn known(
    connection: &mut MultiplexedConnection,
    address: &Address,
    past: &ReadBack,
) -> RedisResult<KnownTopics> {
    let topics = topics(connection, address).await?;
    // After the topics: those that Redis forgot meanwhile are covered by the floor.
    let (floor, remembered) = in_time(floor(connection, address)).await?;
    let through = past.through();
    // If no topic is there, Redis has evicted them, or someone has deleted them.
    let others = if remembered == 0 { through } else { floor.min(through) };
    let before = before_first(past);
    let topics = topics.into_iter().map(|(topic, last)| {
        // Its last event may have come after the log was read.
        let floor = before.get(&*topic).copied().unwrap_or(last).min(through);
        (topic.into(), floor)
    });
    let topics = topics.collect();
    // After the log: the tail reads again what has been retained since then.
    let retained = retained(connection, address, past.view.end.epoch).await?;
    Ok(KnownTopics { topics, others, retained })
}

/// Reads the last sequence of each topic, page by page, from the lowest to the highest. A topic that moves up
/// meanwhile is read again.
async fn topics(
    connection: &mut MultiplexedConnection,
    address: &Address,
) -> RedisResult<HashMap<String, u64>> {
    let (mut topics, mut from, mut count) = (HashMap::new(), 0, PAGE);
    loop {
        let mut command = cmd("ZRANGE");
        command.arg(&address.topics).arg(from).arg("+inf").arg("BYSCORE");
        command.arg("LIMIT").arg(0).arg(count).arg("WITHSCORES");
        let page = pairs(in_time(command.query_async::<Value>(connection)).await?)?;
        let is_last = page.len() < count;
        let last = page.last().map_or(from, |(_, last)| *last);
        // Events that Redis has refused may have left more topics at one sequence than an event can have.
        count = if last == from { count * 2 } else { PAGE };
        from = last;
        topics.extend(page);
        if is_last {
            return Ok(topics);
        }
    }
}

/// Reads the highest last sequence of the topics that Redis has forgotten, and how many it remembers.
async fn floor(
    connection: &mut MultiplexedConnection,
    address: &Address,
) -> RedisResult<(u64, u64)> {
    let mut pipeline = pipe();
    pipeline.atomic();
    pipeline.cmd("HGET").arg(&address.hub).arg("floor");
    pipeline.cmd("ZCARD").arg(&address.topics);
    let (floor, remembered): (Option<u64>, u64) = pipeline.query_async(connection).await?;
    Ok((floor.unwrap_or(0), remembered))
}

/// Returns each topic's last sequence before its first entry in the window.
fn before_first(past: &ReadBack) -> HashMap<&str, u64> {
    let mut before = HashMap::new();
    for (_, body) in &past.entries {
        for (topic, &last) in body.message.topics.iter().zip(&body.last) {
            before.entry(topic).or_insert(last);
        }
    }
    before
}

fn pairs(value: Value) -> RedisResult<Vec<(String, u64)>> {
    let mut values = Vec::new();
    for value in array(value)? {
        match value {
            // With RESP3, each is a pair.
            Value::Array(pair) => values.extend(pair),
            value => values.push(value),
        }
    }
    let mut values = values.into_iter();
    let mut pairs = Vec::new();
    while let Some(topic) = values.next() {
        pairs.push((text(topic)?, number(values.next().ok_or_else(|| unexpected("a pair"))?)?));
    }
    Ok(pairs)
}
