//! Finding the position at which a subscription begins.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::seat::{Registered, Seat};
use super::{Cursor, EventId, Resumed, Settings};
use crate::log::Found;

type Answer = Pin<Box<dyn Future<Output = bool> + Send>>;

pub(super) enum Stage {
    /// It was made when this was the newest event.
    Begin { now: EventId },
    /// The client's position is ahead of this node, so the engine is asked whether it has reached it.
    Asking { now: EventId, position: EventId, answer: Answer, registered: Registered },
    /// The engine has reached it, so this node will too. It was here when the engine answered.
    CatchingUp { now: EventId, position: EventId, here: EventId, registered: Registered },
    /// It has begun.
    Reading(Cursor),
}

impl Stage {
    pub(super) fn cursor(&mut self) -> Option<&mut Cursor> {
        match self {
            Self::Reading(cursor) => Some(cursor),
            _ => None,
        }
    }

    /// Resolves when the subscription has begun, the first time to how it began.
    pub(super) fn poll_begun(
        &mut self,
        cx: &mut Context<'_>,
        seat: &Seat,
        settings: &Settings,
    ) -> Poll<Option<Resumed>> {
        loop {
            let found = match self {
                Self::Reading(_) => return Poll::Ready(None),
                Self::Begin { now } => find(*now, seat, settings),
                Self::Asking { now, position, answer, registered } => {
                    // The answer may take long, and the hub may be drained meanwhile.
                    registered.register(cx.waker());
                    if ready!(answer.as_mut().poll(cx)) {
                        let (now, position, here) = (*now, *position, seat.node().position());
                        let registered = seat.for_every_event();
                        *self = Self::CatchingUp { now, position, here, registered };
                        continue;
                    }
                    let epoch = seat.node().position().epoch;
                    if position.epoch == epoch && now.epoch == epoch {
                        // The client claims to have seen more than there is, so nothing is new to it.
                        Found::At(Cursor::after(*now), Resumed::Unknown)
                    } else {
                        seat.unknown()
                    }
                }
                Self::CatchingUp { now, position, here, registered } => {
                    registered.register(cx.waker());
                    if is_behind(seat.node().position(), *position, *here) {
                        return Poll::Pending;
                    }
                    find(*now, seat, settings)
                }
            };
            match found {
                Found::At(cursor, resumed) => {
                    *self = Self::Reading(cursor);
                    return Poll::Ready(Some(resumed));
                }
                Found::Ahead(position) => self.ask(seat, position),
            }
        }
    }

    fn ask(&mut self, seat: &Seat, position: EventId) {
        if let Self::Begin { now } | Self::Asking { now, .. } | Self::CatchingUp { now, .. } = *self
        {
            let (answer, registered) =
                (seat.engine().has_reached(position), seat.for_every_event());
            *self = Self::Asking { now, position, answer, registered };
        }
    }
}

fn find(now: EventId, seat: &Seat, settings: &Settings) -> Found {
    match &settings.last {
        Some(last) => seat.resume(last, settings.latest),
        None => Found::At(seat.start(settings.start, now), Resumed::Fresh),
    }
}

/// Whether the node still has to catch up: with the events of the position's history, or, if it is in
/// another one, by leaving that.
fn is_behind(node: EventId, position: EventId, was: EventId) -> bool {
    if node.epoch == position.epoch {
        node.sequence < position.sequence
    } else {
        node.epoch == was.epoch
    }
}
