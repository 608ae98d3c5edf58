//! A hub and runs in a folder whose process is killed at random moments.

use std::path::Path;

use system_tests::crash::crash;
use system_tests::crash::runs::crash_runs;

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

#[tokio::test]
async fn what_readers_of_runs_saw_is_there_after_every_kill_and_what_was_running_is_lost() {
    for query in ["", "?sync=off"] {
        let seed = fastrand::u64(..);
        let program = Path::new(env!("CARGO_BIN_EXE_runs_crash_writer"));
        let crashes = crash_runs(program, query, 15, seed).await;
        println!("{crashes}");
        assert!(crashes.is_clean(), "seed {seed}: {crashes}");
        assert!(crashes.seen > 0 && crashes.cut_off > 0, "seed {seed}: {crashes}");
    }
}
