//! Starts a program that starts another, tells the IDs of both, and waits to be killed.

use tests::process::start;
use tokio::process::Command;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut shell = Command::new("sh");
    let (_program, ids) = start(shell.args(["-c", "sleep 1000 & echo $$ $!; wait"]), "").await;
    println!("{ids}");
    std::future::pending::<()>().await;
}
