//! Kills a process with a hub or with runs in a folder many times: `cargo xtask crashes --kills 500 --seed 1`.

use std::process::ExitCode;

use system_tests::crash::crash;
use system_tests::crash::runs::crash_runs;

#[tokio::main]
async fn main() -> ExitCode {
    let kills = option("--kills").unwrap_or(300);
    let seed = option("--seed").unwrap_or_else(|| fastrand::u64(..1_000_000));
    println!("seed {seed}");
    let program = |name| std::env::current_exe().expect("a path").with_file_name(name);
    let (of_hub, of_runs) = (program("crash_writer"), program("runs_crash_writer"));
    let mut code = ExitCode::SUCCESS;
    for query in ["", "?sync=off"] {
        let kills = usize::try_from(kills).expect("so many");
        let crashes = crash(&of_hub, query, kills, seed).await;
        println!("a hub in file:…{query}: {crashes}");
        let run_crashes = crash_runs(&of_runs, query, kills, seed).await;
        println!("runs in file:…{query}: {run_crashes}");
        if !(crashes.is_clean() && run_crashes.is_clean()) {
            code = ExitCode::FAILURE;
        }
    }
    code
}

/// Returns the value of a numeric option.
fn option(name: &str) -> Option<u64> {
    let mut words = std::env::args().skip_while(|word| word != name);
    words.next()?;
    Some(words.next().expect("the option has a value").parse().expect("a number"))
}
