//! The head of the response, the same in every framework.

#[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
use crate::compress::Compression;
use crate::event_stream::EventStream;

/// The headers of a response that is a stream of events, by name and value, for the body of
/// [`EventStream::into_bytes`](crate::EventStream::into_bytes). Responses that are made by the features
/// for frameworks have them already.
///
/// | header | why |
/// |---|---|
/// | `Content-Type: text/event-stream` | says what it is; without a charset, since the standard allows only UTF-8 |
/// | `Cache-Control: no-cache, no-store, no-transform` | keeps caches from storing it, and asks proxies not to compress it, which would hold events back. nginx's `gzip_types` and Apache's `DEFLATE` compress all the same: leave `text/event-stream` out of them |
/// | `X-Accel-Buffering: no` | tells nginx not to buffer it |
///
/// ```
/// use http::{HeaderMap, HeaderName, HeaderValue};
///
/// let headers = sse_runtime::HEADERS.iter().map(|&(name, value)| {
///     (name.parse::<HeaderName>().unwrap(), HeaderValue::from_static(value))
/// });
/// let headers: HeaderMap = headers.collect();
/// assert_eq!(headers["content-type"], "text/event-stream");
/// ```
pub const HEADERS: &[(&str, &str)] = &[
    ("Content-Type", "text/event-stream"),
    ("Cache-Control", "no-cache, no-store, no-transform"),
    ("X-Accel-Buffering", "no"),
];

impl<S> EventStream<S> {
    /// Returns the headers of this stream's response, for the body of
    /// [`into_bytes`](Self::into_bytes): [`HEADERS`], and with `compress` those about the encoding.
    ///
    /// ```
    /// # #[cfg(feature = "gzip")] {
    /// use sse_runtime::{Compression, Event, EventStream};
    ///
    /// let stream = EventStream! { yield Event::data("hello"); }.compress(Compression::gzip());
    /// let headers: Vec<_> = stream.headers().collect();
    /// assert_eq!(headers[3..], [("Vary", "Accept-Encoding"), ("Content-Encoding", "gzip")]);
    /// # }
    /// ```
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<S> {
        HEADERS.iter().copied().chain(self.encoding_headers())
    }

    #[cfg(any(feature = "brotli", feature = "gzip", feature = "zstd"))]
    fn encoding_headers(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<S> {
        self.settings.compression().into_iter().flat_map(Compression::headers)
    }

    #[cfg(not(any(feature = "brotli", feature = "gzip", feature = "zstd")))]
    #[allow(clippy::unused_self, reason = "as with the feature")]
    fn encoding_headers(&self) -> impl Iterator<Item = (&'static str, &'static str)> + use<S> {
        std::iter::empty()
    }
}
