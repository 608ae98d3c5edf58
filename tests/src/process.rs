//! Programs that run beside a test.

use std::io;
use std::net::SocketAddr;
use std::ops::{Deref, DerefMut};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::sleep;

use crate::group::Group;

/// A program that runs beside a test. It ends when this is dropped, together with all that it has
/// started, and also when the test is killed.
#[derive(Debug)]
pub struct Program {
    process: Child,
    _group: Group,
}

impl Program {
    /// Starts it.
    ///
    /// # Errors
    ///
    /// If it doesn't start.
    pub fn start(command: &mut Command) -> io::Result<Self> {
        let group = Group::new();
        group.add(command.as_std_mut());
        Ok(Self { process: command.kill_on_drop(true).spawn()?, _group: group })
    }
}

impl Deref for Program {
    type Target = Child;

    fn deref(&self) -> &Child {
        &self.process
    }
}

impl DerefMut for Program {
    fn deref_mut(&mut self) -> &mut Child {
        &mut self.process
    }
}

/// What a program has printed when it has ended. If the test ends first, so does the program.
///
/// # Errors
///
/// If it doesn't start.
pub async fn output(command: &mut Command) -> io::Result<Output> {
    let group = Group::new();
    group.add(command.as_std_mut());
    command.kill_on_drop(true).output().await
}

/// Starts a program, and returns it with the first line of its output that contains `mark`.
pub async fn start(command: &mut Command, mark: &str) -> (Program, String) {
    try_start(command, mark).await.expect("it says that it has started")
}

/// The same, or `None` if it ends without such a line.
pub(crate) async fn try_start(command: &mut Command, mark: &str) -> Option<(Program, String)> {
    let mut process = Program::start(command.stdout(Stdio::piped())).expect("it starts");
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
pub async fn start_server(command: &mut Command) -> (Program, String) {
    let (process, line) = start(command, "http://").await;
    let url = line[line.find("http://").expect("a URL")..].trim().to_owned();
    (process, url)
}

/// Waits until the process listens at the address. Returns `false` if it ends before it does.
pub async fn listens(process: &mut Child, address: SocketAddr) -> bool {
    while TcpStream::connect(address).await.is_err() {
        if process.try_wait().expect("a child").is_some() {
            return false;
        }
        sleep(Duration::from_millis(5)).await;
    }
    true
}
