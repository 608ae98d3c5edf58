//! The tables of the comparison with peers.

use super::Table;
use crate::workload::{BYTES, CPU, MICROSECONDS, PING};

pub const TABLES: [Table; 6] = [
    Table {
        title: "A burst on one connection: ns of the server's CPU time per event",
        about: "Behind a figure is how many times that of ours it is: the median of what each run says.",
        columns: &[
            ("ping", "burst, ping", CPU),
            ("80 bytes", "burst, 80 bytes", CPU),
            ("1 KiB, 16 lines", "burst, 1 KiB, 16 lines", CPU),
            ("id and name", "burst, id and name", CPU),
        ],
    },
    Table {
        title: "Fan-out to 1,000 connections: ns of CPU time per event that one receives",
        about: "",
        columns: &[
            ("1 a wake", "fan-out, 1 a wake", CPU),
            ("20 a wake", "fan-out, 20 a wake", CPU),
        ],
    },
    Table {
        title: "A ping while clients read as fast as they can: µs until it is answered, the median",
        about: "A small response on the same thread, while no or ten clients read a stream that never waits.",
        columns: &[
            ("0 readers", "fairness, 0 readers", PING),
            ("10 readers", "fairness, 10 readers", PING),
        ],
    },
    Table {
        title: "Clients that stop reading an endless stream: bytes of memory each, of 200",
        about: "Events of 1 KiB; what their server has in memory when nothing more fits on its way.",
        columns: &[("memory", "stalled", BYTES)],
    },
    Table {
        title: "Idle: bytes of memory per connection, of 5,000",
        about: "",
        columns: &[("memory", "idle", BYTES)],
    },
    Table {
        title: "Latency of one event a millisecond, in µs",
        about: "",
        columns: &[("p50", "latency, p50", MICROSECONDS), ("p99", "latency, p99", MICROSECONDS)],
    },
];
