//! A proxy between a node and its Redis, which a test can close, slow down, or point to another Redis.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::select;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::sleep;

/// A proxy that passes connections on until it is dropped.
pub struct Gate {
    pub address: SocketAddr,
    is_open: watch::Sender<bool>,
    server: watch::Sender<SocketAddr>,
    pace: Arc<AtomicU32>,
    passing: JoinHandle<()>,
}

impl Gate {
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (is_open, server) = (watch::Sender::new(true), watch::Sender::new(server));
        let pace = Arc::new(AtomicU32::new(u32::MAX));
        let way = Way {
            server: server.subscribe(),
            is_open: is_open.subscribe(),
            pace: Arc::clone(&pace),
        };
        let passing = tokio::spawn(pass_on(listener, way));
        Self { address, is_open, server, pace, passing }
    }

    /// Returns the URL for a hub.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://{}", self.address)
    }

    /// Holds back what the server sends, without ending any connection.
    pub fn close(&self) {
        self.is_open.send_replace(false);
    }

    /// Lets everything pass again.
    pub fn open(&self) {
        self.is_open.send_replace(true);
    }

    /// Lets only this many bytes a second pass, on each connection.
    pub fn slow_down(&self, a_second: u32) {
        self.pace.store(a_second, Ordering::Relaxed);
    }

    /// Leads to this server from now on. Connections to the previous server end.
    pub fn lead_to(&self, server: SocketAddr) {
        self.server.send_replace(server);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.passing.abort();
    }
}

/// What the connections need to know.
#[derive(Clone)]
struct Way {
    server: watch::Receiver<SocketAddr>,
    is_open: watch::Receiver<bool>,
    pace: Arc<AtomicU32>,
}

async fn pass_on(listener: TcpListener, way: Way) {
    loop {
        match listener.accept().await {
            Ok((client, _)) => {
                tokio::spawn(connection(client, way.clone()));
            }
            // The process may have no descriptor left at the moment. A gate that gave up here would make a node seem never
            // to find its Redis again.
            Err(_) => sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn connection(client: TcpStream, mut way: Way) {
    let address = *way.server.borrow_and_update();
    // The server may be down, and either side may disconnect at any time.
    let Ok(to) = TcpStream::connect(address).await else { return };
    if client.set_nodelay(true).is_err() || to.set_nodelay(true).is_err() {
        return;
    }
    let (mut from_client, to_client) = client.into_split();
    let (from_server, mut to_server) = to.into_split();
    select! {
        _ = copy(&mut from_client, &mut to_server) => {}
        () = answers(from_server, to_client, way.is_open, way.pace) => {}
        _ = way.server.changed() => {}
    }
}

async fn answers(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut is_open: watch::Receiver<bool>,
    pace: Arc<AtomicU32>,
) {
    let mut piece = vec![0; 16 << 10];
    loop {
        let Ok(length @ 1..) = from.read(&mut piece).await else { return };
        if is_open.wait_for(|is_open| *is_open).await.is_err() {
            return;
        }
        let pace = pace.load(Ordering::Relaxed);
        if pace < u32::MAX {
            sleep(Duration::from_secs(length as u64) / pace).await;
        }
        if to.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
}
