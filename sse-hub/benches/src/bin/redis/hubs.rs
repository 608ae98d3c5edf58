//! The same with hubs.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use sse_hub::Hub;
use sse_runtime::Event;
use tokio::time::sleep;

use crate::server::Server;
use crate::{BYTES, MANY, Result, SINGLE, publish_paced, rate, since};

/// How many outcomes are pending at a time.
const ON_THE_WAY: usize = 2048;

pub(crate) async fn node(url: &str) -> Result<Hub> {
    Ok(Hub::builder().replay(Duration::from_mins(2), 1 << 30).connect(url).await?)
}

/// From the call to a client of another of these nodes.
pub(crate) async fn latency(url: &str, nodes: usize) -> Result<Vec<Duration>> {
    let (here, there) = (node(url).await?, node(url).await?);
    let mut others = Vec::new();
    for _ in 2..nodes {
        others.push(node(url).await?);
    }
    let begin = Instant::now();
    let mut events = there.subscribe("a").announce(false);
    let receives = tokio::spawn(async move {
        let mut times = Vec::new();
        while times.len() < SINGLE as usize
            && let Some(event) = events.next().await
        {
            times.push(since(begin, event.fields().data.unwrap_or_default())?);
        }
        Ok(times)
    });
    publish_paced(begin, |text| drop(here.publish("a", Event::data(text)))).await;
    receives.await?
}

/// From one hub to these nodes, of which it is one.
pub(crate) async fn throughput(server: &Server, nodes: usize) -> Result<[f64; 4]> {
    let url = server.url();
    let mut hubs = Vec::new();
    for _ in 0..nodes {
        hubs.push(node(&url).await?);
    }
    rate(server, async move {
        let last = publish(&hubs[0], MANY).await?;
        while hubs.iter().any(|hub| hub.position() != last) {
            sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    })
    .await
}

pub(crate) async fn publish_many(url: &str, count: u32) -> Result {
    publish(&node(url).await?, count).await.map(drop)
}

async fn publish(hub: &Hub, count: u32) -> Result<sse_hub::EventId> {
    let text = "x".repeat(BYTES);
    let mut on_the_way = VecDeque::new();
    for _ in 0..count {
        if on_the_way.len() == ON_THE_WAY
            && let Some(outcome) = on_the_way.pop_front()
        {
            outcome.await?;
        }
        on_the_way.push_back(hub.publish("a", Event::data(text.clone())));
    }
    let mut last = hub.position();
    for outcome in on_the_way {
        last = outcome.await?;
    }
    Ok(last)
}
