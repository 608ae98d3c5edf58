//! Redis' answers, taken apart.

use redis::{ErrorKind, RedisError, RedisResult, Value};

/// An answer that isn't what was asked for.
pub(super) fn unexpected(what: &'static str) -> RedisError {
    RedisError::from((ErrorKind::UnexpectedReturnType, "an answer that can't be read", what.into()))
}

pub(super) fn array(value: Value) -> RedisResult<Vec<Value>> {
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

pub(super) fn text(value: Value) -> RedisResult<String> {
    match value {
        Value::BulkString(bytes) => String::from_utf8(bytes).map_err(|_| unexpected("text")),
        Value::SimpleString(text) => Ok(text),
        Value::Int(number) => Ok(number.to_string()),
        Value::Double(number) => Ok(number.to_string()),
        _ => Err(unexpected("text")),
    }
}

pub(super) fn number(value: Value) -> RedisResult<u64> {
    text(value)?.parse().map_err(|_| unexpected("a number"))
}

pub(super) fn hexadecimal(value: Value) -> RedisResult<u64> {
    u64::from_str_radix(&text(value)?, 16).map_err(|_| unexpected("a hexadecimal number"))
}
