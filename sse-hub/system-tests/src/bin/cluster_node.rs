//! A node of a cluster as a process of its own, for tests that kill it.

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use axum::serve::ListenerExt as _;
use sse_hub::{Hub, PublishError};
use sse_runtime::{Event, EventStream, LastEventId};
use tokio::net::TcpListener;

/// Its first argument is the URL of the hub, and the second the port.
#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [redis, port] = &arguments[..] else { return Err("cluster_node URL PORT".into()) };
    // A client that waits for its outcome has a connection of its own.
    rlimit::increase_nofile_limit(u64::MAX)?;
    let hub = Hub::connect(redis).await?;
    let listener = TcpListener::bind(("127.0.0.1", port.parse()?)).await?;
    println!("http://{}", listener.local_addr()?);
    let app = Router::new()
        .route("/", get(stats))
        .route("/{topic}", get(listen).post(publish))
        .with_state(hub);
    axum::serve(listener.tap_io(|socket| _ = socket.set_nodelay(true)), app).await?;
    Ok(())
}

async fn listen(
    Path(topic): Path<String>,
    last: Option<LastEventId>,
    State(hub): State<Hub>,
) -> EventStream![] {
    EventStream::from(hub.subscribe(topic).resume(last).announce(true))
}

async fn publish(Path(topic): Path<String>, State(hub): State<Hub>, data: String) -> String {
    match hub.publish(topic, Event::data(data)).await {
        Ok(id) => format!("published {id}"),
        Err(PublishError::Unknown) => "unknown".to_owned(),
        Err(_) => "refused".to_owned(),
    }
}

async fn stats(State(hub): State<Hub>) -> String {
    let stats = hub.stats();
    let (connected, epochs, gaps, position) =
        (stats.connected, stats.epochs, stats.gaps, hub.position());
    format!("{connected} {epochs} {gaps} {position} {} {}", stats.behind, stats.queued)
}
