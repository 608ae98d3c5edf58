//! A line that fails: a proxy that passes on what a server sends, and what goes wrong on the way.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::select;
use tokio::sync::Notify;
use tokio::task::{JoinHandle, yield_now};
use tokio::time::sleep;

/// Counts are of bytes that the server sent, including the head.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// Each piece is delayed by this time.
    Delay(Duration),
    OneByteAtATime,
    /// Both sides are closed after this many bytes.
    Cut(u64),
    /// Both sides are reset after this many bytes.
    Reset(u64),
    /// The client is gone after this many bytes, and the server doesn't learn of it: nothing
    /// is read and nothing is closed until the line is given up.
    HalfOpen(u64),
    /// Nothing passes after this many bytes, until told to go on.
    Stall(u64),
}

/// Listens until it is dropped.
pub struct Proxy {
    pub address: SocketAddr,
    /// Lets stalled lines go on, and gives half-open ones up: one for each notice.
    pub go: Arc<Notify>,
    running: JoinHandle<()>,
}

impl Proxy {
    pub async fn start(server: SocketAddr, fault: Fault) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let go = Arc::new(Notify::new());
        let running = tokio::spawn(accept(listener, server, fault, go.clone()));
        Self { address, go, running }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn accept(listener: TcpListener, server: SocketAddr, fault: Fault, go: Arc<Notify>) {
    while let Ok((client, _)) = listener.accept().await {
        let go = go.clone();
        tokio::spawn(async move {
            // A line that breaks in another way than it should shows in what arrives.
            _ = connect(client, server, fault, &go).await;
        });
    }
}

async fn connect(
    client: TcpStream,
    server: SocketAddr,
    fault: Fault,
    go: &Notify,
) -> io::Result<()> {
    let server = TcpStream::connect(server).await?;
    client.set_nodelay(true)?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    select! {
        _ = copy(&mut from_client, &mut to_server) => {}
        _ = pass(&mut from_server, &mut to_client, fault, go) => {}
    }
    let client = from_client.reunite(to_client).expect("its own half");
    let server = from_server.reunite(to_server).expect("its own half");
    match fault {
        Fault::Reset(_) => {
            client.set_zero_linger()?;
            server.set_zero_linger()
        }
        Fault::HalfOpen(_) => {
            drop(client);
            go.notified().await;
            server.set_zero_linger()
        }
        _ => Ok(()),
    }
}

async fn pass(
    from: &mut OwnedReadHalf,
    to: &mut OwnedWriteHalf,
    fault: Fault,
    go: &Notify,
) -> io::Result<()> {
    match fault {
        Fault::Delay(time) => {
            while let Some(piece) = piece(from).await? {
                sleep(time).await;
                to.write_all(&piece).await?;
            }
        }
        Fault::OneByteAtATime => {
            while let Some(piece) = piece(from).await? {
                for byte in piece {
                    to.write_all(&[byte]).await?;
                    yield_now().await;
                }
            }
        }
        Fault::Cut(count) | Fault::Reset(count) | Fault::HalfOpen(count) => {
            copy(&mut from.take(count), to).await?;
        }
        Fault::Stall(count) => {
            copy(&mut from.take(count), to).await?;
            go.notified().await;
            copy(from, to).await?;
        }
    }
    Ok(())
}

/// What the server sent in one piece: `None` when it has closed.
async fn piece(from: &mut OwnedReadHalf) -> io::Result<Option<Vec<u8>>> {
    let mut piece = vec![0; 4096];
    let length = from.read(&mut piece).await?;
    piece.truncate(length);
    Ok((length > 0).then_some(piece))
}
