//! What a hub in a folder costs, compared with its floor and with what people use instead:
//!
//! ```text
//! cargo run --release -p hub-benches --bin disk -- [FOLDER [BATCH]]
//! ```
//!
//! All write to the same folder, which is on the disk to measure; by default, it is in the folder for
//! temporary files. Takes about two minutes, or less for batches of one size.

mod beside;
mod hub;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use benches::cost::process_time;
use benches::report::{head, row};
use benches::statistics::{digits, percentile};

/// The data of an event.
const BYTES: usize = 200;
/// How many events are published before the first of them is awaited.
const BATCHES: [usize; 3] = [1, 100, 10_000];
const FOR: Duration = Duration::from_secs(2);
/// All are measured in turn, so that a disk that is slow for a while is slow for each.
const PASSES: usize = 3;

/// How long each batch took.
#[derive(Default)]
struct Times {
    batches: Vec<Duration>,
    /// The CPU time that all of them took, of all threads of this process.
    cpu: Duration,
}

impl Times {
    /// Measures `publish`, which writes a batch that begins with this number.
    fn take(&mut self, batch: usize, mut publish: impl FnMut(u64)) {
        let (begin, cpu, mut number) = (Instant::now(), process_time(), 1);
        while begin.elapsed() < FOR {
            let begin = Instant::now();
            publish(number);
            self.batches.push(begin.elapsed());
            number += batch as u64;
        }
        self.cpu += process_time().saturating_sub(cpu);
    }

    #[allow(clippy::cast_precision_loss, reason = "small enough")]
    fn a_second(&self, batch: usize) -> f64 {
        let events = self.batches.len() * batch;
        events as f64 / self.batches.iter().sum::<Duration>().as_secs_f64()
    }

    #[allow(clippy::cast_precision_loss, reason = "small enough")]
    fn cpu_each(&self, batch: usize) -> f64 {
        self.cpu.as_secs_f64() * 1e6 / (self.batches.len() * batch) as f64
    }
}

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() {
    let root = std::env::args().nth(1).map_or_else(std::env::temp_dir, PathBuf::from);
    let titles = ["p50, ms", "p99, ms", "CPU per event, µs"];
    let titles = [&["events at a time", "", "events/s", "against the loop"], &titles[..]].concat();
    print!("{}", head(&titles));
    let only: Option<usize> = std::env::args().nth(2).and_then(|batch| batch.parse().ok());
    for batch in BATCHES.into_iter().filter(|batch| only.is_none_or(|only| only == *batch)) {
        tokio::task::block_in_place(|| compare(&root, batch));
    }
    println!();
    hub::read_back(&root).await;
}

type Subject = fn(&Path, usize, &mut Times);

fn compare(root: &Path, batch: usize) {
    let subjects: [(&str, Subject); 6] = [
        ("append and `fdatasync`, a bare loop", beside::bare),
        ("a hub in a folder", hub::publish),
        ("a hub in a folder, `sync=off`", hub::publish_unsynced),
        ("a hub in memory", hub::publish_in_memory),
        ("SQLite, a row for each event", beside::sqlite),
        ("a hub on Redis, `appendfsync always`", hub::publish_to_redis),
    ];
    let mut times: Vec<_> = subjects.iter().map(|_| Times::default()).collect();
    for _ in 0..PASSES {
        for ((_, subject), times) in subjects.iter().zip(&mut times) {
            let folder = tempfile::tempdir_in(root).expect("a folder");
            subject(folder.path(), batch, times);
        }
    }
    let bare = times[0].a_second(batch);
    for ((name, _), times) in subjects.iter().zip(&mut times) {
        if times.batches.is_empty() {
            continue;
        }
        let rate = times.a_second(batch);
        let [half, most] = [50, 99].map(|percent| percentile(&mut times.batches, percent) / 1e3);
        let figures = [rate, rate / bare, half, most, times.cpu_each(batch)].map(digits);
        print!("{}", row(&[&[batch.to_string(), (*name).to_owned()], &figures[..]].concat()));
    }
}
