//! What clients make of an event of an ID alone, with which the streams of a hub open.

use futures::future::join;
use sse_hub::Hub;
use sse_runtime::Event;
use tests::browser::start_browser;
use tests::left_out::left_out;
use tests::process::output;
use tests::servers::script::Read;
use tests::servers::{Framework, Server, Version};
use tokio::process::Command;
use tokio::time::{Duration, sleep, timeout};

use crate::browser::read as read_in_browser;
use crate::programs::{by_reference, read_with_node, read_with_python};
use crate::table::{CLIENTS, Client, Runs};
use crate::{Outcome, compare};

/// A stream of the hub, of all of its topics.
const PATH: &str = "/hub15";

/// By the standard, an event without data is not reported. These report it with empty data.
const REPORT_IT: [&str; 2] = ["@microsoft/fetch-event-source", "httpx-sse"];

/// Runs these clients on a stream that opens, and then has a single event.
async fn each_reads_the_opening(
    is_one: impl Fn(&Client) -> bool,
    read: impl AsyncFn(&Client, &Server) -> Outcome,
) {
    for client in CLIENTS.iter().filter(|client| is_one(client)) {
        let server = Server::start(Framework::Hyper, Version::Http1).await;
        let hub = &server.world.hub;
        let before = hub.position().to_string();
        let both = join(read(client, &server), publish_the_end(hub));
        let (read, end) = timeout(Duration::from_mins(1), both).await.expect("it reads the end");
        let mut expected: Vec<Read> = vec![("end".to_owned(), String::new(), end)];
        if REPORT_IT.contains(&client.name) {
            expected.insert(0, ("message".to_owned(), String::new(), before));
        }
        let name = client.name;
        read.and_then(|read| compare(&read, &expected))
            .unwrap_or_else(|why| panic!("{name}: {why}"));
    }
}

/// Once the client is there; gives the event's ID.
async fn publish_the_end(hub: &Hub) -> String {
    while hub.subscribers("a") == 0 {
        sleep(Duration::from_millis(5)).await;
    }
    let id = hub.publish("a", Event::empty().event("end")).await.expect("published");
    id.to_string()
}

#[tokio::test]
async fn clients_in_rust_take_its_id() {
    each_reads_the_opening(
        |client| matches!(client.runs, Runs::Rust(_)),
        async |client, server| {
            let Runs::Rust(read) = client.runs else { unreachable!() };
            Ok(read(server.url(PATH)).await)
        },
    )
    .await;
}

#[tokio::test]
async fn python_clients_take_its_id() {
    let Some(python) = std::env::var_os("SSE_TEST_PYTHON") else {
        return left_out("the test of a hub's opening with Python's clients", "Python with these");
    };
    each_reads_the_opening(
        |client| matches!(client.runs, Runs::Python(_)),
        async |client, server| read_with_python(&python, client, &server.url(PATH)).await,
    )
    .await;
}

#[tokio::test]
async fn clients_from_npm_take_its_id() {
    let Some(folder) = std::env::var_os("SSE_TEST_NODE") else {
        return left_out("the test of a hub's opening with clients from npm", "Node.js with these");
    };
    each_reads_the_opening(
        |client| matches!(client.runs, Runs::Node(_)),
        async |client, server| read_with_node(&folder, client, &server.url(PATH)).await,
    )
    .await;
}

#[tokio::test]
async fn curl_passes_it_on() {
    if Command::new("curl").arg("--version").output().await.is_err() {
        return left_out("the test of a hub's opening with curl", "curl");
    }
    each_reads_the_opening(
        |client| matches!(client.runs, Runs::Curl),
        async |_, server| {
            let mut command = Command::new("curl");
            command.args(["-sN", "--noproxy", "*", &server.url(PATH)]);
            let hub = server.world.hub.clone();
            let stop = async {
                // The stream ends by itself once the hub has sent its event and is drained.
                while hub.stats().appended == 0 {
                    sleep(Duration::from_millis(5)).await;
                }
                hub.drain(Duration::from_millis(100)).await;
            };
            let (output, ()) = join(output(&mut command), stop).await;
            Ok(by_reference(&output.expect("it runs").stdout))
        },
    )
    .await;
}

#[tokio::test]
async fn a_browser_takes_its_id() {
    let test = "the test of a hub's opening in a browser";
    let Some((_driver, browser)) = start_browser(test).await else { return };
    each_reads_the_opening(
        |client| matches!(client.runs, Runs::Chromium(_)),
        async |client, server| {
            let Runs::Chromium(script) = client.runs else { unreachable!() };
            // The reader by `fetch` reads up to the end of the stream.
            let script = script.replace("/script", PATH).replace("lines.forEach(line);", LOOK);
            read_in_browser(&browser, server, &script).await
        },
    )
    .await;
    browser.close().await.expect("the browser closes");
}

const LOOK: &str = "
    lines.forEach(line);
    if (read.some(([name]) => name === 'end')) return done(read);";
