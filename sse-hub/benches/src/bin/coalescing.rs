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
use sse_hub::Hub;
use sse_runtime::{Event, EventStream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
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
    println!("| events/s | by | window, ms | CPU, µs an event | latency, ms: median | 99 % |");
    println!("|---|---|---|---|---|---|");
    for rate in [1, 10, 100] {
        for (by, name) in [(By::Stream, "stream"), (By::Hub, "hub")] {
            for window in [0, 5, 20, 100] {
                let figures = run(rate, by, Duration::from_millis(window));
                let Figures { cpu, median, high } = figures;
                let ms = |time: Duration| time.as_secs_f64() * 1e3;
                println!(
                    "| {rate} | {name} | {window} | {:.2} | {:.2} | {:.2} |",
                    cpu.as_secs_f64() * 1e6,
                    ms(median),
                    ms(high),
                );
            }
        }
    }
}

struct Figures {
    /// CPU time of the server for an event that one client receives.
    cpu: Duration,
    median: Duration,
    high: Duration,
}

fn run(rate: u32, by: By, window: Duration) -> Figures {
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
        clients.join_all().await.concat()
    });
    let cpu = server.join().expect("it ends");
    latencies.sort_unstable();
    let at = |part: usize| latencies[(latencies.len() - 1) * part / 100];
    let events = u32::try_from(latencies.len()).expect("fewer");
    Figures { cpu: cpu / events, median: at(50), high: at(99) }
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

/// Reads until the end. Returns how long each event was on its way.
async fn read(address: SocketAddr, epoch: Instant) -> Vec<Duration> {
    let reading = async {
        let mut socket = TcpStream::connect(address).await?;
        socket.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await?;
        let mut latencies = Vec::new();
        let (mut buffer, mut text) = (vec![0; 16 * 1024], String::new());
        loop {
            let length = socket.read(&mut buffer).await?;
            let now = epoch.elapsed();
            text.push_str(&String::from_utf8_lossy(&buffer[..length]));
            let whole = text.rfind('\n').map_or(0, |end| end + 1);
            for line in text[..whole].lines() {
                if let Some(sent) = line.strip_prefix("data: ") {
                    let sent = sent.parse().map_err(io::Error::other)?;
                    latencies.push(now.saturating_sub(Duration::from_nanos(sent)));
                }
            }
            let is_over = length == 0 || text[..whole].contains("retry: ");
            text.drain(..whole);
            if is_over {
                return io::Result::Ok(latencies);
            }
        }
    };
    reading.await.expect("a stream")
}
