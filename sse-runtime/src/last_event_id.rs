//! Where a client left off.

use std::fmt;

use percent_encoding::percent_decode_str;

/// The ID of the last event that a client received before it lost its connection,
/// as it tells when it reconnects: a stream goes on behind that event.
///
/// Taken from the `Last-Event-ID` header, else from the query parameter `lastEventId`,
/// which polyfills of `EventSource` send. An empty value counts as absent, and so does
/// one with NUL in it or that is no UTF-8.
///
/// A first connection has none: take `Option<LastEventId>`.
///
/// Source: <https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header>
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct LastEventId(String);

impl LastEventId {
    /// The ID, never empty.
    ///
    /// ```
    /// # use sse_runtime::LastEventId;
    /// fn row_after(last: Option<LastEventId>) -> u64 {
    ///     last.and_then(|id| id.as_str().parse().ok()).map_or(0, |row: u64| row.saturating_add(1))
    /// }
    /// # assert_eq!(row_after(None), 0);
    /// ```
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// From the header's value and from the query, as they were sent.
    #[cfg_attr(not(feature = "rocket"), allow(dead_code, reason = "adapters call it"))]
    pub(crate) fn find(header: Option<&[u8]>, query: Option<&str>) -> Option<Self> {
        header.and_then(|value| Self::new(value.to_vec())).or_else(|| {
            query?.split('&').find_map(|pair| {
                let value = pair.strip_prefix("lastEventId=")?;
                Self::new(percent_decode_str(value).collect())
            })
        })
    }

    fn new(value: Vec<u8>) -> Option<Self> {
        let id = String::from_utf8(value).ok()?;
        (!id.is_empty() && !id.contains('\0')).then_some(Self(id))
    }
}

impl fmt::Display for LastEventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
