//! Measures what an event costs.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde::{Deserialize, Serialize};
use xshell::{Shell, cmd};

use super::valgrind::{allocations, instructions};
use crate::install;

/// What is measured with events of each kind.
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

/// Events that come one by one, to servers that poll for nothing this often in between.
const ALONE: [&str; 4] = ["alone", "woken", "woken, 1 empty poll", "woken, 2 empty polls"];

/// What the reader reads: lone events, and events in chunks that are cut anywhere.
const READ: [&str; 4] = ["token", "named", "page", "burst"];

/// What is measured with metrics or traces on.
const OBSERVED: [&str; 2] = ["metrics", "traces"];
const KINDS_OBSERVED: [&str; 3] = ["ping", "named", "alone"];

/// The number of events that are measured.
const COUNT: u64 = 20_000;

/// The cost of one event.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Cost {
    pub(super) instructions: f64,
    pub(super) allocations: f64,
}

/// The cost of each case, by its name.
pub(super) type Costs = BTreeMap<String, Cost>;

/// Measures and prints the cost of each case.
pub(super) fn measure(sh: &Shell) -> Result<Costs> {
    install::valgrind(sh)?;
    let mut costs = Costs::new();
    // One after the other, since cargo builds them in the same place.
    measure_each(sh, &build(sh, &[])?, cases(), &mut costs)?;
    measure_each(sh, &build(sh, &["--features", "observed"])?, cases_observed(), &mut costs)?;
    Ok(costs)
}

type Case = (&'static str, &'static str);

fn measure_each(
    sh: &Shell,
    program: &Path,
    cases: impl Iterator<Item = Case>,
    costs: &mut Costs,
) -> Result<()> {
    for (part, kind) in cases {
        let cost = cost(sh, program, part, kind)?;
        let case = format!("{part}, {kind}");
        let Cost { instructions, allocations } = cost;
        println!("{case:28}{instructions:9.1} instructions, {allocations:.3} allocations");
        costs.insert(case, cost);
    }
    Ok(())
}

fn cases() -> impl Iterator<Item = Case> {
    let made = PARTS.into_iter().flat_map(|part| KINDS.map(|kind| (part, kind)));
    made.chain(ALONE.map(|kind| ("body", kind))).chain(READ.map(|kind| ("reader", kind)))
}

fn cases_observed() -> impl Iterator<Item = Case> {
    OBSERVED.into_iter().flat_map(|part| KINDS_OBSERVED.map(|kind| (part, kind)))
}

/// Builds the program that makes events, and returns its path.
fn build(sh: &Shell, features: &[&str]) -> Result<PathBuf> {
    let messages = "--message-format=json-render-diagnostics";
    let messages =
        cmd!(sh, "cargo build --release --package in-memory {features...} {messages}").read()?;
    let executable = messages.lines().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(message["executable"].as_str()?))
    });
    executable.context("cargo built no program")
}

fn cost(sh: &Shell, program: &Path, part: &str, kind: &str) -> Result<Cost> {
    let [once, twice] = [COUNT, 2 * COUNT].map(|count| count.to_string());
    let (once, twice) = ([part, kind, &once], [part, kind, &twice]);
    // What a program does only once cancels out in the difference.
    let per_event = |measure: fn(&Shell, &Path, &[&str]) -> Result<u64>| {
        Ok::<_, anyhow::Error>(per_event(
            measure(sh, program, &once)?,
            measure(sh, program, &twice)?,
        ))
    };
    Ok(Cost { instructions: per_event(instructions)?, allocations: per_event(allocations)? })
}

/// Returns the cost per event, to three digits.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn per_event(one: u64, two: u64) -> f64 {
    let per_event = two.saturating_sub(one) as f64 / COUNT as f64;
    (per_event * 1000.0).round() / 1000.0
}
