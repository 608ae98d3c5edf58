//! The head of the response, the same in every framework.

/// `no-transform` keeps proxies from compressing, and so buffering, the stream;
/// `X-Accel-Buffering` keeps nginx from buffering it.
pub(crate) const HEAD: [(&str, &str); 3] = [
    ("Content-Type", "text/event-stream"),
    ("Cache-Control", "no-cache, no-store, no-transform"),
    ("X-Accel-Buffering", "no"),
];
