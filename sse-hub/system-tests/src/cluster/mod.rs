//! Hubs over Redis: the server, its faults, and what clients must have received.

pub mod gate;
pub mod node;
pub mod record;
pub mod server;
pub mod world;
