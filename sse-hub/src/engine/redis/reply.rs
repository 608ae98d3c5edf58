//! Parsing Redis' answers, and how long to wait for them.

use std::io;
use std::time::Duration;

use redis::{ErrorKind, RedisError, RedisResult, Value};
use tokio::time::timeout;

/// How long to wait for an answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(5);

/// The slowest network over which large events still pass, in bytes a second.
const SLOWEST: u64 = 64 << 10;

/// Returns how long to wait for an answer of this many bytes, or for one after sending as many.
pub(super) fn patience(bytes: usize) -> Duration {
    let seconds = u64::try_from(bytes).unwrap_or(u64::MAX) / SLOWEST;
    PATIENCE.saturating_add(Duration::from_secs(seconds))
}

/// Waits for an answer. One that takes too long is an error, since a connection may be dead without a sign.
pub(crate) async fn in_time<T>(answer: impl Future<Output = RedisResult<T>>) -> RedisResult<T> {
    within(PATIENCE, answer).await
}

/// Waits for an answer for this long.
pub(crate) async fn within<T>(
    time: Duration,
    answer: impl Future<Output = RedisResult<T>>,
) -> RedisResult<T> {
    timeout(time, answer)
        .await
        .unwrap_or_else(|_| Err(io::Error::from(io::ErrorKind::TimedOut).into()))
}

/// Returns whether the same may succeed later: Redis can't be reached, or can't do it at the moment.
pub(super) fn is_for_a_while(error: &RedisError) -> bool {
    let codes = ["LOADING", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "READONLY", "BUSY", "OOM"];
    error.is_io_error() || error.code().is_some_and(|code| codes.contains(&code))
}

/// Returns the error of an answer that isn't as expected.
pub(crate) fn unexpected(what: &'static str) -> RedisError {
    RedisError::from((ErrorKind::UnexpectedReturnType, "an answer that can't be read", what.into()))
}

pub(crate) fn array(value: Value) -> RedisResult<Vec<Value>> {
    match value {
        Value::Array(values) => Ok(values),
        Value::Nil => Ok(Vec::new()),
        // With RESP3, `XREAD` answers with one.
        Value::Map(pairs) => {
            Ok(pairs.into_iter().map(|(key, value)| Value::Array(vec![key, value])).collect())
        }
        _ => Err(unexpected("an array")),
    }
}

pub(crate) fn text(value: Value) -> RedisResult<String> {
    match value {
        Value::BulkString(bytes) => String::from_utf8(bytes).map_err(|_| unexpected("text")),
        Value::SimpleString(text) => Ok(text),
        Value::Int(number) => Ok(number.to_string()),
        Value::Double(number) => Ok(number.to_string()),
        _ => Err(unexpected("text")),
    }
}

pub(crate) fn number(value: Value) -> RedisResult<u64> {
    text(value)?.parse().map_err(|_| unexpected("a number"))
}

pub(crate) fn hexadecimal(value: Value) -> RedisResult<u64> {
    u64::from_str_radix(&text(value)?, 16).map_err(|_| unexpected("a hexadecimal number"))
}
