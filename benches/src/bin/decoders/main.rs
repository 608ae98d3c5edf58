//! What it costs to read an event, with our reader and with others.
//!
//! `cargo run --release -p benches --bin decoders` prints the workload, the decoder, and the median, least and most
//! nanoseconds of an event. With a decoder, a workload and a count it reads so many events, for
//! valgrind to count instructions and allocations.

mod decoder;
mod workload;

use std::time::Instant;

use futures::executor::block_on;

use decoder::DECODERS;
use workload::{WORKLOADS, Workload};

/// How often each decoder has its turn.
const ROUNDS: usize = 21;

/// How many bytes a decoder reads in its turn.
const BYTES: usize = 4 << 20;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match &arguments[..] {
        [] => measure(),
        [decoder, workload, count] => {
            let decoder = DECODERS.iter().find(|it| it.name == decoder).expect("a decoder");
            let workload = WORKLOADS.iter().find(|it| it.name == workload).expect("a workload");
            run(decoder, workload, count.parse().expect("a count"));
        }
        _ => panic!("usage: decoders [<decoder> <workload> <count>]"),
    }
}

/// Reads so many events; gives the nanoseconds of each.
#[expect(clippy::cast_precision_loss, reason = "it is a measurement")]
fn run(decoder: &decoder::Decoder, workload: &Workload, count: usize) -> f64 {
    let chunks = workload.chunks(count);
    let start = Instant::now();
    let read = block_on((decoder.read)(chunks, count));
    let time = start.elapsed();
    assert_eq!(read, count * workload.data().len(), "{} reads all of it", decoder.name);
    time.as_nanos() as f64 / count as f64
}

/// All decoders in turn, so that whatever else the machine does falls on all of them.
fn measure() {
    for workload in &WORKLOADS {
        let count = BYTES / workload.data().len();
        let mut times = vec![Vec::new(); DECODERS.len()];
        for _ in 0..ROUNDS {
            for (decoder, times) in DECODERS.iter().zip(&mut times) {
                times.push(run(decoder, workload, count));
            }
        }
        for (decoder, mut times) in DECODERS.iter().zip(times) {
            times.sort_by(f64::total_cmp);
            let [least, median, most] = [times[0], times[ROUNDS / 2], times[ROUNDS - 1]];
            println!("{}\t{}\t{median:.1}\t{least:.1}\t{most:.1}", workload.name, decoder.name);
        }
    }
}
