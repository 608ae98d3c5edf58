//! Programs under valgrind.

use std::process::Command;

use crate::run::{Result, command, output};

pub(super) fn instructions(program: &Command) -> Result<u64> {
    let tool = "--tool=callgrind --callgrind-out-file=/dev/null";
    number_after("Collected : ", &report(tool, program)?)
}

pub(super) fn allocations(program: &Command) -> Result<u64> {
    let tool = "--tool=memcheck --leak-check=no --undef-value-errors=no";
    number_after("total heap usage: ", &report(tool, program)?)
}

/// What valgrind says in the end.
fn report(tool: &str, program: &Command) -> Result<String> {
    let mut valgrind = command(&format!("valgrind {tool}"));
    valgrind.arg(program.get_program()).args(program.get_args());
    Ok(output(&mut valgrind)?.stderr)
}

/// The number behind the label; valgrind puts commas in it.
fn number_after(label: &str, text: &str) -> Result<u64> {
    let number = text.split_once(label).and_then(|(_, after)| after.split_whitespace().next());
    let number = number.and_then(|number| number.replace(',', "").parse().ok());
    number.ok_or_else(|| format!("valgrind reports no {label:?}:\n{text}"))
}
