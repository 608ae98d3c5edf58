//! `sse-runtime/src/guide/clients_table.md`, made of the table.

use std::fs::{read_to_string, write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tests::servers::script::expected;

use crate::table::{CLIENTS, Client, Runs};

/// Set to write the page anew, as `cargo xtask clients --bless` does.
const BLESS: &str = "SSE_TEST_BLESS";

const HEAD: &str = "\
# What clients read

What fifteen clients read of one script of events (`tests/src/servers/script.rs`): leading spaces,
blank lines, empty data, names, IDs that are kept and reset, reconnection times, comments,
heartbeats between two events, a line of 1 MiB, U+FEFF, and characters that Unicode but no client takes for
a line break. Rocket, axum, actix-web and hyper all serve it. A test of each client
compares everything it read, deviations included. `cargo xtask clients` runs them and checks this page;
`cargo xtask clients --bless` rewrites it.

| client | version | reads as sent | deviations |
|---|---|---|---|
";

const FOOT: &str = "
The streams cause none of these deviations: each is the client's own, whatever the server. To be safe
with all of these clients, give every event an ID or none of them, don't begin a line with U+FEFF, don't
begin or end data with a space or an empty line (JSON never does), and keep lines under 512 KiB.

The streams of a hub begin with an event that has only an ID, so that a client knows where to resume
before there is anything to report. Thirteen of these clients take the ID and report nothing, as the standard
says. `@microsoft/fetch-event-source` and `httpx-sse` also report a message with empty data.
";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The text between these.
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let rest = text.split_once(before).unwrap_or_else(|| panic!("no {before:?}")).1;
    rest.split_once(after).expect("an end").0
}

fn version(client: &Client) -> String {
    let name = client.name;
    match client.runs {
        Runs::Curl | Runs::Chromium(_) => "Debian's".to_owned(),
        Runs::Node(_) => {
            let lock: Value = serde_json::from_str(&read("tests/clients/node/package-lock.json"))
                .expect("npm writes JSON");
            let version = &lock["packages"][format!("node_modules/{name}")]["version"];
            version.as_str().expect("a version").to_owned()
        }
        Runs::Python(_) => {
            let all = read("tests/clients/python/requirements.txt");
            between(&format!("\n{all}"), &format!("\n{name}=="), "\n").to_owned()
        }
        Runs::Rust(_) if client.name == "sse-runtime" => "this one".to_owned(),
        Runs::Rust(_) => {
            let all = read("Cargo.lock");
            between(&all, &format!("\nname = \"{name}\"\nversion = \""), "\"").to_owned()
        }
    }
}

fn name(client: &Client) -> String {
    match (&client.runs, client.with) {
        (Runs::Node(_), _) => format!("`{}` (npm)", client.name),
        (Runs::Python(_), _) => format!("`{}` (PyPI)", client.name),
        (Runs::Rust(_), "") => format!("`{}` (crates.io)", client.name),
        (_, with) => format!("{}, {with}", client.name),
    }
}

fn row(client: &Client) -> String {
    let (sent, read) = (expected(), client.expected());
    let same = sent.iter().zip(&read).filter(|(a, b)| a == b).count();
    let same =
        if same == sent.len() { "all".to_owned() } else { format!("{same} of {}", sent.len()) };
    let deviations: Vec<_> = client.deviations.iter().map(|deviation| deviation.what).collect();
    let deviations = if deviations.is_empty() { "none".to_owned() } else { deviations.join("; ") };
    format!("| {} | {} | {same} | {deviations} |\n", name(client), version(client))
}

#[test]
fn the_page_of_clients_is_current() {
    let page = HEAD.to_owned() + &CLIENTS.iter().map(row).collect::<String>() + FOOT;
    if std::env::var_os(BLESS).is_some() {
        write(root().join("sse-runtime/src/guide/clients_table.md"), &page)
            .expect("the page can be written");
    }
    assert_eq!(
        read("sse-runtime/src/guide/clients_table.md"),
        page,
        "`cargo xtask clients --bless` writes it anew"
    );
}
