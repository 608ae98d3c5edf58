//! Where a client left off.

use std::error::Error;
use std::fmt;
use std::str::FromStr;

use percent_encoding::percent_decode_str;

use crate::text::{IntoText, Text};

/// The ID of the last event that a client received before it lost its connection. The client
/// sends it when it reconnects, so that the stream can continue after that event.
///
/// It is taken from the `Last-Event-ID` header, or else from the query parameter `lastEventId`,
/// which polyfills of `EventSource` send. A value that is empty, contains NUL or isn't UTF-8
/// counts as absent.
///
/// A client that connects for the first time has no such ID, so take an `Option<LastEventId>`.
///
/// A relay can pass it on to its own server, and an [`EventReader`](crate::EventReader) begins with it.
///
/// ```
/// # use sse_runtime::{Event, LastEventId};
/// let id: LastEventId = "42".parse().unwrap();
/// assert_eq!(Event::data("…").id(&id), Event::data("…").id("42"));
/// assert_eq!(String::from(id), "42");
/// ```
///
/// Source: <https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header>
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LastEventId(String);

impl LastEventId {
    /// Makes the ID that a client would send, for tests and for positions that don't come from a
    /// request. Returns `None` if it is empty or contains NUL.
    ///
    /// ```
    /// # use sse_runtime::LastEventId;
    /// assert_eq!(LastEventId::new("42").unwrap().as_str(), "42");
    /// assert_eq!(LastEventId::new(""), None);
    /// ```
    #[must_use]
    pub fn new(id: impl Into<String>) -> Option<Self> {
        let id = id.into();
        (!id.is_empty() && !id.contains('\0')).then_some(Self(id))
    }

    /// Returns the ID, never empty.
    ///
    /// ```
    /// # use sse_runtime::LastEventId;
    /// fn row_after(last: Option<LastEventId>) -> u64 {
    ///     last.and_then(|id| id.as_str().parse().ok()).map_or(0, |row: u64| row.saturating_add(1))
    /// }
    /// assert_eq!(row_after(LastEventId::new("41")), 42);
    /// assert_eq!(row_after(None), 0);
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Finds the ID in a request's headers, or else in its query.
    ///
    /// ```
    /// # use http::{HeaderMap, Uri};
    /// # use sse_runtime::LastEventId;
    /// let mut headers = HeaderMap::new();
    /// let uri = Uri::from_static("/news?lastEventId=41");
    /// assert_eq!(LastEventId::from_parts(&headers, &uri).unwrap().as_str(), "41");
    ///
    /// headers.insert("last-event-id", "42".parse().unwrap());
    /// assert_eq!(LastEventId::from_parts(&headers, &uri).unwrap().as_str(), "42");
    /// ```
    #[cfg(any(feature = "axum", feature = "http-body"))]
    pub fn from_parts(headers: &http::HeaderMap, uri: &http::Uri) -> Option<Self> {
        let header = headers.get("last-event-id").map(http::HeaderValue::as_bytes);
        Self::from_header_or_query(header, uri.query())
    }

    /// Finds the ID in the value of the header `Last-Event-ID`, or else in the query without its `?`, both
    /// as they were sent: for frameworks that have no feature here.
    ///
    /// The query is decoded like a form, so a `+` in it is a space.
    ///
    /// ```
    /// # use sse_runtime::LastEventId;
    /// let id = LastEventId::from_header_or_query(Some(b"42"), Some("page=2&lastEventId=41"));
    /// assert_eq!(id.unwrap().as_str(), "42");
    ///
    /// let id = LastEventId::from_header_or_query(None, Some("page=2&lastEventId=4+%2B+1"));
    /// assert_eq!(id.unwrap().as_str(), "4 + 1");
    /// ```
    #[must_use]
    pub fn from_header_or_query(header: Option<&[u8]>, query: Option<&str>) -> Option<Self> {
        header.and_then(|value| Self::from_bytes(value.to_vec())).or_else(|| {
            query?.split('&').find_map(|pair| {
                let value = pair.strip_prefix("lastEventId=")?.replace('+', " ");
                Self::from_bytes(percent_decode_str(&value).collect())
            })
        })
    }

    fn from_bytes(id: Vec<u8>) -> Option<Self> {
        Self::new(String::from_utf8(id).ok()?)
    }
}

impl AsRef<str> for LastEventId {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

#[diagnostic::do_not_recommend]
impl IntoText for LastEventId {
    fn into_text(self) -> Text {
        self.0.into_text()
    }
}

#[diagnostic::do_not_recommend]
impl IntoText for &LastEventId {
    fn into_text(self) -> Text {
        self.0.as_str().into_text()
    }
}

impl From<LastEventId> for String {
    fn from(id: LastEventId) -> Self {
        id.0
    }
}

/// Does the same as [`LastEventId::new`].
impl FromStr for LastEventId {
    type Err = InvalidLastEventId;

    fn from_str(id: &str) -> Result<Self, InvalidLastEventId> {
        Self::new(id).ok_or(InvalidLastEventId(()))
    }
}

/// Why a string can't be a [`LastEventId`]: it is empty, or contains NUL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidLastEventId(());

impl fmt::Display for InvalidLastEventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a last event ID can't be empty or contain NUL")
    }
}

impl Error for InvalidLastEventId {}

/// The rejection of a request without a [`LastEventId`] by a handler that takes one, and not an `Option`
/// of one. The response is `400 Bad Request`.
#[cfg(any(feature = "actix-web", feature = "axum"))]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingLastEventId(());

#[cfg(any(feature = "actix-web", feature = "axum"))]
impl MissingLastEventId {
    pub(crate) const fn new() -> Self {
        Self(())
    }
}

#[cfg(any(feature = "actix-web", feature = "axum"))]
impl fmt::Display for MissingLastEventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the request needs a Last-Event-ID header")
    }
}

#[cfg(any(feature = "actix-web", feature = "axum"))]
impl Error for MissingLastEventId {}

impl fmt::Display for LastEventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
