//! A connection to a server.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

use super::chunked::Decoder;
use crate::Result;

/// A server that falls silent has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is read into, shared by all connections.
pub type Buffer = Box<[u8]>;

pub fn buffer() -> Buffer {
    vec![0; 256 * 1024].into()
}

fn request(port: u16, path: &str) -> Result<TcpStream> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    ask(&mut stream, path)?;
    Ok(stream)
}

fn ask(stream: &mut TcpStream, path: &str) -> Result {
    let request = format!("GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n");
    Ok(stream.write_all(request.as_bytes())?)
}

/// A stream that is being received.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    decoder: Decoder,
}

impl Connection {
    /// # Errors
    ///
    /// If the server can't be reached.
    pub fn open(port: u16, path: &str) -> Result<Self> {
        Ok(Self { stream: request(port, path)?, decoder: Decoder::default() })
    }

    pub fn has_head(&self) -> bool {
        self.decoder.has_head()
    }

    pub fn is_done(&self) -> bool {
        self.decoder.is_done()
    }

    /// Waits for more, and hands on what of it is content.
    ///
    /// # Errors
    ///
    /// If none comes.
    pub fn read(&mut self, buffer: &mut Buffer, mut content: impl FnMut(&[u8])) -> Result {
        let length = self.stream.read(buffer)?;
        if length == 0 {
            return Err("the server cut the connection".into());
        }
        self.decoder.feed(&buffer[..length], &mut content);
        Ok(())
    }
}

/// The connection that tells a server to publish.
#[derive(Debug)]
pub struct Control {
    stream: TcpStream,
}

impl Control {
    /// # Errors
    ///
    /// If the server can't be reached.
    pub fn open(port: u16) -> Result<Self> {
        let mut control = Self { stream: request(port, "/publish/0")? };
        control.wait()?;
        Ok(control)
    }

    /// # Errors
    ///
    /// If the server does not answer.
    pub fn publish(&mut self, count: usize) -> Result {
        ask(&mut self.stream, &format!("/publish/{count}"))?;
        self.wait()
    }

    fn wait(&mut self) -> Result {
        let mut answer = Vec::new();
        while !answer.ends_with(b"\r\n\r\nok") {
            let mut part = [0; 1024];
            let length = self.stream.read(&mut part)?;
            if length == 0 {
                return Err("the server cut the connection".into());
            }
            answer.extend_from_slice(&part[..length]);
        }
        Ok(())
    }
}
