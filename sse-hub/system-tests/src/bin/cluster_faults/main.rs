//! Faults of a cluster, while clients come and go between two nodes, each a process of its own:
//!
//! ```text
//! cargo xtask cluster-faults                          each fault once, and a table of what came of it
//! cargo xtask cluster-faults --minutes 10 --seed 1    one at random every 20 seconds
//! cargo xtask cluster-faults --fault LostTail         only this one, in either way
//! ```

mod fault;
mod made_up;
mod stage;

use std::time::Duration;

use fastrand::Rng;
use fault::Fault;
use stage::Stage;
use system_tests::cluster::node::Remote;
use system_tests::cluster::world::{Outcome, World};
use tokio::time::{Instant, sleep};

const CLIENTS: usize = 200;
const A_SECOND: u64 = 1000;
const A_WHILE: Duration = Duration::from_secs(2);

#[tokio::main]
async fn main() {
    // Whoever waits for an outcome has a connection of its own: thousands, while Redis is away.
    rlimit::increase_nofile_limit(u64::MAX).expect("the limit can be raised");
    let seed = option("--seed").unwrap_or_else(|| fastrand::u64(..1_000_000));
    match option("--minutes") {
        Some(minutes) => at_random(Duration::from_mins(minutes), seed).await,
        None => one_by_one(seed).await,
    }
}

/// Returns the value of a numeric option.
fn option(name: &str) -> Option<u64> {
    word(name).map(|value| value.parse().expect("a number"))
}

/// Returns the value of an option.
fn word(name: &str) -> Option<String> {
    let mut words = std::env::args().skip_while(|word| word != name);
    words.next()?;
    Some(words.next().expect("the option has a value"))
}

/// Returns the faults to try: all, or the one that was asked for.
fn faults() -> Vec<Fault> {
    let Some(name) = word("--fault") else { return Fault::ALL.to_vec() };
    let is_asked_for = |fault: &Fault| format!("{fault:?}") == name;
    let fault = Fault::ALL.into_iter().find(is_asked_for);
    vec![fault.unwrap_or_else(|| panic!("there is no fault {name}: {:?}", Fault::ALL))]
}

fn world(stage: &Stage, seed: u64) -> World<Remote> {
    World::at(stage.sites(), CLIENTS, A_SECOND, seed)
}

/// Causes each fault once, each on a Redis of its own.
async fn one_by_one(seed: u64) {
    println!("seed {seed}: {CLIENTS} clients, {A_SECOND} events a second\n");
    println!("| fault | lasts | clients told of a gap | unknown | refused | well after |");
    println!("|---|---|---|---|---|---|");
    for fault in faults() {
        let mut stage = Stage::start(fault.settings()).await;
        let world = world(&stage, seed);
        sleep(A_WHILE).await;
        fault.strike(&mut stage, fault.lasts()).await;
        let well = stage.all_is_well().await;
        sleep(A_WHILE).await;
        let outcome = world.finish().await;
        println!("{}", row(fault, well, &outcome));
        outcome.check_after_losses(usize::from(fault.is_told()));
        // Together with the log, events may be lost that a node has not read yet, or none.
        if fault != Fault::EvictedLog {
            assert_eq!(fault.is_told(), outcome.gaps() > 0, "{fault:?}: gaps told");
        }
    }
    println!("\nevery client's record is right");
    if word("--fault").is_none() {
        made_up::topics().await;
    }
}

fn row(fault: Fault, well: Duration, outcome: &Outcome) -> String {
    let told = outcome.records.iter().filter(|record| !record.gaps().is_empty()).count();
    let kinds: std::collections::BTreeSet<_> =
        outcome.records.iter().flat_map(|record| record.gaps()).collect();
    let kinds = kinds.into_iter().collect::<Vec<_>>().join(", ");
    let (unknown, refused) = (outcome.ledger.unknown, outcome.ledger.refused());
    let (name, lasts, well) = (fault.name(), fault.lasts().as_secs_f32(), well.as_secs_f32());
    format!("| {name} | {lasts} s | {told} {kinds} | {unknown} | {refused} | {well:.2} s |")
}

/// Causes faults one after the other, as the seed says.
async fn at_random(time: Duration, seed: u64) {
    let pause = Duration::from_secs(option("--every").unwrap_or(20));
    println!("seed {seed}: {} s, a fault every {} s", time.as_secs(), pause.as_secs());
    let (faults, mut plan) = (faults(), Rng::with_seed(seed));
    let mut stage = Stage::start(Fault::Kill.settings()).await;
    let world = world(&stage, seed);
    let (begin, mut losses) = (Instant::now(), 0);
    let mut next = begin + pause;
    while next < begin + time {
        tokio::time::sleep_until(next).await;
        let fault = faults[plan.usize(..faults.len())];
        let lasts = Duration::from_millis(plan.u64(100..8000));
        let at = begin.elapsed().as_secs();
        losses += usize::from(fault.is_told());
        fault.strike(&mut stage, lasts).await;
        let well = stage.all_is_well().await;
        println!("{at:>4} s: {}, for {lasts:?}: well after {well:?}", fault.name());
        next = Instant::now().max(next + pause);
    }
    sleep(A_WHILE).await;
    let outcome = world.finish().await;
    println!(
        "{} published, {} with an unknown outcome, {} refused; {} received, {} gaps told",
        outcome.ledger.published(),
        outcome.ledger.unknown,
        outcome.ledger.refused(),
        outcome.events(),
        outcome.gaps()
    );
    outcome.check_after_losses(losses);
    println!("every client's record is right: nothing was lost in silence, nothing came twice");
}
