//! Kills a process with runs in a folder again and again: what a reader has seen has to be there, and runs that were
//! running have to be lost.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use fastrand::Rng;
use futures::StreamExt as _;
use sse_hub::{Run, RunState, Runs, RunsBuilder};
use sse_runtime::LastEventId;
use tempfile::TempDir;

use super::run;

/// Returns settings with so little room that the folder's files come and go.
pub fn builder() -> RunsBuilder {
    Runs::builder().keep(Duration::from_hours(1)).max_total_bytes(1_000_000)
}

/// The results of a number of kills.
#[derive(Default)]
pub struct RunCrashes {
    pub kills: usize,
    /// Events that a reader has seen.
    pub seen: usize,
    /// Runs of which a reader had seen something, and that were removed to make room.
    pub removed: usize,
    /// Runs that were running when their process was killed.
    pub cut_off: usize,
    /// Events that a reader has seen, and that are gone.
    pub lost: usize,
    /// Events that are there twice, in another place, or with another ID.
    pub wrong: usize,
    /// Runs that ended otherwise than a reader was told, or that are not lost though they were cut off.
    pub wrong_ends: usize,
}

impl RunCrashes {
    /// Returns whether everything is as readers have seen it.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        (self.lost, self.wrong, self.wrong_ends) == (0, 0, 0)
    }
}

impl fmt::Display for RunCrashes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills, seen, removed, cut_off, lost, wrong, wrong_ends } = self;
        write!(
            f,
            "{kills} kills; {seen} events seen by readers, {cut_off} runs cut off, {removed} removed to make \
             room; lost {lost}, wrong {wrong}, wrong ends {wrong_ends}"
        )
    }
}

/// What readers have seen of a run.
#[derive(Default)]
struct Seen {
    /// The IDs of its events, which count from 0.
    events: Vec<String>,
    end: Option<RunState>,
}

/// Kills the program this many times, at random moments, and checks the folder after each kill.
pub async fn crash_runs(program: &Path, query: &str, kills: usize, seed: u64) -> RunCrashes {
    let folder = TempDir::new().expect("a folder");
    let url = format!("file:{}{query}", folder.path().display());
    let mut rng = Rng::with_seed(seed);
    let (mut crashes, mut all) = (RunCrashes::default(), BTreeMap::<String, Seen>::new());
    for _ in 0..kills {
        let output = run(program, &url, &mut rng);
        crashes.kills += 1;
        take(&output, &mut all, &mut crashes);
        let runs = builder().connect(&url).await.expect("it opens");
        compare(&runs, &mut all, &mut rng, &mut crashes).await;
        runs.shutdown(Duration::ZERO).await;
    }
    crashes
}

fn take(output: &str, all: &mut BTreeMap<String, Seen>, crashes: &mut RunCrashes) {
    for line in output.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        match words[..] {
            ["start", name] => _ = all.entry(name.to_owned()).or_default(),
            ["saw", name, id, number] => {
                let seen = all.entry(name.to_owned()).or_default();
                crashes.seen += 1;
                crashes.wrong += usize::from(number != seen.events.len().to_string());
                seen.events.push(id.to_owned());
            }
            ["end", name, "Finished"] => {
                all.entry(name.to_owned()).or_default().end = Some(RunState::Finished);
            }
            ["end", name, "Stopped"] => {
                all.entry(name.to_owned()).or_default().end = Some(RunState::Stopped);
            }
            _ => panic!("{line}"),
        }
    }
}

async fn compare(
    runs: &Runs,
    all: &mut BTreeMap<String, Seen>,
    rng: &mut Rng,
    crashes: &mut RunCrashes,
) {
    let mut removed = Vec::new();
    for (name, seen) in all.iter_mut() {
        match runs.find(name).await.expect("a good ID") {
            Some(run) => look(&run, seen, rng, crashes).await,
            None => removed.push(name.clone()),
        }
    }
    crashes.removed += removed.len();
    for name in removed {
        all.remove(&name);
    }
}

async fn look(run: &Run, seen: &mut Seen, rng: &mut Rng, crashes: &mut RunCrashes) {
    // A client that comes back from any event.
    let from = rng.usize(..=seen.events.len());
    let last = from.checked_sub(1).and_then(|at| LastEventId::new(seen.events[at].clone()));
    let mut there = Vec::new();
    let mut join = run.join().resume(last);
    while let Some(Ok(event)) = join.next().await {
        let fields = event.fields();
        crashes.wrong += usize::from(fields.event.is_some());
        let number = fields.data.and_then(|data| data.split(' ').next()).unwrap_or_default();
        crashes.wrong += usize::from(number != (from + there.len()).to_string());
        there.push(fields.id.expect("an ID").to_owned());
    }
    let expected = &seen.events[from..];
    crashes.lost += expected.len().saturating_sub(there.len());
    crashes.wrong += expected.iter().zip(&there).filter(|(seen, there)| seen != there).count();
    match (seen.end, run.state()) {
        (Some(told), state) => crashes.wrong_ends += usize::from(told != state),
        // Its end may have been recorded but not told.
        (None, RunState::Finished | RunState::Stopped) => {}
        (None, RunState::Lost) => crashes.cut_off += 1,
        (None, _) => crashes.wrong_ends += 1,
    }
    seen.end = Some(run.state());
}
