//! A client that costs little, so that the server is what is measured.

mod audience;
mod chunked;
mod connection;
mod events;
mod tally;

pub use audience::Audience;
pub use connection::{Buffer, Connection, Control, Publishing, buffer};
pub use events::check;
pub use tally::Tally;
