//! A hub in a folder whose process is killed at random moments.

use std::path::Path;

use tests::crash::crash;

#[tokio::test]
async fn what_was_confirmed_is_there_after_every_kill_once_and_in_order() {
    for query in ["", "?sync=off"] {
        let seed = fastrand::u64(..);
        let program = Path::new(env!("CARGO_BIN_EXE_crash_writer"));
        let crashes = crash(program, query, 15, seed).await;
        assert!(crashes.is_clean(), "seed {seed}: {crashes}");
        assert!(crashes.acknowledged > 0, "seed {seed}: {crashes}");
    }
}
