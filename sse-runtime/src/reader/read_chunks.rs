//! Turns an `AsyncRead` into a stream.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use pin_project_lite::pin_project;
use tokio::io::{AsyncRead, ReadBuf};

const BUFFER: usize = 8 * 1024;

pin_project! {
    /// The bytes of a Tokio reader, as a stream of chunks: see
    /// [`EventReader::from_async_read`](crate::EventReader::from_async_read).
    #[must_use = "streams do nothing unless polled"]
    #[derive(Debug)]
    pub struct ReadChunks<R> {
        #[pin]
        reader: R,
        buffer: Box<[u8]>,
    }
}

impl<R> ReadChunks<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, buffer: vec![0; BUFFER].into() }
    }
}

impl<R: AsyncRead> Stream for ReadChunks<R> {
    type Item = io::Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.project();
        let mut buffer = ReadBuf::new(this.buffer);
        ready!(this.reader.poll_read(cx, &mut buffer))?;
        let chunk = buffer.filled();
        Poll::Ready((!chunk.is_empty()).then(|| Ok(Bytes::copy_from_slice(chunk))))
    }
}
