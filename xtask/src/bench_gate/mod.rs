//! The gate: compares what an event costs with its budget, in instructions and allocations, which unlike
//! times are the same on a busy machine.

mod measure;
mod valgrind;

use anyhow::{Result, bail};
use measure::{Cost, Costs, measure};
use xshell::Shell;

/// Relative to the workspace's folder.
const FILE: &str = "benches/budgets.json";

/// The multiple of its budget that an event may cost.
const TOLERANCE: f64 = 1.03;

/// The last digit that the file holds.
const PRECISION: f64 = 0.001;

/// Fails if an event costs more than its budget allows.
pub(crate) fn gate(sh: &Shell) -> Result<()> {
    let budgets: Costs = serde_json::from_str(&sh.read_file(FILE)?)?;
    let complaints: Vec<_> = measure(sh)?
        .iter()
        .flat_map(|(case, cost)| match budgets.get(case) {
            Some(budget) => complaints(case, *cost, *budget),
            None => vec![format!("{case}: has no budget")],
        })
        .collect();
    if complaints.is_empty() {
        return Ok(());
    }
    bail!(
        "events cost more than {FILE} allows:\n  {}\n\
         if that is intended: cargo xtask bench-gate --bless",
        complaints.join("\n  ")
    )
}

/// Makes today's costs the budgets.
pub(crate) fn bless(sh: &Shell) -> Result<()> {
    let costs = serde_json::to_string_pretty(&measure(sh)?)?;
    Ok(sh.write_file(FILE, costs + "\n")?)
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
