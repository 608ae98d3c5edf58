//! The results: as a table, as JSON, and as a picture.

mod chart;
mod panel;
mod results;
mod style;
mod versions;

pub use chart::draw;
pub use results::{Group, Results, Row};
