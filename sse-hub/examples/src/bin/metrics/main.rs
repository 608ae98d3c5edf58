//! What streams and a hub do, as Prometheus reads it.
//!
//! ```text
//! cargo run -p hub-examples --bin metrics
//! curl -N --compressed http://127.0.0.1:8000/events
//! curl http://127.0.0.1:8000/metrics
//! ```
//!
//! The page shows the metrics of the streams beside one of them.

use std::io;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use examples::{listen, overdue, page};
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use sse_hub::Hub;
use sse_runtime::{AcceptEncoding, Event, EventStream, LastEventId};
use tokio::net::TcpListener;
use tokio::select;
use tokio::signal::ctrl_c;
use tokio::time::{interval, sleep};
use tokio_util::sync::CancellationToken;

/// A reading every 10 milliseconds.
const EVERY: Duration = Duration::from_millis(10);
/// Ten of them share a write.
const WINDOW: Duration = Duration::from_millis(100);

#[derive(Clone)]
struct App {
    hub: Hub,
    prometheus: PrometheusHandle,
}

async fn events(
    State(app): State<App>,
    last: Option<LastEventId>,
    accepted: AcceptEncoding,
) -> EventStream![] {
    let readings = app.hub.subscribe("readings").resume(last).announce(false);
    EventStream::from(readings).compress(accepted)
}

async fn metrics(State(app): State<App>) -> String {
    app.hub.record_metrics();
    app.prometheus.render()
}

async fn publish(hub: Hub) {
    let mut ticks = interval(EVERY);
    for count in 0_u32.. {
        ticks.tick().await;
        let degrees = 20.0 + 5.0 * (f64::from(count) / 300.0).sin();
        let reading = Event::data(format_args!("{degrees:.2} °C"));
        if let Err(error) = hub.publish("readings", reading).await {
            eprintln!("not published: {error}");
        }
    }
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let prometheus = PrometheusBuilder::new().install_recorder().map_err(io::Error::other)?;
    sse_runtime::describe_metrics();
    sse_hub::describe_metrics();

    let hub = Hub::builder().coalesce(WINDOW).build();
    tokio::spawn(publish(hub.clone()));
    // Histograms keep what is recorded until this is called.
    let upkeep = prometheus.clone();
    tokio::spawn(async move {
        loop {
            sleep(Duration::from_secs(5)).await;
            upkeep.run_upkeep();
        }
    });

    let app = Router::new()
        .route("/", get(Html(page!("metrics.html"))))
        .route("/events", get(events))
        .route("/metrics", get(metrics))
        .with_state(App { hub: hub.clone(), prometheus });
    // Without this, the kernel may hold back a small event that follows another.
    let listener = TcpListener::from_std(listen())?.tap_io(|socket| _ = socket.set_nodelay(true));
    let drained = CancellationToken::new();
    let overdue = overdue(drained.clone());
    let signal = async move {
        _ = ctrl_c().await;
        hub.close(Duration::from_millis(500)).await;
        drained.cancel();
    };
    select! {
        result = axum::serve(listener, app).with_graceful_shutdown(signal).into_future() => result,
        () = overdue => Ok(()),
    }
}
