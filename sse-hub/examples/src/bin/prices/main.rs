//! Prices that change many times a second, of which each client sees as many as it can take.
//!
//! Shows a hub in axum: a new client has the newest price of each at once, none receives a price that
//! is out of date, and at shutdown clients leave one after another, as they should in a deployment.
//!
//! ```text
//! cargo run -p hub-examples --bin prices
//! ```
//!
//! Then open <http://127.0.0.1:8000>, or try
//!
//! ```text
//! curl -N http://127.0.0.1:8000/prices/EUR,GBP
//! ```
//!
//! At ctrl-c the clients have five seconds to leave, and then the server ends.

use std::io;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Html;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use examples::{listen, overdue, page};
use sse_hub::{Hub, Start};
use sse_runtime::{Event, EventStream, LastEventId};
use tokio::net::TcpListener;
use tokio::select;
use tokio::signal::ctrl_c;
use tokio::time::{Duration, interval};
use tokio_util::sync::CancellationToken;

const CURRENCIES: [&str; 4] = ["CHF", "EUR", "GBP", "JPY"];

async fn prices(
    Path(currencies): Path<String>,
    State(hub): State<Hub>,
    last: Option<LastEventId>,
) -> EventStream![] {
    let currencies: Vec<&str> = currencies.split(',').collect();
    let prices = hub.subscribe(currencies).latest().start(Start::Earliest).resume(last);
    EventStream::from(prices)
}

/// Changes the prices, each by itself, at random.
async fn market(hub: Hub) {
    let mut prices = CURRENCIES.map(|currency| (currency, 100.0));
    let mut often = interval(Duration::from_millis(20));
    loop {
        often.tick().await;
        let (currency, price) = &mut prices[fastrand::usize(..CURRENCIES.len())];
        *price *= 0.999 + 0.002 * fastrand::f64();
        // The event is within all limits, so this can't fail.
        _ = hub.publish(*currency, Event::data(format!("{price:.3}")).event(*currency)).await;
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let hub = Hub::new();
    tokio::spawn(market(hub.clone()));
    let app = Router::new()
        .route("/", get(Html(page!("prices.html"))))
        .route("/prices/{currencies}", get(prices))
        .with_state(hub.clone());
    // Without this, the kernel may hold back a small event that follows another.
    let listener = TcpListener::from_std(listen())?.tap_io(|socket| _ = socket.set_nodelay(true));
    let drained = CancellationToken::new();
    let overdue = overdue(drained.clone());
    let signal = async move {
        _ = ctrl_c().await;
        hub.close(Duration::from_secs(5)).await;
        drained.cancel();
    };
    select! {
        result = axum::serve(listener, app).with_graceful_shutdown(signal).into_future() => result,
        () = overdue => Ok(()),
    }
}
