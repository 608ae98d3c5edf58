//! What clients do at a stream's end, and after it.

use std::pin::pin;

use futures::StreamExt as _;
use serde_json::json;
use tests::browser::start_browser;
use tests::left_out::left_out;
use tests::process::output;
use tests::servers::{Framework, Server, Version, on_each_server};
use tokio::process::Command;

use crate::in_rust::eventsource_client_to;

#[tokio::test]
async fn curl_tells_a_failure_from_an_end() {
    if Command::new("curl").arg("--version").output().await.is_err() {
        return left_out("the test of failures with curl", "curl");
    }
    on_each_server(async |server| {
        let version = match server.version {
            Version::Http1 => "--http1.1",
            Version::Http2 => "--http2-prior-knowledge",
        };
        let mut curl = Command::new("curl");
        curl.args(["-sN", "--noproxy", "*", version, &server.url("/failing")]);
        let output = output(&mut curl).await.unwrap();
        assert_eq!(output.status.success(), !server.framework.can_abort());
        // Over HTTP/2 curl drops what it reads at once with the failure, as where it is kept waiting.
        let read_late = server.version == Version::Http2 && output.stdout.is_empty();
        assert!(read_late || output.stdout == b"data: a\n\ndata: b\n\n");
    })
    .await;
}

#[tokio::test]
async fn eventsource_client_resumes_after_the_last_event_id() {
    on_each_server(async |server| {
        let mut events = pin!(eventsource_client_to(&server.url("/resume"), "7"));
        let (_, data, id) = events.next().await.unwrap();
        assert_eq!((&*data, &*id), ("after 7", "7"));
    })
    .await;
}

/// How often it has connected when it has read all events twice.
const CONNECTIONS: &str = "
    const done = arguments[0], source = new EventSource('/failing');
    let opened = 0, read = '';
    source.onopen = () => opened++;
    source.onmessage = event => {
        read += event.data;
        if (read === 'abab') { source.close(); done(opened); }
    };";

#[tokio::test]
async fn a_browser_reconnects_after_a_failure() {
    let test = "the test of failures in a browser";
    let Some((_driver, browser)) = start_browser(test).await else { return };
    for framework in Framework::ALL {
        let server = Server::start(framework, Version::Http1).await;
        browser.goto(&server.url("/id/page")).await.expect("the page loads");
        let connections = browser.execute_async(CONNECTIONS, vec![]).await;
        assert_eq!(connections.expect("a script"), json!(2), "{framework:?}");
    }
    browser.close().await.expect("the browser closes");
}
