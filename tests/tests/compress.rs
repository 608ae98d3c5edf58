//! Streams that are compressed: each event arrives when it is sent, whoever reads it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use tests::browser::start_browser;
use tests::decode::decode;
use tests::http::{Response, request};
use tests::left_out::left_out;
use tests::nginx::{nginx, start};
use tests::patience::PATIENCE;
use tests::process::Program;
use tests::servers::{Server, on_each_framework, on_each_server, read};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use tokio::time::{sleep, timeout};

const ENCODINGS: [&str; 3] = ["gzip", "br", "zstd"];

async fn get(address: SocketAddr, path: &str, accept: &str) -> Response {
    let accept = format!("Accept-Encoding: {accept}");
    request(address, &format!("GET {path}"), &[&accept]).await
}

/// Each event of `/compressed_waiting` arrives before the next is let go.
async fn events_arrive_one_by_one(server: &Server, address: SocketAddr, encoding: &str) {
    let mut response = get(address, "/compressed_waiting", encoding).await;
    assert_eq!(response.header("content-encoding"), Some(encoding));
    assert_eq!(response.header("content-type"), Some("text/event-stream"));
    let (mut arrived, mut expected) = (Vec::new(), String::new());
    for n in 0..3 {
        let event = format!("data: {n}\n\n");
        expected += &event;
        while decode(encoding, &arrived).0 != expected {
            arrived.extend(response.chunk().await.unwrap().expect("it has not ended"));
        }
        server.world.go.notify_one();
    }
    arrived.extend(response.chunks().await.unwrap().concat());
    assert_eq!(decode(encoding, &arrived), (expected, true));
}

#[tokio::test]
async fn each_event_arrives_when_it_is_sent() {
    on_each_framework(async |server| {
        for encoding in ENCODINGS {
            events_arrive_one_by_one(&server, server.address, encoding).await;
        }
    })
    .await;
}

#[tokio::test]
async fn bursts_and_events_of_each_kind_arrive_whole() {
    on_each_server(async |server| {
        for path in ["burst10000", "wire"] {
            let plain = server.text(&format!("/{path}")).await;
            for encoding in ENCODINGS {
                let request = server.request("GET", &format!("/compressed_{path}"));
                let response = request.header("accept-encoding", encoding).send().await.unwrap();
                assert_eq!(response.headers()["content-encoding"], encoding);
                let (bytes, end) = read(response).await;
                end.unwrap();
                assert!(decode(encoding, &bytes) == (plain.clone(), true), "{path} {encoding}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn the_head_tells_what_was_chosen_and_that_it_was_chosen() {
    on_each_framework(async |server| {
        for (accept, encoding) in [
            ("gzip, deflate, br, zstd", Some("zstd")),
            ("gzip;q=0.5, br", Some("br")),
            ("gzip", Some("gzip")),
            ("identity", None),
            ("gzip;q=0", None),
            ("gzip;q=nonsense, q=1, ;;,", None),
        ] {
            let mut response = get(server.address, "/compressed_resume", accept).await;
            assert_eq!(response.header("content-encoding"), encoding, "{accept}");
            assert_eq!(response.header("vary"), Some("Accept-Encoding"));
            let cache = Some("no-cache, no-store, no-transform");
            assert_eq!(response.header("cache-control"), cache);
            let body = response.chunks().await.unwrap().concat();
            let text = encoding.map_or_else(
                || String::from_utf8(body.clone()).unwrap(),
                |encoding| decode(encoding, &body).0,
            );
            assert_eq!(text, "data: from the start\n\n");
        }
        let without = request(server.address, "GET /compressed_resume", &[]).await;
        assert_eq!(without.header("content-encoding"), None);
        let plain = get(server.address, "/resume", "gzip").await;
        assert_eq!((plain.header("vary"), plain.header("content-encoding")), (None, None));
    })
    .await;
}

#[tokio::test]
async fn heartbeats_arrive_too() {
    on_each_framework(async |server| {
        let mut response = get(server.address, "/compressed_patient", "gzip").await;
        let mut arrived = Vec::new();
        while decode("gzip", &arrived).0 != "data: a\n\n:\n" {
            arrived.extend(response.chunk().await.unwrap().unwrap());
        }
    })
    .await;
}

/// Under Rocket too, which can't abort a response.
#[tokio::test]
async fn a_failure_leaves_what_came_before_it_and_no_end() {
    on_each_framework(async |server| {
        for encoding in ENCODINGS {
            let request = server.request("GET", "/compressed_failing");
            let response = request.header("accept-encoding", encoding).send().await.unwrap();
            let (bytes, _) = read(response).await;
            assert_eq!(decode(encoding, &bytes), ("data: a\n\ndata: b\n\n".to_owned(), false));
        }
    })
    .await;
}

/// A program that prints the lines of `/compressed_waiting` as they arrive.
async fn prints_one_by_one(server: &Server, command: &mut Command) -> Vec<String> {
    let command = command.env("NO_PROXY", "127.0.0.1").stdout(Stdio::piped());
    let mut process = Program::start(command).unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut others = Vec::new();
    let mut events = 0;
    while let Some(line) = lines.next_line().await.unwrap() {
        if line == format!("data: {events}") {
            events += 1;
            server.world.go.notify_one();
        } else if !line.is_empty() {
            others.push(line);
        }
    }
    assert_eq!(events, 3);
    assert!(process.wait().await.unwrap().success());
    others
}

#[tokio::test]
async fn curl_prints_each_event_when_it_is_sent() {
    if Command::new("curl").arg("--version").output().await.is_err() {
        return left_out("the test of compression with curl", "curl");
    }
    on_each_framework(async |server| {
        let url = server.url("/compressed_waiting");
        for encoding in ENCODINGS {
            let mut command = Command::new("curl");
            command.args(["-sN", "--noproxy", "*", "--compressed", "-H"]);
            command.arg(format!("Accept-Encoding: {encoding}")).arg(&url);
            assert!(prints_one_by_one(&server, &mut command).await.is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn python_prints_each_event_when_it_is_sent() {
    let Some(python) = std::env::var_os("SSE_TEST_PYTHON") else {
        return left_out("the test of compression with Python", "Python with httpx");
    };
    let script = "clients/python/print_as_they_arrive.py";
    let script: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join(script);
    on_each_framework(async |server| {
        let mut command = Command::new(&python);
        command.arg(&script).arg(server.url("/compressed_waiting"));
        assert_eq!(prints_one_by_one(&server, &mut command).await, ["gzip"]);
    })
    .await;
}

const EVENT_SOURCE: &str = "
    window.read = [];
    const source = new EventSource('/compressed_waiting');
    source.onmessage = event => window.read.push(event.data);
    source.onerror = () => source.close();";

const FETCH: &str = "
    window.read = [];
    fetch('/compressed_waiting').then(async ({ headers, body }) => {
        for await (const piece of body.pipeThrough(new TextDecoderStream()))
            window.read.push(piece.trim().replace('data: ', ''));
    });";

#[tokio::test]
async fn a_browser_reads_each_event_when_it_is_sent() {
    let Some((_driver, browser)) = start_browser("the test of compression in a browser").await
    else {
        return;
    };
    on_each_framework(async |server| {
        for script in [EVENT_SOURCE, FETCH] {
            browser.goto(&server.url("/id/page")).await.unwrap();
            browser.execute(script, vec![]).await.unwrap();
            for count in 1..=3 {
                let read = "return window.read.length";
                while browser.execute(read, vec![]).await.unwrap() != count {
                    sleep(Duration::from_millis(2)).await;
                }
                server.world.go.notify_one();
            }
        }
    })
    .await;
}

#[tokio::test]
async fn events_pass_through_nginx_one_by_one() {
    let Some(program) = nginx("the test of compression behind nginx").await else { return };
    on_each_framework(async |server| {
        let folder = tempfile::tempdir().unwrap();
        let directives = format!(
            "gzip on; gzip_types text/event-stream;
             location / {{ proxy_pass http://{}; proxy_http_version 1.1; }}",
            server.address
        );
        let (_nginx, address) = start(&program, folder.path(), &directives).await;
        for encoding in ENCODINGS {
            let events = events_arrive_one_by_one(&server, address, encoding);
            timeout(PATIENCE, events).await.expect("nginx does not hold them back");
        }
    })
    .await;
}
