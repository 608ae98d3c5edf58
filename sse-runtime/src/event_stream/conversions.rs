//! How a stream becomes an `EventStream`.
//!
//! An `EventStream` is a stream too, so for the traits `From` and `Into` alone, it could become
//! itself or be wrapped once more, and the compiler would ask which. Methods come before traits:
//! these decide.

use futures_core::Stream;

use super::{EventStream, StreamItem};

impl<S: Stream<Item: StreamItem>> From<S> for EventStream<S> {
    fn from(stream: S) -> Self {
        Self::new(stream)
    }
}

impl<S> EventStream<S> {
    /// Makes an event stream of any [`Stream`] of [`Event`](crate::Event) or of
    /// `Result<Event, E>`.
    ///
    /// Another `EventStream` is taken like any stream: it ends at its own shutdown signal, and the
    /// heartbeat is that of the new one.
    ///
    /// ```
    /// use futures::{StreamExt as _, stream};
    /// use sse_runtime::{Event, EventStream};
    ///
    /// fn countdown() -> EventStream![] {
    ///     EventStream::from(stream::iter([3, 2, 1]).map(Event::data)).heartbeat(None)
    /// }
    /// # let _ = countdown();
    /// ```
    pub fn from(stream: S) -> Self
    where
        S: Stream<Item: StreamItem>,
    {
        Self::new(stream)
    }

    /// The stream itself, with all its settings: where code says `.into()` to make an
    /// `EventStream` of what is one already. To make something else of it, write `Other::from(stream)`.
    ///
    /// ```
    /// use sse_runtime::{Event, EventStream};
    ///
    /// fn news() -> EventStream![] {
    ///     EventStream! { yield Event::data("hello"); }.into()
    /// }
    /// # let _ = news();
    /// ```
    pub fn into(self) -> Self {
        self
    }
}
