//! Independent clients read the same events from every server.
#![forbid(unsafe_code)]

use eventsource_client::{Client as _, ClientBuilder, SSE};
use eventsource_stream::Eventsource as _;
use futures::TryStreamExt as _;
use launchdarkly_sdk_transport::HyperTransport;
use serde_json::{Value, json};
use tests::browser::{Client, start_browser};
use tests::left_out::left_out;
use tests::reference::{Dispatched, Parser};
use tests::servers::streams::WIRE;
use tests::servers::{Server, Version, on_each_server};
use tokio::process::Command;

/// Name, data and last event ID of each event.
type Read = Vec<(String, String, String)>;

fn expected() -> Read {
    read_by_reference(WIRE.as_bytes())
}

fn read_by_reference(stream: &[u8]) -> Read {
    let events = Parser::read(stream).dispatched.into_iter();
    events.map(|Dispatched { event, data, last_event_id }| (event, data, last_event_id)).collect()
}

#[tokio::test]
async fn curl_reads_every_event() {
    if Command::new("curl").arg("--version").output().await.is_err() {
        return left_out("the test with curl", "curl");
    }
    on_each_server(async |server| {
        let version = match server.version {
            Version::Http1 => "--http1.1",
            Version::Http2 => "--http2-prior-knowledge",
        };
        let curl = |path| {
            let mut curl = Command::new("curl");
            curl.args(["-sN", version, &server.url(path)]);
            curl
        };
        let output = curl("/wire").output().await.unwrap();
        assert!(output.status.success());
        assert_eq!(read_by_reference(&output.stdout), expected());

        let output = curl("/failing").output().await.unwrap();
        assert_eq!(output.status.success(), !server.framework.can_abort());
        assert_eq!(output.stdout, b"data: a\n\ndata: b\n\n");
    })
    .await;
}

#[tokio::test]
async fn eventsource_stream_reads_every_event() {
    on_each_server(async |server| {
        let events = server.get("/wire").await.bytes_stream().eventsource();
        let events: Vec<_> = events.try_collect().await.unwrap();
        let read: Read = events.into_iter().map(|it| (it.event, it.data, it.id)).collect();
        assert_eq!(read, expected());
    })
    .await;
}

fn transport() -> HyperTransport {
    HyperTransport::builder().disable_proxy().build_http().unwrap()
}

/// This client tells an ID only with the event that sets it.
#[tokio::test]
async fn eventsource_client_reads_every_event_and_resumes() {
    on_each_server(async |server| {
        let client = ClientBuilder::for_url(&server.url("/wire")).unwrap();
        let client = client.build_with_transport(transport());
        let events = client.stream().try_filter_map(async |item| {
            Ok(if let SSE::Event(event) = item { Some(event) } else { None })
        });
        let mut events = Box::pin(events);
        for (name, data, id) in expected() {
            let event = events.try_next().await.unwrap().unwrap();
            assert_eq!((event.event_type, event.data), (name, data));
            assert!(event.id.is_none_or(|read| read == id));
        }

        let client = ClientBuilder::for_url(&server.url("/resume")).unwrap();
        let client = client.last_event_id("7".to_owned()).build_with_transport(transport());
        let mut items = client.stream();
        loop {
            if let SSE::Event(event) = items.try_next().await.unwrap().unwrap() {
                assert_eq!((&*event.data, event.id.as_deref()), ("after 7", Some("7")));
                break;
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_browser_reads_every_event_and_reconnects_after_a_failure() {
    let test = "the test of all servers in a browser";
    let Some((_driver, browser)) = start_browser(test).await else { return };
    on_each_server(async |server| {
        // Browsers speak no HTTP/2 in clear text.
        if server.version == Version::Http1 {
            browser.goto(&server.url("/id/page")).await.expect("the page loads");
            assert_eq!(read_in(&browser).await, expected());
            assert_eq!(connections_to_a_failing_stream(&browser, &server).await, json!(2));
        }
    })
    .await;
    browser.close().await.expect("the browser closes");
}

async fn read_in(browser: &Client) -> Read {
    let script = "
        const done = arguments[0], read = [], source = new EventSource('/wire');
        const keep = event => read.push([event.type, event.data, event.lastEventId]);
        source.onmessage = keep;
        source.addEventListener('named', keep);
        source.addEventListener('end', event => { keep(event); source.close(); done(read); });";
    let read = browser.execute_async(script, vec![]).await.expect("a script");
    serde_json::from_value(read).expect("the events")
}

/// How often it has connected when it has read all events twice.
async fn connections_to_a_failing_stream(browser: &Client, server: &Server) -> Value {
    let script = "
        const done = arguments[0], source = new EventSource('/failing');
        let opened = 0, read = '';
        source.onopen = () => opened++;
        source.onmessage = event => {
            read += event.data;
            if (read === 'abab') { source.close(); done(opened); }
        };";
    let result = browser.execute_async(script, vec![]).await;
    result.unwrap_or_else(|error| panic!("{:?}: {error}", server.framework))
}
