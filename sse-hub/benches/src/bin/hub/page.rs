//! The tables on the page of figures.

use std::fmt::Write as _;
use std::path::Path;

use crate::contenders::CONTENDERS;
use crate::results::{Figure, Results};
use benches::contender::Role;
use benches::{Result, page};

/// Replaces the tables on the page.
pub(crate) fn update(results: &Results, page: &Path) -> Result {
    page::update(page, "sse-hub/benches/hub.json", &tables(results)?)
}

fn tables(results: &Results) -> std::result::Result<String, std::fmt::Error> {
    let Results { date, cpu, cores, .. } = results;
    let mut out =
        format!("Measured on {date}: {cpu}, {cores} cores. Medians, with least and most.\n");
    for clients in ["1000 clients", "10000 clients"] {
        writeln!(out, "\n### {clients}\n")?;
        writeln!(
            out,
            "| | 1 a wake: CPU per event, µs | the last has it after, ms | 20 a wake: CPU per event, µs | the last has them after, ms |"
        )?;
        writeln!(out, "|---|---|---|---|---|")?;
        let cases = [(1, CPU), (1, LAST), (20, CPU), (20, LAST)];
        rows(&mut out, results, &cases.map(|(n, unit)| (format!("{clients}, {n} a wake"), unit)))?;
    }
    writeln!(out, "\n### Memory\n")?;
    writeln!(
        out,
        "| | an idle client of 10,000, KiB | a client that reads nothing of 3,000 events, KiB |"
    )?;
    writeln!(out, "|---|---|---|")?;
    rows(
        &mut out,
        results,
        &["an idle client", "a stalled client"].map(|case| (case.to_owned(), KIB)),
    )?;
    writeln!(out, "\n### The hub alone\n\n| | |\n|---|---|")?;
    for figure in results.figures.iter().filter(|figure| figure.of == super::in_process::NAME) {
        writeln!(out, "| {} | {} {} |", figure.case, shown(figure), figure.unit)?;
    }
    Ok(out)
}

pub(crate) const CPU: &str = "µs of CPU per event";
pub(crate) const LAST: &str = "ms until the last has it";
pub(crate) const KIB: &str = "KiB of memory";

/// Returns a row for each contender, with these figures.
fn rows(out: &mut String, results: &Results, columns: &[(String, &str)]) -> std::fmt::Result {
    for contender in &CONTENDERS {
        let bold = if contender.role == Role::Ours { "**" } else { "" };
        write!(out, "| {bold}{}{bold} ", contender.name)?;
        for (case, unit) in columns {
            let is_it =
                |it: &&Figure| it.of == contender.name && it.case == *case && it.unit == *unit;
            let figure = results.figures.iter().find(is_it);
            write!(out, "| {} ", figure.map_or("–".to_owned(), shown))?;
        }
        writeln!(out, "|")?;
    }
    Ok(())
}

fn shown(figure: &Figure) -> String {
    let summary = figure.summary;
    let [median, min, max] = [summary.median, summary.min, summary.max].map(digits);
    if figure.runs.len() == 1 { median } else { format!("{median} ({min} to {max})") }
}

/// Formats a figure with about three significant digits.
fn digits(value: f64) -> String {
    match value {
        ..10.0 => format!("{value:.2}"),
        ..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}
