//! The example of metrics: its page in a browser, and its text as Prometheus reads it.

use std::process::Stdio;

use tests::browser::{start_browser, until};
use tests::http::request;
use tests::left_out::left_out;
use tests::process::{Program, start_server};
use tests::prometheus::values;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

async fn start() -> (Program, String) {
    let mut server = Command::new(env!("CARGO_BIN_EXE_metrics"));
    start_server(server.env("PORT", "0")).await
}

async fn metrics(url: &str) -> String {
    let address = url.trim_start_matches("http://").parse().expect("an address");
    let mut stream = request(address, "GET /events", &["Accept-Encoding: gzip"]).await;
    assert_eq!(stream.header("content-encoding"), Some("gzip"));
    stream.chunk().await.expect("a chunk").expect("not the end");
    let mut response = request(address, "GET /metrics", &["Connection: close"]).await;
    response.body().await.expect("text")
}

#[tokio::test]
async fn every_metric_has_a_help_text_and_a_type() {
    let (_server, url) = start().await;
    let text = metrics(&url).await;
    let values = values(&text);
    for sample in values.keys() {
        let name = sample.split('{').next().expect("a name");
        let name = name.trim_end_matches("_sum").trim_end_matches("_count");
        assert!(name.starts_with("sse_"), "{sample}");
        for comment in ["HELP", "TYPE"] {
            assert!(text.contains(&format!("# {comment} {name} ")), "{comment} of {sample}");
        }
    }
    assert!(values.len() > 20, "{text}");
    assert!(text.contains("\nsse_streams_open 1\n"), "{text}");
}

#[tokio::test]
async fn prometheus_own_tool_finds_no_fault() {
    let promtool = std::env::var("SSE_TEST_PROMTOOL").unwrap_or_else(|_| "promtool".to_owned());
    let mut command = Command::new(&promtool);
    command.args(["check", "metrics"]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut tool) = command.stdout(Stdio::piped()).spawn() else {
        return left_out("the test of the metrics' text", "promtool");
    };
    let (_server, url) = start().await;
    let text = metrics(&url).await;
    tool.stdin.take().expect("a pipe").write_all(text.as_bytes()).await.expect("it reads");
    let output = tool.wait_with_output().await.expect("it ends");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success() && said.is_empty(), "{said}");
}

#[tokio::test]
async fn its_page_shows_a_reading_and_the_metrics() {
    let Some((_driver, browser)) = start_browser("the test of the metrics' page").await else {
        return;
    };
    let (_server, url) = start().await;
    browser.goto(&url).await.expect("the page loads");
    until(&browser, "document.querySelectorAll('#metrics tr').length > 20").await;
    until(&browser, "document.getElementById('reading').value.endsWith('°C')").await;
}
