//! A live table without a script of your own: for htmx 2, htmx 4 and datastar.
//!
//! Shows a page that is rendered on the server, misses nothing while it loads, and shows what the server has whatever
//! happens to the connection or to the server.
//!
//! ```text
//! cargo run -p hub-examples --bin table
//! ```
//!
//! Then open <http://127.0.0.1:8000> (htmx 2), `/htmx-4` or `/datastar` in two windows, or try
//!
//! ```text
//! curl -N http://127.0.0.1:8000/events
//! curl -N http://127.0.0.1:8000/events -H 'Last-Event-ID: made up'   # the whole table
//! curl -X POST http://127.0.0.1:8000/sell/2
//! ```

mod stock;

use std::io;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Html;
use axum::routing::{get, post};
use axum::serve::ListenerExt as _;
use examples::{listen, page};
use sse_runtime::{Event, EventStream, LastEventId};
use tokio::net::TcpListener;

use crate::stock::Stock;

/// The position is taken before the table is read, so the stream begins with whatever the page may lack.
fn with_table(stock: &Stock, page: &str) -> Html<String> {
    let position = stock.hub.position().to_string();
    Html(page.replace("{position}", &position).replace("{rows}", &stock.rows()))
}

async fn htmx_2(State(stock): State<Stock>) -> Html<String> {
    with_table(&stock, page!("htmx-2.html"))
}

async fn htmx_4(State(stock): State<Stock>) -> Html<String> {
    with_table(&stock, page!("htmx-4.html"))
}

async fn datastar(State(stock): State<Stock>) -> Html<String> {
    with_table(&stock, page!("datastar.html"))
}

/// Sends the rows that change. A client that has missed some, for example before a restart, is sent all rows.
fn changes(stock: Stock, last: Option<LastEventId>) -> EventStream![] {
    println!("stream: from {}", last.as_ref().map_or("now", LastEventId::as_str));
    let changes = stock.hub.subscribe("stock").resume(last);
    EventStream::from(changes.on_gap(move |_| Some(Event::data(stock.rows()))))
}

async fn events(State(stock): State<Stock>, last: Option<LastEventId>) -> EventStream![] {
    changes(stock, last)
}

/// datastar wants each line of the data to say what it is.
async fn datastar_events(State(stock): State<Stock>, last: Option<LastEventId>) -> EventStream![] {
    changes(stock, last).map_events(|event| match event.fields().data {
        Some(rows) => {
            let lines: Vec<_> = rows.lines().map(|line| format!("elements {line}")).collect();
            event.with_data(lines.join("\n")).event("datastar-patch-elements")
        }
        None => event,
    })
}

async fn sell(State(stock): State<Stock>, Path(row): Path<usize>) {
    stock.sell(row);
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let app = Router::new()
        .route("/", get(htmx_2))
        .route("/htmx-4", get(htmx_4))
        .route("/datastar", get(datastar))
        .route("/events", get(events))
        .route("/datastar/events", get(datastar_events))
        .route("/sell/{row}", post(sell))
        .with_state(Stock::new());
    let listener = TcpListener::from_std(listen())?;
    axum::serve(listener.tap_io(|socket| _ = socket.set_nodelay(true)), app).await
}
