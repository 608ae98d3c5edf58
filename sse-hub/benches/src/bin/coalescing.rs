//! What coalescing saves: 1,000 clients of one topic, at several rates.
//!
//! ```text
//! cargo run --release -p hub-benches --bin coalescing
//! ```

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use benches::cost::thread_time;
use benches::report::{head, row};
use benches::statistics::{digits, per, percentile};
use sse_hub::Hub;
use sse_runtime::{Event, EventStream};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tokio::time::{interval, sleep};

const CLIENTS: usize = 1000;
const LASTS: Duration = Duration::from_secs(5);
/// How long to wait until all have connected and settled.
const BEFORE: Duration = Duration::from_millis(500);

#[derive(Clone, Copy)]
enum By {
    /// `EventStream::coalesce`.
    Stream,
    /// `Subscription::coalesce`.
    Hub,
}

fn main() {
    let titles =
        ["events/s", "by", "window, ms", "CPU, µs an event", "latency, ms: median", "99 %"];
    print!("{}", head(&titles));
    for rate in [1, 10, 100] {
        for (by, name) in [(By::Stream, "stream"), (By::Hub, "hub")] {
            for window in [0, 5, 20, 100] {
                let figures = run(rate, by, Duration::from_millis(window)).map(digits);
                let case = [rate.to_string(), name.to_owned(), window.to_string()];
                print!("{}", row(&[&case[..], &figures].concat()));
            }
        }
    }
}

/// Returns the CPU time of the server for an event that one client receives, in microseconds, and the median and 99 % of the
/// latency, in milliseconds.
fn run(rate: u32, by: By, window: Duration) -> [f64; 3] {
    let epoch = Instant::now();
    let (started, address) = oneshot::channel();
    let stop = Arc::new(AtomicBool::new(false));
    let server = {
        let stop = Arc::clone(&stop);
        thread::spawn(move || runtime().block_on(serve(epoch, rate, by, window, started, stop)))
    };
    let mut latencies = runtime().block_on(async {
        let address = address.await.expect("it listens");
        let mut clients = JoinSet::new();
        for _ in 0..CLIENTS {
            clients.spawn(read(address, epoch));
        }
        sleep(BEFORE + LASTS).await;
        stop.store(true, Ordering::SeqCst);
        let latencies: io::Result<Vec<_>> = clients.join_all().await.into_iter().collect();
        latencies.expect("streams").concat()
    });
    let cpu = server.join().expect("it ends");
    let cpu = per(u64::try_from(cpu.as_nanos()).expect("soon"), latencies.len()) / 1e3;
    let [median, high] = [50, 99].map(|percent| percentile(&mut latencies, percent) / 1e3);
    [cpu, median, high]
}

fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().build().expect("a runtime")
}

/// Serves until told to stop. Returns the CPU time that it took.
async fn serve(
    epoch: Instant,
    rate: u32,
    by: By,
    window: Duration,
    started: oneshot::Sender<SocketAddr>,
    stop: Arc<AtomicBool>,
) -> Duration {
    let hub = Hub::new();
    let topic = hub.clone();
    let stream = move || async move {
        let events = topic.subscribe("prices").announce(false);
        match by {
            By::Stream => EventStream::from(events).coalesce(window),
            By::Hub => EventStream::from(events.coalesce(window)),
        }
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    started.send(listener.local_addr().expect("an address")).expect("someone waits");
    let listener = listener.tap_io(|socket| socket.set_nodelay(true).expect("a socket"));
    let app = Router::new().route("/", get(stream));
    tokio::spawn(async move { axum::serve(listener, app).await });

    while hub.subscribers("prices") < CLIENTS {
        sleep(Duration::from_millis(5)).await;
    }
    sleep(BEFORE).await;
    let begin = thread_time();
    let mut ticks = interval(Duration::from_secs(1) / rate);
    while !stop.load(Ordering::SeqCst) {
        ticks.tick().await;
        let now = epoch.elapsed().as_nanos();
        _ = hub.publish("prices", Event::data(u64::try_from(now).expect("soon"))).await;
    }
    // Events that were waiting arrive.
    sleep(window + Duration::from_millis(50)).await;
    let time = thread_time().saturating_sub(begin);
    hub.drain(Duration::ZERO).await;
    sleep(Duration::from_millis(100)).await;
    time
}

/// Reads until the hub drains. Returns how long each event was on its way.
async fn read(address: SocketAddr, epoch: Instant) -> io::Result<Vec<Duration>> {
    let mut socket = TcpStream::connect(address).await?;
    socket.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await?;
    let mut lines = BufReader::new(socket).lines();
    let mut latencies = Vec::new();
    while let Some(line) = lines.next_line().await?
        && !line.starts_with("retry: ")
    {
        if let Some(sent) = line.strip_prefix("data: ") {
            let sent = sent.parse().map_err(io::Error::other)?;
            latencies.push(epoch.elapsed().saturating_sub(Duration::from_nanos(sent)));
        }
    }
    Ok(latencies)
}
