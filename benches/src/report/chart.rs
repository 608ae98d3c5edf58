//! The picture: the CPU time per event of each burst, with a panel for each framework.

use std::path::Path;

use plotters::prelude::*;

use super::panel::draw_panel;
use super::style::{Area, FLOOR, INK, MUTED, OURS, PEER};
use super::{Figure, Results};
use crate::Result;
use crate::contender::Role;

const SIZE: (u32, u32) = (960, 880);

/// Draws it into an SVG file.
pub fn draw(results: &Results, path: &Path) -> Result {
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    heading(&root, results)?;
    legend(&root)?;
    let panels = root.margin(104, 12, 16, 16).split_evenly((2, 2));
    let bursts = results.figures.iter().filter(|figure| figure.case.starts_with("burst"));
    let bursts: Vec<_> = bursts.collect();
    // Those of a framework follow each other.
    let mut frameworks: Vec<_> = bursts.iter().map(|figure| &*figure.framework).collect();
    frameworks.dedup();
    for (panel, framework) in panels.iter().zip(frameworks) {
        let figures = bursts.iter().filter(|figure| figure.framework == framework);
        let figures: Vec<_> = figures.copied().collect();
        draw_panel(panel, &title(results, framework, &figures), results, &figures)?;
    }
    Ok(root.present()?)
}

fn heading(root: &Area<'_>, results: &Results) -> Result {
    let title = ("sans-serif", 24).into_font().style(FontStyle::Bold).color(&INK);
    root.draw_text("CPU time per event", &title, (24, 20))?;
    let how = format!(
        "Server side, a burst of events on one connection. Logarithmic: shorter is much better. \
         {}, {}.",
        results.cpu, results.date
    );
    root.draw_text(&how, &("sans-serif", 13).into_font().color(&MUTED), (24, 50))?;
    Ok(())
}

fn legend(root: &Area<'_>) -> Result {
    let entries = [
        (24, OURS, "sse-runtime"),
        (150, PEER, "the peer"),
        (250, FLOOR, "floor: bytes encoded beforehand, only passed on"),
    ];
    for (x, color, name) in entries {
        root.draw(&Rectangle::new([(x, 76), (x + 14, 90)], color.filled()))?;
        root.draw_text(name, &("sans-serif", 14).into_font().color(&INK), (x + 20, 76))?;
    }
    Ok(())
}

/// The framework, and the peer that ours is compared with there.
fn title(results: &Results, framework: &str, figures: &[&Figure]) -> String {
    let version = results.versions.get(&framework.to_lowercase());
    let name = format!("{framework} {}", version.map_or("", String::as_str));
    match figures.iter().find(|figure| figure.role == Role::Peer) {
        Some(peer) => format!("{name}, the peer: {}", peer.of.trim_matches('`')),
        None => name,
    }
}
