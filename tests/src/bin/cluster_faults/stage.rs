//! A Redis, two nodes, and the ways between them.

use std::path::PathBuf;
use std::time::Duration;

use tests::cluster::gate::Gate;
use tests::cluster::node::{NodeProcess, Remote};
use tests::cluster::record::At;
use tests::cluster::server::RedisServer;
use tests::cluster::world::Site as _;
use tests::patience::PATIENCE;
use tokio::time::{Instant, sleep};

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

    /// Takes this Redis in place of the one that is killed.
    pub(crate) fn fail_over(&mut self, redis: RedisServer) {
        self.redis.kill();
        for gate in &self.gates {
            gate.lead_to(redis.address());
        }
        self.redis = redis;
    }

    /// Waits until what is published at each node has reached both, and tells how long that took.
    pub(crate) async fn all_is_well(&self) -> Duration {
        let begin = Instant::now();
        while !self.is_well().await {
            assert!(begin.elapsed() < PATIENCE, "all is well again");
            sleep(Duration::from_millis(10)).await;
        }
        begin.elapsed()
    }

    async fn is_well(&self) -> bool {
        for site in self.sites() {
            let Ok(id) = site.publish("probe", "probe".to_owned()).await else { return false };
            let arrives = Instant::now() + Duration::from_secs(1);
            for site in self.sites() {
                while !has(site, At::new(&id)).await {
                    if Instant::now() > arrives {
                        return false;
                    }
                    sleep(Duration::from_millis(2)).await;
                }
            }
        }
        true
    }
}

async fn has(site: Remote, position: At) -> bool {
    site.stats().await.is_some_and(|said| {
        let here = At::new(&said.position);
        said.connected && here.epoch == position.epoch && here.sequence >= position.sequence
    })
}
