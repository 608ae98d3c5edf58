//! What came out: as a table, as JSON, as a picture.

mod chart;
mod panel;
mod results;
mod versions;

pub use chart::draw;
pub use results::{Group, Results, Row};
