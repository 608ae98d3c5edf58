//! What compression costs for an event, and what it saves: each algorithm and level, for three
//! kinds of data. Each event is flushed by itself, as when events come one by one.
//!
//! ```text
//! cargo run --release -p benches --features compress --bin compression
//! ```
//!
//! prints the tables of the guide; with `-- --bless`, it writes them there.

mod cost;
mod data;
mod latency;
mod memory;
mod table;

use sse_runtime::Compression;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [data, choice] = &arguments[..] {
        let number = |text: &str| text.parse::<usize>().expect("a number");
        let data = data::of_each_kind().swap_remove(number(data));
        println!("{}", memory::of_a_connection(data.events, choices()[number(choice)]).await);
        return;
    }
    let tables = table::of_all().await;
    if arguments == ["--bless"] {
        table::write(&tables);
    } else {
        print!("{tables}");
    }
}

/// The first compresses nothing.
fn choices() -> Vec<Compression> {
    let mut choices = vec![Compression::none()];
    choices.extend([1, 3, 6].map(|level| Compression::zstd().level(level)));
    choices.extend([1, 3, 6, 9].map(|level| Compression::gzip().level(level)));
    choices.extend([2, 4, 5].map(|level| Compression::brotli().level(level)));
    choices
}
