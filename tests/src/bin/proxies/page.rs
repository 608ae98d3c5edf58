//! `sse-runtime/src/guide/proxies_table.md`, made of what was measured.

use std::fs::{read_to_string, write};
use std::path::Path;

use tests::servers::Framework;

use super::Facts;
use super::proxy::Proxy;

const HEAD: &str = "\
# What proxies do to streams

What each proxy of Debian did to the streams of one server under each of Rocket, axum, actix-web and
hyper, in one run over HTTP/1.1, on one machine. Each is configured to close a connection to the
server on which nothing comes for two seconds, and otherwise as it is by default; nginx speaks HTTP/1.0 to
its servers unless told otherwise. `cargo xtask proxies` measures it again and checks this page;
`cargo xtask proxies --bless` rewrites it.

* **At once**: each event reaches the client before the next is sent.
* **Kept open**: heartbeats that come more often than the limit keep a stream open; the proxy closes
  a stream without them.
* **A failure can be told**: the client of a stream that has failed sees the connection break off
  instead of a proper end. In either case, everything that was sent before arrives.

| proxy | version | at once | kept open | a failure can be told |
|---|---|---|---|---|
";

const FOOT: &str = "
Under Rocket 0.5 a failure can't be told from an end even without a proxy. Where a client has to know, send
a last event of your own, as `on_error` does: it passes through all of these.
";

/// Each proxy with its version and what was measured, unless it is missing here.
type Rows<'a> = [(&'a Proxy, Option<(String, Vec<Facts>)>)];

/// Compares the page with what was measured, or rewrites it if the program was told so.
pub(crate) fn check_or_bless(rows: &Rows) {
    let rows: String = rows.iter().map(|(proxy, measured)| row(proxy, measured.as_ref())).collect();
    let page = HEAD.to_owned() + &rows + FOOT;
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../sse-runtime/src/guide/proxies_table.md");
    if std::env::args().any(|option| option == "--bless") {
        write(&file, &page).expect("the page can be written");
    }
    let old = read_to_string(&file).unwrap_or_default();
    assert!(
        old == page,
        "`cargo xtask proxies --bless` writes sse-runtime/src/guide/proxies_table.md anew:\n{page}"
    );
}

fn row(proxy: &Proxy, measured: Option<&(String, Vec<Facts>)>) -> String {
    let name = proxy.name;
    let Some((version, facts)) = measured else {
        return format!("| {name} | not measured | | | |\n");
    };
    let at_once = servers(facts, |facts| facts.slowest.is_some());
    let kept_open = servers(facts, |facts| facts.heartbeats_keep_open);
    let failure = servers(facts, |facts| facts.failure_can_be_told);
    format!("| {name} | {version} | {at_once} | {kept_open} | {failure} |\n")
}

/// The servers for which it is so.
fn servers(facts: &[Facts], is_so: impl Fn(&Facts) -> bool) -> String {
    let is_so: Vec<_> = facts.iter().filter(|facts| is_so(facts)).collect();
    match is_so.len() {
        0 => "no".to_owned(),
        all if all == Framework::ALL.len() => "yes".to_owned(),
        _ => {
            let names: Vec<_> = is_so.iter().map(|facts| facts.framework.to_string()).collect();
            names.join(", ")
        }
    }
}
