//! What the tests share: a client that follows the standard to the letter, servers to connect
//! to, and lines between them that fail.
#![allow(clippy::missing_panics_doc, reason = "what fails here fails a test")]

pub mod arbitrary;
pub mod behind;
pub mod browser;
pub mod bytes;
pub mod chunked;
pub mod client_program;
pub mod deadline;
pub mod decode;
pub mod group;
pub mod http;
pub mod left_out;
pub mod line;
pub mod nginx;
pub mod pages;
pub mod patience;
pub mod ports;
pub mod process;
pub mod prometheus;
pub mod proxy;
pub mod reader;
pub mod reading;
pub mod recipe;
pub mod reference;
pub mod rocket_server;
pub mod served;
pub mod servers;
pub mod unvectored;
