//! What the tests share.

#![forbid(unsafe_code)]
