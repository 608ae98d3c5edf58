//! A panel of the picture: the bars of one framework.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::style::{Area, FLOOR, GRID, INK, MUTED, OURS, PEER};
use super::{Figure, Results};
use crate::Result;
use crate::contender::Role;
use crate::kind::Kind;

/// Where the bars begin, below the panel's title and right of the cases' names.
const LEFT: i32 = 112;
const TOP: i32 = 44;
const WIDTH: i32 = 270;

const BAR: i32 = 20;
/// Room for three bars, and a gap.
const GROUP: i32 = 76;

/// The decades of the scale.
const TICKS: [&str; 6] = ["1 ns", "10 ns", "100 ns", "1 µs", "10 µs", "100 µs"];

pub(super) fn draw_panel(
    area: &Area<'_>,
    title: &str,
    results: &Results,
    figures: &[&Figure],
) -> Result {
    let style = ("sans-serif", 15).into_font().style(FontStyle::Bold).color(&INK);
    area.draw_text(title, &style, (8, 8))?;
    grid(area)?;
    for (kind, top) in Kind::ALL.into_iter().zip((TOP..).step_by(76)) {
        let figures = figures.iter().filter(|figure| figure.case.ends_with(kind.name()));
        let figures: Vec<_> = figures.collect();
        let middle = top + (GROUP - 12) / 2;
        text(area, kind.name(), 13, INK, (LEFT - 8, middle), HPos::Right)?;
        let count = i32::try_from(figures.len())?;
        for (figure, top) in figures.iter().zip((middle - count * BAR / 2..).step_by(20)) {
            bar(area, figure, results.times_ours(figure), top)?;
        }
    }
    Ok(())
}

fn grid(area: &Area<'_>) -> Result {
    let bottom = TOP + 4 * GROUP;
    for (tick, decade) in TICKS.iter().zip(0..) {
        let x = at(10_f64.powi(decade));
        area.draw(&PathElement::new([(x, TOP - 8), (x, bottom - 8)], GRID))?;
        text(area, tick, 11, MUTED, (x, bottom + 2), HPos::Center)?;
    }
    Ok(())
}

fn bar(area: &Area<'_>, figure: &Figure, times_ours: Option<f64>, top: i32) -> Result {
    let (color, ink) = match figure.role {
        Role::Ours => (OURS, INK),
        Role::Peer => (PEER, INK),
        Role::Floor => (FLOOR, MUTED),
    };
    let end = at(figure.summary.median);
    area.draw(&Rectangle::new([(LEFT, top + 1), (end, top + BAR - 1)], color.filled()))?;
    let time = duration(figure.summary.median);
    let label = match times_ours {
        Some(ratio) if figure.role == Role::Peer => format!("{time} ({})", times(ratio)),
        _ => time,
    };
    text(area, &label, 12, ink, (end + 5, top + BAR / 2), HPos::Left)
}

fn duration(nanoseconds: f64) -> String {
    match nanoseconds {
        ..10.0 => format!("{nanoseconds:.1} ns"),
        ..1e3 => format!("{nanoseconds:.0} ns"),
        _ => format!("{:.1} µs", nanoseconds / 1e3),
    }
}

fn times(ratio: f64) -> String {
    if ratio < 9.95 { format!("{ratio:.1}×") } else { format!("{ratio:.0}×") }
}

/// Where a time in nanoseconds is on the scale.
#[expect(clippy::cast_possible_truncation, reason = "a position in a picture")]
fn at(nanoseconds: f64) -> i32 {
    LEFT + (nanoseconds.log10().max(0.0) / 5.0 * f64::from(WIDTH)) as i32
}

fn text(
    area: &Area<'_>,
    text: &str,
    size: i32,
    color: RGBColor,
    at: (i32, i32),
    anchor: HPos,
) -> Result {
    let font = ("sans-serif", size).into_font();
    let style = TextStyle::from(font).color(&color).pos(Pos::new(anchor, VPos::Center));
    Ok(area.draw_text(text, &style, at)?)
}
