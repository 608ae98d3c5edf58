//! How long to wait before trying again.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(50);
/// So that nodes are back about a second after the engine, however long it was away.
const LONGEST: Duration = Duration::from_secs(1);

/// Waits longer each time, with jitter, so that nodes don't come back together.
pub(crate) struct Backoff {
    next: Duration,
}

impl Backoff {
    pub(crate) fn new() -> Self {
        Self { next: FIRST }
    }

    pub(crate) fn reset(&mut self) {
        self.next = FIRST;
    }

    pub(crate) async fn wait(&mut self) {
        let longest = self.next;
        self.next = (longest * 2).min(LONGEST);
        tokio::time::sleep(longest.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn it_waits_longer_each_time_up_to_a_limit_and_goes_on_without_end() {
        let mut backoff = Backoff::new();
        let mut waited = Vec::new();
        for _ in 0..20 {
            let begin = Instant::now();
            backoff.wait().await;
            waited.push(begin.elapsed());
        }
        assert!(waited[0] <= FIRST + Duration::from_millis(1), "{waited:?}");
        assert!(waited[19] >= LONGEST / 2 && waited[19] <= LONGEST + Duration::from_millis(1));
        backoff.reset();
        let begin = Instant::now();
        backoff.wait().await;
        assert!(begin.elapsed() <= FIRST + Duration::from_millis(1));
    }
}
