//! Ending a subscription from outside, or by the clock.

use std::task::{Context, Poll};

use sse_runtime::Event;

use super::Subscription;

impl Subscription {
    /// Gives the subscription a tag, by which [`Hub::end`](crate::Hub::end) ends it: `user:7` or `session:x`, for
    /// example. It can have any number of tags.
    ///
    /// A tag takes memory only as long as there are subscriptions with it. Give it right after `subscribe`: an end
    /// that comes before the tag doesn't end this subscription.
    ///
    /// ```
    /// # use sse_hub::Hub;
    /// # use sse_runtime::{EventStream, LastEventId};
    /// # struct Session { user: u64, id: String }
    /// fn inbox(hub: &Hub, session: &Session, last: Option<LastEventId>) -> EventStream![] {
    ///     let inbox = hub.subscribe(format!("inbox:{}", session.user)).resume(last);
    ///     let (user, id) = (session.user, &session.id);
    ///     EventStream::from(inbox.tag(format!("user:{user}")).tag(format!("session:{id}")))
    /// }
    /// # let _ = inbox(&Hub::new(), &Session { user: 7, id: String::new() }, None);
    /// ```
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        if let Some(membership) = &mut self.membership {
            membership.tag(&tag.into());
        }
        self
    }

    /// Ends the subscription if someone has ended it or if its time has come. Returns whether it has. Otherwise the
    /// task is woken when that happens.
    pub(super) fn end_if_due(&mut self, cx: &mut Context<'_>) -> bool {
        let Some(membership) = &self.membership else { return false };
        let last = match (membership.register_for_end(cx.waker()), &mut self.expiry) {
            (None, Some(expiry)) => expiry.poll_last(cx),
            (Some(last), _) => Poll::Ready(last),
            (None, None) => Poll::Pending,
        };
        match last {
            Poll::Ready(last) => self.end_with(last),
            Poll::Pending => return false,
        }
        true
    }

    /// Does the same after reading: what was read may be newer than the end.
    pub(super) fn end_if_ended(&mut self) -> bool {
        let Some(last) = self.membership.as_ref().and_then(super::Membership::ended) else {
            return false;
        };
        self.end_with(last);
        true
    }

    fn end_with(&mut self, last: Event) {
        self.end();
        (self.pending_opening, self.queued) = (None, Some(last));
        self.retained = Vec::new();
    }
}
