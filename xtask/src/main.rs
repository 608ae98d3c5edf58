//! What people and CI run: `cargo xtask <command>`.
#![forbid(unsafe_code)]

mod bench_gate;
mod check;
mod clients;
mod ide;
mod install;
mod run;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <command>

  test        installs what the tests need and lack, and runs all of them
  check       format, clippy over each feature alone and all together, and rustdoc
  clients     runs every client against every server, and checks docs/clients.md; with --bless,
              writes it anew
  fuzz        runs each fuzz target for a minute, or as many seconds as are given
  ide         asks rust-analyzer what it knows inside of half-typed blocks
  bench-gate  fails if an event costs more instructions or allocations than its budget allows;
              with --bless, writes the budgets anew
  screenshot  takes the README's picture of the dashboard anew";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words = words.join(" ");
    let result = match words.as_str() {
        "test" => test::test(),
        "check" => check::check(),
        "clients" => clients::clients(false),
        "clients --bless" => clients::clients(true),
        "fuzz" => test::fuzz("60"),
        "ide" => ide::ide(),
        "bench-gate" => bench_gate::gate(),
        "bench-gate --bless" => bench_gate::bless(),
        "screenshot" => test::screenshot(),
        _ => match words.strip_prefix("fuzz ") {
            Some(seconds) => test::fuzz(seconds),
            None => Err(HELP.to_owned()),
        },
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
