//! The tables of the guide, one for each kind of data.

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use sse_runtime::Compression;

use crate::data::{self, Data};
use crate::{choices, cost, latency, memory};

const PAGE: &str = "../../sse-runtime/src/guide/compression_table.md";

const HEAD: &str = "\
# What compression costs

What becomes of an event that is flushed by itself, for each algorithm and level.

* **Ratio**: how many times fewer bytes are sent than without compression.
* **CPU**: a processor's time for an event in memory, from the block to the compressed bytes, the median of
  three runs of 10,000 to 20,000 events.
* **Arrives after**: the time from the `yield` of an event until a client has decompressed it, the median and
  what 99 % of 2,000 events stay under. The stream is served by axum over a socket of the same machine,
  and each event is sent after the last has arrived.
* **Memory**: what the compressor of one connection takes.

`cargo run --release -p benches --features compress --bin compression -- --bless` measures it again and rewrites these tables.
";

pub(crate) async fn of_all() -> String {
    let mut tables = HEAD.to_owned();
    for (number, data) in data::of_each_kind().into_iter().enumerate() {
        tables += &of(number, &data).await;
    }
    tables
}

async fn of(number: usize, Data { name, events }: &Data) -> String {
    let plain = cost::of_an_event(events, Compression::none()).await.bytes;
    let no_compressor = memory::alone(number, 0);
    let mut table = format!(
        "\n{name}, {plain:.0} bytes each:\n\n\
         | | ratio | CPU, µs | arrives after, µs: median | 99 % | memory, KiB |\n\
         |---|---|---|---|---|---|\n",
    );
    for (choice, compression) in choices().into_iter().enumerate() {
        let cost = cost::of_an_event(events, compression).await;
        let latency = latency::of_events(events, compression);
        let memory = memory::alone(number, choice).saturating_sub(no_compressor);
        _ = writeln!(
            table,
            "| {} | {:.2} | {:.1} | {:.0} | {:.0} | {} |",
            label(compression),
            plain / cost.bytes,
            micros(cost.time),
            micros(latency.median),
            micros(latency.high),
            memory / 1024,
        );
    }
    table
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn label(compression: Compression) -> String {
    let name = match compression.encoding() {
        None => return "none".to_owned(),
        Some("br") => "brotli",
        Some(encoding) => encoding,
    };
    let same = |level: &u8| compression.level(*level) == compression;
    format!("{name} {}", (1..=22).find(same).expect("a level"))
}

pub(crate) fn write(tables: &str) {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    std::fs::write(page, tables).expect("the page can be written");
}
