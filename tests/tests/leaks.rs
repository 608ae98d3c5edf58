//! What a server keeps of connections that are gone: nothing.

use std::net::SocketAddr;
use std::path::Path;

use futures::future::join_all;
use tests::deadline::in_time;
use tests::reader::Reader;
use tests::served::Served;
use tests::servers::Framework;

const CONNECTIONS: usize = 10_000;
const AT_ONCE: usize = 200;

/// What an allocator keeps is less than this, and a leak of 1 KiB a connection is more.
const ALLOWED_GROWTH: usize = CONNECTIONS * 768;

/// After these the server has what it needs to serve so many at once.
const WARM_UP: usize = 5;

/// How the connections end, in turn: three of four hold a generator that counts its drops.
async fn visit(server: SocketAddr, number: usize) {
    let path = ["/held", "/numbered", "/held", "/wire"][number % 4];
    let mut reader = Reader::get(server, path, None).await.expect("it takes a request");
    match number % 4 {
        0 => reader.until(|reader| !reader.body.is_empty()).await,
        1 => reader.until(|reader| reader.parser.dispatched.len() > 8).await,
        2 => {
            reader.until(|reader| !reader.body.is_empty()).await;
            reader.reset();
        }
        _ => reader.until(Reader::is_done).await,
    }
}

async fn wave(server: SocketAddr) {
    let visits = join_all((0..AT_ONCE).map(|number| visit(server, number)));
    in_time(visits).await;
}

#[tokio::test]
async fn no_task_descriptor_or_memory_is_left_of_ten_thousand_connections() {
    join_all(Framework::ALL.map(nothing_is_left)).await;
}

async fn nothing_is_left(framework: Framework) {
    let mut server = Served::start(Path::new(env!("CARGO_BIN_EXE_served")), framework).await;
    let first = server.held().await;
    for _ in 0..WARM_UP {
        wave(server.address).await;
    }
    let before = server.at_rest(first).await;
    for _ in 0..CONNECTIONS / AT_ONCE {
        wave(server.address).await;
    }
    let after = server.at_rest(first).await;
    assert_eq!(after.begun - before.begun, CONNECTIONS * 3 / 4);
    assert_eq!(after.dropped, after.begun);
    let growth = after.memory.saturating_sub(before.memory);
    println!("{framework}: {growth} bytes are left");
    assert!(growth < ALLOWED_GROWTH, "{framework}: {growth} bytes are left");
}
