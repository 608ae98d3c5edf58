//! How long an event is on its way: from the block that yields it, through axum and a socket, until
//! a client has decompressed it. The next event waits until then.

use std::io::{self, BufRead, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Instant;

use axum::Router;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use benches::statistics::percentile;
use sse_runtime::{Compression, Event, EventStream};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::{mpsc as wakers, oneshot};

const EVENTS: usize = 2_000;

/// Returns the median in microseconds, and what 99 % of the events stay under.
pub(crate) fn of_events(events: &'static [Event], compression: Compression) -> [f64; 2] {
    let (address, listens) = mpsc::channel();
    let (now, yielded) = mpsc::channel();
    let (go, gone) = wakers::unbounded_channel();
    let (stop, stopped) = oneshot::channel::<()>();
    let server = thread::spawn(move || {
        let serving = async move {
            tokio::spawn(serve(events, compression, gone, now, address));
            _ = stopped.await;
        };
        Builder::new_current_thread().enable_all().build().expect("a runtime").block_on(serving);
    });
    let address = listens.recv().expect("it listens");
    let mut client = connect(address, compression).expect("a response");
    let mut latencies = Vec::new();
    for _ in 0..EVENTS {
        go.send(()).expect("the block waits");
        read_until("\n", &mut client).expect("an event");
        latencies.push(yielded.recv().expect("it was yielded").elapsed());
    }
    drop(stop);
    server.join().expect("it ends");
    [50, 99].map(|percent| percentile(&mut latencies, percent))
}

/// One stream, to the only client.
async fn serve(
    events: &'static [Event],
    compression: Compression,
    mut go: wakers::UnboundedReceiver<()>,
    now: mpsc::Sender<Instant>,
    address: mpsc::Sender<SocketAddr>,
) {
    let stream = EventStream! {
        for event in events {
            let event = event.clone();
            go.recv().await.expect("the client measures");
            now.send(Instant::now()).expect("the client measures");
            yield event;
        }
    };
    let only = Arc::new(Mutex::new(Some(stream.compress(compression))));
    let take = async move || only.lock().expect("no panic").take().expect("one request");
    let app = Router::new().route("/", get(take));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    address.send(listener.local_addr().expect("an address")).expect("someone waits");
    let listener = listener.tap_io(|socket| socket.set_nodelay(true).expect("a socket"));
    axum::serve(listener, app).await.expect("it serves");
}

/// A client that has read the head of the response, and decompresses what follows. Over HTTP/1.0 the body
/// has no chunks.
fn connect(address: SocketAddr, compression: Compression) -> io::Result<Box<dyn BufRead>> {
    let mut socket = TcpStream::connect(address)?;
    socket.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
    let mut reader = BufReader::new(socket);
    read_until("\r\n", &mut reader)?;
    Ok(match compression.encoding() {
        None => Box::new(reader),
        Some("gzip") => Box::new(BufReader::new(flate2::bufread::GzDecoder::new(reader))),
        Some("br") => Box::new(BufReader::new(brotli::Decompressor::new(reader, 4096))),
        Some("zstd") => Box::new(BufReader::new(zstd::Decoder::with_buffer(reader)?)),
        Some(other) => panic!("{other} is no encoding"),
    })
}

/// Reads lines until this one.
fn read_until(last: &str, reader: &mut dyn BufRead) -> io::Result<()> {
    let mut line = String::new();
    while line != last {
        line.clear();
        assert!(reader.read_line(&mut line)? > 0, "the stream has ended");
    }
    Ok(())
}
