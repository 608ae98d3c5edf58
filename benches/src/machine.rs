//! What this machine is, and how it is shared between client and server.

use std::fs;
use std::process::Command;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_setaffinity};

const CLIENT_CORE: usize = 0;
const SERVER_CORE: &str = "1";

/// How servers are started: on a core of their own, where there is one.
#[derive(Clone, Copy, Debug)]
pub struct Pinning {
    pinned: bool,
}

impl Pinning {
    /// Keeps this process on one core.
    pub fn of_this_process() -> Self {
        let mut core = CpuSet::new();
        core.set(CLIENT_CORE);
        let pinned = cores() > 1 && sched_setaffinity(None, &core).is_ok();
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
    let limit = getrlimit(Resource::Nofile);
    if setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit }).is_err() {
        eprintln!("note: can't raise the limit of open files");
    }
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(limit).unwrap_or(usize::MAX)
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
