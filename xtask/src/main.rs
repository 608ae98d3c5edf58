//! What people and CI run: `cargo xtask <command>`.
#![forbid(unsafe_code)]

mod bench_gate;
mod check;
mod clients;
mod ide;
mod install;
mod run;
mod soak;
mod test;
mod threads;

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
  soak        thousands of clients that come, stall, leave and resume; --minutes N, --clients N,
              --seed N
  cluster-faults
              faults of Redis at random, while clients come and go between two hubs on it;
              --minutes N, --every SECONDS, --seed N
  loom        explores all orders in which the threads of a hub can meet
  miri, tsan  look for data races in the runtime, with a nightly toolchain
  screenshot  takes the README's picture of the dashboard anew";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let result = match words[..] {
        ["test"] => test::test(),
        ["check"] => check::check(),
        ["clients"] => clients::clients(false),
        ["clients", "--bless"] => clients::clients(true),
        ["fuzz"] => test::fuzz("60"),
        ["fuzz", seconds] => test::fuzz(seconds),
        ["ide"] => ide::ide(),
        ["bench-gate"] => bench_gate::gate(),
        ["bench-gate", "--bless"] => bench_gate::bless(),
        ["soak", ref options @ ..] => soak::soak(options),
        ["cluster-faults", ref options @ ..] => soak::cluster_faults(options),
        ["miri"] => threads::miri(),
        ["loom"] => threads::loom(),
        ["tsan"] => threads::tsan(),
        ["screenshot"] => test::screenshot(),
        _ => Err(HELP.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
