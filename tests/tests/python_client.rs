//! httpx-sse, the client under the Python SDKs of LLM services: after an id was seen, it
//! reports an empty event for every blank line too many.
#![forbid(unsafe_code)]

use std::path::Path;
use std::time::Duration;

use rocket::{get, routes};
use serde_json::{Value, json};
use sse_runtime::{Event, EventStream};
use tests::left_out::left_out;
use tests::rocket_server::Server;
use tokio::process::Command;
use tokio::time::sleep;

#[get("/")]
fn events() -> EventStream![] {
    let stream = EventStream! {
        yield Event::retry(Duration::from_secs(3));
        yield Event::data(" the").id("1");
        yield Event::comment("between");
        // Heartbeats come here.
        sleep(Duration::from_millis(100)).await;
        yield Event::data("a\r\nb\n");
        yield Event::retry(Duration::from_secs(4));
        sleep(Duration::from_millis(100)).await;
        yield Event::empty().event("end");
    };
    stream.heartbeat(Duration::from_millis(10))
}

#[tokio::test]
async fn httpx_sse_reads_exactly_the_events_sent_whatever_comes_between() {
    let Some(python) = std::env::var_os("SSE_TEST_PYTHON") else {
        return left_out("the test with httpx-sse", "Python with httpx-sse");
    };
    let server = Server::start(routes![events]).await;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients/read_with_httpx_sse.py");
    let output = Command::new(python).arg(script).arg(server.url("/")).output().await.unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    let read: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{errors}"));
    assert_eq!(
        read,
        json!([["message", " the", "1"], ["message", "a\nb\n", "1"], ["end", "", "1"]])
    );
}
