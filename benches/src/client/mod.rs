//! A client that costs little, so that the server is what is measured.

mod chunked;
mod connection;
mod events;
mod tally;

pub use connection::{Buffer, Connection, Control, buffer};
pub use events::check;
pub use tally::Tally;
