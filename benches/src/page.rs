//! The page of figures, of which each measurement writes its own tables.

use std::fs;
use std::path::Path;

use crate::Result;

const END: &str = "<!-- end -->\n";

/// Writes the tables anew, which are on the page after a comment that names this file.
pub fn update(page: &Path, source: &str, tables: &str) -> Result {
    let text = fs::read_to_string(page)?;
    let begin = format!("<!-- of {source}: -->\n");
    let (before, rest) = text.split_once(&begin).ok_or("the page has no place for the tables")?;
    let (_, after) = rest.split_once(END).ok_or("the place for the tables has no end")?;
    Ok(fs::write(page, format!("{before}{begin}\n{tables}\n{END}{after}"))?)
}
