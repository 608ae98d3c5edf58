//! The gate: compares what an event costs with its budget, in instructions and allocations, which unlike
//! times are the same on a busy machine.

use std::collections::BTreeMap;
use std::thread;

use anyhow::{Context as _, Result, bail, ensure};
use serde::{Deserialize, Serialize};
use xshell::{Shell, cmd};

use crate::install;

/// Holds the budget of each case that is measured. A new case gets a line there, and then `--bless`.
const FILE: &str = "benches/budgets.json";

/// The multiple of its budget that an event may cost.
const TOLERANCE: f64 = 1.03;

/// The last digit that the file holds.
const PRECISION: f64 = 0.001;

/// The number of events that are measured.
const COUNT: u32 = 20_000;

/// A tool of valgrind, and what it writes before the number that it counts.
type Counter = (&'static [&'static str], &'static str);

const INSTRUCTIONS: Counter =
    (&["--tool=callgrind", "--callgrind-out-file=/dev/null"], "Collected : ");
const ALLOCATIONS: Counter =
    (&["--tool=memcheck", "--leak-check=no", "--undef-value-errors=no"], "total heap usage: ");

/// The cost of one event.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Cost {
    instructions: f64,
    allocations: f64,
}

/// The cost of each case, by its name.
type Costs = BTreeMap<String, Cost>;

/// Fails if an event costs more than its budget allows.
pub(crate) fn gate(sh: &Shell) -> Result<()> {
    let budgets = budgets(sh)?;
    let costs = measure(sh, &budgets)?;
    let complaints = costs.iter().flat_map(|(case, cost)| complaints(case, *cost, budgets[case]));
    let complaints: Vec<_> = complaints.collect();
    if complaints.is_empty() {
        return Ok(());
    }
    bail!(
        "events cost more than {FILE} allows:\n  {}\n\
         if that is intended: cargo xtask bench-gate --bless",
        complaints.join("\n  ")
    )
}

/// Makes today's costs the budgets, with a line for each case.
pub(crate) fn bless(sh: &Shell) -> Result<()> {
    let costs = serde_json::to_string(&measure(sh, &budgets(sh)?)?)?;
    Ok(sh.write_file(FILE, costs.replace("},", "},\n") + "\n")?)
}

fn budgets(sh: &Shell) -> Result<Costs> {
    Ok(serde_json::from_str(&sh.read_file(FILE)?)?)
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

/// Measures and prints the cost of each case that has a budget.
fn measure(sh: &Shell, budgets: &Costs) -> Result<Costs> {
    install::valgrind(sh)?;
    let is_observed = |case: &&String| case.starts_with("metrics") || case.starts_with("traces");
    let (observed, plain): (Vec<_>, Vec<_>) = budgets.keys().partition(is_observed);
    let mut costs = Costs::new();
    for (cases, features) in [(plain, ""), (observed, "observed")] {
        let build = ["--release", "--package=in-memory", "--target-dir=target"];
        cmd!(sh, "cargo build {build...} --features={features}").run()?;
        for case in cases {
            let cost = cost(sh, case)?;
            let Cost { instructions, allocations } = cost;
            println!("{case:28}{instructions:9.1} instructions, {allocations:.3} allocations");
            costs.insert(case.clone(), cost);
        }
    }
    Ok(costs)
}

fn cost(sh: &Shell, case: &str) -> Result<Cost> {
    // Both at once, which changes no count.
    thread::scope(|scope| {
        let other = sh.clone();
        let allocations = scope.spawn(move || per_event(&other, ALLOCATIONS, case));
        let instructions = per_event(sh, INSTRUCTIONS, case)?;
        let allocations = allocations.join().expect("it doesn't panic")?;
        Ok(Cost { instructions, allocations })
    })
}

/// Counts what each event of the case adds, to three digits.
fn per_event(sh: &Shell, counter: Counter, case: &str) -> Result<f64> {
    // What a program does only once cancels out in the difference.
    let difference = count(sh, counter, case, 2 * COUNT)? - count(sh, counter, case, COUNT)?;
    Ok((difference / f64::from(COUNT) * 1000.0).round() / 1000.0)
}

/// Runs so many events of the case under valgrind, and returns the number that it reports at the end.
fn count(sh: &Shell, (tool, label): Counter, case: &str, events: u32) -> Result<f64> {
    let (part, kind) = case.split_once(", ").context("a case is a part and a kind")?;
    let events = events.to_string();
    let run = cmd!(sh, "valgrind {tool...} target/release/in-memory {part} {kind} {events}");
    let output = run.quiet().ignore_status().output()?;
    let report = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{report}");
    let number = report.split_once(label).and_then(|(_, after)| after.split_whitespace().next());
    // It has commas.
    let number = number.and_then(|number| number.replace(',', "").parse().ok());
    number.with_context(|| format!("valgrind reports no {label:?}:\n{report}"))
}
