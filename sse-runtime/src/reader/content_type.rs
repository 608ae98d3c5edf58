//! Tells a stream of events from other responses.

/// Returns whether these headers of a response are those of a stream of events: its `Content-Type` is
/// `text/event-stream`, and it has no `Content-Encoding`, such as gzip.
///
/// Anything else, such as an error in JSON or a page of a proxy, would be read as a stream without
/// events. It takes the headers of any response, such as reqwest's `response.headers()`. Check the status
/// as well.
///
/// ```
/// use http::HeaderMap;
/// use sse_runtime::is_event_stream;
///
/// let mut headers = HeaderMap::new();
/// assert!(!is_event_stream(&headers));
/// headers.insert("content-type", "text/event-stream; charset=utf-8".parse().unwrap());
/// assert!(is_event_stream(&headers));
///
/// assert!(!is_event_stream([("Content-Type", "application/json")]));
/// ```
pub fn is_event_stream<N, V>(headers: impl IntoIterator<Item = (N, V)>) -> bool
where
    N: AsRef<str>,
    V: AsRef<[u8]>,
{
    let mut has_type = false;
    for (name, value) in headers {
        let (name, value) = (name.as_ref(), value.as_ref());
        if name.eq_ignore_ascii_case("content-type") {
            if !is(value, "text/event-stream") {
                return false;
            }
            has_type = true;
        } else if name.eq_ignore_ascii_case("content-encoding") && !is(value, "identity") {
            return false;
        }
    }
    has_type
}

/// Returns whether this is the value of a header, apart from its parameters.
fn is(value: &[u8], expected: &str) -> bool {
    let end = value.iter().position(|&byte| byte == b';').unwrap_or(value.len());
    value[..end].trim_ascii().eq_ignore_ascii_case(expected.as_bytes())
}
