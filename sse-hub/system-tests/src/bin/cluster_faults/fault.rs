//! The faults.

use std::time::Duration;

use tokio::time::sleep;

use crate::stage::Stage;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Kill,
    LoseAll,
    LostTail,
    LostTailAndClock,
    Stop,
    KillConnections,
    Pause,
    Flush,
    Full,
    EvictedHub,
    EvictedLog,
    Stranger,
    KilledNode,
    StoppedNode,
    CutOffNode,
}

impl Fault {
    pub(crate) const ALL: [Self; 15] = [
        Self::Kill,
        Self::LoseAll,
        Self::LostTail,
        Self::LostTailAndClock,
        Self::Stop,
        Self::KillConnections,
        Self::Pause,
        Self::Flush,
        Self::Full,
        Self::EvictedHub,
        Self::EvictedLog,
        Self::Stranger,
        Self::KilledNode,
        Self::StoppedNode,
        Self::CutOffNode,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Kill => "Redis is killed, and has its append-only file",
            Self::LoseAll => "Redis is killed, and has nothing on disk",
            Self::LostTail => "a replica that is a second behind takes over",
            Self::LostTailAndClock => "the same, and its clock is 5 s behind",
            Self::Stop => "Redis is stopped (SIGSTOP)",
            Self::KillConnections => "`CLIENT KILL`",
            Self::Pause => "`CLIENT PAUSE`",
            Self::Flush => "`FLUSHALL`",
            Self::Full => "`maxmemory` is reached",
            Self::EvictedHub => "the key of the hub is evicted",
            Self::EvictedLog => "the key of the log is evicted",
            Self::Stranger => "a stranger writes into the log",
            Self::KilledNode => "a node is killed",
            Self::StoppedNode => "a node is stopped (SIGSTOP)",
            Self::CutOffNode => "a node is cut off from Redis",
        }
    }

    pub(crate) fn settings(self) -> &'static [&'static str] {
        match self {
            Self::LoseAll => &[],
            _ => &["--appendonly", "yes", "--appendfsync", "everysec"],
        }
    }

    /// Returns how long it lasts in the table.
    pub(crate) fn lasts(self) -> Duration {
        match self {
            Self::Stop => Duration::from_secs(20),
            Self::KillConnections
            | Self::Flush
            | Self::Stranger
            | Self::EvictedHub
            | Self::EvictedLog => Duration::ZERO,
            Self::LostTail | Self::LostTailAndClock => Duration::from_secs(1),
            _ => Duration::from_secs(3),
        }
    }

    /// Returns whether clients miss something, and so are told.
    pub(crate) fn is_told(self) -> bool {
        matches!(
            self,
            Self::LoseAll
                | Self::LostTail
                | Self::LostTailAndClock
                | Self::Flush
                | Self::EvictedHub
        )
    }

    /// Causes the fault, for this long if it lasts.
    pub(crate) async fn strike(self, stage: &mut Stage, lasts: Duration) {
        match self {
            Self::Kill => {
                stage.redis.kill();
                sleep(lasts).await;
                stage.redis.start_again().await;
            }
            Self::LoseAll => {
                stage.redis.kill();
                sleep(lasts).await;
                stage.redis.lose_all().await;
            }
            Self::LostTail => lose_tail(stage, false, lasts).await,
            Self::LostTailAndClock => lose_tail(stage, true, lasts).await,
            Self::Stop => {
                stage.redis.signal("-STOP");
                sleep(lasts).await;
                stage.redis.signal("-CONT");
            }
            Self::KillConnections => ask(stage, &["CLIENT", "KILL", "TYPE", "normal"]).await,
            Self::Pause => {
                ask(stage, &["CLIENT", "PAUSE", &lasts.as_millis().to_string()]).await;
                sleep(lasts).await;
            }
            Self::Flush => ask(stage, &["FLUSHALL"]).await,
            Self::Full => {
                ask(stage, &["CONFIG", "SET", "maxmemory", "1"]).await;
                sleep(lasts).await;
                ask(stage, &["CONFIG", "SET", "maxmemory", "0"]).await;
            }
            Self::EvictedHub => ask(stage, &["DEL", "{sse-hub}:hub"]).await,
            Self::EvictedLog => ask(stage, &["DEL", "{sse-hub}:log"]).await,
            Self::Stranger => ask(stage, &["XADD", "{sse-hub}:log", "*", "d", "x"]).await,
            Self::KilledNode => {
                stage.nodes[0].kill().await;
                sleep(lasts).await;
                stage.start_node_again(0).await;
            }
            Self::StoppedNode => {
                stage.nodes[1].signal("-STOP");
                sleep(lasts).await;
                stage.nodes[1].signal("-CONT");
            }
            Self::CutOffNode => {
                stage.gates[1].close();
                sleep(lasts).await;
                stage.gates[1].open();
            }
        }
    }
}

async fn ask(stage: &Stage, words: &[&str]) {
    stage.redis.ask(words).await;
}

/// Promotes a replica while the old primary still accepts events, and then kills the primary.
async fn lose_tail(stage: &mut Stage, runs_ahead: bool, lasts: Duration) {
    let replica = stage.redis.replica().await;
    if runs_ahead {
        stage.redis.run_ahead().await;
        sleep(lasts).await;
    }
    replica.ask(&["REPLICAOF", "NO", "ONE"]).await;
    sleep(lasts).await;
    stage.fail_over(replica);
}
