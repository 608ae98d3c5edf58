//! The suite for every engine: in memory, in a folder, and on Redis, where events are published at one node and received
//! at another.

macro_rules! on_every_engine {
    ($($builder:expr => async fn $name:ident($ends:ident: Ends) $body:block)*) => {
        $(async fn $name($ends: Ends) $body)*

        mod in_memory {
            use super::*;
            $(#[tokio::test] async fn $name() {
                super::$name(Ends::in_memory(&$builder)).await;
            })*
        }

        mod in_a_folder {
            use super::*;
            $(#[tokio::test] async fn $name() {
                super::$name(Ends::in_a_folder(&$builder).await).await;
            })*
        }

        mod on_redis {
            use super::*;
            $(#[tokio::test] async fn $name() {
                let Some(ends) = Ends::on_redis(&$builder, "resp2").await else { return };
                super::$name(ends).await;
            })*
        }

        mod on_redis_with_resp3 {
            use super::*;
            $(#[tokio::test] async fn $name() {
                let Some(ends) = Ends::on_redis(&$builder, "resp3").await else { return };
                super::$name(ends).await;
            })*
        }
    };
}

mod ends;
mod metrics;
mod publishing;
mod resuming;
mod retained;

use std::collections::BTreeMap;

use futures::future::join_all;
use sse_hub::{Builder, EventId, Hub, Subscription};
use sse_runtime::Event;
use system_tests::cluster::server::RedisServer;
use tempfile::TempDir;
use tests::patience::{PATIENCE, until};
use tokio::time::timeout;

use crate::redis;

/// The two ends of a hub, which are the same node in memory and in a folder.
struct Ends {
    publishes: Hub,
    serves: Hub,
    _redis: Option<RedisServer>,
    _folder: Option<TempDir>,
}

impl Ends {
    fn in_memory(builder: &Builder) -> Self {
        let hub = builder.clone().build();
        Self { publishes: hub.clone(), serves: hub, _redis: None, _folder: None }
    }

    async fn in_a_folder(builder: &Builder) -> Self {
        let folder = TempDir::new().expect("a folder");
        let url = format!("file:{}", folder.path().display());
        let hub = builder.clone().connect(&url).await.unwrap();
        Self { publishes: hub.clone(), serves: hub, _redis: None, _folder: Some(folder) }
    }

    /// Connects to a Redis with this version of its protocol.
    async fn on_redis(builder: &Builder, protocol: &str) -> Option<Self> {
        let redis = redis("conformance", &[]).await?;
        let url = format!("{}?protocol={protocol}", redis.url());
        let node = || async { builder.clone().connect(&url).await.unwrap() };
        let (publishes, serves) = (node().await, node().await);
        Some(Self { publishes, serves, _redis: Some(redis), _folder: None })
    }

    async fn publish(&self, topic: &str, data: &str) -> EventId {
        self.publishes.publish(topic, Event::data(data.to_owned())).await.unwrap()
    }

    /// Publishes these events, and waits until the other end has them.
    async fn publish_all(&self, topic: &str, data: &[&str]) -> Vec<EventId> {
        let ids = join_all(data.iter().map(|data| self.publish(topic, data))).await;
        until("the node has them", || ids.contains(&self.serves.position())).await;
        let last = *ids.iter().max_by_key(|id| sequence(**id)).expect("some");
        until("the node has the last", || self.serves.position() == last).await;
        ids
    }

    fn after(&self, topic: &str, id: EventId) -> Subscription {
        self.serves.subscribe(topic).resume(Some(id.into())).announce(false)
    }
}

fn sequence(id: EventId) -> u64 {
    id.to_string().split_once('.').expect("an ID").1.parse().expect("a sequence")
}

async fn next(events: &mut Subscription) -> Event {
    timeout(PATIENCE, events.next()).await.expect("it comes").expect("it goes on")
}

/// Returns the values of these metrics, which are whole numbers.
#[allow(clippy::cast_possible_truncation, reason = "counts are small")]
fn counts<const N: usize>(told: &BTreeMap<String, f64>, names: [&str; N]) -> [i64; N] {
    names.map(|name| told[&format!("sse_hub_{name}")] as i64)
}
