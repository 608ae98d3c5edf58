//! The clients, and where they deviate from the standard.

use futures::future::BoxFuture;
use tests::servers::script::{Read, expected};

use crate::deviation::{
    Deviation, EMPTY_LINES_FIRST, IDS_NOT_KEPT, LONG_LINE, MARK, SPACES_FIRST, TRAILING_LINES,
};
use crate::{browser, in_rust};

pub(crate) struct Client {
    pub(crate) name: &'static str,
    /// Of programs that can do it in several ways: which.
    pub(crate) with: &'static str,
    pub(crate) runs: Runs,
    pub(crate) deviations: &'static [Deviation],
}

pub(crate) enum Runs {
    Curl,
    /// This, in a page.
    Chromium(&'static str),
    /// This script, of `clients/node`.
    Node(&'static str),
    /// This script, of `clients/python`.
    Python(&'static str),
    Rust(fn(String) -> BoxFuture<'static, Vec<Read>>),
}

impl Client {
    /// What it reads of the script.
    pub(crate) fn expected(&self) -> Vec<Read> {
        let mut events = expected();
        for deviation in self.deviations {
            (deviation.apply)(&mut events);
        }
        events
    }
}

const fn client(name: &'static str, runs: Runs, deviations: &'static [Deviation]) -> Client {
    Client { name, with: "", runs, deviations }
}

pub(crate) const CLIENTS: [Client; 15] = [
    Client {
        with: "`EventSource`",
        ..client("Chromium", Runs::Chromium(browser::EVENT_SOURCE), &[])
    },
    Client { with: "`fetch`", ..client("Chromium", Runs::Chromium(browser::FETCH), &[]) },
    Client { with: "read by the standard's algorithm", ..client("curl", Runs::Curl, &[]) },
    client("eventsource", Runs::Node("read_with_eventsource.cjs"), &[]),
    client("eventsource-parser", Runs::Node("read_with_eventsource_parser.cjs"), &[IDS_NOT_KEPT]),
    client(
        "@microsoft/fetch-event-source",
        Runs::Node("read_with_fetch_event_source.cjs"),
        &[IDS_NOT_KEPT, EMPTY_LINES_FIRST, MARK],
    ),
    client("undici", Runs::Node("read_with_undici.cjs"), &[]),
    client("httpx-sse", Runs::Python("read_with_httpx_sse.py"), &[]),
    client("sseclient-py", Runs::Python("read_with_sseclient_py.py"), &[IDS_NOT_KEPT]),
    client(
        "aiohttp-sse-client",
        Runs::Python("read_with_aiohttp_sse_client.py"),
        &[SPACES_FIRST, TRAILING_LINES, LONG_LINE],
    ),
    client(
        "requests-sse",
        Runs::Python("read_with_requests_sse.py"),
        &[SPACES_FIRST, TRAILING_LINES],
    ),
    Client {
        with: "`EventReader`",
        ..client("sse-runtime", Runs::Rust(in_rust::event_reader), &[])
    },
    client("eventsource-stream", Runs::Rust(in_rust::eventsource_stream), &[]),
    client("eventsource-client", Runs::Rust(in_rust::eventsource_client), &[]),
    client("reqwest-eventsource", Runs::Rust(in_rust::reqwest_eventsource), &[]),
];
