//! The gate: what an event costs, in instructions and allocations, which unlike its time are
//! the same on a busy machine.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::run::{Result, command, output, root};

const PARTS: [&str; 2] = ["generator", "body"];
const KINDS: [&str; 4] = ["ping", "token", "page", "named"];

/// So many events are measured, beside others that come before: what a program does once
/// falls out of the difference.
const COUNT: u64 = 20_000;

/// How much more than its budget an event may cost.
const TOLERANCE: f64 = 1.03;

/// Of one event.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Cost {
    instructions: f64,
    allocations: f64,
}

type Costs = BTreeMap<String, Cost>;

/// Fails if an event costs more than its budget allows.
pub(crate) fn gate() -> Result {
    let budgets = read()?;
    let costs = measure()?;
    let missing = costs.keys().filter(|case| !budgets.contains_key(*case));
    let missing = missing.map(|case| format!("{case}: no budget"));
    let exceeded = budgets.iter().filter_map(|(case, budget)| exceeded(case, *budget, &costs));
    let complaints: Vec<_> = missing.chain(exceeded).collect();
    if complaints.is_empty() {
        return Ok(());
    }
    Err(format!(
        "events cost more than {} allows:\n  {}\nif that is meant: cargo xtask bench-gate --bless",
        file().display(),
        complaints.join("\n  ")
    ))
}

/// Makes today's costs the budgets.
pub(crate) fn bless() -> Result {
    let costs = serde_json::to_string_pretty(&measure()?).map_err(|error| error.to_string())?;
    fs::write(file(), costs + "\n").map_err(|error| error.to_string())
}

fn file() -> PathBuf {
    root().join("benches/budgets.json")
}

fn read() -> Result<Costs> {
    let budgets = fs::read_to_string(file()).map_err(|error| error.to_string())?;
    serde_json::from_str(&budgets).map_err(|error| error.to_string())
}

fn exceeded(case: &str, budget: Cost, costs: &Costs) -> Option<String> {
    let Some(cost) = costs.get(case) else { return Some(format!("{case}: not measured")) };
    let instructions = (cost.instructions, budget.instructions, "instructions");
    let allocations = (cost.allocations, budget.allocations, "allocations");
    let exceeded = [instructions, allocations].into_iter().filter(|(cost, budget, _)| {
        // The first digit that the file does not hold is no difference.
        *cost > budget * TOLERANCE + 0.001
    });
    let complaints: Vec<_> = exceeded
        .map(|(cost, budget, what)| format!("{case}: {cost} {what} an event, not {budget}"))
        .collect();
    (!complaints.is_empty()).then(|| complaints.join("\n  "))
}

fn measure() -> Result<Costs> {
    let program = build()?;
    let mut costs = Costs::new();
    for part in PARTS {
        for kind in KINDS {
            let cost = Cost {
                instructions: per_event(&program, part, kind, instructions)?,
                allocations: per_event(&program, part, kind, allocations)?,
            };
            let case = format!("{part}: {kind}");
            println!(
                "{case:16} {:8.1} instructions, {:.3} allocations an event",
                cost.instructions, cost.allocations
            );
            costs.insert(case, cost);
        }
    }
    Ok(costs)
}

/// The program that makes events, at its path.
fn build() -> Result<PathBuf> {
    let words =
        "cargo build --release --package in-memory --message-format json-render-diagnostics";
    let messages = output(&mut command(words))?.stdout;
    let executable = messages.lines().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        Some(PathBuf::from(message["executable"].as_str()?))
    });
    executable.ok_or_else(|| "cargo built no program".to_owned())
}

type Count = fn(&Path, &str, &str, u64) -> Result<u64>;

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn per_event(program: &Path, part: &str, kind: &str, count: Count) -> Result<f64> {
    let one = count(program, part, kind, COUNT)?;
    let two = count(program, part, kind, 2 * COUNT)?;
    let per_event = two.saturating_sub(one) as f64 / COUNT as f64;
    Ok((per_event * 1000.0).round() / 1000.0)
}

fn instructions(program: &Path, part: &str, kind: &str, events: u64) -> Result<u64> {
    let tool = "valgrind --tool=callgrind --callgrind-out-file=/dev/null";
    number_after(&valgrind(tool, program, part, kind, events)?, "Collected : ")
}

fn allocations(program: &Path, part: &str, kind: &str, events: u64) -> Result<u64> {
    let tool = "valgrind --tool=memcheck --leak-check=no --undef-value-errors=no";
    number_after(&valgrind(tool, program, part, kind, events)?, "total heap usage: ")
}

/// What valgrind says of the program.
fn valgrind(tool: &str, program: &Path, part: &str, kind: &str, events: u64) -> Result<String> {
    let mut valgrind = command(tool);
    valgrind.arg(program).args([part, kind, &events.to_string()]);
    Ok(output(&mut valgrind)?.stderr)
}

/// The number, which may have commas in it, behind this label.
fn number_after(text: &str, label: &str) -> Result<u64> {
    let (_, after) = text.split_once(label).ok_or_else(|| format!("no {label:?} in {text}"))?;
    let number = after.split_whitespace().next().unwrap_or_default().replace(',', "");
    number.parse().map_err(|_| format!("no number behind {label:?}"))
}
