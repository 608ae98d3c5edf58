//! Checking whether Redis still has the history that a node has seen.

use std::time::Duration;

use redis::RedisResult;
use redis::aio::MultiplexedConnection;

use super::address::Address;
use super::entry::{Entry, Tip};
use super::history::range;
use super::reply::within;
use super::scripts::View;

/// How many entries are read at a time to find one of the hub's among those of strangers.
const PAGE: usize = 16;

pub(super) enum Continuity {
    /// All that comes next is there.
    Intact,
    /// The next entry is gone, or isn't understood, or belongs to another epoch.
    Trimmed,
    /// Redis doesn't have what the node has seen: it has lost the end of its history.
    Diverged,
}

/// Compares the last event that a node has seen with what Redis has. Each answer may take as long as `patience`.
pub(super) async fn continuity(
    connection: &mut MultiplexedConnection,
    address: &Address,
    view: &View,
    seen: Tip,
    patience: Duration,
) -> RedisResult<Continuity> {
    if view.end.epoch != seen.epoch {
        return Ok(Continuity::Trimmed);
    }
    if view.end.place.sequence <= seen.place.sequence {
        let is_same = view.end.place.sequence == seen.place.sequence
            && view.end.place.token == seen.place.token;
        return Ok(if is_same { Continuity::Intact } else { Continuity::Diverged });
    }
    let mut first_from = async |from| within(patience, first_from(connection, address, from)).await;
    let here = first_from(seen.place.id()).await?;
    // The token proves that it is this event, even if the epoch has changed since.
    let has_seen = here.as_ref().is_some_and(|here| here.tip.place == seen.place);
    let next = if has_seen { first_from(format!("({}", seen.place.id())).await? } else { here };
    if next.as_ref().is_some_and(|next| next.follows(seen) && next.body.is_some()) {
        return Ok(Continuity::Intact);
    }
    if has_seen {
        return Ok(Continuity::Trimmed);
    }
    if next.is_some_and(|next| next.replaces(seen)) {
        return Ok(Continuity::Diverged);
    }
    // A log that begins later proves nothing. One that goes back this far without the event is another history.
    let oldest = first_from("-".to_owned()).await?;
    let goes_back = |oldest: Entry| oldest.tip.place.order() <= seen.place.order();
    Ok(if oldest.is_some_and(goes_back) { Continuity::Diverged } else { Continuity::Trimmed })
}

/// Reads the first entry of the hub's from this ID on.
async fn first_from(
    connection: &mut MultiplexedConnection,
    address: &Address,
    mut from: String,
) -> RedisResult<Option<Entry>> {
    let mut count = 1;
    loop {
        let slots = range(connection, address, &from, count).await?;
        let Some(last) = slots.last() else { return Ok(None) };
        (from, count) = (format!("({}", last.id), PAGE);
        if let Some(entry) = slots.into_iter().find_map(|slot| slot.entry) {
            return Ok(Some(entry));
        }
    }
}
