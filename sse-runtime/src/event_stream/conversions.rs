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
    /// Does the same as [`new`](Self::new), for code that was written for Rocket's streams.
    pub fn from(stream: S) -> Self
    where
        S: Stream<Item: StreamItem>,
    {
        Self::new(stream)
    }

    /// Returns the stream itself, with all its settings: where code says `.into()` to make an
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
