//! HTTP/1.1 down to the bytes, for what HTTP clients hide: the pieces of a chunked body,
//! and whether it ended or was cut.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

use crate::deadline::{MANY_CHUNKS, in_time};

pub struct Response {
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    connection: BufReader<TcpStream>,
}

/// Sends a request with these further header lines, and reads the head of the response.
pub async fn request(address: SocketAddr, line: &str, headers: &[&str]) -> Response {
    let mut connection = TcpStream::connect(address).await.expect("it listens");
    let headers = headers.join("\r\n") + if headers.is_empty() { "" } else { "\r\n" };
    let request = format!("{line} HTTP/1.1\r\nHost: {address}\r\n{headers}\r\n");
    connection.write_all(request.as_bytes()).await.expect("it reads");
    let mut connection = BufReader::new(connection);
    let status = line_of(&mut connection).await;
    let status = status.split(' ').nth(1).and_then(|code| code.parse().ok());
    let mut headers = Vec::new();
    loop {
        let line = line_of(&mut connection).await;
        let Some((name, value)) = line.split_once(": ") else { break };
        headers.push((name.to_lowercase(), value.to_owned()));
    }
    Response { status: status.expect("a status line"), headers, connection }
}

async fn line_of(connection: &mut BufReader<TcpStream>) -> String {
    let mut line = String::new();
    in_time(connection.read_line(&mut line)).await.expect("a line");
    line.trim_end().to_owned()
}

impl Response {
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value.as_str())
    }

    /// The next chunk of the body: `None` at its proper end.
    ///
    /// # Errors
    ///
    /// If the connection ends before the body does.
    pub async fn chunk(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        let size = usize::from_str_radix(&line_of(&mut self.connection).await, 16);
        let size = size.map_err(|_| std::io::ErrorKind::UnexpectedEof)?;
        let mut chunk = vec![0; size];
        in_time(self.connection.read_exact(&mut chunk)).await?;
        line_of(&mut self.connection).await;
        Ok((size > 0).then_some(chunk))
    }

    /// All chunks to the end of the body.
    ///
    /// # Errors
    ///
    /// If the connection ends before the body does.
    pub async fn chunks(&mut self) -> std::io::Result<Vec<Vec<u8>>> {
        let mut chunks = Vec::new();
        while let Some(chunk) = self.chunk().await? {
            chunks.push(chunk);
            assert!(chunks.len() < MANY_CHUNKS, "the body never ends");
        }
        Ok(chunks)
    }

    /// The whole body by its length, as text.
    ///
    /// # Errors
    ///
    /// If the connection ends before the body does, or it is no UTF-8.
    pub async fn body(&mut self) -> std::io::Result<String> {
        let length = self.header("content-length").and_then(|length| length.parse().ok());
        let mut body = vec![0; length.unwrap_or_default()];
        self.connection.read_exact(&mut body).await?;
        String::from_utf8(body).map_err(std::io::Error::other)
    }

    /// The rest of the body as text.
    ///
    /// # Errors
    ///
    /// If the connection ends before the body does, or if the body isn't UTF-8.
    pub async fn text(&mut self) -> std::io::Result<String> {
        let body = self.chunks().await?.concat();
        String::from_utf8(body).map_err(std::io::Error::other)
    }
}
