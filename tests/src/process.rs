//! Programs that run beside a test.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::sleep;

/// Starts a process, and returns it with the first line of its output that contains `mark`. The
/// process ends with the test.
///
/// # Panics
///
/// If it doesn't start, or never prints such a line.
pub async fn start(command: &mut Command, mark: &str) -> (Child, String) {
    try_start(command, mark).await.expect("it says that it has started")
}

/// The same, or `None` if it ends without such a line.
pub(crate) async fn try_start(command: &mut Command, mark: &str) -> Option<(Child, String)> {
    let command = command.stdout(Stdio::piped()).kill_on_drop(true);
    let mut process = command.spawn().expect("it starts");
    let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
    loop {
        let line = lines.next_line().await.expect("text")?;
        if line.contains(mark) {
            tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
            return Some((process, line));
        }
    }
}

/// Starts a server, and returns it with the URL at which it says that it listens.
///
/// # Panics
///
/// If it doesn't start.
pub async fn start_server(command: &mut Command) -> (Child, String) {
    let (process, line) = start(command, "http://").await;
    let url = line[line.find("http://").expect("a URL")..].trim().to_owned();
    (process, url)
}

/// Waits until the process listens at the address. Returns `false` if it ends before it does.
///
/// # Panics
///
/// If its state is not to be had.
pub async fn listens(process: &mut Child, address: SocketAddr) -> bool {
    while TcpStream::connect(address).await.is_err() {
        if process.try_wait().expect("a child").is_some() {
            return false;
        }
        sleep(Duration::from_millis(5)).await;
    }
    true
}
