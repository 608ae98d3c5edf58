//! Two nodes on one Redis, clients that come and go between them, and one who publishes.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use fastrand::Rng;
use futures::StreamExt as _;
use futures::future::join_all;
use sse_hub::{Hub, PublishError};
use sse_runtime::{Event, LastEventId};
use tokio::task::JoinHandle;
use tokio::time::{Instant, interval, sleep, timeout, timeout_at};

use super::record::{Ledger, Record};
use crate::patience::PATIENCE;

const TOPICS: [&str; 4] = ["a", "b", "c", "d"];

/// The end of each topic, published when all faults are over.
const END: &str = "end";

/// What has come of a run.
pub struct Outcome {
    pub ledger: Ledger,
    pub records: Vec<Record>,
}

impl Outcome {
    /// Checks every client's record against the ledger.
    ///
    /// # Panics
    ///
    /// If one is wrong.
    pub fn check(&self) {
        for (client, record) in self.records.iter().enumerate() {
            if let Err(error) = self.ledger.check(record) {
                panic!("client {client} of {}: {error}", record.topic);
            }
        }
        assert!(self.records.iter().map(Record::events).sum::<usize>() > 0, "events were received");
    }

    #[must_use]
    pub fn gaps(&self) -> usize {
        self.records.iter().map(|record| record.gaps().len()).sum()
    }
}

/// Clients and a publisher, at work until they are told to stop.
pub struct World {
    pub nodes: Vec<Hub>,
    is_over: Arc<AtomicBool>,
    clients: Vec<JoinHandle<Record>>,
    publisher: JoinHandle<Ledger>,
}

impl World {
    /// # Panics
    ///
    /// If a node can't connect.
    pub async fn start(url: &str, clients: usize, a_second: u64, seed: u64) -> Self {
        let mut nodes = Vec::new();
        for _ in 0..2 {
            nodes.push(Hub::connect(url).await.expect("Redis is there"));
        }
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
    ///
    /// # Panics
    ///
    /// If one never has.
    pub async fn finish(self) -> Outcome {
        self.is_over.store(true, Ordering::Relaxed);
        let ledger = timeout(PATIENCE, self.publisher).await.expect("it ends").expect("no panic");
        let clients = timeout(PATIENCE, join_all(self.clients)).await.expect("all have the end");
        let records = clients.into_iter().map(|client| client.expect("no panic")).collect();
        Outcome { ledger, records }
    }
}

/// Publishes at a steady pace, at one node and the other in turn, and then the end of each topic.
async fn publish(nodes: Vec<Hub>, a_second: u64, is_over: Arc<AtomicBool>) -> Ledger {
    let mut ledger = Ledger::default();
    let mut pace = interval(Duration::from_millis(10));
    let (mut number, mut pending) = (0_usize, Vec::new());
    while !is_over.load(Ordering::Relaxed) {
        pace.tick().await;
        for _ in 0..a_second / 100 {
            number += 1;
            let (topic, data) = (TOPICS[number % TOPICS.len()], number.to_string());
            let outcome = nodes[number / 7 % nodes.len()].publish(topic, Event::data(data.clone()));
            pending.push((topic, data, outcome));
        }
    }
    for (topic, data, outcome) in pending {
        note(&mut ledger, topic, &data, outcome.await);
    }
    for topic in TOPICS {
        end(&nodes[0], topic, &mut ledger).await;
    }
    ledger
}

/// An end that may have been lost is published again, as another one.
async fn end(node: &Hub, topic: &str, ledger: &mut Ledger) {
    for attempt in 0.. {
        let data = format!("{END} {attempt}");
        let outcome = node.publish(topic, Event::data(data.clone())).await;
        note(ledger, topic, &data, outcome);
        if outcome.is_ok() {
            return;
        }
        sleep(Duration::from_millis(100)).await;
    }
}

fn note(
    ledger: &mut Ledger,
    topic: &str,
    data: &str,
    outcome: Result<sse_hub::EventId, PublishError>,
) {
    match outcome {
        Ok(id) => ledger.published(topic, &id.to_string(), data),
        Err(PublishError::Unknown) => ledger.unknown += 1,
        Err(_) => ledger.refused(data),
    }
}

/// Reads at one node for a while, then at another, with the last ID that it has.
async fn follow(nodes: Vec<Hub>, topic: &str, mut plan: Rng) -> Record {
    let mut record = Record::new(topic);
    loop {
        let node = &nodes[plan.usize(..nodes.len())];
        let last = record.last.clone().and_then(LastEventId::new);
        let mut events = node.subscribe(topic).resume(last).announce(true);
        let leaves = Instant::now() + Duration::from_millis(plan.u64(20..400));
        while let Ok(Some(event)) = timeout_at(leaves, events.next()).await {
            record.take(&event);
            if event.fields().data.is_some_and(|data| data.starts_with(END)) {
                return record;
            }
        }
    }
}
