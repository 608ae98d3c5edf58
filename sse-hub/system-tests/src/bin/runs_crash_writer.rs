//! A process with runs in a folder, which a test kills. It prints what readers of its runs see.

use std::io::Write as _;
use std::time::Duration;

use futures::StreamExt as _;
use sse_hub::Runs;
use sse_runtime::{Event, EventStream};
use system_tests::crash::runs::builder;
use tokio::time::sleep;

const AT_ONCE: u64 = 6;

/// Its first argument is the URL of the runs, and the second a seed.
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, seed] = &arguments[..] else { return Err("runs_crash_writer URL SEED".into()) };
    let seed: u64 = seed.parse()?;
    let runs = builder().connect(url).await?;
    let producing = (0..AT_ONCE).map(|n| tokio::spawn(produce(runs.clone(), seed, n)));
    futures::future::join_all(producing).await;
    Ok(())
}

/// Produces one run after another, some of which take longer than others, and some of which are stopped.
async fn produce(runs: Runs, seed: u64, producer: u64) {
    let mut rng = fastrand::Rng::with_seed(seed ^ producer);
    for n in 0.. {
        let name = format!("{seed:x}-{producer}-{n}");
        let (events, bytes, pause) = (rng.u64(..60), rng.usize(..3000), rng.u64(..3));
        let run = runs.start(&name, answer(events, bytes, pause)).await.expect("it starts");
        tell(&format!("start {name}"));
        let mut join = run.join();
        let mut read = 0;
        while let Some(Ok(event)) = join.next().await {
            let fields = event.fields();
            let data = fields.data.and_then(|data| data.split(' ').next());
            tell(&format!("saw {name} {} {}", fields.id.expect("an ID"), data.expect("data")));
            read += 1;
            if read == 30 && rng.bool() {
                run.stop().await.expect("it can be stopped");
            }
        }
        tell(&format!("end {name} {:?}", run.state()));
    }
}

fn answer(events: u64, bytes: usize, pause: u64) -> EventStream![] {
    EventStream! {
        for n in 0..events {
            yield Event::data(format_args!("{n} {}", "x".repeat(bytes)));
            if pause > 0 {
                sleep(Duration::from_millis(pause)).await;
            }
        }
    }
}

/// Prints a line in one write, so that it is there whole or not at all.
fn tell(line: &str) {
    std::io::stdout().lock().write_all(format!("{line}\n").as_bytes()).expect("a pipe");
}
