//! Helpers for the measurements of hubs.
#![allow(clippy::missing_errors_doc, reason = "what goes wrong ends a measurement")]

pub mod redis_server;
