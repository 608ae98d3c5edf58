//! Runs programs under valgrind.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use xshell::{Shell, cmd};

pub(super) fn instructions(sh: &Shell, program: &Path, arguments: &[&str]) -> Result<u64> {
    let tool = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];
    number_after("Collected : ", &report(sh, &tool, program, arguments)?)
}

pub(super) fn allocations(sh: &Shell, program: &Path, arguments: &[&str]) -> Result<u64> {
    let tool = ["--tool=memcheck", "--leak-check=no", "--undef-value-errors=no"];
    number_after("total heap usage: ", &report(sh, &tool, program, arguments)?)
}

/// Returns what valgrind reports at the end.
fn report(sh: &Shell, tool: &[&str], program: &Path, arguments: &[&str]) -> Result<String> {
    let valgrind = cmd!(sh, "valgrind {tool...} {program} {arguments...}").quiet();
    let output = valgrind.ignore_status().output()?;
    let report = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "{report}");
    Ok(report)
}

/// Returns the number that follows the label; valgrind writes it with commas.
fn number_after(label: &str, text: &str) -> Result<u64> {
    let number = text.split_once(label).and_then(|(_, after)| after.split_whitespace().next());
    let number = number.and_then(|number| number.replace(',', "").parse().ok());
    number.with_context(|| format!("valgrind reports no {label:?}:\n{text}"))
}
