//! What an event costs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::valgrind::{allocations, instructions};
use crate::install;
use crate::run::{Result, command, output};

const PARTS: [&str; 2] = ["generator", "body"];
const KINDS: [&str; 9] = [
    "ping",
    "token",
    "page",
    "named",
    "borrowed 4",
    "borrowed 80",
    "borrowed 1000",
    "string",
    "number",
];

/// How many events are measured.
const COUNT: u64 = 20_000;

/// Of one event.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Cost {
    pub(super) instructions: f64,
    pub(super) allocations: f64,
}

/// By case.
pub(super) type Costs = BTreeMap<String, Cost>;

/// The cost of each case, shown to the user.
pub(super) fn measure() -> Result<Costs> {
    install::valgrind()?;
    let program = build()?;
    let mut costs = Costs::new();
    for part in PARTS {
        for kind in KINDS {
            let cost = cost(&program, part, kind)?;
            let case = format!("{part}, {kind}");
            let Cost { instructions, allocations } = cost;
            println!("{case:24}{instructions:9.1} instructions, {allocations:.3} allocations");
            costs.insert(case, cost);
        }
    }
    Ok(costs)
}

/// Builds the program that makes events; gives its path.
fn build() -> Result<PathBuf> {
    let build = "cargo build --release --package in-memory";
    let messages = "--message-format json-render-diagnostics";
    let messages = output(&mut command(&format!("{build} {messages}")))?.stdout;
    let executable = messages.lines().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(message["executable"].as_str()?))
    });
    executable.ok_or_else(|| "cargo built no program".to_owned())
}

fn cost(program: &Path, part: &str, kind: &str) -> Result<Cost> {
    let run = |count: u64| {
        let mut run = command(&program.to_string_lossy());
        run.args([part, kind, &count.to_string()]);
        run
    };
    // What a program does once falls out of the difference.
    let (one, two) = (run(COUNT), run(2 * COUNT));
    Ok(Cost {
        instructions: per_event(instructions(&one)?, instructions(&two)?),
        allocations: per_event(allocations(&one)?, allocations(&two)?),
    })
}

/// To three digits.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn per_event(one: u64, two: u64) -> f64 {
    let per_event = two.saturating_sub(one) as f64 / COUNT as f64;
    (per_event * 1000.0).round() / 1000.0
}
