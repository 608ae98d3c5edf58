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
use std::process::ExitCode;

use anyhow::{Result, bail};
use xshell::Shell;

const HELP: &str = "\
cargo xtask <command>

  test        installs what the tests need, and runs all of them
  check       formatting, clippy for each feature alone and for all of them together, rustdoc,
              the packages, and the promised Rust version
  arrows      prints which folder of each published crate uses which, and fails if one uses another that
              comes before it in CONTRIBUTING.md
  package     makes the packages of the published crates, compiles each from what is in it, and
              checks which files that is
  clients     runs every client against every server and checks sse-runtime/src/guide/clients_table.md; with --bless,
              rewrites that page
  proxies     measures what Debian's proxies do to streams and checks sse-runtime/src/guide/proxies_table.md; with --bless,
              rewrites that page
  public-api  compares what users of the published crates can name with docs/public-api; with
              --bless, rewrites those files
  fuzz        runs each fuzz target for a minute, or for as many seconds as given
  fuzz-reader N
              reads N random bytes, and compares with the standard's algorithm
  differential
              reads the code of all crates that cargo has downloaded as the macro does and as a parser
              does, and prints the differences; takes another seed than 1
  ide         asks rust-analyzer what it knows inside half-typed blocks
  bench-gate  fails if an event costs more instructions or allocations than its budget allows;
              with --bless, rewrites the budgets
  bench-hub   measures a hub beside what people use instead, on a quiet machine
  soak        thousands of clients that connect, stall, leave, and resume; --minutes N,
              --clients N, --seed N
  cluster     starts a chat on two nodes, with Redis and nginx, and prints the URL of a page that
              kills and starts each of them
  cluster-bench
              latency and throughput of hubs on Redis, beside a bare Redis
  cluster-faults
              each fault of Redis and of nodes once, while clients come and go between two nodes;
              with --minutes N, a random one every 20 seconds; --every SECONDS, --seed N
  crashes     kills a process with a hub in a folder again and again, and looks for what was
              confirmed; --kills N, --seed N
  disk-bench  throughput and latency of a hub in a folder, beside a bare loop, SQLite and Redis;
              takes the folder to measure in
  loom        explores every order in which the threads of a hub, of a run, or of a body, can meet
  miri, tsan  look for data races in the runtime, with a nightly toolchain
  minimal-versions
              checks that the published crates compile with the oldest dependencies that they
              allow, with a nightly toolchain
  mutants CRATE
              plants small faults in sse-macros, sse-runtime or sse-hub, one at a time, and lists those
              that the fast tests don't notice; takes what `cargo mutants` takes, as --shard 0/4
  screenshot  takes the README's picture of the dashboard again";

fn main() -> Result<ExitCode> {
    if let Some(code) = public_api::stand_in_for_rustdoc() {
        return Ok(code);
    }
    run().map(|()| ExitCode::SUCCESS)
}

fn run() -> Result<()> {
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
        _ => bail!(HELP),
    }
}

/// Returns the folder of the workspace.
fn root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().expect("xtask is in the workspace").to_owned()
}
