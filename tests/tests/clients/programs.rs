//! Clients that are programs of their own, and print what they read.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use tests::left_out::left_out;
use tests::process::output;
use tests::reference::Parser;
use tests::servers::script::Read;
use tokio::process::Command;

use crate::table::{Client, Runs};
use crate::{Outcome, each_reads_the_script};

fn script(language: &str, name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(language).join(name)
}

/// What the command prints; if nothing, its errors.
async fn printed(command: &mut Command) -> Outcome {
    let output = output(command.env("NO_PROXY", "127.0.0.1")).await.unwrap();
    let errors = || String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).map_err(|_| errors())
}

/// What this Python client reads from the URL.
pub(crate) async fn read_with_python(python: &OsStr, client: &Client, url: &str) -> Outcome {
    let Runs::Python(name) = client.runs else { unreachable!() };
    printed(Command::new(python).arg(script("python", name)).arg(url)).await
}

#[tokio::test]
async fn python_clients_read_every_event() {
    let Some(python) = std::env::var_os("SSE_TEST_PYTHON") else {
        return left_out("the test of Python's clients", "Python with these");
    };
    each_reads_the_script(
        |client| matches!(client.runs, Runs::Python(_)),
        async |client, server| read_with_python(&python, client, &server.url("/script")).await,
    )
    .await;
}

/// What this client reads from the URL, in Node.js, with the packages of this folder.
pub(crate) async fn read_with_node(folder: &OsStr, client: &Client, url: &str) -> Outcome {
    let Runs::Node(name) = client.runs else { unreachable!() };
    let modules = Path::new(folder).join("node_modules");
    let mut node = Command::new(modules.join(".bin/node"));
    printed(node.env("NODE_PATH", modules).arg(script("node", name)).arg(url)).await
}

#[tokio::test]
async fn clients_from_npm_read_every_event() {
    let Some(folder) = std::env::var_os("SSE_TEST_NODE") else {
        return left_out("the test of clients from npm", "Node.js with these");
    };
    each_reads_the_script(
        |client| matches!(client.runs, Runs::Node(_)),
        async |client, server| read_with_node(&folder, client, &server.url("/script")).await,
    )
    .await;
}

pub(crate) fn by_reference(stream: &[u8]) -> Vec<Read> {
    let events = Parser::read(stream).dispatched.into_iter();
    events.map(|it| (it.event, it.data, it.last_event_id)).collect()
}

#[tokio::test]
async fn curl_reads_every_event_with_heartbeats_between() {
    if Command::new("curl").arg("--version").output().await.is_err() {
        return left_out("the test with curl", "curl");
    }
    each_reads_the_script(
        |client| matches!(client.runs, Runs::Curl),
        async |_, server| {
            let mut command = Command::new("curl");
            command.args(["-sN", "--noproxy", "*", &server.url("/script")]);
            let output = output(&mut command).await.unwrap();
            let beats = output.stdout.windows(3).any(|bytes| bytes == b"\n:\n");
            assert!(output.status.success() && beats);
            Ok(by_reference(&output.stdout))
        },
    )
    .await;
}
