//! Measures all servers, each in a process of its own: this program, called anew.

use std::path::{Path, PathBuf};

use benches::Result;
use benches::machine::{Pinning, raise_file_limit};
use benches::report::{Results, TABLES, draw, update_page};
use benches::serve::serve;
use benches::workload::{Options, measure};

const HELP: &str = "\
cargo run --release --package benches --bin peers -- [options]

  --runs N      how often each row is measured (7)
  --quick       shorter and fewer runs, for a first look
  --only TEXT   only rows such as burst/ping/rocket whose name contains this
  --draw        the picture and the tables anew, from the last results

Only a whole measurement replaces benches/results.json, sse-runtime/src/guide/performance.svg and the tables of
sse-runtime/src/guide/performance.md.";

fn main() -> Result {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", name] => serve(name),
        ["--draw"] => show(&Results::read(&here("results.json"))?),
        ref words => compare(&options(words)?),
    }
}

fn options(words: &[&str]) -> Result<Options> {
    let mut options = Options {
        runs: 7,
        quick: false,
        only: None,
        pinning: Pinning::of_this_process(),
        files: raise_file_limit(),
    };
    let mut words = words.iter();
    while let Some(&word) = words.next() {
        match word {
            "--quick" => (options.quick, options.runs) = (true, 3),
            "--runs" => options.runs = words.next().ok_or(HELP)?.parse()?,
            "--only" => options.only = Some((*words.next().ok_or(HELP)?).to_owned()),
            _ => return Err(HELP.into()),
        }
    }
    Ok(options)
}

fn compare(options: &Options) -> Result {
    let results = measure(options)?;
    if options.quick || options.only.is_some() {
        println!("{}", tables(&results));
        return Ok(());
    }
    results.write(&here("results.json"))?;
    show(&results)
}

fn show(results: &Results) -> Result {
    draw(results, &here("../sse-runtime/src/guide/performance.svg"))?;
    let page = here("../sse-runtime/src/guide/performance.md");
    update_page(&page, "benches/results.json", results, &tables(results))
}

fn tables(results: &Results) -> String {
    TABLES.map(|table| results.table(table)).concat()
}

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}
