//! The head of the response, the same in every framework.

/// The headers of a response that is a stream of events, by name and value, for the body of
/// [`EventStream::into_bytes`](crate::EventStream::into_bytes). The responses that the features
/// for frameworks make have them by themselves.
///
/// | header | why |
/// |---|---|
/// | `Content-Type: text/event-stream` | what makes it one; without a charset, since the standard knows UTF-8 alone |
/// | `Cache-Control: no-cache, no-store, no-transform` | keeps caches from keeping it, and proxies from compressing, and so from buffering it |
/// | `X-Accel-Buffering: no` | keeps nginx from buffering it |
///
/// ```
/// use http::{HeaderMap, HeaderName, HeaderValue};
///
/// let headers: HeaderMap = sse_runtime::HEADERS
///     .map(|(name, value)| (name.parse::<HeaderName>().unwrap(), HeaderValue::from_static(value)))
///     .into_iter()
///     .collect();
/// assert_eq!(headers["content-type"], "text/event-stream");
/// ```
pub const HEADERS: [(&str, &str); 3] = [
    ("Content-Type", "text/event-stream"),
    ("Cache-Control", "no-cache, no-store, no-transform"),
    ("X-Accel-Buffering", "no"),
];
