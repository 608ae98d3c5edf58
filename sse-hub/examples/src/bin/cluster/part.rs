//! A process of the cluster, which can be killed and started again.

use std::env;
use std::io::{Error, Result};
use std::net::SocketAddr;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::sync::Mutex;
use tokio::time::sleep;

/// Kills the program when its own input ends: when it is told to, and also when this process ends,
/// whatever ends it.
const KEEPER: &str = r#""$0" "$@" & read -r _; kill -9 $!; wait"#;

pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) address: SocketAddr,
    program: PathBuf,
    arguments: Vec<String>,
    environment: Vec<(&'static str, String)>,
    keeper: Mutex<Option<Child>>,
}

impl Part {
    pub(crate) fn new(
        name: &str,
        address: SocketAddr,
        program: PathBuf,
        arguments: Vec<String>,
    ) -> Self {
        let (environment, keeper) = (Vec::new(), Mutex::default());
        Self { name: name.to_owned(), address, program, arguments, environment, keeper }
    }

    /// With this variable in its environment.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// Starts it if it doesn't run, and waits up to 5 seconds for it to listen.
    pub(crate) async fn start(&self) -> Result<()> {
        let mut keeper = self.keeper.lock().await;
        if keeper.is_none() {
            let mut command = Command::new("sh");
            command.args(["-c", KEEPER]).arg(&self.program).args(&self.arguments);
            command.envs(self.environment.iter().map(|(name, value)| (name, value)));
            *keeper = Some(command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn()?);
        }
        for _ in 0..500 {
            if TcpStream::connect(self.address).await.is_ok() {
                return Ok(());
            }
            sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Kills it, as `kill -9` does.
    pub(crate) async fn kill(&self) -> Result<()> {
        if let Some(mut keeper) = self.keeper.lock().await.take() {
            drop(keeper.stdin.take());
            keeper.wait().await?;
        }
        Ok(())
    }

    pub(crate) async fn is_started(&self) -> bool {
        self.keeper.lock().await.is_some()
    }
}

/// The server's program. Debian's package of the tools has it under another name: it is one program,
/// which knows by its name what it is to be.
pub(crate) fn redis_server(folder: &Path) -> Result<PathBuf> {
    if let Some(server) = find("redis-server") {
        return Ok(server);
    }
    let tool = find("redis-check-rdb").ok_or_else(|| Error::other("Redis is not installed"))?;
    let server = folder.join("redis-server");
    symlink(tool, &server)?;
    Ok(server)
}

/// Looks for a program in `PATH`.
fn find(program: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(program)).find(|path| path.is_file())
}
