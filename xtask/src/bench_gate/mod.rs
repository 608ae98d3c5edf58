//! The gate: what an event costs, in instructions and allocations, which unlike its time are
//! the same on a busy machine.

mod measure;
mod valgrind;

use std::fs;
use std::path::PathBuf;

use crate::run::{Result, root};
use measure::{Cost, Costs, measure};

/// How many times its budget an event may cost.
const TOLERANCE: f64 = 1.03;

/// The last digit that the file holds.
const PRECISION: f64 = 0.001;

/// Fails if an event costs more than its budget allows.
pub(crate) fn gate() -> Result {
    let budgets = read()?;
    let complaints: Vec<_> = measure()?
        .iter()
        .flat_map(|(case, cost)| match budgets.get(case) {
            Some(budget) => complaints(case, *cost, *budget),
            None => vec![format!("{case}: has no budget")],
        })
        .collect();
    if complaints.is_empty() {
        return Ok(());
    }
    Err(format!(
        "events cost more than benches/budgets.json allows:\n  {}\n\
         if that is meant: cargo xtask bench-gate --bless",
        complaints.join("\n  ")
    ))
}

/// Makes today's costs the budgets.
pub(crate) fn bless() -> Result {
    let costs = serde_json::to_string_pretty(&measure()?).map_err(|error| error.to_string())?;
    fs::write(file(), costs + "\n").map_err(|error| error.to_string())
}

fn read() -> Result<Costs> {
    let budgets = fs::read_to_string(file()).map_err(|error| error.to_string())?;
    serde_json::from_str(&budgets).map_err(|error| error.to_string())
}

fn file() -> PathBuf {
    root().join("benches/budgets.json")
}

fn complaints(case: &str, cost: Cost, budget: Cost) -> Vec<String> {
    let instructions = (cost.instructions, budget.instructions, "instructions");
    let allocations = (cost.allocations, budget.allocations, "allocations");
    [instructions, allocations]
        .into_iter()
        .filter(|(cost, budget, _)| *cost > budget * TOLERANCE + PRECISION)
        .map(|(cost, budget, what)| {
            format!("{case}: {cost:.3} {what} an event, budget {budget:.3}")
        })
        .collect()
}
