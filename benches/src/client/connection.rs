//! A connection to a server.

use std::io::ErrorKind::WouldBlock;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::thread::yield_now;
use std::time::{Duration, Instant};

use memchr::memmem;
use socket2::{Domain, Socket, Type};

use super::chunked::Decoder;
use crate::Result;
use crate::kind::Kind;

/// A server that falls silent has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is read into, shared by all connections.
pub type Buffer = Box<[u8]>;

pub fn buffer() -> Buffer {
    vec![0; 256 * 1024].into()
}

fn connect(port: u16) -> Result<TcpStream> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    Ok(stream)
}

fn ask(stream: &mut TcpStream, path: &str) -> Result {
    let head = "Host: localhost\r\nAccept: text/event-stream, text/plain";
    Ok(stream.write_all(format!("GET {path} HTTP/1.1\r\n{head}\r\n\r\n").as_bytes())?)
}

/// A stream that is being received.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    decoder: Decoder,
}

impl Connection {
    pub fn open(port: u16, path: &str) -> Result<Self> {
        let mut stream = connect(port)?;
        ask(&mut stream, path)?;
        Ok(Self { stream, decoder: Decoder::default() })
    }

    /// One over which little is on its way, and which reads nothing after the response's head.
    pub fn stalled(port: u16, path: &str) -> Result<Self> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        // As a client far away: on the loopback a server could send megabytes in advance.
        socket.set_recv_buffer_size(4096)?;
        socket.set_tcp_mss(1460)?;
        socket.connect(&SocketAddr::from((Ipv4Addr::LOCALHOST, port)).into())?;
        let mut stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(PATIENCE))?;
        ask(&mut stream, path)?;
        let mut connection = Self { stream, decoder: Decoder::default() };
        while !connection.has_head() {
            connection.read(&mut vec![0; 1024].into(), |_| ())?;
        }
        Ok(connection)
    }

    /// Asks again and again from now on, and never sleeps: to wake a client that sleeps would be the server's
    /// cost.
    pub fn never_sleep(&self) -> Result {
        Ok(self.stream.set_nonblocking(true)?)
    }

    pub fn has_head(&self) -> bool {
        self.decoder.has_head()
    }

    pub fn is_done(&self) -> bool {
        self.decoder.is_done()
    }

    /// Takes whatever has come, and looks at none of it.
    pub fn discard(&mut self, buffer: &mut Buffer) -> Result {
        match self.stream.read(buffer)? {
            0 => Err("the server cut the connection".into()),
            _ => Ok(()),
        }
    }

    /// Waits for more, and hands on what of it is content.
    pub fn read(&mut self, buffer: &mut Buffer, mut content: impl FnMut(&[u8])) -> Result {
        let length = self.wait(buffer)?;
        if length == 0 {
            return Err("the server cut the connection".into());
        }
        self.decoder.feed(&buffer[..length], &mut content);
        Ok(())
    }

    fn wait(&mut self, buffer: &mut Buffer) -> io::Result<usize> {
        let begin = Instant::now();
        loop {
            match self.stream.read(buffer) {
                Err(error) if error.kind() == WouldBlock && begin.elapsed() < PATIENCE => {
                    // They may share a core.
                    yield_now();
                }
                read => return read,
            }
        }
    }
}

/// How a server is told to publish.
#[derive(Clone, Copy, Debug)]
pub enum Publishing {
    /// `GET /publish/<count>` publishes so many events, and answers `ok`.
    ByPath,
    /// `POST /publish` publishes its body.
    ByPost,
}

/// The connection that asks a server for short answers, and tells it to publish.
#[derive(Debug)]
pub struct Control {
    stream: TcpStream,
    publishing: Publishing,
}

impl Control {
    pub fn open(port: u16, publishing: Publishing) -> Result<Self> {
        let mut control = Self { stream: connect(port)?, publishing };
        control.publish(0)?;
        Ok(control)
    }

    pub fn publish(&mut self, count: usize) -> Result {
        match self.publishing {
            Publishing::ByPath => {
                ask(&mut self.stream, &format!("/publish/{count}"))?;
                self.wait(b"\r\n\r\nok", 1)
            }
            Publishing::ByPost => {
                let data = Kind::Token.data();
                let head = "POST /publish HTTP/1.1\r\nHost: localhost\r\nAccept: text/plain";
                let post = format!("{head}\r\nContent-Length: {}\r\n\r\n{data}", data.len());
                self.stream.write_all(post.repeat(count).as_bytes())?;
                self.wait(b"HTTP/1.1 20", count)
            }
        }
    }

    /// Asks for what is answered at once.
    pub fn ping(&mut self) -> Result {
        ask(&mut self.stream, "/ping")?;
        self.wait(b"\r\n\r\nok", 1)
    }

    /// Until the answers contain this as often.
    fn wait(&mut self, sign: &[u8], count: usize) -> Result {
        let mut answers = Vec::new();
        while memmem::find_iter(&answers, sign).count() < count {
            let mut part = [0; 1024];
            let length = self.stream.read(&mut part)?;
            if length == 0 {
                return Err("the server cut the connection".into());
            }
            answers.extend_from_slice(&part[..length]);
        }
        Ok(())
    }
}
