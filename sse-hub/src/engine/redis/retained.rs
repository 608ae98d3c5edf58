//! Reading back what topics retain, from the hash in which the script keeps it.

use std::collections::HashMap;
use std::sync::Arc;

use redis::aio::MultiplexedConnection;
use redis::{RedisResult, Value as Answer, cmd};

use super::address::Address;
use super::entry::read_fields;
use super::reply::{array, patience, text, unexpected, within};
use crate::log::Value;

/// How many are read at a time at first, how many at most, and about how many bytes.
const FEW: usize = 16;
const MOST: usize = 1000;
const BYTES: usize = 1 << 20;

/// Reads what the topics retain, for a node whose history has this epoch.
pub(super) async fn retained(
    connection: &mut MultiplexedConnection,
    address: &Address,
    epoch: u64,
) -> RedisResult<Vec<(Arc<str>, Value)>> {
    // `HSCAN` may return a topic twice while the hash changes.
    let mut values = HashMap::new();
    let (mut cursor, mut count) = ("0".to_owned(), FEW);
    loop {
        let mut command = cmd("HSCAN");
        command.arg(&address.retained).arg(&cursor).arg("COUNT").arg(count);
        let answer = command.query_async::<Answer>(connection);
        let answer = within(patience(16 * BYTES), answer).await?;
        let page = <[Answer; 2]>::try_from(array(answer)?).map_err(|_| unexpected("a page"))?;
        let [next, page] = page;
        cursor = text(next)?;
        let mut page = array(page)?.into_iter();
        let (mut read, mut bytes) = (0, 0);
        while let (Some(topic), Some(value)) = (page.next(), page.next()) {
            let (topic, value) = (text(topic)?, text(value)?);
            (read, bytes) = (read + 1, bytes + value.len());
            // Left out if this version can't read it.
            if let Some(value) = parse(&value, epoch) {
                values.insert(Arc::from(topic), value);
            }
        }
        if cursor == "0" {
            return Ok(values.into_iter().collect());
        }
        count = (read * BYTES).checked_div(bytes).unwrap_or(MOST).clamp(1, MOST);
    }
}

/// Parses a value: the epoch, the sequence, and the fields.
fn parse(text: &str, epoch: u64) -> Option<Value> {
    let (of, rest) = text.split_once(' ')?;
    let (at, fields) = rest.split_once(' ')?;
    let (of, at) = (u64::from_str_radix(of, 16).ok()?, at.parse().ok()?);
    let event = read_fields(fields)?.into_shared();
    // A value of an older history counts as published before everything in this one.
    Some(Value { event, at: if of == epoch { at } else { 0 } })
}

#[cfg(test)]
mod tests {
    use sse_runtime::Event;

    use super::*;

    #[test]
    fn a_value_is_read_with_its_sequence_if_it_is_of_this_history() {
        let text = "000000000000000a 17 1:d7:a:\u{e4} 1:1:x4:what1:n4:name";
        let value = parse(text, 10).unwrap();
        let event = Event::data("a:\u{e4} 1:").event("name");
        assert_eq!((value.at, &value.event), (17, &event));
        assert_eq!(parse(text, 11).unwrap().at, 0);
    }

    #[test]
    fn what_is_not_a_value_is_left_out() {
        for text in ["", "a", "a 1", "x 1 1:d1:x", "a 1 1:d9:x", "a 1 1:d", "a 1 -1:d1:x", "a 1 d"]
        {
            assert!(parse(text, 10).is_none(), "{text}");
        }
        assert!(parse("a 1 1:D1:x", 10).is_none(), "it means something else");
    }
}
