//! A Redis of a test's own, that can be killed, stopped and started again.

use std::net::TcpListener;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

use tempfile::TempDir;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener as TokioListener, TcpStream};
use tokio::task::AbortHandle;
use tokio::time::sleep;

use crate::patience::PATIENCE;

/// Whether this machine has Redis.
#[must_use]
pub fn is_here() -> bool {
    let version = program().arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

/// The server, which is one program with its tools and knows by its name what it is to be. Debian's
/// package of the tools has it, and unlike that of the server doesn't start one.
fn program() -> Command {
    let mut program = Command::new("redis-check-rdb");
    program.arg0("redis-server");
    program
}

/// A server in a folder of its own. It ends with this.
pub struct RedisServer {
    pub port: u16,
    folder: TempDir,
    settings: Vec<String>,
    process: Option<Child>,
}

impl RedisServer {
    /// Starts one that keeps nothing on disk, but for these settings.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn start(settings: &[&str]) -> Self {
        let mut server = Self {
            port: free_port(),
            folder: TempDir::new().expect("a folder"),
            settings: settings.iter().map(|&setting| setting.to_owned()).collect(),
            process: None,
        };
        server.start_again().await;
        server
    }

    /// Where a hub finds it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Starts it on the same port, with what it has on disk.
    ///
    /// # Panics
    ///
    /// If it does not start.
    pub async fn start_again(&mut self) {
        let mut command = program();
        command.args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"]);
        command.args(["--save", "", "--repl-diskless-sync-delay", "0"]).arg("--dir");
        command.arg(self.folder.path()).args(&self.settings);
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.process = Some(process.expect("it starts"));
        let end = Instant::now() + PATIENCE;
        while self.try_ask(&["PING"]).await.is_err() {
            assert!(Instant::now() < end, "it answers");
            sleep(std::time::Duration::from_millis(10)).await;
        }
    }

    /// Kills it as `kill -9` does.
    ///
    /// # Panics
    ///
    /// If it has ended already.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().expect("it runs");
            process.wait().expect("it ends");
        }
    }

    /// Stops it, so that it neither answers nor hangs up, or lets it go on.
    ///
    /// # Panics
    ///
    /// If it does not run.
    pub fn signal(&self, signal: &str) {
        let process = self.process.as_ref().expect("it runs").id().to_string();
        let status = Command::new("kill").args([signal, &process]).status();
        assert!(status.expect("kill starts").success());
    }

    /// Sends it one command.
    ///
    /// # Panics
    ///
    /// If it does not answer.
    pub async fn ask(&self, words: &[&str]) -> redis::Value {
        self.try_ask(words).await.expect("it answers")
    }

    /// What it tells of itself.
    ///
    /// # Panics
    ///
    /// If it does not answer.
    pub async fn info(&self, section: &str) -> String {
        redis::from_redis_value(self.ask(&["INFO", section]).await).expect("text")
    }

    async fn try_ask(&self, words: &[&str]) -> redis::RedisResult<redis::Value> {
        let client = redis::Client::open(self.url())?;
        let mut connection = client.get_multiplexed_async_connection().await?;
        let mut command = redis::cmd(words[0]);
        words[1..].iter().for_each(|word| {
            command.arg(word);
        });
        command.query_async(&mut connection).await
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Takes the place of a server that is gone: its port leads to another one. It ends with the
/// runtime.
///
/// # Panics
///
/// If the port is in use.
pub async fn forward(from: u16, to: u16) -> AbortHandle {
    let listener = TokioListener::bind(("127.0.0.1", from)).await.expect("the port is free");
    let accept = async move {
        while let Ok((mut here, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut there = TcpStream::connect(("127.0.0.1", to)).await.expect("it listens");
                // Either side may go at any time.
                let _ = copy_bidirectional(&mut here, &mut there).await;
            });
        }
    };
    tokio::spawn(accept).abort_handle()
}

/// A port that nobody listens on.
///
/// # Panics
///
/// If there is none.
#[must_use]
pub fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
