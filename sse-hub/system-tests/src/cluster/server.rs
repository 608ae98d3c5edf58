//! A Redis for one test, which can be killed, suspended and started again.

use std::collections::HashMap;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::time::{sleep, timeout};

use tests::group::Group;
use tests::patience::PATIENCE;

/// Returns whether this machine has Redis.
#[must_use]
pub fn is_here() -> bool {
    let version = program().arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

/// Returns the program of the server. It is the same program as its tools, and decides by its name which one to be. Debian's
/// package of the tools contains it too, and unlike the package of the server doesn't start one.
fn program() -> Command {
    let mut program = Command::new("redis-check-rdb");
    program.arg0("redis-server");
    program
}

/// A server in a folder of its own, which is killed when this is dropped.
pub struct RedisServer {
    pub port: u16,
    folder: TempDir,
    settings: Vec<String>,
    process: Option<(Child, Group)>,
}

impl RedisServer {
    /// Starts a server that keeps nothing on disk, unless these settings say otherwise.
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

    /// Starts a replica of this server, and waits until it has everything.
    pub async fn replica(&self) -> Self {
        let port = self.port.to_string();
        let settings = self.settings.iter().map(String::as_str);
        let settings: Vec<_> = settings.chain(["--replicaof", "127.0.0.1", &port]).collect();
        let mut replica = Self::start(&settings).await;
        let is_up = async {
            while !replica.info("replication").await.contains("master_link_status:up") {
                sleep(Duration::from_millis(10)).await;
            }
        };
        timeout(PATIENCE, is_up).await.expect("it follows the primary");
        // So that it isn't a replica any more when it is started again.
        replica.settings.truncate(self.settings.len());
        replica
    }

    /// Makes the log of the hub with the default prefix run 5 seconds ahead of the clock: to a
    /// replica that takes over, its own clock is 5 seconds behind. (A library that changes the
    /// clock of a program doesn't get on with the allocator of Redis.)
    pub async fn run_ahead(&self) {
        // With an entry that is not the hub's, so that Redis accepts no lower ID from now on.
        let script = "local ahead = redis.call('TIME')[1] + 5 .. '000'
            redis.call('HSET', KEYS[1], 'time', ahead)
            redis.call('XADD', KEYS[2], ahead .. '-0', 'by', 'a test')";
        self.ask(&["EVAL", script, "2", "{sse-hub}:hub", "{sse-hub}:log"]).await;
    }

    #[must_use]
    pub fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    /// Returns the value of a setting with which it was started.
    #[must_use]
    pub fn setting(&self, name: &str) -> String {
        let mut settings = self.settings.iter().skip_while(|setting| *setting != name);
        settings.nth(1).expect("it has this setting").clone()
    }

    /// Returns its URL for a hub.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Starts it again on the same port, with what it has on disk.
    pub async fn start_again(&mut self) {
        let mut command = program();
        command.args(["--port", &self.port.to_string(), "--bind", "127.0.0.1"]);
        command.args(["--save", "", "--repl-diskless-sync-delay", "0"]).arg("--dir");
        command.arg(self.folder.path()).args(&self.settings);
        let group = Group::new();
        let process = group.add(&mut command).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        self.process = Some((process.expect("it starts"), group));
        let end = Instant::now() + PATIENCE;
        while self.try_ask(&["PING"]).await.is_err() {
            let (process, _group) = self.process.as_mut().expect("it was started");
            let ended = process.try_wait().expect("it can be asked");
            assert!(ended.is_none() && Instant::now() < end, "it answers: {ended:?}");
            sleep(Duration::from_millis(10)).await;
        }
    }

    /// Kills it as `kill -9` does.
    pub fn kill(&mut self) {
        if let Some((mut process, _group)) = self.process.take() {
            process.kill().expect("it runs");
            process.wait().expect("it ends");
        }
    }

    /// Kills it, and starts it again without what it had on disk.
    pub async fn lose_all(&mut self) {
        self.kill();
        self.folder = TempDir::new().expect("a folder");
        self.start_again().await;
    }

    /// Suspends it, so that it neither answers nor disconnects, or resumes it.
    pub fn signal(&self, signal: &str) {
        let process = self.process.as_ref().expect("it runs").0.id().to_string();
        let status = Command::new("kill").args([signal, &process]).status();
        assert!(status.expect("kill starts").success());
    }

    /// Sends it one command.
    pub async fn ask(&self, words: &[&str]) -> redis::Value {
        self.try_ask(words).await.expect("it answers")
    }

    /// Returns what `INFO` says.
    pub async fn info(&self, section: &str) -> String {
        redis::from_redis_value(self.ask(&["INFO", section]).await).expect("text")
    }

    /// Returns whether it has denied this permission to somebody since `ACL LOG RESET`.
    pub async fn has_denied(&self, right: &str) -> bool {
        let denials: Vec<HashMap<String, redis::Value>> =
            redis::from_redis_value(self.ask(&["ACL", "LOG"]).await).expect("what it has denied");
        denials.iter().any(|denial| denial["object"] == redis::Value::BulkString(right.into()))
    }

    async fn try_ask(&self, words: &[&str]) -> redis::RedisResult<redis::Value> {
        let client = redis::Client::open(self.url())?;
        // By default it waits for half a second, which a busy machine may exceed.
        let config = redis::AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let connection = client.get_multiplexed_async_connection_with_config(&config);
        let mut connection = connection.await?;
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

/// Returns a port that nobody listens on, and that the kernel gives to nobody who asks for any: until the server has it, and
/// while it is killed, another test's connections would take it.
#[must_use]
pub fn free_port() -> u16 {
    let ports = std::iter::repeat_with(|| fastrand::u16(10_000..30_000));
    let is_free = |&port: &u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    ports.take(1000).find(is_free).expect("a free port")
}
