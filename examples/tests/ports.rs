//! Each example prints its URL, and says what to do if its port is taken.

use std::net::TcpListener;

use tests::http::request;
use tests::process::start_server;
use tokio::process::Command;

const EXAMPLES: [(&str, &str); 18] = [
    ("actix", env!("CARGO_BIN_EXE_actix")),
    ("axum", env!("CARGO_BIN_EXE_axum")),
    ("chat", env!("CARGO_BIN_EXE_chat")),
    ("clock", env!("CARGO_BIN_EXE_clock")),
    ("dashboard", env!("CARGO_BIN_EXE_dashboard")),
    ("errors", env!("CARGO_BIN_EXE_errors")),
    ("hyper", env!("CARGO_BIN_EXE_hyper")),
    ("mcp", env!("CARGO_BIN_EXE_mcp")),
    ("metrics", env!("CARGO_BIN_EXE_metrics")),
    ("openai", env!("CARGO_BIN_EXE_openai")),
    ("prices", env!("CARGO_BIN_EXE_prices")),
    ("progress", env!("CARGO_BIN_EXE_progress")),
    ("relay", env!("CARGO_BIN_EXE_relay")),
    ("rocket", env!("CARGO_BIN_EXE_rocket")),
    ("table", env!("CARGO_BIN_EXE_table")),
    ("tabs", env!("CARGO_BIN_EXE_tabs")),
    ("ui_messages", env!("CARGO_BIN_EXE_ui_messages")),
    ("ui_messages_axum", env!("CARGO_BIN_EXE_ui_messages_axum")),
];

#[tokio::test]
async fn each_prints_a_url_that_answers() {
    for (name, program) in EXAMPLES {
        let (_process, url) = start_server(Command::new(program).env("PORT", "0")).await;
        let address = url.trim_start_matches("http://").parse().expect("an address");
        assert_eq!(request(address, "GET /", &[]).await.status, 200, "{name}");
    }
}

#[tokio::test]
async fn a_port_that_is_taken_gives_its_number_and_what_to_do() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    for (name, program) in EXAMPLES {
        let output = Command::new(program).env("PORT", port.to_string()).output().await;
        let output = output.expect("it starts");
        let message = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{message}");
        assert!(message.contains(&format!("port {port}: Address already in use")), "{message}");
        let command = format!("PORT=8001 cargo run -p examples --bin {name}\n");
        assert!(message.contains(&command), "{message}");
        assert!(!message.contains("panicked"), "{message}");
    }
}

#[tokio::test]
async fn a_port_that_is_no_number_is_refused() {
    for program in [env!("CARGO_BIN_EXE_axum"), env!("CARGO_BIN_EXE_rocket")] {
        let output = Command::new(program).env("PORT", "http").output().await.expect("it starts");
        assert_eq!(
            String::from_utf8_lossy(&output.stderr),
            "PORT is \"http\", which isn't the number of a port.\n"
        );
    }
}
