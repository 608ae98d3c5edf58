//! Streams behind nginx as Debian ships it, with its buffering on.

use std::net::SocketAddr;

use futures::future::join_all;
use tests::behind::{
    a_failure_can_be_told, events_arrive_one_by_one, heartbeats_keep_a_stream_open,
};
use tests::http::request;
use tests::nginx::{nginx, start};
use tests::servers::{Framework, Server, Version};

/// It closes a connection on which nothing came for two seconds.
fn directives(server: SocketAddr, version: &str) -> String {
    format!(
        "proxy_read_timeout 2s;
         location / {{ proxy_pass http://{server}; proxy_http_version {version}; }}"
    )
}

/// Over HTTP/1.0 an end is a closed connection, and a failure too, unless the server sends chunks
/// to such a client as well, as actix-web does.
fn keeps_failures(framework: Framework, version: &str) -> bool {
    match version {
        "1.0" => framework == Framework::Actix,
        _ => framework.can_abort(),
    }
}

#[tokio::test]
async fn events_heartbeats_ids_and_failures_pass_through_nginx() {
    let Some(program) = nginx("the test behind nginx").await else { return };
    let cases =
        Framework::ALL.into_iter().flat_map(|framework| [(framework, "1.0"), (framework, "1.1")]);
    join_all(cases.map(async |(framework, version)| {
        let name = format!("{framework} over HTTP/{version}");
        let server = Server::start(framework, Version::Http1).await;
        let folder = tempfile::tempdir().unwrap();
        let directives = directives(server.address, version);
        let (_nginx, address) = start(&program, folder.path(), &directives).await;
        assert!(events_arrive_one_by_one(&server, address).await.is_some(), "{name}");
        assert!(heartbeats_keep_a_stream_open(&server, address).await, "{name}");
        let mut response = request(address, "GET /resume", &["Last-Event-ID: 7"]).await;
        assert_eq!(response.text().await.unwrap(), "id: 7\ndata: after 7\n\n", "{name}");
        let is_told = a_failure_can_be_told(address).await;
        assert_eq!(is_told, keeps_failures(framework, version), "{name}");
    }))
    .await;
}
