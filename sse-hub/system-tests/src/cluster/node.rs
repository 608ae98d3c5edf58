//! A node that is a process of its own, with clients over HTTP.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::LazyLock;

use sse_hub::PublishError;
use tokio::process::Command;
use tokio::time::{Duration, Instant, sleep, timeout_at};

use super::record::Record;
use super::world::Site;
use tests::process::{Program, start_server};
use tests::reader::Reader;

/// A process of `cluster_node`, which is killed when this is dropped.
pub struct NodeProcess {
    pub site: Remote,
    process: Program,
}

impl NodeProcess {
    /// Starts the program on a Redis, and on this port, or on any free one.
    pub async fn start(program: &Path, redis: &str, port: u16) -> Self {
        let mut command = Command::new(program);
        let (process, url) = start_server(command.arg(redis).arg(port.to_string())).await;
        let address = url.trim_start_matches("http://").parse().expect("an address");
        Self { site: Remote(address), process }
    }

    /// Kills it as `kill -9` does.
    pub async fn kill(&mut self) {
        self.process.kill().await.expect("it runs");
    }

    /// Suspends the process, or resumes it.
    pub fn signal(&self, signal: &str) {
        let process = self.process.id().expect("it runs").to_string();
        let status = std::process::Command::new("kill").args([signal, &process]).status();
        assert!(status.expect("kill starts").success());
    }
}

/// Where a node listens.
#[derive(Clone, Copy)]
pub struct Remote(pub SocketAddr);

/// What a node reports of itself.
#[derive(Clone, Debug, Default)]
pub struct Said {
    pub connected: bool,
    pub epochs: u64,
    pub gaps: u64,
    pub position: String,
    pub behind: u64,
    pub queued: usize,
}

static HTTP: LazyLock<reqwest::Client> = LazyLock::new(reqwest::Client::new);

impl Remote {
    /// Asks the node for its report. Returns `None` if the node is down.
    pub async fn stats(self) -> Option<Said> {
        let answer = HTTP.get(format!("http://{}/", self.0)).send().await.ok()?;
        let text = answer.text().await.ok()?;
        let mut words = text.split(' ');
        Some(Said {
            connected: words.next()? == "true",
            epochs: words.next()?.parse().ok()?,
            gaps: words.next()?.parse().ok()?,
            position: words.next()?.to_owned(),
            behind: words.next()?.parse().ok()?,
            queued: words.next()?.parse().ok()?,
        })
    }
}

impl Site for Remote {
    async fn publish(&self, topic: &str, data: String) -> Result<String, PublishError> {
        let url = format!("http://{}/{topic}", self.0);
        // The request of a node that is killed may have been read, or not.
        let lost = |_| PublishError::Unknown;
        let answer = HTTP.post(url).body(data).send().await.map_err(lost)?;
        let text = answer.text().await.map_err(lost)?;
        match text.split_once(' ') {
            Some(("published", id)) => Ok(id.to_owned()),
            _ if text == "refused" => Err(PublishError::Refused),
            _ => Err(PublishError::Unknown),
        }
    }

    async fn visit(&self, record: &mut Record, leaves: Instant) {
        let path = format!("/{}", record.topic);
        let opened = Reader::resume(self.0, &path, record.last.as_deref());
        let Ok(Ok(mut reader)) = timeout_at(leaves, opened).await else {
            return sleep(Duration::from_millis(10)).await;
        };
        while let Ok(Ok(true)) = timeout_at(leaves, reader.read(64 << 10)).await {
            reader.body.clear();
            for event in reader.parser.dispatched.drain(..) {
                let is_gap = event.event == "gap";
                record.add(&event.last_event_id, is_gap, Some(&event.data));
            }
            let last = &reader.parser.last_event_id;
            if !last.is_empty() && record.last.as_ref() != Some(last) {
                record.add(last, false, None);
            }
            if record.has_end() {
                return;
            }
        }
    }
}
