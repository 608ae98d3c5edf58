//! At ctrl-c every server ends its streams between two events, and then itself.

use std::time::Duration;

use tests::http::{Response, request};
use tests::process::start_server;
use tokio::process::Command;
use tokio::time::timeout;

/// Generous, for slow machines; nothing here waits for it to pass.
const PATIENCE: Duration = Duration::from_mins(1);

#[tokio::test]
async fn ctrl_c_ends_the_streams_then_the_server() {
    let servers = [
        env!("CARGO_BIN_EXE_rocket"),
        env!("CARGO_BIN_EXE_axum"),
        env!("CARGO_BIN_EXE_actix"),
        env!("CARGO_BIN_EXE_hyper"),
    ];
    for server in servers {
        println!("{server}:");
        timeout(PATIENCE, ctrl_c_ends(server)).await.expect("the server ends");
    }
}

async fn ctrl_c_ends(server: &str) {
    let mut command = Command::new(server);
    let (mut process, url) = start_server(command.env("PORT", "0")).await;
    let address = url.trim_start_matches("http://").parse().expect("an address");

    let mut streams = Vec::new();
    for _ in 0..10 {
        let mut stream = request(address, "GET /events", &["Last-Event-ID: 41"]).await;
        assert_eq!(stream.chunk().await.unwrap().unwrap(), b"id: 42\ndata: 42 s\n\n");
        streams.push(stream);
    }
    let pid = process.id().expect("it runs").to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().await.unwrap().success());

    for stream in streams {
        ends_between_two_events(stream).await;
    }
    assert!(process.wait().await.unwrap().success());
}

async fn ends_between_two_events(mut stream: Response) {
    let rest = stream.text().await.expect("the body ends as it should");
    assert!(rest.is_empty() || rest.ends_with("\n\n"), "{rest:?}");
}
