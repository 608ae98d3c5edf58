//! A server in a process of its own, and what the system says of it.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::Result;
use crate::group::Group;
use crate::machine::Pinning;

/// So long after the last byte, a server has gone back to sleep, and its account is settled.
const SETTLING: Duration = Duration::from_millis(3);

/// Runs until it is dropped, and so does what it starts.
#[derive(Debug)]
pub struct Server {
    child: Child,
    group: Option<Group>,
    pub port: u16,
}

impl Server {
    /// Starts this program again, as the server of this name.
    pub fn start(name: &str, pinning: Pinning) -> Result<Self> {
        let program = std::env::current_exe()?;
        let mut command = pinning.command(&program.to_string_lossy());
        Self::spawn(command.args(["serve", name]))
    }

    /// Starts a server that prints its port.
    pub fn spawn(command: &mut Command) -> Result<Self> {
        let group = Group::new();
        let command = group.add(command).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let mut port = String::new();
        BufReader::new(child.stdout.take().ok_or("no output")?).read_line(&mut port)?;
        let port = port.trim().parse().map_err(|_| format!("{command:?} does not listen"))?;
        Ok(Self { child, group: Some(group), port })
    }

    /// Starts a server on this port.
    pub fn on_port(command: &mut Command, port: u16) -> Result<Self> {
        let group = Group::new();
        let server = Self { child: group.add(command).spawn()?, group: Some(group), port };
        for _ in 0..500 {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return Ok(server);
            }
            sleep(Duration::from_millis(10));
        }
        Err(format!("{command:?} does not listen").into())
    }

    /// The CPU time of all its threads and processes so far, in user and kernel mode, in
    /// nanoseconds.
    pub fn cpu_time(&self) -> Result<u64> {
        sleep(SETTLING);
        let mut time = 0;
        for process in self.processes() {
            for task in fs::read_dir(format!("/proc/{process}/task"))? {
                let accounts = fs::read_to_string(task?.path().join("schedstat"))?;
                let running = accounts.split(' ').next().unwrap_or_default();
                time += running.parse::<u64>()?;
            }
        }
        Ok(time)
    }

    /// The memory that it occupies, in bytes.
    pub fn memory(&self) -> Result<u64> {
        let mut memory = 0;
        for process in self.processes() {
            let status = fs::read_to_string(format!("/proc/{process}/status"))?;
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
            let kilobytes =
                line.and_then(|line| line.split_whitespace().next()).ok_or("no VmRSS")?;
            memory += kilobytes.parse::<u64>()? * 1024;
        }
        Ok(memory)
    }

    /// The one that was started, and those that it started.
    fn processes(&self) -> Vec<String> {
        let child = self.child.id();
        let children = fs::read_to_string(format!("/proc/{child}/task/{child}/children"));
        let mut processes = vec![child.to_string()];
        processes.extend(children.unwrap_or_default().split_whitespace().map(str::to_owned));
        processes
    }
}

/// Runs this program again with these words, so that what it measures keeps no memory of anything else, and
/// returns what it prints.
pub fn alone(words: &[&str]) -> Result<String> {
    let output =
        Command::new(std::env::current_exe()?).args(words).stderr(Stdio::inherit()).output()?;
    if !output.status.success() {
        return Err(format!("{words:?} failed").into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

impl Drop for Server {
    fn drop(&mut self) {
        self.group = None;
        _ = self.child.wait();
    }
}
