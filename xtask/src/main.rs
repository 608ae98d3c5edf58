//! The commands that people and CI run: `cargo xtask <command>`.

mod arrows;
mod bench_gate;
mod check;
mod clients;
mod differential;
mod hub;
mod ide;
mod install;
mod minimal_versions;
mod msrv;
mod mutants;
mod package;
mod proxies;
mod public_api;
mod test;
mod threads;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use xshell::Shell;

/// Its table says what each command does.
const CONTRIBUTING: &str = include_str!("../../CONTRIBUTING.md");

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    let sh = &Shell::new()?;
    sh.change_dir(root());
    match words[..] {
        ["test"] => test::test(sh),
        ["check"] => check::check(sh),
        ["arrows"] => arrows::arrows(),
        ["package"] => package::package(sh),
        ["clients"] => clients::clients(sh, false),
        ["clients", "--bless"] => clients::clients(sh, true),
        ["public-api"] => public_api::public_api(sh, false),
        ["public-api", "--bless"] => public_api::public_api(sh, true),
        ["proxies", ref options @ ..] => proxies::proxies(sh, options),
        ["fuzz"] => test::fuzz(sh, 60),
        ["fuzz", seconds] => test::fuzz(sh, seconds.parse()?),
        ["fuzz-reader", bytes] => test::fuzz_reader(sh, bytes),
        ["differential"] => differential::differential(sh, "1"),
        ["differential", seed] => differential::differential(sh, seed),
        ["ide"] => ide::ide(),
        ["bench-gate"] => bench_gate::gate(sh),
        ["bench-gate", "--bless"] => bench_gate::bless(sh),
        ["bench-hub", ref options @ ..] => hub::bench_beside(sh, options),
        ["soak", ref options @ ..] => hub::soak(sh, options),
        ["cluster"] => hub::cluster(sh),
        ["cluster-bench", ref options @ ..] => hub::bench(sh, "redis", options),
        ["cluster-faults", ref options @ ..] => hub::faults(sh, options),
        ["crashes", ref options @ ..] => hub::crashes(sh, options),
        ["disk-bench", ref options @ ..] => hub::bench(sh, "disk", options),
        ["miri"] => threads::miri(sh),
        ["loom"] => threads::loom(sh),
        ["tsan"] => threads::tsan(sh),
        ["minimal-versions"] => minimal_versions::check(sh),
        ["mutants", krate, ref arguments @ ..] => mutants::mutants(sh, krate, arguments),
        ["screenshot"] => test::screenshot(sh),
        _ => bail!(help()),
    }
}

fn help() -> String {
    let rows = CONTRIBUTING.lines().filter(|line| line.starts_with("| `cargo xtask "));
    rows.map(|row| row.trim_matches(['|', ' ']).replace(" | ", "\n    ") + "\n").collect()
}

/// Returns the folder of the workspace.
fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().expect("xtask is in the workspace").to_owned()
}
