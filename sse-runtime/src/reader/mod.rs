//! Reads the streams of other servers.

mod content_type;
mod error;
mod read_chunks;

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::{FusedStream, Stream};
use pin_project_lite::pin_project;
use tokio::io::AsyncRead;

use crate::event::Received;
use crate::wire::{Decoder, TooLarge};
pub use content_type::is_event_stream;
pub use error::ReadError;
pub use read_chunks::ReadChunks;

/// After this many chunks without an event, a poll gives way to other tasks. A stream that is always ready
/// would otherwise keep the thread, and no timeout could end it.
const CHUNKS_PER_POLL: usize = 64;

pin_project! {
    /// Reads the events of a stream of bytes: the body of another server's response, or of one's
    /// own in a test.
    ///
    /// It is made [from any stream](Self::new) of `Result<impl AsRef<[u8]>, E>`, such as reqwest's
    /// `bytes_stream()` or the body of any framework, or [from a Tokio reader](Self::from_async_read). It is
    /// a stream of `Result<Received, ReadError<E>>`, and an error is its last item.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use futures::{StreamExt as _, stream};
    /// use sse_runtime::EventReader;
    ///
    /// let chunks = ["id: 1\nda", "ta: Hello,\nda", "ta: world\n", "\ndata: cut o"];
    /// let bytes = stream::iter(chunks.map(Ok::<_, std::io::Error>));
    /// let mut events = EventReader::new(bytes);
    ///
    /// let hello = events.next().await.unwrap().unwrap();
    /// assert_eq!(hello.event, "message");
    /// assert_eq!(hello.data, "Hello,\nworld");
    /// assert_eq!(hello.id, "1");
    ///
    /// assert!(events.next().await.is_none());
    /// assert!(events.is_cut_off());
    /// # }
    /// ```
    ///
    /// It reads exactly as the standard says: lines end with LF, CR or CRLF, bytes that are not
    /// UTF-8 become U+FFFD, an ID with NUL in it is ignored, and so are comments and unknown fields. An
    /// event that the end of the stream cuts off is dropped: [`is_cut_off`](Self::is_cut_off) tells whether
    /// there was one, and [`cut_off_event`](Self::cut_off_event) returns the part of it that came.
    ///
    /// A body that isn't a stream of events, such as an error in JSON, is read as one of unknown fields, and
    /// ends without an event. So [check the headers](is_event_stream) of a response first.
    ///
    /// # Reconnecting
    ///
    /// The reader doesn't connect, and so can't reconnect. To do so, send the
    /// [`last_event_id`](Self::last_event_id) in the header `Last-Event-ID`, unless it is empty, and pass
    /// it to the next reader with [`with_last_event_id`](Self::with_last_event_id). Send characters that
    /// aren't ASCII in UTF-8, by `HeaderValue::from_bytes`. An ID may hold control characters, which a
    /// header can't: with such an ID there is no way to resume.
    #[must_use = "streams do nothing unless polled"]
    pub struct EventReader<S: Stream> {
        // `None` once it has ended or failed.
        #[pin]
        stream: Option<S>,
        chunk: Option<S::Item>,
        // How many bytes of the chunk have been read.
        read: usize,
        decoder: Decoder,
    }
}

impl<S: Stream> EventReader<S> {
    /// Reads the events of a stream of bytes, each item of which is a `Result<impl AsRef<[u8]>, E>`.
    pub fn new(stream: S) -> Self {
        Self { stream: Some(stream), chunk: None, read: 0, decoder: Decoder::new() }
    }

    /// Sets how many bytes of data an event may have: 1 MiB, if this is not called. An event with
    /// more ends the stream with [`ReadError::TooLarge`], so that no server can fill the memory.
    ///
    /// The same limit applies to the event's other fields together, names included, and to each comment.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use futures::{StreamExt as _, stream};
    /// use sse_runtime::{EventReader, ReadError};
    ///
    /// let endless = stream::repeat("data: more and more\n").map(Ok::<_, std::io::Error>);
    /// let mut events = EventReader::new(endless).max_event_bytes(1000);
    /// let error = events.next().await.unwrap().unwrap_err();
    /// assert!(matches!(error, ReadError::TooLarge { limit: 1000 }));
    /// # }
    /// ```
    pub fn max_event_bytes(mut self, bytes: usize) -> Self {
        self.decoder.set_limit(bytes);
        self
    }

    /// Sets the last event ID to begin with: that of the connection before this one.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use std::time::Duration;
    ///
    /// use futures::{StreamExt as _, stream};
    /// use sse_runtime::EventReader;
    ///
    /// let connect = |sent: &'static str| stream::iter([Ok::<_, std::io::Error>(sent)]);
    /// let mut events = EventReader::new(connect("retry: 500\nid: 7\ndata: a\n\n"));
    /// while events.next().await.is_some() {}
    ///
    /// assert_eq!(events.reconnection_time(), Some(Duration::from_millis(500)));
    /// let resumed = EventReader::new(connect("data: b\n\n")).with_last_event_id(events.last_event_id());
    /// assert_eq!(resumed.last_event_id(), "7");
    /// # }
    /// ```
    pub fn with_last_event_id(mut self, id: impl AsRef<str>) -> Self {
        self.decoder.set_last_event_id(id.as_ref());
        self
    }

    /// Returns the last event ID, to reconnect with. It is empty if there is none.
    ///
    /// It is that of the last event read, or an ID that came later without an event of its own.
    pub fn last_event_id(&self) -> &str {
        self.decoder.last_event_id()
    }

    /// Returns how long the server asks its clients to wait before they reconnect, if it has asked.
    pub fn reconnection_time(&self) -> Option<Duration> {
        self.decoder.reconnection_time()
    }

    /// Returns whether the stream has ended, or failed, within an event, which was dropped.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use futures::{StreamExt as _, stream};
    /// use sse_runtime::EventReader;
    ///
    /// let bytes = stream::iter([Ok::<_, std::io::Error>("data: whole\n\ndata: cut")]);
    /// let mut events = EventReader::new(bytes);
    /// while let Some(event) = events.next().await {
    ///     assert_eq!(event.unwrap().data, "whole");
    /// }
    /// assert!(events.is_cut_off());
    /// # }
    /// ```
    pub fn is_cut_off(&self) -> bool {
        self.is_at_end() && self.decoder.is_within_event()
    }

    /// Returns the event that the end of the stream, or its failure, has cut off, if it has data, which may
    /// be incomplete.
    ///
    /// By the standard, such an event is dropped, and the reader never returns it as an item. But some
    /// servers end without the last blank line:
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use futures::{StreamExt as _, stream};
    /// use sse_runtime::EventReader;
    ///
    /// let bytes = stream::iter([Ok::<_, std::io::Error>("data: Hello\n\ndata: [DONE]")]);
    /// let mut events = EventReader::new(bytes);
    /// assert_eq!(events.next().await.unwrap().unwrap().data, "Hello");
    /// assert!(events.next().await.is_none());
    ///
    /// let is_done = events.cut_off_event().is_some_and(|event| event.data == "[DONE]");
    /// assert!(is_done);
    /// # }
    /// ```
    ///
    /// Its [`id`](Received::id) is that of the event before it: a client that resumes there receives the
    /// event again, as a whole.
    ///
    /// There is none before the end, and none after [`ReadError::TooLarge`].
    pub fn cut_off_event(&self) -> Option<Received> {
        if self.is_at_end() { self.decoder.unfinished() } else { None }
    }

    fn is_at_end(&self) -> bool {
        self.stream.is_none() && self.chunk.is_none()
    }
}

impl<R: AsyncRead> EventReader<ReadChunks<R>> {
    /// Reads the events of a Tokio reader, such as a socket, a file, or the body of a response of
    /// Rocket's local client.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() {
    /// use futures::StreamExt as _;
    /// use sse_runtime::EventReader;
    ///
    /// let mut events = EventReader::from_async_read(&b"data: from a file\n\n"[..]);
    /// assert_eq!(events.next().await.unwrap().unwrap().data, "from a file");
    /// # }
    /// ```
    pub fn from_async_read(reader: R) -> Self {
        Self::new(ReadChunks::new(reader))
    }
}

impl<S: Stream> From<S> for EventReader<S> {
    fn from(stream: S) -> Self {
        Self::new(stream)
    }
}

impl<S, B, E> Stream for EventReader<S>
where
    S: Stream<Item = Result<B, E>>,
    B: AsRef<[u8]>,
{
    type Item = Result<Received, ReadError<E>>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut this = self.project();
        for _ in 0..CHUNKS_PER_POLL {
            if let Some(Ok(chunk)) = this.chunk {
                let chunk = chunk.as_ref();
                let mut unread = chunk.get(*this.read..).unwrap_or_default();
                match this.decoder.next(&mut unread) {
                    Ok(Some(data)) => {
                        *this.read = chunk.len() - unread.len();
                        if unread.is_empty() {
                            (*this.chunk, *this.read) = (None, 0);
                        }
                        return Poll::Ready(Some(Ok(this.decoder.event(data))));
                    }
                    Ok(None) => (*this.chunk, *this.read) = (None, 0),
                    Err(TooLarge) => {
                        *this.chunk = None;
                        this.stream.set(None);
                        let limit = this.decoder.limit();
                        return Poll::Ready(Some(Err(ReadError::TooLarge { limit })));
                    }
                }
            }
            let Some(stream) = this.stream.as_mut().as_pin_mut() else { return Poll::Ready(None) };
            match ready!(stream.poll_next(cx)) {
                Some(Ok(chunk)) => *this.chunk = Some(Ok(chunk)),
                end => {
                    this.stream.set(None);
                    return Poll::Ready(end.and_then(Result::err).map(ReadError::Stream).map(Err));
                }
            }
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    }
}

impl<S, B, E> FusedStream for EventReader<S>
where
    S: Stream<Item = Result<B, E>>,
    B: AsRef<[u8]>,
{
    fn is_terminated(&self) -> bool {
        self.is_at_end()
    }
}

impl<S: Stream> fmt::Debug for EventReader<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventReader")
            .field("last_event_id", &self.last_event_id())
            .field("reconnection_time", &self.reconnection_time())
            .field("is_at_end", &self.is_at_end())
            .finish_non_exhaustive()
    }
}
