//! What Debian's proxies do to streams, each in front of a server under each framework:
//!
//! ```text
//! cargo xtask proxies            measures all of them, and checks sse-runtime/src/guide/proxies_table.md
//! cargo xtask proxies --bless    rewrites that page
//! ```

mod page;
mod proxy;

use std::time::Duration;

use futures::future::join_all;
use proxy::{PROXIES, Proxy};
use tests::behind::{
    a_failure_can_be_told, events_arrive_one_by_one, heartbeats_keep_a_stream_open,
};
use tests::servers::{Framework, Server, Version};

/// What a proxy does to the streams of one server.
struct Facts {
    framework: Framework,
    /// The longest time that an event took, if none was held back.
    slowest: Option<Duration>,
    heartbeats_keep_open: bool,
    failure_can_be_told: bool,
}

#[tokio::main]
async fn main() {
    let mut rows = Vec::new();
    for proxy in &PROXIES {
        let measured = match proxy.version().await {
            Some(version) => Some((version, measure(proxy).await)),
            None => None,
        };
        print(proxy, measured.as_ref());
        rows.push((proxy, measured));
    }
    page::check_or_bless(&rows);
}

async fn measure(proxy: &Proxy) -> Vec<Facts> {
    let frameworks = (2..).zip(Framework::ALL);
    join_all(frameworks.map(async |(host, framework)| {
        let server = Server::start(framework, Version::Http1).await;
        let running = proxy.start([127, 0, 0, host].into(), server.address).await;
        let address = running.address;
        let slowest = events_arrive_one_by_one(&server, address).await;
        // What is held back can show nothing else.
        let passes = slowest.is_some();
        Facts {
            framework,
            slowest,
            heartbeats_keep_open: passes && heartbeats_keep_a_stream_open(&server, address).await,
            failure_can_be_told: passes && a_failure_can_be_told(address).await,
        }
    }))
    .await
}

fn print(proxy: &Proxy, measured: Option<&(String, Vec<Facts>)>) {
    let Some((version, facts)) = measured else {
        return println!("{}: not measured, since {} is missing", proxy.name, proxy.program);
    };
    println!("{} {version}", proxy.name);
    for Facts { framework, slowest, heartbeats_keep_open, failure_can_be_told } in facts {
        let arrival = match slowest {
            Some(slowest) => format!("events arrive within {} ms", slowest.as_millis() + 1),
            None => "events are held back".to_owned(),
        };
        println!(
            "    {framework}: {arrival}; heartbeats keep a stream open: {heartbeats_keep_open}; \
             a failure can be told: {failure_can_be_told}"
        );
    }
}
