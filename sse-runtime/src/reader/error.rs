//! The error of a stream that can't be read.

use std::error::Error;
use std::fmt;

/// Why an [`EventReader`](crate::EventReader) stopped reading. It is the last item of its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadError<E> {
    /// The stream of bytes failed, with this error, which is the [source](Error::source) of this one.
    Stream(E),
    /// An event is larger than [`max_event_bytes`](crate::EventReader::max_event_bytes) allows.
    TooLarge {
        /// The number of bytes that are allowed.
        limit: usize,
    },
}

impl<E> fmt::Display for ReadError<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stream(_) => f.write_str("the stream of events failed"),
            Self::TooLarge { limit } => {
                write!(f, "an event is larger than the {limit} bytes that are allowed")
            }
        }
    }
}

impl<E: Error + 'static> Error for ReadError<E> {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Stream(error) => Some(error),
            Self::TooLarge { .. } => None,
        }
    }
}
