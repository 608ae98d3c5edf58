//! The plot: what each server held and sent, second by second.

use std::fs::create_dir_all;
use std::path::Path;

use plotters::coord::Shift;
use plotters::prelude::*;
use tests::servers::Framework;

use crate::figures::{Sample, megabytes};

type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;
type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

const SIZE: (u32, u32) = (960, 900);

const COLORS: [RGBColor; 4] =
    [RGBColor(220, 38, 38), RGBColor(13, 148, 136), RGBColor(37, 99, 235), RGBColor(217, 119, 6)];

pub(crate) fn draw(samples: &[Sample], path: &Path) -> Result {
    create_dir_all(path.parent().unwrap_or(path))?;
    let root = SVGBackend::new(path, SIZE).into_drawing_area();
    root.fill(&WHITE)?;
    let panels = root.split_evenly((3, 1));
    panel(&panels[0], "Memory of the server, MB", samples, |it| megabytes(it.held.memory))?;
    panel(&panels[1], "Descriptors of the server", samples, |it| count(it.held.descriptors))?;
    panel(&panels[2], "Events received, thousands", samples, |it| count(it.events) / 1e3)?;
    Ok(root.present()?)
}

fn panel(
    area: &Area<'_>,
    title: &str,
    samples: &[Sample],
    figure: impl Fn(&Sample) -> f64,
) -> Result {
    let most = |of: &dyn Fn(&Sample) -> f64| samples.iter().map(of).fold(1.0, f64::max);
    let (right, top) = (most(&|it| it.seconds), most(&figure) * 1.05);
    let mut chart = ChartBuilder::on(area)
        .caption(title, ("sans-serif", 16))
        .margin(12)
        .x_label_area_size(28)
        .y_label_area_size(56)
        .build_cartesian_2d(0.0..right, 0.0..top)?;
    chart.configure_mesh().light_line_style(WHITE).x_desc("seconds").draw()?;
    for (framework, color) in Framework::ALL.into_iter().zip(COLORS) {
        let samples = samples.iter().filter(|sample| sample.framework == framework);
        let line = samples.map(|sample| (sample.seconds, figure(sample)));
        let series = chart.draw_series(LineSeries::new(line, color.stroke_width(2)))?;
        series
            .label(framework.to_string())
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 16, y)], color.stroke_width(2)));
    }
    chart.configure_series_labels().background_style(WHITE).border_style(WHITE).draw()?;
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a place in a picture")]
fn count(count: usize) -> f64 {
    count as f64
}
