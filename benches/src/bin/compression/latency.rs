//! How long an event is on its way: from the block that yields it, through axum and a socket, until
//! a client has decompressed it. The next event waits until then.

use std::cell::Cell;
use std::io::{self, Read as _, Write};
use std::net::{SocketAddr, TcpStream};
use std::rc::Rc;
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use sse_runtime::{Compression, Event, EventStream};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::{mpsc as wakers, oneshot};

const EVENTS: usize = 2_000;

pub(crate) struct Latency {
    pub(crate) median: Duration,
    /// 99 % of the events take less.
    pub(crate) high: Duration,
}

pub(crate) fn of_events(events: &'static [Event], compression: Compression) -> Latency {
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
    let mut client = Client::connect(listens.recv().expect("it listens"), compression);
    let mut latencies = Vec::new();
    for count in 1..=EVENTS {
        go.send(()).expect("the block waits");
        client.read(count).expect("an event");
        latencies.push(yielded.recv().expect("it was yielded").elapsed());
    }
    drop(stop);
    server.join().expect("it ends");
    latencies.sort_unstable();
    Latency { median: latencies[EVENTS / 2], high: latencies[EVENTS * 99 / 100] }
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

struct Client {
    socket: TcpStream,
    decoder: Box<dyn Write>,
    /// How many events were decompressed.
    events: Rc<Cell<usize>>,
}

impl Client {
    /// Returns when the head of the response was read. Over HTTP/1.0 the body has no chunks.
    fn connect(address: SocketAddr, compression: Compression) -> Self {
        let mut socket = TcpStream::connect(address).expect("a connection");
        socket.write_all(b"GET / HTTP/1.0\r\n\r\n").expect("a request");
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            socket.read_exact(&mut byte).expect("a head");
            head.extend(byte);
        }
        let events = Rc::default();
        let ends = Ends { count: Rc::clone(&events), last: 0 };
        Self { socket, decoder: decoder(compression, ends), events }
    }

    /// Reads until there were so many events.
    fn read(&mut self, count: usize) -> io::Result<()> {
        let mut buffer = [0; 16 * 1024];
        while self.events.get() < count {
            let length = self.socket.read(&mut buffer)?;
            assert!(length > 0, "the stream has ended");
            self.decoder.write_all(&buffer[..length])?;
            self.decoder.flush()?;
        }
        Ok(())
    }
}

fn decoder(compression: Compression, ends: Ends) -> Box<dyn Write> {
    match compression.encoding() {
        None => Box::new(ends),
        Some("gzip") => Box::new(flate2::write::GzDecoder::new(ends)),
        Some("br") => Box::new(brotli::DecompressorWriter::new(ends, 4096)),
        Some("zstd") => Box::new(zstd::stream::write::Decoder::new(ends).expect("a decoder")),
        Some(other) => panic!("{other} is no encoding"),
    }
}

/// Counts the ends of events in a text.
struct Ends {
    count: Rc<Cell<usize>>,
    last: u8,
}

impl Write for Ends {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        for &byte in text {
            if byte == b'\n' && self.last == b'\n' {
                self.count.update(|count| count + 1);
            }
            self.last = byte;
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
