//! Measures a hub beside what people use instead, each server in a process of its own.

mod contenders;
mod floor;
mod in_process;
mod page;
mod start;
mod topic;
mod workload;

use std::path::{Path, PathBuf};

use benches::Result;
use benches::machine::{Pinning, raise_file_limit};
use benches::report::{Results, update_page};
use benches::serve::serve;
use benches::serve::topic::HUB;

use contenders::SOCKETS;
use start::Peers;
use workload::{Options, measure};

const HELP: &str = "\
cargo xtask bench-hub [options]

  --passes N    how often each server is measured (3)
  --only TEXT   only servers whose name contains this
  --alone       measures only the hub without a server, for the same tables
  --page        the tables anew, from the last results

Only a whole measurement replaces sse-hub/benches/hub.json and the tables of sse-hub/src/performance.md.";

fn main() -> Result {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", SOCKETS] => floor::serve(),
        ["serve", name] => {
            HUB.get_or_init(|| topic::SOURCE);
            serve(name)
        }
        ["part", name] => in_process::run(name),
        ["--page"] => update(&Results::read(&here("hub.json"))?),
        ["--alone"] => {
            let mut results = Results::read(&here("hub.json"))?;
            in_process::measure(&mut results)?;
            save(&results)
        }
        ref words => compare(&options(words)?),
    }
}

fn options(words: &[&str]) -> Result<Options> {
    let peers =
        Peers { installed: here("../../target/hub-peers"), pinning: Pinning::of_this_process() };
    let mut options = Options { passes: 3, only: None, peers };
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        match word {
            "--passes" => options.passes = words.next().ok_or(HELP)?.parse()?,
            "--only" => options.only = Some((*words.next().ok_or(HELP)?).to_owned()),
            _ => return Err(HELP.into()),
        }
    }
    Ok(options)
}

fn compare(options: &Options) -> Result {
    raise_file_limit();
    let mut results = Results::default();
    measure(options, &mut results)?;
    if options.only.is_some() {
        return Ok(());
    }
    in_process::measure(&mut results)?;
    save(&results)
}

fn save(results: &Results) -> Result {
    results.write(&here("hub.json"))?;
    update(results)
}

fn update(results: &Results) -> Result {
    let (page, source) = (here("../src/performance.md"), "sse-hub/benches/hub.json");
    update_page(&page, source, results, &page::tables(results))
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
