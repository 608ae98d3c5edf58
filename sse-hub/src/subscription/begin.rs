//! Finding the position at which a subscription begins.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::membership::Membership;
use super::{Cursor, EventId, Resumed, Settings};
use crate::log::Found;
use crate::waiting::Arrival;

pub(super) enum Stage {
    /// Not polled yet. `now` was the newest position at `subscribe`.
    Begin { now: EventId },
    /// The client's position is ahead of this node.
    Ahead(Box<Ahead>),
    /// Begun.
    Reading(Cursor),
}

/// A subscription whose position is ahead of this node. Boxed in its stage, since few get here.
pub(super) struct Ahead {
    /// The newest position at `subscribe`.
    now: EventId,
    position: EventId,
    arrival: Arrival,
    engine: EngineAnswer,
}

/// What the engine says of a position that is ahead of this node.
enum EngineAnswer {
    Asked(Pin<Box<dyn Future<Output = bool> + Send>>),
    /// The engine has the position, so this node will too. The node was here when the engine answered.
    HasIt(EventId),
}

impl Stage {
    pub(super) fn cursor(&mut self) -> Option<&mut Cursor> {
        match self {
            Self::Reading(cursor) => Some(cursor),
            _ => None,
        }
    }

    /// Resolves when the subscription has begun: the first time to how it began, then to `None`.
    pub(super) fn poll_begun(
        &mut self,
        cx: &mut Context<'_>,
        membership: &mut Membership,
        settings: &Settings,
    ) -> Poll<Option<Resumed>> {
        loop {
            let found = match self {
                Self::Reading(_) => return Poll::Ready(None),
                Self::Begin { now } => {
                    ready!(membership.poll_history(cx));
                    *now = membership.node().beginning(*now);
                    find(*now, membership, settings)
                }
                Self::Ahead(ahead) => ready!(ahead.poll_found(cx, membership, settings)),
            };
            match found {
                Found::At(cursor, resumed) => {
                    *self = Self::Reading(cursor);
                    return Poll::Ready(Some(resumed));
                }
                Found::Ahead(position) => self.ask(membership, position),
            }
        }
    }

    fn ask(&mut self, membership: &Membership, position: EventId) {
        let now = match self {
            Self::Begin { now } => *now,
            Self::Ahead(ahead) => ahead.now,
            Self::Reading(_) => return,
        };
        let engine = EngineAnswer::Asked(membership.engine().has_reached(position));
        let arrival = membership.arrival(position);
        *self = Self::Ahead(Box::new(Ahead { now, position, arrival, engine }));
    }
}

impl Ahead {
    /// Returns the newest position at `subscribe`.
    pub(super) fn now(&self) -> EventId {
        self.now
    }

    fn poll_found(
        &mut self,
        cx: &mut Context<'_>,
        membership: &Membership,
        settings: &Settings,
    ) -> Poll<Found> {
        // Before the engine answers, the hub may be drained or the node arrive.
        self.arrival.register(cx.waker());
        let has_arrived = ready!(self.engine.poll_has_arrived(cx, membership, self.position));
        Poll::Ready(if has_arrived {
            find(self.now, membership, settings)
        } else {
            unknown(self.now, self.position, membership)
        })
    }
}

impl EngineAnswer {
    /// Resolves to `true` when the node has arrived at the position, or to `false` if it never will.
    fn poll_has_arrived(
        &mut self,
        cx: &mut Context<'_>,
        membership: &Membership,
        position: EventId,
    ) -> Poll<bool> {
        if let Self::Asked(answer) = self
            && !membership.node().position().has_reached(position)
        {
            if !ready!(answer.as_mut().poll(cx)) {
                return Poll::Ready(false);
            }
            *self = Self::HasIt(membership.node().position());
        }
        match self {
            Self::HasIt(was) if is_behind(membership.node().position(), position, *was) => {
                Poll::Pending
            }
            _ => Poll::Ready(true),
        }
    }
}

fn find(now: EventId, membership: &Membership, settings: &Settings) -> Found {
    match &settings.last {
        Some(last) => membership.resume(last),
        None => membership.start(settings.start, now),
    }
}

/// Finds where to resume after a position that the engine doesn't have.
fn unknown(now: EventId, position: EventId, membership: &Membership) -> Found {
    let epoch = membership.node().position().epoch;
    if position.epoch == epoch && now.epoch == epoch {
        // The client claims to have seen more than there is, so nothing is new to it.
        Found::At(Cursor::after(now), Resumed::Unknown)
    } else {
        membership.unknown()
    }
}

/// Returns whether the node still has to catch up: by reading on, in the history of the position, or by leaving the
/// history in which it was.
fn is_behind(node: EventId, position: EventId, was: EventId) -> bool {
    if node.epoch == position.epoch { !node.has_reached(position) } else { node.epoch == was.epoch }
}
