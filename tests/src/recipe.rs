//! Programs of the examples, and of clients beside them: what they print, line by line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;

use crate::deadline::DEADLINE;
use crate::process::Program;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

/// A script of a client, in the folder of the package whose test this is.
#[must_use]
pub fn script(name: &str) -> PathBuf {
    ["tests/clients", name].iter().collect()
}

/// A program that runs beside the test, line by line.
pub struct Running {
    pub process: Program,
    said: Lines<BufReader<ChildStdout>>,
    hears: ChildStdin,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = Program::start(command).expect("it starts");
        let said = BufReader::new(process.stdout.take().expect("a pipe")).lines();
        let hears = process.stdin.take().expect("a pipe");
        Self { process, said, hears }
    }

    /// Tells it one line.
    pub async fn tell(&mut self, line: &str) {
        self.hears.write_all(format!("{line}\n").as_bytes()).await.expect("it listens");
    }

    /// The next line; `None` at the end.
    pub async fn line(&mut self) -> Option<String> {
        let line = timeout(DEADLINE, self.said.next_line()).await.expect("it says something");
        line.expect("text")
    }

    /// The rest of the next line that begins like this.
    pub async fn says(&mut self, beginning: &str) -> String {
        loop {
            let line = self.line().await.expect("it still runs");
            if let Some(rest) = line.strip_prefix(beginning) {
                return rest.to_owned();
            }
        }
    }

    /// The next line of a client, which prints JSON.
    pub async fn json(&mut self) -> Option<Value> {
        let line = self.line().await?;
        Some(serde_json::from_str(&line).unwrap_or_else(|_| panic!("no JSON: {line}")))
    }

    /// All lines that are left of a client.
    pub async fn all_json(&mut self) -> Vec<Value> {
        let mut all = Vec::new();
        while let Some(line) = self.json().await {
            all.push(line);
        }
        all
    }
}

/// A recipe's server, on a port of its own.
pub struct Recipe {
    pub program: Running,
    pub url: String,
}

impl Recipe {
    pub async fn start(command: &mut Command) -> Self {
        Self::start_at(command, 0).await
    }

    /// At a port on which another was before.
    pub async fn start_at(command: &mut Command, port: u16) -> Self {
        let command = command.env("PORT", port.to_string()).env("ROCKET_LOG_LEVEL", "off");
        let mut program = Running::start(command);
        let url = program.says("Open ").await;
        Self { program, url }
    }

    pub fn address(&self) -> SocketAddr {
        self.url.trim_start_matches("http://").parse().expect("an address")
    }
}
