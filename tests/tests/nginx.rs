//! Streams behind nginx as Debian ships it, with its buffering on.

use std::net::SocketAddr;

use futures::future::join_all;
use tests::http::request;
use tests::nginx::{nginx, start};
use tests::servers::{Framework, Server, Version};

#[tokio::test]
async fn events_heartbeats_and_ids_pass_through_nginx() {
    let Some(program) = nginx("the test behind nginx").await else { return };
    join_all(Framework::ALL.map(async |framework| {
        let server = Server::start(framework, Version::Http1).await;
        let folder = tempfile::tempdir().unwrap();
        let directives = directives(server.address);
        let (_nginx, address) = start(&program, folder.path(), &directives).await;
        events_arrive_one_by_one(&server, address).await;
        a_heartbeat_keeps_an_idle_stream_open(&server, address).await;
        the_last_event_id_passes(address).await;
        a_failure_is_passed_on_over_http_1_1(&server, address).await;
    }))
    .await;
}

/// It closes a connection on which nothing came for two seconds.
fn directives(server: SocketAddr) -> String {
    format!(
        "proxy_read_timeout 2s;
         location / {{ proxy_pass http://{server}; proxy_http_version 1.0; }}
         location /1.1/ {{ proxy_pass http://{server}/; proxy_http_version 1.1; }}"
    )
}

async fn events_arrive_one_by_one(server: &Server, nginx: SocketAddr) {
    let mut response = request(nginx, "GET /waiting", &[]).await;
    assert_eq!(response.header("content-type"), Some("text/event-stream"));
    for n in 0..3 {
        let chunk = response.chunk().await.unwrap();
        assert_eq!(chunk.as_deref(), Some(format!("data: {n}\n\n").as_bytes()));
        server.world.go.notify_one();
    }
    assert_eq!(response.chunk().await.unwrap(), None);
}

async fn a_heartbeat_keeps_an_idle_stream_open(server: &Server, nginx: SocketAddr) {
    let mut quiet = request(nginx, "GET /silent", &[]).await;
    let mut beating = request(nginx, "GET /patient", &[]).await;
    assert_eq!(quiet.chunk().await.unwrap().unwrap(), b"data: a\n\n");
    assert_eq!(beating.chunk().await.unwrap().unwrap(), b"data: a\n\n");
    // This one nginx closes.
    assert!(!matches!(quiet.chunk().await, Ok(Some(_))));
    for _ in 0..2 {
        assert_eq!(beating.chunk().await.unwrap().unwrap(), b":\n");
    }
    server.world.go.notify_one();
    assert!(beating.text().await.unwrap().ends_with("data: b\n\n"));
}

async fn the_last_event_id_passes(nginx: SocketAddr) {
    let mut response = request(nginx, "GET /resume", &["Last-Event-ID: 7"]).await;
    assert_eq!(response.text().await.unwrap(), "id: 7\ndata: after 7\n\n");
}

/// Over HTTP/1.0 an end is a closed connection, and a failure too, unless the server sends chunks
/// to such a client as well.
async fn a_failure_is_passed_on_over_http_1_1(server: &Server, nginx: SocketAddr) {
    for (line, is_passed_on) in
        [("GET /1.1/failing", server.framework.can_abort()), ("GET /failing", false)]
    {
        let mut response = request(nginx, line, &[]).await;
        let mut body = Vec::new();
        let end = loop {
            match response.chunk().await {
                Ok(Some(chunk)) => body.extend(chunk),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        assert_eq!(String::from_utf8(body).unwrap(), "data: a\n\ndata: b\n\n");
        assert!(end.is_err() || !is_passed_on, "{} {line}", server.framework);
    }
}
