//! Streams behind nginx as Debian ships it, with its buffering on.

use std::net::SocketAddr;

use futures::future::join_all;
use tests::behind::{
    a_failure_can_be_told, events_arrive_one_by_one, heartbeats_keep_a_stream_open,
};
use tests::http::request;
use tests::nginx::{nginx, start};
use tests::servers::{Framework, Server, Version};

/// How nginx is told to pass requests on.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Location {
    Http10,
    Http11,
    /// As the guide says.
    OfTheGuide,
}

use Location::{Http10, Http11, OfTheGuide};

impl Location {
    fn directives(self, server: SocketAddr) -> String {
        let version = match self {
            Http10 => "1.0",
            Http11 => "1.1",
            OfTheGuide => return of_the_guide(server),
        };
        format!("location / {{ proxy_pass http://{server}; proxy_http_version {version}; }}")
    }

    /// Over HTTP/1.0 an end is a closed connection, and a failure too, unless the server sends
    /// chunks to such a client as well, as actix-web does.
    fn keeps_failures(self, framework: Framework) -> bool {
        match self {
            Http10 => framework == Framework::Actix,
            Http11 | OfTheGuide => framework.can_abort(),
        }
    }
}

/// The block on the page, for another path and another server.
fn of_the_guide(server: SocketAddr) -> String {
    let page = include_str!("../../sse-runtime/src/guide/proxies.md");
    let (_, block) = page.split_once("```text\nlocation /events {").expect("the block");
    let (block, _) = block.split_once("```").expect("its end");
    assert!(block.contains("127.0.0.1:8000"), "{block}");
    format!("location / {{{}", block.replace("127.0.0.1:8000", &server.to_string()))
}

#[tokio::test]
async fn events_heartbeats_ids_and_failures_pass_through_nginx() {
    let Some(program) = nginx("the test behind nginx").await else { return };
    let cases = Framework::ALL
        .into_iter()
        .flat_map(|framework| [Http10, Http11, OfTheGuide].map(|location| (framework, location)));
    join_all(cases.map(async |(framework, location)| {
        let name = format!("{framework}, {location:?}");
        let server = Server::start(framework, Version::Http1).await;
        let folder = tempfile::tempdir().unwrap();
        // It closes a connection on which nothing came for two seconds.
        let directives = format!("proxy_read_timeout 2s; {}", location.directives(server.address));
        let (_nginx, address) = start(&program, folder.path(), &directives).await;
        assert!(events_arrive_one_by_one(&server, address).await.is_some(), "{name}");
        assert!(heartbeats_keep_a_stream_open(&server, address).await, "{name}");
        let mut response = request(address, "GET /resume", &["Last-Event-ID: 7"]).await;
        assert_eq!(response.text().await.unwrap(), "id: 7\ndata: after 7\n\n", "{name}");
        let is_told = a_failure_can_be_told(address).await;
        assert_eq!(is_told, location.keeps_failures(framework), "{name}");
    }))
    .await;
}
