//! The soak, for half a minute in all, or less where tests may leave something out.

use tests::process::output;
use tokio::process::Command;

#[tokio::test]
async fn clients_that_leave_and_resume_lose_nothing_and_leave_nothing_behind() {
    let everything = std::env::var_os("SSE_TEST_EVERYTHING").is_some();
    let minutes = if everything { "0.5" } else { "0.25" };
    let mut soak = Command::new(env!("CARGO_BIN_EXE_soak"));
    let soak = soak.args(["--minutes", minutes, "--clients", "150"]);
    let output = output(soak).await.unwrap();
    println!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
