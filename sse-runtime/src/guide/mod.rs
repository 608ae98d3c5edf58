//! A guide for those who run streams, page by page.
//!
//! | page | about |
//! |---|---|
//! | [`proxies`] | what lies between a server and its clients: buffering, idle limits, platforms |
//! | [`browsers`] | six connections, HTTP/2, authentication, other origins |
//! | [`clients`] | htmx, React, datastar, Swift, Kotlin |
//! | [`capacity`] | file descriptors, memory, limits for each client |
//! | [`deploying`] | ending streams, and the herd that comes back |
//! | [`saving`] | coalescing and compression: what they cost, and what they save |
//! | [`watching`] | metrics and traces |
//!
//! What is said here was tried with this crate, or has its source beside it. Limits of platforms are
//! those of the day on which they were read, November 2026.

#[doc = include_str!("browsers.md")]
pub mod browsers {}
#[doc = include_str!("capacity.md")]
pub mod capacity {}
#[doc = include_str!("clients.md")]
pub mod clients {}
#[doc = include_str!("deploying.md")]
pub mod deploying {}
#[doc = include_str!("proxies.md")]
pub mod proxies {}
#[doc = include_str!("saving.md")]
pub mod saving {}
#[doc = include_str!("watching.md")]
pub mod watching {}
