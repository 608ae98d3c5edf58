//! Where examples listen. Each is given by its name and its program.

use std::net::TcpListener;

use tokio::process::Command;

use crate::http::request;
use crate::process::start_server;

/// Starts each on any port.
pub async fn each_answers(examples: &[(&str, &str)]) {
    for (name, program) in examples {
        let (_process, url) = start_server(Command::new(program).env("PORT", "0")).await;
        let address = url.trim_start_matches("http://").parse().expect("an address");
        assert_eq!(request(address, "GET /", &[]).await.status, 200, "{name}");
    }
}

/// Starts each on a port that is taken.
pub async fn a_taken_one_is_told(examples: &[(&str, &str)]) {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    for (name, program) in examples {
        let output = Command::new(program).env("PORT", port.to_string()).output().await;
        let output = output.expect("it starts");
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(message.contains(&format!("port {port}: Address already in use")), "{message}");
        let command = format!("PORT=8001 cargo run --bin {name}\n");
        assert!(message.contains(&command), "{message}");
        assert!(!message.contains("panicked"), "{message}");
    }
}
