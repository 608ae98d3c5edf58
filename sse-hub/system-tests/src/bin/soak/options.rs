//! The options: how long, how many clients, and which seed.

use std::time::Duration;

use crate::Result;

const HELP: &str = "\
cargo xtask soak [options]

  --minutes N   how long in all, perhaps a fraction (1)
  --clients N   how many there are at once (1000)
  --seed N      the plan of what each of them does (a new one)";

pub(crate) struct Options {
    pub(crate) time: Duration,
    pub(crate) clients: usize,
    pub(crate) seed: u64,
}

pub(crate) fn parse(words: &[&str]) -> Result<Options> {
    let mut options =
        Options { time: Duration::from_mins(1), clients: 1000, seed: fastrand::u64(..1 << 32) };
    for pair in words.chunks(2) {
        set(&mut options, pair).ok_or(HELP)?;
    }
    options.clients = options.clients.min(possible());
    Ok(options)
}

fn set(options: &mut Options, pair: &[&str]) -> Option<()> {
    match *pair {
        ["--minutes", value] => {
            let seconds = value.parse::<f64>().ok()? * 60.0;
            options.time = Duration::try_from_secs_f64(seconds).ok()?;
        }
        ["--clients", value] => options.clients = value.parse().ok()?,
        ["--seed", value] => options.seed = value.parse().ok()?,
        _ => return None,
    }
    Some(())
}

/// Returns how many clients the limit of open files allows. The limit of this process is also that of the server that it
/// starts.
fn possible() -> usize {
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(1024);
    usize::try_from(files).unwrap_or(usize::MAX).saturating_sub(100)
}
