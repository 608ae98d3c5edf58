//! Converts streams into `EventStream`s.
//!
//! An `EventStream` is a stream too. By the traits `From` and `Into` it could become itself or be wrapped
//! once more, and the compiler would ask which. The inherent methods, which it prefers, decide.

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

    /// Returns the stream itself, with all its settings: `.into()` in a handler changes nothing about what
    /// is an `EventStream` already. To convert it into another type, write `Other::from(stream)`.
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
