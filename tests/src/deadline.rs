//! A limit on how long tests read: a broken body makes its test fail, not hang.

use std::env;
use std::io::Write as _;
use std::process::exit;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use tokio::time::timeout;

/// Far more than a slow machine needs, since nothing here waits for it to pass.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// More than any test reads, so that a body without an end doesn't fill the memory meanwhile.
pub const MANY_CHUNKS: usize = 20_000;
pub const MANY_BYTES: usize = 256 * 1024 * 1024;

/// Waits for what a test reads.
///
/// On tokio's paused clock, what would never wake is noticed immediately.
pub async fn in_time<F: Future>(reading: F) -> F::Output {
    let output = watched(timeout(DEADLINE, reading)).await;
    output.expect("what the test reads is there in time")
}

/// Reads what never waits.
pub fn at_once<F: Future>(reading: F) -> F::Output {
    watched(reading).now_or_never().expect("the stream never waits")
}

/// Reads, and ends the whole process with the name of this test if that takes far too long.
///
/// Nothing else ends a loop in which a poll never returns.
pub async fn watched<F: Future>(reading: F) -> F::Output {
    let _reading = Reading::start();
    reading.await
}

/// The tests that read, and since when.
static READING: Mutex<Vec<(Instant, String)>> = Mutex::new(Vec::new());

static WATCH: Once = Once::new();

struct Reading(Instant);

impl Reading {
    fn start() -> Self {
        WATCH.call_once(|| {
            thread::spawn(watch);
        });
        let test = thread::current().name().unwrap_or("a test").to_owned();
        let start = Instant::now();
        reading().push((start, test));
        Self(start)
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let mut reading = reading();
        let this = reading.iter().position(|(start, _)| *start == self.0);
        reading.swap_remove(this.expect("it was added"));
    }
}

fn reading() -> MutexGuard<'static, Vec<(Instant, String)>> {
    READING.lock().unwrap_or_else(PoisonError::into_inner)
}

fn watch() {
    let limit = hangs_after();
    loop {
        thread::sleep(Duration::from_secs(1));
        for (start, test) in &*reading() {
            if start.elapsed() > limit {
                // Not by `eprintln!`, which the harness hides.
                let notice =
                    format!("\ntest {test} hangs: a poll of what it reads never returns\n");
                _ = std::io::stderr().write_all(notice.as_bytes());
                exit(101);
            }
        }
    }
}

/// After how long a poll counts as one that never returns. `cargo xtask mutants`, under which most
/// tests that fail hang, says so in seconds.
fn hangs_after() -> Duration {
    let seconds = env::var("SSE_TEST_HANGS_AFTER").ok().and_then(|it| it.parse().ok());
    // What can be ended properly has a little longer for that.
    seconds.map_or(DEADLINE + Duration::from_secs(5), Duration::from_secs)
}
