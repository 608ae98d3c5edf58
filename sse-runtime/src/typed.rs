//! Typed events.

use std::error::Error;
use std::fmt;

use serde::Serialize;

use crate::event::Received;

/// Makes a type's values events: implements `From<T> for Event`, with which a stream yields them, and
/// `TryFrom<Received> for T`, with which a reader of the stream gets them back.
///
/// ```
/// use futures::StreamExt as _;
/// use serde::{Deserialize, Serialize};
/// use sse_runtime::{EventReader, EventStream, SseEvent};
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// struct Price { symbol: String, cents: u64 }
///
/// #[derive(Debug, PartialEq, SseEvent)]
/// enum Update {
///     Price(Price),
///     #[sse(name = "halt")]
///     TradingHalted(String),
///     MarketClosed,
/// }
///
/// fn updates() -> EventStream![] {
///     EventStream! {
///         yield Update::Price(Price { symbol: "ACME".to_owned(), cents: 1250 }).into();
///         yield Update::TradingHalted("volatility".to_owned()).into();
///         yield Update::MarketClosed.into();
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// let mut events = std::pin::pin!(EventReader::new(updates().into_bytes()));
/// let mut next = async || Update::try_from(events.next().await.unwrap().unwrap()).unwrap();
/// assert_eq!(next().await, Update::Price(Price { symbol: "ACME".to_owned(), cents: 1250 }));
/// assert_eq!(next().await, Update::TradingHalted("volatility".to_owned()));
/// assert_eq!(next().await, Update::MarketClosed);
/// # }
/// ```
///
/// On the wire:
///
/// ```text
/// event: price
/// data: {"symbol":"ACME","cents":1250}
///
/// event: halt
/// data: "volatility"
///
/// event: market-closed
/// data:
/// ```
///
/// # Types
///
/// | type | name of the event | data |
/// |---|---|---|
/// | variant with one content, `Price(Price)` | that of the variant, in kebab case | the content as JSON |
/// | variant without, `MarketClosed` | the same | empty, and ignored when it is read |
/// | struct | that of the struct, in kebab case | the struct as JSON |
///
/// A content is sent by its `Serialize` and read by its `Deserialize`: implement only the trait for the
/// direction that you use. The ID and the other fields of an event are set after the conversion:
/// `Event::from(update).id(7)`.
///
/// # Attributes
///
/// * `#[sse(name = "…")]`, on a variant or a struct: the name of the event.
/// * `#[sse(crate = "…")]`, on the type: the path to this crate, where it isn't `::sse_runtime`.
///
/// # Panics
///
/// The conversion into an event panics as [`Event::json`](crate::Event::json) does, if the content
/// refuses to be serialized.
pub use sse_macros::SseEvent;

/// The content of an event to be sent: anything that can be serialized.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be sent as JSON",
    label = "an event that carries a `{Self}` can't be made",
    note = "derive `serde::Serialize` for `{Self}`"
)]
pub trait SentAsJson: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + ?Sized> SentAsJson for T {}

/// Why a received event can't be converted into a type that derives [`SseEvent`].
#[derive(Debug)]
pub struct TryFromReceivedError {
    // In a box, since an error should be small.
    received: Box<Received>,
    reason: Reason,
}

#[derive(Debug)]
enum Reason {
    Unknown { expected: &'static [&'static str] },
    Unreadable(serde_json::Error),
}

/// What the expansion of the derive macro uses.
pub(crate) mod expansion {
    use super::{Reason, Received, TryFromReceivedError};

    pub use super::SentAsJson;
    pub use serde::de::DeserializeOwned;

    /// Returns the error for an event whose name is none of the expected.
    #[must_use]
    pub fn unknown(received: Received, expected: &'static [&'static str]) -> TryFromReceivedError {
        TryFromReceivedError { received: Box::new(received), reason: Reason::Unknown { expected } }
    }

    /// Returns the error for an event whose data can't be read.
    #[must_use]
    pub fn unreadable(received: Received, error: serde_json::Error) -> TryFromReceivedError {
        TryFromReceivedError { received: Box::new(received), reason: Reason::Unreadable(error) }
    }
}

impl TryFromReceivedError {
    /// Returns whether the name of the event is unknown. Otherwise its data can't be read.
    ///
    /// A server that is newer than its client may send events that the client doesn't know,
    /// which are best ignored.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self.reason, Reason::Unknown { .. })
    }

    /// Returns the event, as it was received.
    #[must_use]
    pub fn into_received(self) -> Received {
        *self.received
    }
}

impl fmt::Display for TryFromReceivedError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = &self.received.event;
        match &self.reason {
            Reason::Unknown { expected } => {
                write!(f, "an event named `{name}` was received, expected ")?;
                for (at, expected) in expected.iter().enumerate() {
                    write!(f, "{}`{expected}`", if at == 0 { "" } else { " or " })?;
                }
                Ok(())
            }
            Reason::Unreadable(_) => write!(f, "the data of the event `{name}` can't be read"),
        }
    }
}

impl Error for TryFromReceivedError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.reason {
            Reason::Unknown { .. } => None,
            Reason::Unreadable(error) => Some(error),
        }
    }
}
