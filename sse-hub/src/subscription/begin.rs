//! Finding the place at which a subscription begins.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use super::seat::{Registered, Seat};
use super::{Cursor, EventId, Resumed, Settings};
use crate::log::Found;

pub(super) enum Stage {
    /// Subscribed after this event.
    Begin { now: EventId },
    /// The client's position is ahead of this node: has the engine reached it?
    Asking { now: EventId, position: EventId, answer: Pin<Box<dyn Future<Output = bool> + Send>> },
    /// The engine has: this node will.
    CatchingUp { now: EventId, position: EventId, registered: Registered },
    /// Begun.
    Reading(Cursor),
}

impl Stage {
    pub(super) fn cursor(&mut self) -> Option<&mut Cursor> {
        match self {
            Self::Reading(cursor) => Some(cursor),
            _ => None,
        }
    }

    /// Resolves once it has begun: the first time with how it did.
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
                Self::Asking { now, position, answer } => {
                    if ready!(answer.as_mut().poll(cx)) {
                        let (now, position, registered) = (*now, *position, seat.for_every_event());
                        *self = Self::CatchingUp { now, position, registered };
                        continue;
                    }
                    // The client claims to have all that there is.
                    Found::At(Cursor::after(*now), Resumed::Unknown)
                }
                Self::CatchingUp { now, position, registered } => {
                    registered.register(cx.waker());
                    if is_behind(seat.node().position(), *position) {
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
            *self = Self::Asking { now, position, answer: seat.engine().has_reached(position) };
        }
    }
}

fn find(now: EventId, seat: &Seat, settings: &Settings) -> Found {
    match &settings.last {
        Some(last) => seat.resume(last, settings.latest),
        None => Found::At(seat.start(settings.start, now), Resumed::Fresh),
    }
}

fn is_behind(node: EventId, position: EventId) -> bool {
    node.epoch == position.epoch && node.sequence < position.sequence
}
