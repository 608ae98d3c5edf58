//! What a test starts ends with it.

use std::fs::read_to_string;

use tests::deadline::in_time;
use tests::process::start;
use tokio::process::Command;
use tokio::time::{Duration, sleep};

/// Whether a process runs, or has ended and its parent has not looked yet.
fn runs(id: &str) -> bool {
    let status = read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    status.lines().any(|line| line.starts_with("State:") && !line.contains('Z'))
}

async fn end(ids: &str) {
    for id in ids.split(' ') {
        while runs(id) {
            sleep(Duration::from_millis(5)).await;
        }
    }
}

#[tokio::test]
async fn a_program_ends_with_its_test_and_so_does_what_it_started() {
    let mut shell = Command::new("sh");
    let (program, ids) = start(shell.args(["-c", "sleep 1000 & echo $$ $!; wait"]), "").await;
    assert!(ids.split(' ').count() == 2 && ids.split(' ').all(runs), "{ids}");
    drop(program);
    in_time(end(&ids)).await;
}

#[tokio::test]
async fn a_program_ends_with_its_test_even_if_that_is_killed() {
    let mut test = Command::new(env!("CARGO_BIN_EXE_starts_programs"));
    let (mut test, ids) = start(&mut test, "").await;
    assert!(ids.split(' ').count() == 2 && ids.split(' ').all(runs), "{ids}");
    test.kill().await.unwrap();
    in_time(end(&ids)).await;
}
