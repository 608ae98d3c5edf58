//! Publishing: one task of a node, many events at a time.

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
    /// Publishes until the hub is gone and the queue is empty. Returns what it has published with.
    pub(in crate::engine) async fn run(mut self) -> A {
        let (mut backoff, mut batch) = (Backoff::new(), Orders::new());
        while self.fill().await {
            // First the engine: meanwhile what waits can time out.
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
    use crate::log::{History, Known};
    use crate::message::{Group, Message};
    use crate::node::Node;
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

    #[tokio::test(start_paused = true)]
    async fn a_flush_waits_no_longer_than_what_was_published_before_it() {
        let limits = Limits::default();
        let history = History { epoch: 1, through: 0 };
        let node = Arc::new(Node::new(&limits, history, Known::nothing(0)));
        let (intake, outlet) = Intake::new(&limits, &node, &Arc::new(Status::new()), None);
        let queue = Arc::clone(&outlet.queue);
        tokio::spawn(async move { queue.expire().await });
        tokio::spawn(Publisher { outlet, appender: Hangs }.run());
        let publish = || {
            let topics = Names::new(&"a").expect("a topic");
            intake.publish(Group::of(Message::event(topics, Event::data("x"))))
        };
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
