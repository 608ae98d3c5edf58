//! What a reading is, and where readings are published.

use rocket::tokio::time::Duration;
use serde::Serialize;
use sse_hub::Hub;

/// The topic of all readings.
pub(crate) const TOPIC: &str = "readings";

/// What the machine was doing in one second.
#[derive(Serialize)]
pub(crate) struct Reading {
    /// The n-th since the server started: 1, 2, 3, …
    pub(crate) number: u64,
    /// In percent, as the cores.
    pub(crate) cpu: f32,
    pub(crate) cores: Vec<f32>,
    /// In bytes.
    pub(crate) memory_used: u64,
    pub(crate) memory_total: u64,
    /// In bytes per second.
    pub(crate) received: u128,
    pub(crate) sent: u128,
}

/// It keeps the readings of the last minute.
pub(crate) fn hub() -> Hub {
    Hub::builder().replay(Duration::from_mins(1), 16 << 20).build()
}
