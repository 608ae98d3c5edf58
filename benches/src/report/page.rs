//! Tables on a page of figures.

use std::fs;
use std::path::Path;

use super::{Figure, Results};
use crate::Result;
use crate::contender::Role;

const END: &str = "<!-- end -->\n";

/// A table with a row for each subject.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    pub title: &'static str,
    pub about: &'static str,
    pub columns: &'static [Column],
}

/// The title of a column, and the case and the unit of its figures.
pub type Column = (&'static str, &'static str, &'static str);

/// Writes tables anew, which are on the page after a comment that names this file.
pub fn update(page: &Path, source: &str, results: &Results, tables: &str) -> Result {
    let text = fs::read_to_string(page)?;
    let begin = format!("<!-- of {source}: -->\n");
    let (before, rest) = text.split_once(&begin).ok_or("the page has no place for the tables")?;
    let (_, after) = rest.split_once(END).ok_or("the place for the tables has no end")?;
    let Results { date, cpu, cores, .. } = results;
    let when = format!("Measured on {date}: {cpu}, {cores} cores. Medians, with least and most.");
    Ok(fs::write(page, format!("{before}{begin}\n{when}\n{tables}\n{END}{after}"))?)
}

/// A line of a table.
pub fn row(cells: &[impl AsRef<str>]) -> String {
    let cells: Vec<_> = cells.iter().map(AsRef::as_ref).collect();
    format!("| {} |\n", cells.join(" | ")).replace("|  |", "| |")
}

/// The first two lines of a table.
pub fn head(titles: &[&str]) -> String {
    format!("{}|{}\n", row(titles), "---|".repeat(titles.len()))
}

impl Results {
    pub fn table(&self, Table { title, about, columns }: Table) -> String {
        let about = if about.is_empty() { about } else { &format!("{about}\n\n") };
        let titles: Vec<_> = columns.iter().map(|column| column.0).collect();
        let head = head(&[&[""], &titles[..]].concat());
        let mut table = format!("\n### {title}\n\n{about}{head}");
        let is_in = |it: &Figure, column: &Column| it.case == column.1 && it.unit == column.2;
        let figures =
            self.figures.iter().filter(|it| columns.iter().any(|column| is_in(it, column)));
        let mut names: Vec<String> = Vec::new();
        for name in figures.map(name) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        if names.is_empty() {
            return String::new();
        }
        for subject in names {
            let cell = |column| {
                let figure =
                    self.figures.iter().find(|it| is_in(it, column) && name(it) == subject);
                figure.map_or("–".to_owned(), |figure| self.cell(figure))
            };
            let cells: Vec<_> = columns.iter().map(cell).collect();
            table += &row(&[&[subject], &cells[..]].concat());
        }
        table
    }

    /// A table of all figures of one subject.
    pub fn list(&self, title: &str, of: &str) -> String {
        let figures = self.figures.iter().filter(|figure| figure.of == of);
        let rows = figures.map(|it| row(&[&it.case, &format!("{} {}", it.summary, it.unit)]));
        format!("\n### {title}\n\n{}{}", head(&["", ""]), rows.collect::<String>())
    }

    fn cell(&self, figure: &Figure) -> String {
        let summary = figure.summary;
        match self.times_ours(figure) {
            None => summary.to_string(),
            Some(less @ ..1.0) => format!("{summary}, {less:.2}×"),
            Some(more) => format!("{summary}, **{more:.1}×**"),
        }
    }
}

fn name(figure: &Figure) -> String {
    let name = match &*figure.framework {
        "" => figure.of.clone(),
        framework => format!("{framework}, {}", figure.of),
    };
    if figure.role == Role::Ours { format!("**{name}**") } else { name }
}
