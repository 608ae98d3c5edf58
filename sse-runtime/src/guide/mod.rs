//! A guide, to read beside the reference.
//!
//! | page | about |
//! |---|---|
//! | [`writing`] | what a block can hold, what a handler can return, errors, shutdown, relays |
//! | [`migrating`] | from Rocket's own streams, axum's `Sse` and actix-web-lab |
//! | [`frameworks`] | warp, salvo, poem, tonic, tower and ntex |
//! | [`messages`] | what the compiler says, and what to do about it |
//! | [`performance`] | what an event costs, compared with other libraries |
//! | [`proxies`] | what lies between a server and its clients: buffering, idle limits, platforms |
//! | [`browsers`] | six connections, HTTP/2, authentication, other origins |
//! | [`clients`] | htmx, React, datastar, Swift, Kotlin, and what fifteen clients read |
//! | [`capacity`] | file descriptors, memory, limits for each client |
//! | [`deploying`] | ending streams, and the thundering herd of clients that come back |
//! | [`batching_and_compression`] | coalescing and compression: what they cost, and what they save |
//! | [`observability`] | metrics and traces |
//! | [`recipes`] | small programs to start from, and the clients that read them |
//! | [`relays`] | passing on another server's events, such as a language model's |
//! | [`testing`] | recipes for tests of streams |
//!
//! Everything in it was tried with this crate, or names its source. The limits of platforms are as
//! documented in November 2026.

#[doc = include_str!("browsers.md")]
pub mod browsers {}
#[doc = include_str!("capacity.md")]
pub mod capacity {}
#[doc = include_str!("clients.md")]
///
#[doc = include_str!("clients_table.md")]
pub mod clients {}
#[doc = include_str!("deploying.md")]
pub mod deploying {}
#[doc = include_str!("frameworks.md")]
pub mod frameworks {}
#[doc = include_str!("messages.md")]
pub mod messages {}
#[doc = include_str!("migrating.md")]
pub mod migrating {}
#[doc = include_str!("performance.svg")]
///
#[doc = include_str!("performance.md")]
pub mod performance {}
#[doc = include_str!("proxies.md")]
///
#[doc = include_str!("proxies_table.md")]
pub mod proxies {}
#[doc = include_str!("recipes.md")]
pub mod recipes {}
#[doc = include_str!("relays.md")]
pub mod relays {}
#[doc = include_str!("batching_and_compression.md")]
///
#[doc = include_str!("compression_table.md")]
pub mod batching_and_compression {}
#[doc = include_str!("testing.md")]
pub mod testing {}
#[doc = include_str!("observability.md")]
pub mod observability {}
#[doc = include_str!("writing.md")]
pub mod writing {}
