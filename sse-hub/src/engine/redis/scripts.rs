//! The hub's scripts, each of which Redis runs atomically.

use redis::aio::MultiplexedConnection;
use redis::{RedisResult, Value, cmd};

use super::address::Address;
use super::entry::{Place, Tip};
use super::reply::{array, hexadecimal, number, unexpected};
use crate::random;

pub(super) const PUBLISH: &str = include_str!("publish.lua");
const LOOK: &str = include_str!("look.lua");
const RESTART: &str = include_str!("restart.lua");

/// The version of what the hub's keys hold. Nodes of different versions of this crate can share a hub
/// as long as this number is the same: fields may be added to an entry, and a node that doesn't
/// understand an entry goes on after it, with a gap.
pub(super) const FORMAT: u64 = 1;

/// Returns an epoch or a token that nobody else has.
pub(super) fn unique() -> String {
    format!("{:016x}", random::unique())
}

/// Where Redis' history ends, and when that was looked at.
pub(super) struct View {
    /// The last event of all.
    pub(super) end: Tip,
    /// Redis' clock, in milliseconds.
    pub(super) now: u64,
    pub(super) format: u64,
}

impl View {
    /// Fails if another version of this crate keeps the hub in another format.
    pub(super) fn check_format(&self) -> RedisResult<()> {
        if self.format == FORMAT { Ok(()) } else { Err(unexpected("a later format of the hub")) }
    }
}

/// Looks where the history ends, and begins one if there is none.
pub(super) async fn look(to: &mut MultiplexedConnection, at: &Address) -> RedisResult<View> {
    let mut command = cmd("EVAL");
    command.arg(LOOK).arg(1).arg(&at.hub).arg(FORMAT).arg(unique());
    let answer: Value = command.query_async(to).await?;
    let parts = <[Value; 6]>::try_from(array(answer)?).map_err(|_| unexpected("a view"))?;
    let [epoch, sequence, token, time, format, now] = parts;
    let place =
        Place { time: number(time)?, sequence: number(sequence)?, token: hexadecimal(token)? };
    let end = Tip { epoch: hexadecimal(epoch)?, place };
    Ok(View { end, now: number(now)?, format: number(format)? })
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
