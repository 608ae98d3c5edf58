//! What this machine is, and how it is shared between client and server.

use std::fs;
use std::process::{Command, Stdio};

const CLIENT_CORE: &str = "0";
const SERVER_CORE: &str = "1";

/// How servers are started: on a core of their own, where there is one.
#[derive(Clone, Copy, Debug)]
pub struct Pinning {
    pinned: bool,
}

impl Pinning {
    /// Keeps this process on one core.
    pub fn of_this_process() -> Self {
        let pinned = cores() > 1 && on_self(&["taskset", "-c", "-p", CLIENT_CORE]);
        if !pinned {
            eprintln!("note: client and servers share cores, so figures vary more");
        }
        Self { pinned }
    }

    /// A command that runs on the other.
    pub fn command(self, program: &str) -> Command {
        if !self.pinned {
            return Command::new(program);
        }
        let mut command = Command::new("taskset");
        command.args(["-c", SERVER_CORE, program]);
        command
    }
}

/// Lets this process and its servers open as many files as they may.
pub fn raise_file_limit() -> usize {
    let hard = file_limit(4);
    if !on_self(&["prlimit", &format!("--nofile={hard}:{hard}"), "--pid"]) {
        eprintln!("note: can't raise the limit of open files");
    }
    file_limit(3)
}

fn file_limit(column: usize) -> usize {
    let limits = fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find(|line| line.starts_with("Max open files"));
    let word = line.and_then(|line| line.split_whitespace().nth(column));
    word.and_then(|word| word.parse().ok()).unwrap_or(1024)
}

/// Runs a command whose last argument is this process.
fn on_self(words: &[&str]) -> bool {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).arg(std::process::id().to_string());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// All of the machine's, whichever this process may use.
pub fn cores() -> usize {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    cpus.lines().filter(|line| line.starts_with("processor")).count()
}

pub fn cpu_model() -> String {
    let cpus = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpus.lines().find_map(|line| line.strip_prefix("model name"));
    model.unwrap_or_default().trim_start_matches([' ', '\t', ':']).to_owned()
}

pub fn date() -> String {
    let output = Command::new("date").args(["--utc", "+%F"]).output();
    let date = output.map(|output| output.stdout).unwrap_or_default();
    String::from_utf8_lossy(&date).trim().to_owned()
}
