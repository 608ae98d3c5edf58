//! The contract, kept by every framework over every version of HTTP, on real sockets.

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures::future::join_all;
use reqwest::Response;
use reqwest::header::HeaderValue;
use tests::patience::until;
use tests::reference::Parser;
use tests::servers::streams::WIRE;
use tests::servers::{Framework, Server, Version, on_each_server, read};
use tokio::time::sleep;

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|value| value.to_str().unwrap())
}

/// How many KiB the endless stream has yielded when the buffers to a client that does not read
/// are full.
async fn halted(server: &Server) -> usize {
    loop {
        let before = server.world.count.load(Ordering::SeqCst);
        sleep(Duration::from_millis(200)).await;
        if before > 0 && before == server.world.count.load(Ordering::SeqCst) {
            return before;
        }
        assert!(before < 64 * 1024, "{before} KiB are kept for a client that reads nothing");
    }
}

#[tokio::test]
async fn the_head_is_complete_and_has_nothing_of_a_single_hop() {
    on_each_server(async |server| {
        let response = server.get("/wire").await;
        assert_eq!(response.status(), 200);
        assert_eq!(header(&response, "content-type"), Some("text/event-stream"));
        assert_eq!(header(&response, "cache-control"), Some("no-cache, no-store, no-transform"));
        assert_eq!(header(&response, "x-accel-buffering"), Some("no"));
        for absent in ["connection", "keep-alive", "content-length", "expires"] {
            assert_eq!(header(&response, absent), None, "{absent}");
        }
        let chunked = (server.version == Version::Http1).then_some("chunked");
        assert_eq!(header(&response, "transfer-encoding"), chunked);
    })
    .await;
}

#[tokio::test]
async fn every_event_arrives_byte_for_byte() {
    on_each_server(async |server| assert_eq!(server.text("/wire").await, WIRE)).await;
}

#[tokio::test]
async fn a_header_can_be_overridden() {
    on_each_server(async |server| {
        let response = server.get("/overridden").await;
        assert_eq!(response.headers().get_all("cache-control").iter().count(), 1);
        assert_eq!(header(&response, "cache-control"), Some("private"));
        assert_eq!(header(&response, "content-type"), Some("text/event-stream"));
        assert_eq!(header(&response, "x-accel-buffering"), Some("no"));
    })
    .await;
}

#[tokio::test]
async fn a_head_request_runs_no_generator() {
    on_each_server(async |server| {
        let head = server.request("HEAD", "/counted").send().await.unwrap();
        assert_eq!(head.status(), 200);
        assert_eq!(header(&head, "content-type"), Some("text/event-stream"));
        assert_eq!(header(&head, "content-length"), None);
        assert_eq!(head.text().await.unwrap(), "");
        assert_eq!(server.world.count.load(Ordering::SeqCst), 0);
        assert_eq!(server.text("/counted").await, "data: a\n\n");
        assert_eq!(server.world.count.load(Ordering::SeqCst), 1);
    })
    .await;
}

#[tokio::test]
async fn a_burst_and_a_large_event_arrive_whole() {
    on_each_server(async |server| {
        let expected = (0..20_000).fold(String::new(), |body, n| body + &format!("data: {n}\n\n"));
        assert!(server.text("/burst20000").await == expected, "of a burst");
        let events = Parser::read(server.text("/large").await.as_bytes()).dispatched;
        let lengths: Vec<_> = events.iter().map(|event| event.data.len()).collect();
        assert_eq!(lengths, [5 * 1024 * 1024, 500_000, 0]);
    })
    .await;
}

#[tokio::test]
async fn an_event_before_a_long_wait_arrives_before_it_ends() {
    on_each_server(async |server| {
        let mut response = server.get("/waiting").await;
        for n in 0..3 {
            let chunk = response.chunk().await.unwrap().unwrap();
            assert_eq!(chunk, format!("data: {n}\n\n"));
            server.world.go.notify_one();
        }
        assert_eq!(response.text().await.unwrap(), "");
    })
    .await;
}

#[tokio::test]
async fn heartbeats_keep_a_quiet_connection_alive() {
    on_each_server(async |server| {
        let mut response = server.get("/beating").await;
        let mut body = Vec::new();
        while body.len() < "data: a\n\n:\n:\n:\n".len() {
            body.extend(response.chunk().await.unwrap().unwrap());
        }
        assert!(body.starts_with(b"data: a\n\n:\n:\n:\n"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_aborts_the_response_after_all_that_was_yielded() {
    on_each_server(async |server| {
        for _ in 0..10 {
            let ten = (0..10).map(async |_| read(server.get("/failing").await).await);
            for (body, end) in join_all(ten).await {
                assert_eq!(String::from_utf8(body).unwrap(), "data: a\n\ndata: b\n\n");
                assert_eq!(end.is_err(), server.framework.can_abort());
            }
        }
        // A client may learn of an early failure before it has seen the head.
        if let Ok(response) = server.request("GET", "/failing_at_once").send().await {
            let (body, end) = read(response).await;
            assert_eq!((body.len(), end.is_err()), (0, server.framework.can_abort()));
        }
        assert_eq!(server.text("/told").await, "data: a\n\ndata: b\n\ndata: broken\n\n");
        assert_eq!(server.get("/refused").await.status(), 403);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_gets_all_that_was_yielded_before_a_failure() {
    on_each_server(async |server| {
        let response = server.get("/endless").await;
        let yielded = halted(&server).await;
        server.world.failing.store(true, Ordering::SeqCst);
        let (body, end) = read(response).await;
        assert_eq!(end.is_err(), server.framework.can_abort());
        let events = Parser::read(&body).dispatched.len();
        assert_eq!(events, server.world.count.load(Ordering::SeqCst), "halted at {yielded}");
    })
    .await;
}

#[tokio::test]
async fn streams_end_between_two_events_when_the_server_shuts_down() {
    on_each_server(async |server| {
        let mut responses = Vec::new();
        for path in ["/silent", "/polite", "/busy"] {
            let mut response = server.get(path).await;
            assert!(response.chunk().await.unwrap().unwrap().starts_with(b"data: a\n\n"));
            responses.push(tokio::spawn(response.text()));
        }
        server.stop();
        let mut bodies = Vec::new();
        for response in responses {
            bodies.push(response.await.unwrap().expect("the body ends properly"));
        }
        assert_eq!(bodies[..2], ["", "data: goodbye\n\n"]);
        assert_eq!(bodies[2].replace("data: a\n\n", ""), "");
        server.stopped().await;
    })
    .await;
}

#[tokio::test]
async fn a_client_that_leaves_drops_the_generator_once() {
    on_each_server(async |server| {
        let mut response = server.get("/held").await;
        response.chunk().await.unwrap();
        assert_eq!(server.world.dropped.load(Ordering::SeqCst), 0);
        drop(response);
        let dropped = || server.world.dropped.load(Ordering::SeqCst);
        until("the generator is dropped", || dropped() > 0).await;
        assert_eq!(server.dropped_at_the_end().await, 1);
    })
    .await;
}

#[tokio::test]
async fn a_panic_aborts_that_response_only_after_all_that_was_yielded() {
    on_each_server(async |server| {
        let mut other = server.get("/waiting").await;
        let (body, end) = read(server.get("/panicking").await).await;
        assert_eq!(String::from_utf8(body).unwrap(), "data: a\n\n");
        assert_eq!(end.is_err(), server.framework.can_abort());
        // Over HTTP/1.1 each has a connection of its own.
        if server.version == Version::Http1 {
            assert_eq!(other.chunk().await.unwrap().unwrap(), "data: 0\n\n");
        }
        assert_eq!(server.text("/wire").await, WIRE);
    })
    .await;
}

#[tokio::test]
async fn a_client_that_reads_nothing_halts_the_generator_until_it_reads() {
    on_each_server(async |server| {
        let mut response = server.get("/endless").await;
        let halted = halted(&server).await;
        let mut read = 0;
        while read <= halted * 1024 {
            read += response.chunk().await.unwrap().unwrap().len();
        }
        let yielded = || server.world.count.load(Ordering::SeqCst);
        until("the generator goes on", || yielded() > halted).await;
    })
    .await;
}

#[tokio::test]
async fn the_last_event_id_comes_from_the_header_else_from_the_query() {
    let rows: [(&str, Option<&[u8]>, &str); 10] = [
        ("/resume", None, "from the start"),
        ("/resume", Some(b"7"), "after 7"),
        ("/resume", Some("é".as_bytes()), "after é"),
        ("/resume?lastEventId=8", Some(b"7"), "after 7"),
        ("/resume?lastEventId=8", None, "after 8"),
        ("/resume?a=1&lastEventId=%C3%A9%20%2B1&b", None, "after é +1"),
        ("/resume?lastEventId=8", Some(b""), "after 8"),
        ("/resume?lastEventId=8", Some(b"\xFF"), "after 8"),
        ("/resume?lastEventId=a%00b", None, "from the start"),
        ("/resume?lastEventId=%FF", None, "from the start"),
    ];
    on_each_server(async |server| {
        for (path, id, expected) in rows {
            let mut request = server.request("GET", path);
            if let Some(id) = id {
                request = request.header("Last-Event-ID", HeaderValue::from_bytes(id).unwrap());
            }
            let body = request.send().await.unwrap().text().await.unwrap();
            assert!(body.contains(&format!("data: {expected}\n")), "{path} {id:?}: {body}");
        }
        assert_eq!(server.text("/id/required?lastEventId=8").await, "8");
        assert_eq!(server.get("/id/required").await.status(), 400);
    })
    .await;
}

#[tokio::test]
async fn odd_requests_are_served_or_refused() {
    on_each_server(async |server| {
        let accept = server.request("GET", "/wire").header("accept", "image/png");
        assert_eq!(accept.send().await.unwrap().text().await.unwrap(), WIRE);

        let post = server.request("POST", "/wire").body("a question");
        assert_eq!(post.send().await.unwrap().text().await.unwrap(), WIRE);

        let delete = server.request("DELETE", "/id/required").send().await.unwrap();
        assert!(delete.status().is_client_error() || server.framework == Framework::Hyper);

        let huge = server.another_client().get(server.url("/resume"));
        let huge = huge.header("last-event-id", "7".repeat(1 << 20));
        if let Ok(response) = huge.send().await {
            assert!(!response.status().is_server_error(), "{}", response.status());
        }
        assert_eq!(server.text("/wire").await, WIRE);
    })
    .await;
}
