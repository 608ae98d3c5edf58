//! A line between clients and a server, which a test can break.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::select;
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Passes connections on to a server until it is dropped.
pub struct Line {
    pub address: SocketAddr,
    is_broken: watch::Sender<bool>,
    _passing: JoinSet<()>,
}

impl Line {
    /// # Panics
    ///
    /// If there is no port.
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let is_broken = watch::Sender::new(false);
        let mut passing = JoinSet::new();
        passing.spawn(pass_on(listener, server, is_broken.subscribe()));
        Self { address, is_broken, _passing: passing }
    }

    /// Closes all connections, and each new one immediately.
    pub fn cut(&self) {
        self.is_broken.send_replace(true);
    }

    pub fn mend(&self) {
        self.is_broken.send_replace(false);
    }
}

async fn pass_on(listener: TcpListener, server: SocketAddr, is_broken: watch::Receiver<bool>) {
    let mut connections = JoinSet::new();
    loop {
        let (client, _) = listener.accept().await.expect("a connection");
        if !*is_broken.borrow() {
            connections.spawn(connection(client, server, is_broken.clone()));
        }
    }
}

async fn connection(
    mut client: TcpStream,
    server: SocketAddr,
    mut is_broken: watch::Receiver<bool>,
) {
    let mut server = TcpStream::connect(server).await.expect("the server listens");
    select! {
        // How a connection ends is up to its two sides.
        _ = copy_bidirectional(&mut client, &mut server) => {}
        _ = is_broken.wait_for(|is_broken| *is_broken) => {}
    }
}
