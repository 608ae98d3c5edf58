//! A Redis, two nodes, and the proxies between them.

use std::path::PathBuf;
use std::time::Duration;

use futures::future::join_all;
use system_tests::cluster::gate::Gate;
use system_tests::cluster::node::{NodeProcess, Remote};
use system_tests::cluster::record::At;
use system_tests::cluster::server::RedisServer;
use system_tests::cluster::world::Site as _;
use tests::patience::PATIENCE;
use tokio::time::{Instant, sleep, timeout};

pub(crate) struct Stage {
    pub(crate) redis: RedisServer,
    pub(crate) gates: Vec<Gate>,
    pub(crate) nodes: Vec<NodeProcess>,
}

/// The node's program, which is built beside this one.
fn program() -> PathBuf {
    std::env::current_exe().expect("a path").with_file_name("cluster_node")
}

impl Stage {
    pub(crate) async fn start(settings: &[&str]) -> Self {
        let redis = RedisServer::start(settings).await;
        let (mut gates, mut nodes) = (Vec::new(), Vec::new());
        for _ in 0..2 {
            let gate = Gate::to(redis.address()).await;
            nodes.push(NodeProcess::start(&program(), &gate.url(), 0).await);
            gates.push(gate);
        }
        Self { redis, gates, nodes }
    }

    pub(crate) fn sites(&self) -> Vec<Remote> {
        self.nodes.iter().map(|node| node.site).collect()
    }

    pub(crate) async fn start_node_again(&mut self, number: usize) {
        let port = self.nodes[number].site.0.port();
        let url = self.gates[number].url();
        self.nodes[number] = NodeProcess::start(&program(), &url, port).await;
    }

    /// Replaces the Redis that was killed by this one.
    pub(crate) fn fail_over(&mut self, redis: RedisServer) {
        self.redis.kill();
        for gate in &self.gates {
            gate.lead_to(redis.address());
        }
        self.redis = redis;
    }

    /// Waits until events that are published at each node reach both. Returns how long that took.
    pub(crate) async fn all_is_well(&self) -> Duration {
        let begin = Instant::now();
        let is_well = async {
            while !self.is_well().await {
                sleep(Duration::from_millis(10)).await;
            }
        };
        let is_well = timeout(PATIENCE, is_well).await.is_ok();
        assert!(is_well, "all is not well again: {}", self.state().await);
        begin.elapsed()
    }

    async fn is_well(&self) -> bool {
        for from in self.sites() {
            let Ok(id) = from.publish("probe", "probe".to_owned()).await else { return false };
            for to in self.sites() {
                if !arrives(to, At::new(&id)).await {
                    return false;
                }
            }
        }
        true
    }

    /// Returns what Redis and the nodes report of themselves.
    async fn state(&self) -> String {
        let a_while = Duration::from_secs(5);
        let fields = ["HMGET", "{sse-hub}:hub", "epoch", "sequence"];
        let redis = timeout(a_while, self.redis.ask(&fields)).await;
        let nodes = self.nodes.iter().map(|node| timeout(a_while, node.site.stats()));
        format!("Redis is at {redis:?}, and the nodes say {:?}", join_all(nodes).await)
    }
}

/// Waits until an event has reached a node. It never will if the node is in another history, or is
/// down.
async fn arrives(node: Remote, event: At) -> bool {
    loop {
        let Some(said) = node.stats().await else { return false };
        let here = At::new(&said.position);
        if !said.connected || here.epoch != event.epoch {
            return false;
        }
        if here.sequence >= event.sequence {
            return true;
        }
        sleep(Duration::from_millis(2)).await;
    }
}
