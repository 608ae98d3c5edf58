//! Where these examples listen, and what they say if they can't.

use tests::ports::{a_taken_one_is_told, each_answers};
use tokio::process::Command;

const EXAMPLES: [(&str, &str); 10] = [
    ("actix", env!("CARGO_BIN_EXE_actix")),
    ("axum", env!("CARGO_BIN_EXE_axum")),
    ("clock", env!("CARGO_BIN_EXE_clock")),
    ("dashboard", env!("CARGO_BIN_EXE_dashboard")),
    ("errors", env!("CARGO_BIN_EXE_errors")),
    ("hyper", env!("CARGO_BIN_EXE_hyper")),
    ("openai", env!("CARGO_BIN_EXE_openai")),
    ("progress", env!("CARGO_BIN_EXE_progress")),
    ("relay", env!("CARGO_BIN_EXE_relay")),
    ("rocket", env!("CARGO_BIN_EXE_rocket")),
];

#[tokio::test]
async fn each_prints_a_url_that_answers() {
    each_answers(&EXAMPLES).await;
}

#[tokio::test]
async fn a_port_that_is_taken_gives_its_number_and_what_to_do() {
    a_taken_one_is_told(&EXAMPLES).await;
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
