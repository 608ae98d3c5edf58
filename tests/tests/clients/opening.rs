//! What clients make of an event of an ID alone, with which streams can open, as those of a hub do.

use tests::browser::start_browser;
use tests::deadline::DEADLINE;
use tests::left_out::left_out;
use tests::process::output;
use tests::servers::script::Read;
use tests::servers::{Framework, Server, Version};
use tokio::process::Command;
use tokio::time::timeout;

use crate::browser::read as read_in_browser;
use crate::programs::{by_reference, read_with_node, read_with_python};
use crate::table::{CLIENTS, Client, Runs};
use crate::{Outcome, compare};

/// An event of the ID 6 alone, and then `end`, of the ID 7.
const PATH: &str = "/opening";

/// By the standard, an event without data is not reported. These report it with empty data.
const REPORT_IT: [&str; 2] = ["@microsoft/fetch-event-source", "httpx-sse"];

async fn each_reads_the_opening(
    is_one: impl Fn(&Client) -> bool,
    read: impl AsyncFn(&Client, &Server) -> Outcome,
) {
    for client in CLIENTS.iter().filter(|client| is_one(client)) {
        let server = Server::start(Framework::Hyper, Version::Http1).await;
        let read = timeout(DEADLINE, read(client, &server)).await.expect("it reads the end");
        let event = |name: &str, id: &str| (name.to_owned(), String::new(), id.to_owned());
        let mut expected: Vec<Read> = vec![event("end", "7")];
        if REPORT_IT.contains(&client.name) {
            expected.insert(0, event("message", "6"));
        }
        let name = client.name;
        read.and_then(|read| compare(&read, &expected))
            .unwrap_or_else(|why| panic!("{name}: {why}"));
    }
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
        return left_out("the test of an opening with Python's clients", "Python with these");
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
        return left_out("the test of an opening with clients from npm", "Node.js with these");
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
        return left_out("the test of an opening with curl", "curl");
    }
    each_reads_the_opening(
        |client| matches!(client.runs, Runs::Curl),
        async |_, server| {
            let mut command = Command::new("curl");
            command.args(["-sN", "--noproxy", "*", &server.url(PATH)]);
            Ok(by_reference(&output(&mut command).await.expect("it runs").stdout))
        },
    )
    .await;
}

#[tokio::test]
async fn a_browser_takes_its_id() {
    let test = "the test of an opening in a browser";
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
