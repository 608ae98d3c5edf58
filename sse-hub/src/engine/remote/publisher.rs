//! The task of a node that publishes, many events at a time.

use std::time::Duration;

use tokio::time::timeout;

use super::backoff::Backoff;
use super::queue::{Orders, Outlet, set};
use super::{Appender, Next};
use crate::error::PublishError;

/// How long to wait before an engine that fails is tried again if nothing is published.
const BETWEEN_ATTEMPTS: Duration = Duration::from_secs(1);

pub(in crate::engine) struct Publisher<A> {
    pub(in crate::engine) outlet: Outlet,
    pub(in crate::engine) appender: A,
}

impl<A: Appender> Publisher<A> {
    /// Publishes until the hub is gone and the queue is empty. Returns the appender.
    pub(in crate::engine) async fn run(mut self) -> A {
        let (mut backoff, mut batch) = (Backoff::new(), Orders::new());
        while self.fill().await {
            // Before a batch is taken, so that what waits can time out meanwhile.
            if !self.appender.ready().await {
                backoff.wait().await;
                continue;
            }
            self.outlet.take(&mut batch);
            if batch.is_empty() {
                continue;
            }
            set(&mut batch, Err(PublishError::Unknown));
            match self.appender.append(&mut batch).await {
                Next::GoOn => backoff.reset(),
                Next::Wait => {
                    batch.clear();
                    backoff.wait().await;
                }
                Next::Again => self.outlet.put_back(&mut batch),
            }
            batch.clear();
        }
        self.appender
    }

    /// Waits until there is something to publish. Meanwhile, an engine that fails is tried again.
    async fn fill(&mut self) -> bool {
        while self.appender.fails() {
            if let Ok(is_filled) = timeout(BETWEEN_ATTEMPTS, self.outlet.fill()).await {
                return is_filled;
            }
            self.appender.try_again().await;
        }
        self.outlet.fill().await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sse_runtime::Event;
    use tokio::time::{Instant, sleep};

    use super::super::{Intake, Status};
    use super::*;
    use crate::limits::Limits;
    use crate::log::{KnownTopics, Origin};
    use crate::message::{Group, Message};
    use crate::node::Node;
    use crate::stats::Stats;
    use crate::topics::Names;

    /// An engine that can't be reached, which takes a minute to find out.
    struct Hangs;

    impl Appender for Hangs {
        async fn ready(&mut self) -> bool {
            sleep(Duration::from_secs(60)).await;
            false
        }

        async fn append(&mut self, _: &mut Orders) -> Next {
            unreachable!("it is never ready")
        }
    }

    fn hanging() -> Intake {
        let limits = Limits::default();
        let origin = Origin { epoch: 1, through: 0 };
        let node = Arc::new(Node::new(&limits, origin, KnownTopics::nothing(0)));
        let (intake, outlet) = Intake::new(&limits, &node, &Arc::new(Status::new()), None);
        let queue = Arc::clone(&outlet.queue);
        tokio::spawn(async move { queue.expire().await });
        tokio::spawn(Publisher { outlet, appender: Hangs }.run());
        intake
    }

    fn message() -> Message {
        Message::event(Names::new(&"a").expect("a topic"), Event::data("x"))
    }

    #[tokio::test(start_paused = true)]
    async fn each_event_of_a_group_is_counted() {
        let (intake, mut stats) = (hanging(), Stats::default());
        let group = Group { first: message(), rest: vec![message(), message()] };
        assert_eq!(intake.publish(group).await, Err(PublishError::TimedOut));
        intake.fill_stats(&mut stats);
        assert_eq!(stats.timed_out, 3);
    }

    #[tokio::test(start_paused = true)]
    async fn a_flush_waits_no_longer_than_what_was_published_before_it() {
        let intake = hanging();
        let publish = || intake.publish(Group::of(message()));
        let (begin, first) = (Instant::now(), publish());
        sleep(Duration::from_secs(1)).await;
        let flush = intake.flush();
        let second = publish();
        flush.await;
        let took = begin.elapsed();
        assert!((10..11).contains(&took.as_secs()), "{took:?}");
        assert_eq!([first.await, second.await], [Err(PublishError::TimedOut); 2]);
        let begin = Instant::now();
        intake.flush().await;
        assert!(begin.elapsed() < Duration::from_secs(1), "nothing waits");
    }
}
