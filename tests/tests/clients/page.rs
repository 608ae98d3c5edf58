//! `docs/clients.md`, made of the table.

use std::fs::{read_to_string, write};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tests::servers::script::expected;

use crate::table::{CLIENTS, Client, Runs};

/// Set to write the page anew, as `cargo xtask clients --bless` does.
const BLESS: &str = "SSE_TEST_BLESS";

const HEAD: &str = "\
# Clients

What clients read of [one script of events](../tests/src/servers/script.rs): leading spaces,
blank lines, empty data, names, IDs that are kept and reset, reconnection times, comments,
heartbeats between two events, a line of 1 MiB, U+FEFF, and what is a line break to Unicode but
to no client. It is served under Rocket, axum, actix-web and hyper alike. A test of each client
compares all of it, the deviations too; `cargo xtask clients` runs them and checks this page,
`cargo xtask clients --bless` writes it anew.

| client | version | of the events, reads as sent | deviates |
|---|---|---|---|
";

const FOOT: &str = "
No deviation is of a stream's making: each is the client's own, whatever the server. To be safe
with all of these, send an ID with every event or none, begin no line with U+FEFF, begin data
with neither a space nor an empty line and end it with none, as `Event::json` does, and keep
lines under 512 KiB.

The streams of a hub open with an event of an ID alone, so that a client knows from where to resume
before there is anything to tell. Twelve of these take the ID and report nothing, as the standard
has it. `@microsoft/fetch-event-source` and `httpx-sse` report a message with empty data as well.
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
        (Runs::Rust(_), _) => format!("`{}` (crates.io)", client.name),
        (_, with) => format!("{}, {with}", client.name),
    }
}

fn row(client: &Client) -> String {
    let (sent, read) = (expected(), client.expected());
    let same = sent.iter().zip(&read).filter(|(a, b)| a == b).count();
    let same =
        if same == sent.len() { "all".to_owned() } else { format!("{same} of {}", sent.len()) };
    let deviations: Vec<_> = client.deviations.iter().map(|deviation| deviation.what).collect();
    let deviations = if deviations.is_empty() { "no".to_owned() } else { deviations.join("; ") };
    format!("| {} | {} | {same} | {deviations} |\n", name(client), version(client))
}

#[test]
fn the_page_of_clients_is_current() {
    let page = HEAD.to_owned() + &CLIENTS.iter().map(row).collect::<String>() + FOOT;
    if std::env::var_os(BLESS).is_some() {
        write(root().join("docs/clients.md"), &page).expect("the page can be written");
    }
    assert_eq!(read("docs/clients.md"), page, "`cargo xtask clients --bless` writes it anew");
}
