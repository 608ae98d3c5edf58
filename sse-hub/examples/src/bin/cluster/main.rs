//! The chat on two nodes that share a hub on Redis, behind nginx, and a page that kills and starts
//! each of them: nothing gets lost, or the page is told of a gap.
//!
//! ```text
//! cargo xtask cluster
//! ```
//!
//! Needs nginx and Redis, which that installs. All listen on this machine alone, and end with this
//! process.

mod control;
mod nginx;
mod part;

use std::error::Error;
use std::fs::create_dir;
use std::net::{SocketAddr, TcpListener as StdListener};
use std::path::Path;
use std::sync::Arc;

use axum::serve::ListenerExt;
use control::Cluster;
use part::{Part, redis_server};
use tokio::net::TcpListener;

fn free_address() -> std::io::Result<SocketAddr> {
    StdListener::bind("127.0.0.1:0")?.local_addr()
}

/// The program of the chat, which is built beside this one.
fn node(name: &str, redis: SocketAddr) -> std::io::Result<Part> {
    let address = free_address()?;
    let chat = std::env::current_exe()?.with_file_name("chat");
    let part = Part::new(name, address, chat, Vec::new());
    Ok(part
        .with("HUB_URL", format!("redis://{redis}"))
        .with("NODE", name)
        .with("ROCKET_PORT", address.port().to_string())
        .with("ROCKET_LOG_LEVEL", "critical"))
}

fn redis(folder: &Path) -> Result<Part, Box<dyn Error>> {
    let (address, program) = (free_address()?, redis_server(folder)?);
    let port = address.port().to_string();
    let data = folder.join("redis");
    create_dir(&data)?;
    let arguments = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "yes", "--port", &port];
    let arguments = arguments.map(str::to_owned).into_iter();
    let arguments = arguments.chain(["--dir".to_owned(), data.display().to_string()]);
    Ok(Part::new("Redis", address, program, arguments.collect()))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let redis = redis(folder.path())?;
    let nodes = [node("node 1", redis.address)?, node("node 2", redis.address)?];
    let entrance = free_address()?;
    let addresses = [nodes[0].address, nodes[1].address];
    let nginx = nginx::part(folder.path(), entrance, listener.local_addr()?, addresses)?;
    let [one, two] = nodes;
    let cluster = Arc::new(Cluster { parts: [redis, one, two] });
    for part in &cluster.parts {
        part.start().await?;
    }
    nginx.start().await?;
    println!("The cluster is at http://{entrance}");
    let listener = listener.tap_io(|socket| _ = socket.set_nodelay(true));
    tokio::select! {
        served = axum::serve(listener, control::routes(cluster)) => served?,
        stopped = tokio::signal::ctrl_c() => stopped?,
    }
    Ok(())
}
