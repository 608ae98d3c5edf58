//! The soak, for a short time.
#![forbid(unsafe_code)]

use tokio::process::Command;

#[tokio::test]
async fn clients_that_leave_and_resume_lose_nothing_and_leave_nothing_behind() {
    let mut soak = Command::new(env!("CARGO_BIN_EXE_soak"));
    let soak = soak.args(["--minutes", "0.25", "--clients", "150"]).kill_on_drop(true);
    let output = soak.output().await.unwrap();
    println!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
