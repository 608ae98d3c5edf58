//! Nodes on one Redis, clients that come and go between them, and a publisher.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use fastrand::Rng;
use futures::future::join_all;
use sse_hub::{Hub, PublishError};
use sse_runtime::{Event, LastEventId};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio::time::{Duration, Instant, MissedTickBehavior, interval, sleep, timeout, timeout_at};

use super::record::{END, Ledger, Record};
use ::tests::patience::PATIENCE;

const TOPICS: [&str; 4] = ["a", "b", "c", "d"];

/// How many outcomes the publisher waits for at a time. At a node over HTTP each of them has a
/// connection, and a process has only so many descriptors.
const PENDING: usize = 4000;

/// A node, as publishers and clients use it.
pub trait Site: Clone + Send + Sync + 'static {
    /// Publishes an event. Returns its ID.
    fn publish(
        &self,
        topic: &str,
        data: String,
    ) -> impl Future<Output = Result<String, PublishError>> + Send;

    /// Subscribes, and reads until it is time to leave or the end of the topic has come.
    fn visit(&self, record: &mut Record, leaves: Instant) -> impl Future<Output = ()> + Send;
}

/// A node in this process.
impl Site for Hub {
    async fn publish(&self, topic: &str, data: String) -> Result<String, PublishError> {
        self.publish(topic, Event::data(data)).await.map(|id| id.to_string())
    }

    async fn visit(&self, record: &mut Record, leaves: Instant) {
        let last = record.last.clone().and_then(LastEventId::new);
        let mut events = self.subscribe(&record.topic).resume(last).announce(true);
        while let Ok(Some(event)) = timeout_at(leaves, events.next()).await {
            record.take(&event);
            if record.has_end() {
                return;
            }
        }
    }
}

/// The result of a run.
pub struct Outcome {
    pub ledger: Ledger,
    pub records: Vec<Record>,
}

impl Outcome {
    /// Checks every client's record against the ledger, and that no history has ended without cause.
    pub fn check(&self) {
        self.check_after_losses(0);
    }

    /// Does the same, if Redis has lost events this often.
    pub fn check_after_losses(&self, losses: usize) {
        let resets = self.ledger.resets();
        assert!(resets <= losses, "{resets} histories have begun, for {losses} losses");
        for (client, record) in self.records.iter().enumerate() {
            if let Err(error) = self.ledger.check(record) {
                panic!("client {client} of {}: {error}", record.topic);
            }
        }
        assert!(self.events() > 0, "events were received");
    }

    #[must_use]
    pub fn events(&self) -> usize {
        self.records.iter().map(Record::events).sum()
    }

    #[must_use]
    pub fn gaps(&self) -> usize {
        self.records.iter().map(|record| record.gaps().len()).sum()
    }

    /// Returns whether each client was told of this gap and of no other.
    #[must_use]
    pub fn all_were_told(&self, gap: &str) -> bool {
        self.records.iter().all(|record| record.gaps() == [gap])
    }
}

/// Clients and a publisher, at work until they are told to stop.
pub struct World<S> {
    pub nodes: Vec<S>,
    is_over: Arc<AtomicBool>,
    clients: Vec<JoinHandle<Record>>,
    publisher: JoinHandle<Ledger>,
}

impl World<Hub> {
    /// Two nodes in this process.
    pub async fn start(url: &str, clients: usize, a_second: u64, seed: u64) -> Self {
        let mut nodes = Vec::new();
        for _ in 0..2 {
            nodes.push(Hub::connect(url).await.expect("Redis is there"));
        }
        Self::at(nodes, clients, a_second, seed)
    }
}

impl<S: Site> World<S> {
    #[must_use]
    pub fn at(nodes: Vec<S>, clients: usize, a_second: u64, seed: u64) -> Self {
        let is_over = Arc::<AtomicBool>::default();
        let client = |number: usize| {
            let plan = Rng::with_seed(seed.wrapping_add(number as u64));
            tokio::spawn(follow(nodes.clone(), TOPICS[number % TOPICS.len()], plan))
        };
        let clients = (0..clients).map(client).collect();
        let publisher = tokio::spawn(publish(nodes.clone(), a_second, Arc::clone(&is_over)));
        Self { nodes, is_over, clients, publisher }
    }

    /// Waits until every client has the end of its topic.
    pub async fn finish(self) -> Outcome {
        self.is_over.store(true, Ordering::Relaxed);
        let ledger = timeout(PATIENCE, self.publisher).await.expect("it ends");
        let clients = timeout(PATIENCE, join_all(self.clients)).await.expect("all have the end");
        let records: Vec<_> = clients.into_iter().map(|client| client.expect("no panic")).collect();
        let mut ledger = ledger.expect("no panic");
        ledger.learn(&records);
        Outcome { ledger, records }
    }
}

/// Publishes at a steady pace, at one node and the other in turn, and then the end of each topic. It
/// pauses while too many outcomes are pending.
async fn publish<S: Site>(nodes: Vec<S>, a_second: u64, is_over: Arc<AtomicBool>) -> Ledger {
    let mut pace = interval(Duration::from_millis(10));
    // Events that a pause or a busy machine has delayed aren't caught up on.
    pace.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let room = Arc::new(Semaphore::new(PENDING));
    let (mut number, mut pending) = (0_usize, Vec::new());
    while !is_over.load(Ordering::Relaxed) {
        pace.tick().await;
        for _ in 0..a_second / 100 {
            let room = Arc::clone(&room).acquire_owned().await.expect("it stays open");
            number += 1;
            let topic = TOPICS[number % TOPICS.len()];
            let node = nodes[number / 7 % nodes.len()].clone();
            let outcome = async move {
                let outcome = node.publish(topic, number.to_string()).await;
                drop(room);
                outcome
            };
            pending.push((topic, number, tokio::spawn(outcome)));
        }
    }
    let mut ledger = Ledger::default();
    for (topic, number, outcome) in pending {
        let outcome = outcome.await.expect("no panic");
        ledger.note(topic, &number.to_string(), outcome.as_deref().map_err(|error| *error));
    }
    for topic in TOPICS {
        end(&nodes[0], topic, &mut ledger).await;
    }
    ledger
}

/// Publishes the end of a topic, and another one if that one may have been lost.
async fn end<S: Site>(node: &S, topic: &str, ledger: &mut Ledger) {
    for attempt in 0.. {
        let data = format!("{END} {attempt} of {topic}");
        let outcome = node.publish(topic, data.clone()).await;
        ledger.note(topic, &data, outcome.as_deref().map_err(|error| *error));
        if outcome.is_ok() {
            return;
        }
        sleep(Duration::from_millis(100)).await;
    }
}

/// Reads at one node for a while, then at another, with the last ID that it has received.
async fn follow<S: Site>(nodes: Vec<S>, topic: &str, mut plan: Rng) -> Record {
    let mut record = Record::new(topic);
    while !record.has_end() {
        let node = &nodes[plan.usize(..nodes.len())];
        let leaves = Instant::now() + Duration::from_millis(plan.u64(20..400));
        node.visit(&mut record, leaves).await;
    }
    record
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    /// A node without an answer until it has Redis again.
    #[derive(Clone, Default)]
    struct Silent {
        asked: Arc<AtomicUsize>,
        answers: Arc<AtomicBool>,
    }

    impl Site for Silent {
        async fn publish(&self, _: &str, _: String) -> Result<String, PublishError> {
            let number = self.asked.fetch_add(1, Ordering::Relaxed);
            while !self.answers.load(Ordering::Relaxed) {
                sleep(Duration::from_secs(1)).await;
            }
            Ok(format!("e.{number}"))
        }

        async fn visit(&self, _: &mut Record, _: Instant) {}
    }

    #[tokio::test(start_paused = true)]
    async fn the_publisher_waits_for_no_more_outcomes_than_there_are_descriptors() {
        let (node, is_over) = (Silent::default(), Arc::<AtomicBool>::default());
        let publisher = tokio::spawn(publish(vec![node.clone()], 1000, Arc::clone(&is_over)));
        sleep(Duration::from_secs(6)).await;
        assert_eq!(node.asked.load(Ordering::Relaxed), PENDING);
        node.answers.store(true, Ordering::Relaxed);
        sleep(Duration::from_secs(2)).await;
        is_over.store(true, Ordering::Relaxed);
        let ledger = publisher.await.expect("no panic");
        assert!(ledger.published() > PENDING, "it goes on");
    }
}
