//! What Redis runs for the hub, each script at once and whole.

use redis::aio::MultiplexedConnection;
use redis::{RedisResult, Value, cmd};

use super::address::Address;
use super::entry::Place;
use super::reply::{array, hexadecimal, number, unexpected};
use crate::chance;

pub(super) const PUBLISH: &str = include_str!("publish.lua");
const LOOK: &str = include_str!("look.lua");
const RESTART: &str = include_str!("restart.lua");

/// An epoch or a token that nobody else has.
pub(super) fn unique() -> String {
    format!("{:016x}", chance::unique())
}

/// Where the history is.
pub(super) struct View {
    pub(super) epoch: u64,
    /// The last event of all.
    pub(super) end: Place,
    /// Redis' clock, in milliseconds.
    pub(super) now: u64,
}

/// Looks where the history is, and begins one if there is none.
pub(super) async fn look(to: &mut MultiplexedConnection, at: &Address) -> RedisResult<View> {
    let answer: Value =
        cmd("EVAL").arg(LOOK).arg(1).arg(&at.hub).arg(unique()).query_async(to).await?;
    let parts = <[Value; 5]>::try_from(array(answer)?).map_err(|_| unexpected("a view"))?;
    let [epoch, sequence, token, time, now] = parts;
    let end =
        Place { time: number(time)?, sequence: number(sequence)?, token: hexadecimal(token)? };
    Ok(View { epoch: hexadecimal(epoch)?, end, now: number(now)? })
}

/// Ends this epoch, unless another node has.
pub(super) async fn restart(
    to: &mut MultiplexedConnection,
    at: &Address,
    epoch: u64,
) -> RedisResult<()> {
    let (old, new) = (format!("{epoch:016x}"), unique());
    cmd("EVAL").arg(RESTART).arg(1).arg(&at.hub).arg(old).arg(new).exec_async(to).await
}
