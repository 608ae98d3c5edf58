//! Finding out whether Redis has a position that is ahead of this node.

use tokio::sync::watch;

use crate::event_id::EventId;

/// Tells subscriptions where Redis' history was when the tail last looked. So subscriptions never ask Redis
/// themselves, and each is woken by two looks at most.
pub(super) struct Ahead(watch::Sender<Look>);

struct Look {
    number: u64,
    /// Where Redis' history ended.
    end: EventId,
}

impl Ahead {
    pub(super) fn new(end: EventId) -> Self {
        Self(watch::Sender::new(Look { number: 0, end }))
    }

    /// Resolves to `true` once Redis is known to have this position, or to `false` after a look that began after this
    /// call and didn't find it.
    pub(super) fn has_reached(
        &self,
        position: EventId,
    ) -> impl Future<Output = bool> + Send + use<> {
        let mut looks = self.0.subscribe();
        // The next look may have begun before this call, the one after it has not.
        let last = looks.borrow().number.saturating_add(2);
        async move {
            let is_there = |look: &Look| look.end.has_reached(position);
            let look = looks.wait_for(|look| is_there(look) || look.number >= last).await;
            look.is_ok_and(|look| is_there(&look))
        }
    }

    /// Notes that the tail has looked, and that Redis' history ends here.
    pub(super) fn has_looked(&self, end: EventId) {
        self.0.send_modify(|look| {
            *look = Look { number: look.number.saturating_add(1), end };
        });
    }

    /// Lets nobody wait for another look: there is none.
    pub(super) fn close(&self) {
        self.0.send_modify(|look| look.number = u64::MAX);
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn at(epoch: u64, sequence: u64) -> EventId {
        EventId { epoch, sequence }
    }

    #[test]
    fn who_waits_hears_of_what_redis_has_and_nobody_else_does() {
        let ahead = Ahead::new(at(1, 5));
        assert_eq!(ahead.has_reached(at(1, 5)).now_or_never(), Some(true));
        let [six, eight, other] = [at(1, 6), at(1, 8), at(2, 1)].map(|at| ahead.has_reached(at));
        ahead.has_looked(at(1, 7));
        assert_eq!([six, eight].map(FutureExt::now_or_never), [Some(true), None]);
        ahead.has_looked(at(2, 3));
        assert_eq!(other.now_or_never(), Some(true));
    }

    #[test]
    fn a_position_is_not_there_after_a_look_that_began_later() {
        let ahead = Ahead::new(at(1, 5));
        let mut answer = Box::pin(ahead.has_reached(at(1, 9)));
        ahead.has_looked(at(1, 6));
        assert_eq!((&mut answer).now_or_never(), None);
        ahead.has_looked(at(1, 7));
        assert_eq!(answer.now_or_never(), Some(false));
    }

    #[test]
    fn nobody_waits_for_looks_that_do_not_come() {
        let ahead = Ahead::new(at(1, 5));
        let waits = ahead.has_reached(at(1, 6));
        ahead.close();
        // One that had begun before.
        ahead.has_looked(at(1, 5));
        let answers = [waits, ahead.has_reached(at(1, 6))].map(FutureExt::now_or_never);
        assert_eq!(answers, [Some(false), Some(false)]);
    }
}
