//! Guards against tests that would hang.

use std::time::{Duration, Instant};

use tokio::time::sleep;

/// Generous, for slow machines; nothing here waits for it to pass.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// Waits until the condition holds.
pub async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < end, "never: {what}");
        sleep(Duration::from_millis(1)).await;
    }
}
