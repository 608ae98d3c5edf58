//! What it costs to read an event, with our reader and with others.
//!
//! `cargo run --release -p benches --bin decoders` prints a table of the nanoseconds of an event. With a decoder, a workload and a count it reads so many events, for
//! valgrind to count instructions and allocations.

mod decoder;
mod workload;

use std::time::Instant;

use futures::executor::block_on;

use benches::report::{head, row};
use benches::statistics::{Summary, per};
use decoder::{DECODERS, Decoder};
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
fn run(decoder: &Decoder, workload: &Workload, count: usize) -> f64 {
    let chunks = workload.chunks(count);
    let start = Instant::now();
    let read = block_on((decoder.read)(chunks, count));
    let time = start.elapsed();
    assert_eq!(read, count * workload.data().len(), "{} reads all of it", decoder.name);
    per(u64::try_from(time.as_nanos()).expect("soon"), count)
}

/// All decoders in turn, so that whatever else the machine does falls on all of them.
fn measure() {
    let mut times = DECODERS.map(|_| WORKLOADS.map(|_| Vec::new()));
    for (at, workload) in WORKLOADS.iter().enumerate() {
        let count = BYTES / workload.data().len();
        for _ in 0..ROUNDS {
            for (decoder, times) in DECODERS.iter().zip(&mut times) {
                times[at].push(run(decoder, workload, count));
            }
        }
    }
    print!("{}", head(&[&["ns per event"], &WORKLOADS.map(|workload| workload.name)[..]].concat()));
    for (decoder, times) in DECODERS.iter().zip(times) {
        let figures = times.map(|times| Summary::of(&times).to_string());
        print!("{}", row(&[&[format!("`{}`", decoder.name)], &figures[..]].concat()));
    }
}
