//! Where these examples listen, and what they say if they can't.

use tests::ports::{a_taken_one_is_told, each_answers};

const EXAMPLES: [(&str, &str); 8] = [
    ("chat", env!("CARGO_BIN_EXE_chat")),
    ("mcp", env!("CARGO_BIN_EXE_mcp")),
    ("metrics", env!("CARGO_BIN_EXE_metrics")),
    ("prices", env!("CARGO_BIN_EXE_prices")),
    ("table", env!("CARGO_BIN_EXE_table")),
    ("tabs", env!("CARGO_BIN_EXE_tabs")),
    ("ui_messages", env!("CARGO_BIN_EXE_ui_messages")),
    ("ui_messages_axum", env!("CARGO_BIN_EXE_ui_messages_axum")),
];

#[tokio::test]
async fn each_prints_a_url_that_answers() {
    each_answers(&EXAMPLES).await;
}

#[tokio::test]
async fn a_port_that_is_taken_gives_its_number_and_what_to_do() {
    a_taken_one_is_told(&EXAMPLES).await;
}
