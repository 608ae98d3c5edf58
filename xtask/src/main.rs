//! What people and CI run: `cargo xtask <command>`.
#![forbid(unsafe_code)]

mod check;
mod ide;
mod install;
mod run;
mod test;

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask <command>

  test        installs what the tests need and lack, and runs all of them
  check       format, clippy over each feature alone and all together, and rustdoc
  ide         asks rust-analyzer what it knows inside of half-typed blocks
  screenshot  takes the README's picture of the dashboard anew";

fn main() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_default();
    let result = match command.as_str() {
        "test" => test::test(),
        "check" => check::check(),
        "ide" => ide::ide(),
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
