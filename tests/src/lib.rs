//! What the tests share: a client by the letter of the standard, and a server to connect to.

#![forbid(unsafe_code)]

pub mod arbitrary;
pub mod browser;
pub mod bytes;
pub mod http;
pub mod left_out;
pub mod process;
pub mod reference;
pub mod rocket_server;
pub mod servers;
