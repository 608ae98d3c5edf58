//! A process with a hub in a folder, which a test kills. It publishes, and prints the ID of every event that is confirmed
//! and of every event that its client receives.

use std::io::Write as _;

use futures::StreamExt as _;
use sse_hub::Hub;
use sse_runtime::Event;
use system_tests::crash::{TOPICS, builder};

const PUBLISHERS: u64 = 6;

/// Its first argument is the URL of the hub, and the second a seed.
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, seed] = &arguments[..] else { return Err("crash_writer URL SEED".into()) };
    let seed: u64 = seed.parse()?;
    let hub = builder().connect(url).await?;
    tell(&format!("open {}", hub.position()));
    let events = hub.subscribe(TOPICS).announce(false);
    tokio::spawn(events.for_each(async |event| {
        let fields = event.fields();
        let [Some(id), Some(name)] = [fields.id, fields.event] else { return };
        tell(&format!("saw {id} {name}"));
    }));
    let publishers = (0..PUBLISHERS).map(|n| tokio::spawn(publish(hub.clone(), seed, n)));
    futures::future::join_all(publishers).await;
    Ok(())
}

/// Publishes without end, each event with a unique name.
async fn publish(hub: Hub, seed: u64, publisher: u64) {
    let mut rng = fastrand::Rng::with_seed(seed ^ publisher);
    for n in 0.. {
        let name = format!("{seed:x}-{publisher}-{n}");
        let topic = TOPICS[rng.usize(..TOPICS.len())];
        let event = Event::data("x".repeat(rng.usize(..3000))).event(name.clone());
        match hub.publish(topic, event).await {
            Ok(id) => tell(&format!("ack {id} {name}")),
            Err(error) => tell(&format!("error {error}")),
        }
    }
}

/// Prints a line in one write, so that it is there whole or not at all.
fn tell(line: &str) {
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).expect("a pipe");
}
