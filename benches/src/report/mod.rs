//! The results: as lines, as JSON, as tables of a page, and as a picture.

mod chart;
mod page;
mod panel;
mod results;
mod style;
mod tables;
mod versions;

pub use chart::draw;
pub use page::{Column, Table, head, row, update as update_page};
pub use results::{Figure, Results};
pub use tables::TABLES;
