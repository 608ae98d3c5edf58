//! A line between clients and a server, which a test can break.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::select;
use tokio::sync::watch;
use tokio::task::JoinSet;

#[derive(Clone, Copy, Default)]
struct State {
    is_broken: bool,
    /// How often it was cut. A connection ends with the first cut that it sees, however short.
    cuts: u64,
}

/// Passes connections on to a server until it is dropped.
pub struct Line {
    pub address: SocketAddr,
    state: watch::Sender<State>,
    _passing: JoinSet<()>,
}

impl Line {
    pub async fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = watch::Sender::new(State::default());
        let mut passing = JoinSet::new();
        passing.spawn(pass_on(listener, server, state.subscribe()));
        Self { address, state, _passing: passing }
    }

    /// Closes all connections, and each new one immediately.
    pub fn cut(&self) {
        self.state.send_modify(|state| *state = State { is_broken: true, cuts: state.cuts + 1 });
    }

    pub fn mend(&self) {
        self.state.send_modify(|state| state.is_broken = false);
    }
}

async fn pass_on(listener: TcpListener, server: SocketAddr, state: watch::Receiver<State>) {
    let mut connections = JoinSet::new();
    loop {
        let (client, _) = listener.accept().await.expect("a connection");
        if !state.borrow().is_broken {
            connections.spawn(connection(client, server, state.clone()));
        }
    }
}

async fn connection(mut client: TcpStream, server: SocketAddr, mut state: watch::Receiver<State>) {
    let cuts = state.borrow().cuts;
    let mut server = TcpStream::connect(server).await.expect("the server listens");
    select! {
        // How a connection ends is up to its two sides.
        _ = copy_bidirectional(&mut client, &mut server) => {}
        _ = state.wait_for(|state| state.cuts > cuts) => {}
    }
}
