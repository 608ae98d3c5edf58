//! The error that a body fails with.

use std::error::Error as StdError;
use std::fmt;

/// Why a stream of events failed: the error that left the block through `?` or
/// `return Err(…)`, in a sized type that every web framework accepts.
///
/// It displays as the error inside it, which [`get_ref`](Self::get_ref) and
/// [`into_inner`](Self::into_inner) return. If the stream [panicked](Self::is_panic), that error says so.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use futures::StreamExt as _;
/// use sse_runtime::{Event, EventStream};
///
/// fn count() -> EventStream![Result<Event, std::num::ParseIntError>] {
///     EventStream! {
///         let count: u32 = "many".parse()?;
///         yield Event::data(count);
///     }
/// }
///
/// let chunks: Vec<_> = count().into_bytes().collect().await;
/// let error = chunks[0].as_ref().unwrap_err();
/// assert_eq!(error.to_string(), "invalid digit found in string");
/// assert!(error.get_ref().is::<std::num::ParseIntError>() && !error.is_panic());
/// # }
/// ```
#[derive(Debug)]
pub struct Error(Box<dyn StdError + Send + Sync>);

impl Error {
    pub(crate) fn new(error: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self(error.into())
    }

    pub(crate) fn panicked() -> Self {
        Self::new(Panicked)
    }

    /// Returns whether the stream failed because it panicked while it was polled.
    ///
    /// The panic's message isn't part of the error: the panic hook has already received it.
    #[must_use]
    pub fn is_panic(&self) -> bool {
        self.0.is::<Panicked>()
    }

    /// Returns a reference to the error that the stream failed with, which can be downcast.
    #[must_use]
    pub fn get_ref(&self) -> &(dyn StdError + Send + Sync + 'static) {
        &*self.0
    }

    /// Returns the error that the stream failed with.
    #[must_use]
    pub fn into_inner(self) -> Box<dyn StdError + Send + Sync> {
        self.0
    }
}

/// The error of a stream that panicked.
#[derive(Debug)]
struct Panicked;

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the event stream panicked")
    }
}

impl StdError for Panicked {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Error> for std::io::Error {
    fn from(error: Error) -> Self {
        Self::other(error)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.0.source()
    }
}
