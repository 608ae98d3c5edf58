//! Kills a process with a hub in a folder again and again: what was confirmed has to be there.

pub mod runs;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use fastrand::Rng;
use futures::FutureExt as _;
use sse_hub::{Builder, Hub, Resumed, Start};
use sse_runtime::LastEventId;
use tempfile::TempDir;

/// The topics.
pub const TOPICS: [&str; 3] = ["a", "b", "c"];
/// The longest that a process lives.
const LONGEST: Duration = Duration::from_millis(200);

/// Returns the settings of a hub that keeps so little that the folder's files come and go.
pub fn builder() -> Builder {
    Hub::builder().replay(Duration::from_hours(1), 600_000)
}

/// The results of a number of kills.
#[derive(Default)]
pub struct Crashes {
    pub kills: usize,
    /// Processes that lived long enough to publish.
    pub published: usize,
    pub acknowledged: usize,
    /// Events that were confirmed or received, and that have been evicted by now.
    pub evicted: usize,
    pub lost: usize,
    pub doubled: usize,
    /// How often the hub's position was before one that it had told.
    pub went_back: usize,
}

impl Crashes {
    /// Returns whether nothing was lost or doubled, and no position went back.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        (self.lost, self.doubled, self.went_back) == (0, 0, 0)
    }
}

impl fmt::Display for Crashes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills, published, acknowledged, evicted, lost, doubled, went_back } = self;
        write!(
            f,
            "{kills} kills, {published} of them while events were published; {acknowledged} acknowledged, \
             {evicted} of which are evicted; lost {lost}, doubled {doubled}, positions that went back \
             {went_back}"
        )
    }
}

/// The names of the events that were told of, by their positions.
#[derive(Default)]
struct Ledger {
    epoch: String,
    told: BTreeMap<u64, String>,
}

/// Kills the program this many times, at random moments, and checks the folder after each kill.
pub async fn crash(program: &Path, query: &str, kills: usize, seed: u64) -> Crashes {
    let folder = TempDir::new().expect("a folder");
    let url = format!("file:{}{query}", folder.path().display());
    let mut rng = Rng::with_seed(seed);
    let (mut crashes, mut ledger) = (Crashes::default(), Ledger::default());
    for _ in 0..kills {
        let output = run(program, &url, &mut rng);
        crashes.kills += 1;
        let acknowledged = output.lines().filter(|line| line.starts_with("ack ")).count();
        crashes.acknowledged += acknowledged;
        crashes.published += usize::from(acknowledged > 0);
        ledger.read(&output, &mut crashes);
        let hub = builder().connect(&url).await.expect("it opens");
        ledger.compare(&hub, &mut rng, &mut crashes).await;
    }
    crashes
}

/// Starts the program, and kills it at a random moment. Returns the complete lines that it has printed.
fn run(program: &Path, url: &str, rng: &mut Rng) -> String {
    let mut command = Command::new(program);
    command.args([url, &rng.u64(..).to_string()]).stdout(Stdio::piped());
    let mut process = command.spawn().expect("it starts");
    // If the pipe were full, the program would wait.
    let pipe = process.stdout.take().expect("a pipe");
    let reading = std::thread::spawn(move || std::io::read_to_string(pipe));
    std::thread::sleep(LONGEST.mul_f64(rng.f64()));
    process.kill().expect("it runs");
    process.wait().expect("it ends");
    let mut output = reading.join().expect("it reads").expect("text");
    output.truncate(output.rfind('\n').map_or(0, |end| end + 1));
    output
}

impl Ledger {
    fn read(&mut self, output: &str, crashes: &mut Crashes) {
        for line in output.lines() {
            let mut words = line.split(' ');
            let what = words.next().expect("a word");
            assert_ne!(what, "error", "{line}");
            let (epoch, sequence) = split(words.next().expect("an ID"));
            if self.epoch.is_empty() {
                epoch.clone_into(&mut self.epoch);
            }
            assert_eq!(epoch, self.epoch, "the history goes on");
            if let Some(name) = words.next() {
                let before = self.told.insert(sequence, name.to_owned());
                crashes.doubled += usize::from(before.is_some_and(|before| before != name));
            } else if self.told.last_key_value().is_some_and(|(&last, _)| last > sequence) {
                crashes.went_back += 1;
            }
        }
    }

    /// Compares what was told with what the hub has.
    async fn compare(&mut self, hub: &Hub, rng: &mut Rng, crashes: &mut Crashes) {
        let mut events = hub.subscribe(TOPICS).start(Start::Earliest).announce(false);
        let mut there = BTreeMap::new();
        let mut before = None;
        while let Some(Some(event)) = events.next().now_or_never() {
            let (fields, id) = (event.fields(), event.fields().id.expect("an ID"));
            let (_, sequence) = split(id);
            crashes.doubled += usize::from(before.is_some_and(|before| sequence <= before));
            before = Some(sequence);
            there.insert(sequence, fields.event.expect("a name").to_owned());
        }
        let names: BTreeSet<_> = there.values().collect();
        crashes.doubled += there.len() - names.len();
        let position = hub.position().to_string();
        let (_, position) = split(&position);
        let last = self.told.last_key_value().map_or(0, |(&last, _)| last);
        crashes.went_back += usize::from(position < last);
        let first = there.keys().next().copied().unwrap_or(position + 1);
        let kept = self.told.split_off(&first);
        crashes.evicted += self.told.len();
        crashes.lost +=
            kept.iter().filter(|(sequence, name)| there.get(sequence) != Some(*name)).count();
        self.resume(hub, rng, first, position).await;
        self.told = kept;
    }

    /// Checks that a client which comes back from any position that is there misses nothing.
    async fn resume(&self, hub: &Hub, rng: &mut Rng, first: u64, position: u64) {
        if self.epoch.is_empty() {
            return;
        }
        let at = rng.u64(first - 1..=position);
        let id = LastEventId::new(format!("{}.{at}", self.epoch));
        let resumed = hub.subscribe(TOPICS).resume(id).resumed().await;
        assert_eq!(resumed, Resumed::Complete, "from {at} of {position}");
    }
}

fn split(id: &str) -> (&str, u64) {
    let (epoch, sequence) = id.split_once('.').expect("an epoch and a sequence");
    (epoch, sequence.parse().expect("a sequence"))
}
