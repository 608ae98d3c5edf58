//! The tasks that wait until their node has reached a position.

use std::collections::BTreeMap;
use std::task::Waker;

use crate::event_id::EventId;

/// The wakers, in the order of the positions. A task is woken only when its position is reached, so clients that
/// make up positions cost the others nothing.
#[derive(Default)]
pub(super) struct Ahead {
    wakers: BTreeMap<Key, Waker>,
    last_ticket: u64,
}

/// An epoch, a sequence, and the ticket.
type Key = (u64, u64, u64);

/// Identifies a task that waits for a position.
pub(super) struct Ticket {
    position: EventId,
    /// 0 before it has been registered.
    number: u64,
}

impl Ticket {
    pub(super) fn new(position: EventId) -> Self {
        Self { position, number: 0 }
    }

    fn key(&self) -> Key {
        (self.position.epoch, self.position.sequence, self.number)
    }
}

impl Ahead {
    /// Returns the former waker, if there was one.
    pub(super) fn register(&mut self, ticket: &mut Ticket, waker: &Waker) -> Option<Waker> {
        if ticket.number == 0 {
            self.last_ticket += 1;
            ticket.number = self.last_ticket;
        }
        self.wakers.insert(ticket.key(), waker.clone())
    }

    pub(super) fn leave(&mut self, ticket: &Ticket) -> Option<Waker> {
        self.wakers.remove(&ticket.key())
    }

    /// Takes the wakers of this position and of all earlier ones of its history.
    pub(super) fn take(&mut self, reached: EventId) -> Vec<Waker> {
        let EventId { epoch, sequence } = reached;
        let mut wakers = Vec::new();
        while let Some((&first, _)) =
            self.wakers.range((epoch, 0, 0)..=(epoch, sequence, u64::MAX)).next()
        {
            wakers.extend(self.wakers.remove(&first));
        }
        wakers
    }

    pub(super) fn take_all(&mut self) -> Vec<Waker> {
        std::mem::take(&mut self.wakers).into_values().collect()
    }

    #[cfg(test)]
    pub(super) fn is_empty(&self) -> bool {
        self.wakers.is_empty()
    }
}
