//! Commands to Redis, on one connection for all runs, which is opened again when it breaks.

use redis::aio::MultiplexedConnection;
use redis::{Cmd, RedisResult, Value, cmd};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::engine::Backoff;
use crate::engine::address::Address;
use crate::engine::reply::in_time;

#[derive(Clone, Copy)]
pub(super) enum Script {
    Start,
    Look,
    Append,
    End,
}

const SCRIPTS: [&str; 4] = [
    include_str!("start.lua"),
    include_str!("look.lua"),
    include_str!("append.lua"),
    include_str!("end.lua"),
];

pub(super) struct Commands {
    address: Address,
    open: Mutex<Option<Open>>,
}

/// A connection, and the hashes of the scripts that are loaded.
#[derive(Clone)]
struct Open {
    connection: MultiplexedConnection,
    scripts: [String; SCRIPTS.len()],
}

impl Commands {
    pub(super) fn new(address: Address) -> Self {
        Self { address, open: Mutex::new(None) }
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// Runs a script, once.
    pub(super) async fn run(
        &self,
        script: Script,
        keys: &[&[u8]],
        arguments: &[String],
    ) -> RedisResult<Value> {
        self.ask(|open| {
            let mut command = cmd("EVALSHA");
            command.arg(&open.scripts[script as usize]).arg(keys.len()).arg(keys).arg(arguments);
            command
        })
        .await
    }

    /// Runs a script until Redis answers, or until `give_up`. Every script may be run several times: the second time
    /// changes nothing.
    pub(super) async fn run_until(
        &self,
        give_up: Option<Instant>,
        script: Script,
        keys: &[&[u8]],
        arguments: &[String],
    ) -> RedisResult<Value> {
        let (mut backoff, mut tries) = (Backoff::new(), 0);
        loop {
            let error = match self.run(script, keys, arguments).await {
                Err(error) if give_up.is_none_or(|end| Instant::now() < end) => error,
                answer => return answer,
            };
            tries += 1;
            if tries == 2 {
                tracing::warn!(%error, "runs have lost Redis, and try again");
            }
            backoff.wait().await;
        }
    }

    pub(super) async fn command(&self, command: &Cmd) -> RedisResult<Value> {
        self.ask(|_| command.clone()).await
    }

    async fn ask(&self, command: impl FnOnce(&Open) -> Cmd) -> RedisResult<Value> {
        let mut open = self.open().await?;
        let command = command(&open);
        let answer = in_time(command.query_async(&mut open.connection)).await;
        if answer.is_err() {
            *self.open.lock().await = None;
        }
        answer
    }

    async fn open(&self) -> RedisResult<Open> {
        let mut open = self.open.lock().await;
        if let Some(open) = &*open {
            return Ok(open.clone());
        }
        let new = in_time(self.connect()).await?;
        *open = Some(new.clone());
        Ok(new)
    }

    async fn connect(&self) -> RedisResult<Open> {
        let mut connection = self.address.connect().await?;
        let mut scripts = [const { String::new() }; SCRIPTS.len()];
        for (name, script) in scripts.iter_mut().zip(SCRIPTS) {
            *name = cmd("SCRIPT").arg("LOAD").arg(script).query_async(&mut connection).await?;
        }
        Ok(Open { connection, scripts })
    }
}
