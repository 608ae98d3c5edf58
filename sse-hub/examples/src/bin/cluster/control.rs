//! The page, its buttons, and what they show.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::{get, post};
use rocket::futures::future::join_all;
use serde::Serialize;
use serde_json::Value;
use sse_runtime::{Event, EventStream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{interval, timeout};

use crate::part::Part;

/// Redis and two nodes.
pub(crate) struct Cluster {
    pub(crate) parts: [Part; 3],
}

pub(crate) fn routes(cluster: Arc<Cluster>) -> Router {
    Router::new()
        .route("/", get(async || Html(include_str!("page.html"))))
        .route("/control/parts", get(parts))
        .route("/control/{part}/{action}", post(act))
        .with_state(cluster)
}

#[derive(Serialize)]
struct Shown {
    name: String,
    is_started: bool,
    /// What a node reports of itself, if it answers.
    standing: Option<Value>,
}

/// Reports the state of each part, twice a second.
async fn parts(State(cluster): State<Arc<Cluster>>) -> EventStream![] {
    EventStream! {
        let mut pace = interval(Duration::from_millis(500));
        loop {
            pace.tick().await;
            yield Event::json(&join_all(cluster.parts.iter().map(show)).await);
        }
    }
}

async fn show(part: &Part) -> Shown {
    let asked = timeout(Duration::from_millis(400), standing(part));
    let standing = if part.name == "Redis" { None } else { asked.await.ok().flatten() };
    Shown { name: part.name.clone(), is_started: part.is_started().await, standing }
}

async fn standing(node: &Part) -> Option<Value> {
    let mut connection = TcpStream::connect(node.address).await.ok()?;
    connection.write_all(b"GET /node/standing HTTP/1.0\r\n\r\n").await.ok()?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.ok()?;
    serde_json::from_str(answer.split_once("\r\n\r\n")?.1).ok()
}

/// Kills a part, starts it, or makes Redis forget everything.
async fn act(
    State(cluster): State<Arc<Cluster>>,
    Path((name, action)): Path<(String, String)>,
) -> StatusCode {
    let Some(part) = cluster.parts.iter().find(|part| part.name == name) else {
        return StatusCode::NOT_FOUND;
    };
    let done = match &*action {
        "kill" => part.kill().await,
        "start" => part.start().await,
        "flush" => flush(part).await,
        _ => return StatusCode::NOT_FOUND,
    };
    if done.is_ok() { StatusCode::NO_CONTENT } else { StatusCode::BAD_GATEWAY }
}

async fn flush(redis: &Part) -> std::io::Result<()> {
    let mut connection = TcpStream::connect(redis.address).await?;
    connection.write_all(b"FLUSHALL\r\n").await?;
    connection.read_u8().await.map(drop)
}
