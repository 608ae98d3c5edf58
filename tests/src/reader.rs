//! A client that keeps what arrived when the line breaks, as a browser does.

use std::io;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};

use crate::chunked::Decoder;
use crate::deadline::MANY_BYTES;
use crate::reference::Parser;

/// So small that a client that doesn't read soon halts the server.
const RECEIVE_BUFFER: u32 = 4 * 1024;

pub struct Reader {
    socket: TcpStream,
    decoder: Decoder,
    pub body: Vec<u8>,
    pub parser: Parser,
}

impl Reader {
    /// Asks for a path, after the event of this ID.
    ///
    /// # Errors
    ///
    /// If the server doesn't take the request.
    pub async fn get(address: SocketAddr, path: &str, last: Option<usize>) -> io::Result<Self> {
        let last = last.map(|id| id.to_string());
        Self::resume(address, path, last.as_deref()).await
    }

    /// Asks for a path, after the event of this ID.
    ///
    /// # Errors
    ///
    /// If the server doesn't take the request.
    pub async fn resume(address: SocketAddr, path: &str, last: Option<&str>) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(RECEIVE_BUFFER)?;
        let mut socket = socket.connect(address).await?;
        let last = last.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{last}\r\n");
        socket.write_all(request.as_bytes()).await?;
        let (decoder, parser) = (Decoder::default(), Parser::default());
        Ok(Self { socket, decoder, body: Vec::new(), parser })
    }

    /// Reads what is there, up to this many bytes; `false` at the end of the body or of the line.
    ///
    /// # Errors
    ///
    /// If the line was reset.
    pub async fn read(&mut self, limit: usize) -> io::Result<bool> {
        if self.is_done() {
            return Ok(false);
        }
        let mut piece = vec![0; limit];
        let length = self.socket.read(&mut piece).await?;
        let body = self.decoder.feed(&piece[..length]);
        self.parser.feed(&body);
        self.body.extend(body);
        Ok(length > 0)
    }

    /// Reads until the condition holds.
    pub async fn until(&mut self, is_so: impl Fn(&Self) -> bool) {
        while !is_so(self) {
            let more = self.read(4096).await.expect("the line holds");
            assert!(more || is_so(self), "the stream ended before");
        }
    }

    /// Reads until the stream ends or the line breaks.
    pub async fn to_the_end(mut self) -> Self {
        while self.read(4096).await.unwrap_or(false) {
            assert!(self.body.len() < MANY_BYTES, "the body never ends");
        }
        self
    }

    /// Whether the body came to its proper end.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.decoder.is_done()
    }

    /// Its end of the line.
    ///
    /// # Panics
    ///
    /// If the line is closed.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.socket.local_addr().expect("it is connected")
    }

    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.decoder.status
    }

    /// Leaves without a farewell, so that the server sees a reset.
    pub fn reset(self) {
        self.socket.set_zero_linger().expect("a socket");
    }
}
