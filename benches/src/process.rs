//! A server in a process of its own, and what the system says of it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::Result;
use crate::machine::Pinning;

/// So long after the last byte, a server has gone back to sleep, and its account is settled.
const SETTLING: Duration = Duration::from_millis(3);

/// Runs until it is dropped.
#[derive(Debug)]
pub struct Server {
    child: Child,
    pub port: u16,
}

impl Server {
    /// Starts this program again, as the server of this name.
    ///
    /// # Errors
    ///
    /// If it doesn't say where it listens.
    pub fn start(name: &str, pinning: Pinning) -> Result<Self> {
        let program = std::env::current_exe()?;
        let mut command = pinning.command(&program.to_string_lossy());
        command.args(["serve", name]).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let mut port = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut port)?;
        let port = port.trim().parse().map_err(|_| format!("{name} does not listen"))?;
        Ok(Self { child, port })
    }

    /// The CPU time of all its threads so far, in user and kernel mode, in nanoseconds.
    ///
    /// # Errors
    ///
    /// If the system does not tell.
    pub fn cpu_time(&self) -> Result<u64> {
        sleep(SETTLING);
        let mut time = 0;
        for task in fs::read_dir(self.proc("task"))? {
            let accounts = fs::read_to_string(task?.path().join("schedstat"))?;
            let running = accounts.split(' ').next().unwrap_or_default();
            time += running.parse::<u64>()?;
        }
        Ok(time)
    }

    /// The memory that it occupies, in bytes.
    ///
    /// # Errors
    ///
    /// If the system does not tell.
    pub fn memory(&self) -> Result<u64> {
        let status = fs::read_to_string(self.proc("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()).ok_or("no VmRSS")?;
        Ok(kilobytes.parse::<u64>()? * 1024)
    }

    fn proc(&self, file: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{file}", self.child.id()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}
