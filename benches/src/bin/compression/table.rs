//! The tables of the guide, one for each kind of data.

use std::path::Path;

use benches::report::{head, row};
use benches::statistics::{digits, per};
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
    let [plain, _] = cost::of_an_event(events, Compression::none()).await;
    let no_compressor = memory::of_a_connection_alone(number, 0);
    let titles = ["", "ratio", "CPU, µs", "arrives after, µs: median", "99 %", "memory, KiB"];
    let mut table = format!("\n{name}, {plain:.0} bytes each:\n\n{}", head(&titles));
    for (choice, compression) in choices().into_iter().enumerate() {
        let [bytes, time] = cost::of_an_event(events, compression).await;
        let [median, high] = latency::of_events(events, compression);
        let memory = memory::of_a_connection_alone(number, choice).saturating_sub(no_compressor);
        let figures = [plain / bytes, time, median, high, per(memory, 1024)].map(digits);
        table += &row(&[&[label(compression)], &figures[..]].concat());
    }
    table
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
