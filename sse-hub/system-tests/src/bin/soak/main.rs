//! Thousands of clients that connect, read slowly, stall, leave and resume, with a server of each
//! framework in turn.

mod client;
mod figures;
mod options;
mod plan;
mod plot;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use system_tests::ledger::hub;
use system_tests::served::world;
use tests::served::{Held, Served, serve};
use tests::servers::Framework;
use tokio::select;
use tokio::task::JoinSet;
use tokio::time::{Instant, interval};

use client::{Client, Setting};
use figures::{Counts, Sample};
use options::{Options, parse};

type Result<T = ()> = std::result::Result<T, String>;

const PLOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/soak.svg");

const ROUNDS: u32 = 4;

/// How much more the allocator may keep after the last round.
const ALLOWED_GROWTH: usize = 8 * 1024 * 1024;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", framework] => match framework.parse() {
            Ok(framework) => {
                serve(framework, world(&hub())).await;
                Ok(())
            }
            Err(message) => Err(message),
        },
        ref words => match parse(words) {
            Ok(options) => soak(&options).await,
            Err(message) => Err(message),
        },
    };
    result.map_or_else(failed, |()| ExitCode::SUCCESS)
}

#[expect(clippy::needless_pass_by_value, reason = "as the result has it")]
fn failed(message: String) -> ExitCode {
    eprintln!("{message}");
    ExitCode::FAILURE
}

async fn soak(options: &Options) -> Result {
    println!("{} clients, --seed {}", options.clients, options.seed);
    let mut samples = Vec::new();
    let mut result = Ok(());
    for framework in Framework::ALL {
        result = run(framework, options, &mut samples).await;
        if result.is_err() {
            break;
        }
    }
    plot::draw(&samples, Path::new(PLOT)).map_err(|error| format!("{PLOT}: {error}"))?;
    figures::summarize(&samples);
    result
}

/// Runs in rounds. After the first ones, in which it allocates what it needs, the server must not
/// keep more.
async fn run(framework: Framework, options: &Options, samples: &mut Vec<Sample>) -> Result {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut server = Served::start(&program, framework).await;
    let idle = server.held().await;
    let setting =
        Arc::new(Setting { framework, server: server.address, counts: Counts::default() });
    let client = |number| Client::new(options.seed, number, setting.clone());
    let mut clients: Vec<_> = (0..options.clients).map(client).collect();
    let sample = |held| setting.counts.sample(framework, held);
    let mut rounds = [idle; ROUNDS as usize];
    for held in &mut rounds {
        let end = Instant::now() + options.time / (4 * ROUNDS);
        let visits = clients.into_iter().map(|client| client.visits(end)).collect();
        clients = watch(visits, async || sample(server.held().await), samples).await?;
        *held = server.at_rest(idle).await;
        samples.push(sample(*held));
    }
    came_back(framework, rounds)
}

/// Waits for all clients, and prints a line each second.
async fn watch(
    mut visits: JoinSet<Result<Client>>,
    mut look: impl AsyncFnMut() -> Sample,
    samples: &mut Vec<Sample>,
) -> Result<Vec<Client>> {
    let mut clients = Vec::new();
    let mut second = interval(Duration::from_secs(1));
    loop {
        select! {
            visit = visits.join_next() => match visit {
                Some(client) => clients.push(client.expect("no panic")?),
                None => return Ok(clients),
            },
            _ = second.tick() => {
                let sample = look().await;
                println!("{sample}");
                samples.push(sample);
            }
        }
    }
}

fn came_back(framework: Framework, rounds: [Held; ROUNDS as usize]) -> Result {
    let [earlier @ .., last] = rounds.map(|held| held.memory);
    let growth = last.saturating_sub(earlier.into_iter().max().unwrap_or(0));
    println!("{framework}: all have left; the last round left {growth} bytes");
    if growth < ALLOWED_GROWTH { Ok(()) } else { Err(format!("{framework} keeps {growth} bytes")) }
}
