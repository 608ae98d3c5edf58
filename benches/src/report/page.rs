//! The tables on the page of figures.

use std::fmt::Write as _;
use std::path::Path;

use super::{Results, Row};
use crate::contender::Role;
use crate::{Result, page};

struct Table {
    title: &'static str,
    about: &'static str,
    workload: &'static str,
    unit: &'static str,
    cases: &'static [&'static str],
}

const CPU: &str = "ns of CPU per event";
const MEMORY: &str = "bytes per connection";

const TABLES: [Table; 6] = [
    Table {
        title: "A burst on one connection: ns of the server's CPU time per event",
        about: "",
        workload: "burst",
        unit: CPU,
        cases: &["ping", "80 bytes", "1 KiB, 16 lines", "id and name"],
    },
    Table {
        title: "Fan-out to 1,000 connections: ns of CPU time per event that one receives",
        about: "",
        workload: "fan-out",
        unit: CPU,
        cases: &["1 a wake", "20 a wake"],
    },
    Table {
        title: "A ping while clients read as fast as they can: µs until it is answered, the median",
        about: "A small response on the same thread, while no or ten clients read a stream that never waits.",
        workload: "fairness",
        unit: "µs until a ping is answered, the median",
        cases: &["0 readers", "10 readers"],
    },
    Table {
        title: "Clients that stop reading an endless stream: bytes of memory each, of 200",
        about: "Events of 1 KiB; what their server has in memory when nothing more fits on its way.",
        workload: "stalled",
        unit: MEMORY,
        cases: &["memory"],
    },
    Table {
        title: "Idle: bytes of memory per connection, of 5,000",
        about: "",
        workload: "idle",
        unit: MEMORY,
        cases: &["memory"],
    },
    Table {
        title: "Latency of one event a millisecond, in µs",
        about: "",
        workload: "latency",
        unit: "µs",
        cases: &["p50", "p99"],
    },
];

/// Writes the tables on the page anew.
pub fn update(results: &Results, page: &Path) -> Result {
    page::update(page, "benches/results.json", &tables(results)?)
}

fn tables(results: &Results) -> std::result::Result<String, std::fmt::Error> {
    let Results { date, cpu, cores, .. } = results;
    let mut out = format!(
        "Measured on {date}: {cpu}, {cores} cores. Medians, with least and most, and the multiple \
         of ours in the same run.\n"
    );
    for Table { title, about, workload, unit, cases } in TABLES {
        writeln!(out, "\n### {title}\n")?;
        if !about.is_empty() {
            writeln!(out, "{about}\n")?;
        }
        writeln!(out, "| | {} |\n|---{}|", cases.join(" | "), "|---".repeat(cases.len()))?;
        let is_here = |row: &&Row| row.workload == workload && row.unit == unit;
        let rows: Vec<_> = results.rows.iter().filter(is_here).collect();
        for first in rows.iter().filter(|row| row.case == cases[0]) {
            write!(out, "| {}", name(first))?;
            let is_its =
                |row: &&&Row| row.framework == first.framework && row.contender == first.contender;
            for row in rows.iter().filter(is_its) {
                write!(out, " | {}", shown(row))?;
            }
            writeln!(out, " |")?;
        }
    }
    Ok(out)
}

fn name(row: &Row) -> String {
    let Row { framework, contender, role, .. } = row;
    match role {
        Role::Ours => format!("{framework}, **ours**"),
        Role::Peer => format!("{framework}, `{contender}`"),
        Role::Floor => format!("{framework}, the floor"),
    }
}

fn shown(row: &Row) -> String {
    let [median, min, max] = [row.summary.median, row.summary.min, row.summary.max].map(digits);
    let figure = format!("{median} ({min} to {max})");
    match (row.role, row.times_ours) {
        (Role::Ours, _) => figure,
        (_, less @ ..1.0) => format!("{figure}, {less:.2}×"),
        (_, more) => format!("{figure}, **{more:.1}×**"),
    }
}

/// About three digits, or all before the point.
fn digits(value: f64) -> String {
    if value < 100.0 { format!("{value:.1}") } else { grouped(&format!("{value:.0}")) }
}

/// With a comma before each three digits.
fn grouped(digits: &str) -> String {
    match digits.len() {
        ..=3 => digits.to_owned(),
        length => {
            let (front, last) = digits.split_at(length - 3);
            format!("{},{last}", grouped(front))
        }
    }
}
