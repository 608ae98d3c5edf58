//! Prices that change many times a second, of which each client sees as many as it can take.
//!
//! Shows a hub in axum: the newest price of each at once, none that is out of date, and a deploy in
//! which all clients leave by and by.
//!
//! ```text
//! cargo run -p examples --bin prices
//! curl -N 'http://127.0.0.1:8000/prices/EUR,GBP'
//! ```
//!
//! At ctrl-c the clients have five seconds to leave, and the server ends.

use std::io;

use axum::Router;
use axum::extract::{Path, State};
use axum::routing::get;
use examples::address;
use sse_hub::{Hub, Start};
use sse_runtime::{Event, EventStream, LastEventId};
use tokio::net::TcpListener;
use tokio::signal::ctrl_c;
use tokio::time::{Duration, interval};

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

/// Each by itself, at random.
async fn market(hub: Hub) {
    let mut prices = CURRENCIES.map(|currency| (currency, 100.0));
    let mut often = interval(Duration::from_millis(20));
    loop {
        often.tick().await;
        let (currency, price) = &mut prices[fastrand::usize(..CURRENCIES.len())];
        *price *= 0.999 + 0.002 * fastrand::f64();
        // It is within all limits.
        _ = hub.publish(*currency, Event::data(format!("{price:.3}")).event(*currency)).await;
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let hub = Hub::new();
    tokio::spawn(market(hub.clone()));
    let app = Router::new().route("/prices/{currencies}", get(prices)).with_state(hub.clone());
    let listener = TcpListener::bind(address()).await?;
    println!("http://{}", listener.local_addr()?);
    let signal = async move {
        _ = ctrl_c().await;
        hub.drain(Duration::from_secs(5)).await;
    };
    axum::serve(listener, app).with_graceful_shutdown(signal).await
}
