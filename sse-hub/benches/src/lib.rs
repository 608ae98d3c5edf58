//! What the measurements of hubs share.
#![allow(clippy::missing_errors_doc, reason = "what goes wrong ends a measurement")]

pub mod redis_server;
