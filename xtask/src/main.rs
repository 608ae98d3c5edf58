//! What people and CI run: `cargo xtask <command>`.
#![forbid(unsafe_code)]

mod bench_gate;
mod check;
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
  ide         asks rust-analyzer what it knows inside of half-typed blocks
  bench-gate  fails if an event costs more instructions or allocations than its budget allows;
              with --bless, writes the budgets anew
  soak        thousands of clients that come, stall, leave and resume; --minutes N, --clients N,
              --seed N
  miri, tsan  look for data races in the runtime, with a nightly toolchain
  screenshot  takes the README's picture of the dashboard anew";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let result = match words.join(" ").as_str() {
        _ if words.first().is_some_and(|word| word == "soak") => soak::soak(&words[1..]),
        "test" => test::test(),
        "check" => check::check(),
        "ide" => ide::ide(),
        "bench-gate" => bench_gate::gate(),
        "bench-gate --bless" => bench_gate::bless(),
        "miri" => threads::miri(),
        "tsan" => threads::tsan(),
        "screenshot" => test::screenshot(),
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
