//! The server of the Model Context Protocol, called by its SDKs.

use serde_json::{Value, json};
use tests::client_program::{node, python};
use tests::http::request;
use tests::line::Line;
use tests::recipe::{Recipe, Running, script};
use tokio::process::Command;

/// An SDK, and the revision that it speaks.
type Client = (fn() -> Option<Command>, &'static str);

const IN_2025: [Client; 2] = [(from_npm, "2025-11-25"), (from_pypi, "2025-11-25")];
const IN_2026: [Client; 2] = [(from_npm, "2026-07-28"), (from_pypi, "2026-07-28")];

fn from_npm() -> Option<Command> {
    node("the test of MCP with npm's SDKs", &script("call_tool.cjs"))
}

fn from_pypi() -> Option<Command> {
    python("the test of MCP with PyPI's SDK", &script("call_tool.py"))
}

struct Called {
    server: Recipe,
    line: Line,
    client: Running,
}

impl Called {
    /// Lets a client ask for a count, and waits until the tool has begun.
    async fn to_count((client, revision): Client, to: u64) -> Option<Self> {
        let mut client = client()?;
        let mut server = Recipe::start(&mut Command::new(env!("CARGO_BIN_EXE_mcp"))).await;
        let line = Line::to(server.address()).await;
        let url = format!("http://{}/mcp", line.address);
        let client = Running::start(client.arg(url).arg(to.to_string()).arg(revision));
        assert_eq!(server.program.says("tool: ").await, "called");
        Some(Self { server, line, client })
    }

    async fn tool(&mut self) -> String {
        self.server.program.says("tool: ").await
    }

    fn break_the_line(&self) {
        self.line.cut();
        self.line.mend();
    }
}

/// All numbers, each once, and the answer.
fn counted(to: u64) -> Vec<Value> {
    let numbers = (1..=to).map(|number| json!(["progress", number]));
    numbers.chain([json!(["answer", format!("counted to {to}")])]).collect()
}

#[tokio::test]
async fn a_call_reports_its_progress_and_is_answered() {
    for client in IN_2025.into_iter().chain(IN_2026) {
        let Some(mut called) = Called::to_count(client, 5).await else { return };
        assert_eq!(called.client.all_json().await, counted(5));
        assert_eq!(called.tool().await, "done");
    }
}

#[tokio::test]
async fn a_failure_is_told_without_its_reason() {
    for client in IN_2025.into_iter().chain(IN_2026) {
        let Some(mut called) = Called::to_count(client, 13).await else { return };
        let said = called.client.all_json().await;
        let failed = json!(["error", "the tool has failed"]);
        assert_eq!(said[..12], counted(12)[..12]);
        assert!(
            said[12] == failed
                || said[12] == json!(["error", "MCP error -32603: the tool has failed"])
        );
    }
}

/// Breaks the line after each of these reports, and before the first if that is 0.
async fn goes_on_after_breaks(client: Client, after: &[u64]) {
    let Some(mut called) = Called::to_count(client, 12).await else { return };
    if after[0] == 0 {
        called.break_the_line();
    }
    let mut said = Vec::new();
    while let Some(line) = called.client.json().await {
        if after.iter().any(|report| line == json!(["progress", report])) {
            called.break_the_line();
        }
        said.push(line);
    }
    assert_eq!(said, counted(12), "{after:?}");
    // It was called once.
    assert_eq!(called.tool().await, "done");
}

#[tokio::test]
async fn in_2025_a_call_goes_on_when_the_line_breaks_and_nothing_is_lost_or_told_twice() {
    for client in IN_2025 {
        goes_on_after_breaks(client, &[0]).await;
        goes_on_after_breaks(client, &[6]).await;
    }
    // PyPI's comes back from the second break with the ID that it had at the first.
    goes_on_after_breaks(IN_2025[0], &[0, 3, 9]).await;
}

#[tokio::test]
async fn in_2025_a_call_goes_on_without_its_client() {
    for client in IN_2025 {
        let Some(mut called) = Called::to_count(client, 5).await else { return };
        called.client.process.kill().await.expect("it ends");
        assert_eq!(called.tool().await, "done");
    }
}

#[tokio::test]
async fn in_2026_a_call_ends_when_the_line_breaks() {
    for client in IN_2026 {
        let Some(mut called) = Called::to_count(client, 1000).await else { return };
        assert_eq!(called.client.json().await, Some(json!(["progress", 1])));
        called.break_the_line();
        assert_eq!(called.tool().await, "cancelled");
        let said = called.client.all_json().await;
        assert_eq!(said.last().expect("an end")[0], "error", "{said:?}");
    }
}

#[tokio::test]
async fn a_client_cancels_a_call() {
    for client in IN_2025.into_iter().chain(IN_2026) {
        let Some(mut called) = Called::to_count(client, 1000).await else { return };
        assert_eq!(called.client.json().await, Some(json!(["progress", 1])));
        called.client.tell("cancel").await;
        assert_eq!(called.tool().await, "cancelled");
        let said = called.client.all_json().await;
        assert!(said.last().expect("an end")[1].as_str().expect("text").contains("enough"));
    }
}

#[tokio::test]
async fn a_page_of_another_origin_may_not_call() {
    let server = Recipe::start(&mut Command::new(env!("CARGO_BIN_EXE_mcp"))).await;
    for (method, origin, status) in [
        ("GET /mcp", "Origin: http://evil.example", 403),
        ("POST /mcp", "Origin: http://evil.example", 403),
        // It is allowed, and has nothing to resume.
        ("GET /mcp", "Origin: http://localhost:8000", 405),
    ] {
        let json = ["Content-Type: application/json", "Content-Length: 2"];
        let response =
            request(server.address(), method, &[origin, json[0], json[1], "", "{}"]).await;
        assert_eq!(response.status, status, "{method} {origin}");
    }
}
