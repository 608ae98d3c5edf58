//! Hubs over Redis: the server, its faults, and what clients must have received.

pub mod record;
pub mod server;
pub mod world;
