//! How instructions grow with the size of the state, as a picture: logarithms on both axes, so that a power is a line.

use crate::costs::{Costs, PROFILES};
use crate::failure::Failure;
use plotters::coord::Shift;
use plotters::prelude::*;
use std::error::Error;

const SIZE: (u32, u32) = (960, 420);
const COLOURS: [RGBColor; 2] = [RGBColor(0x1f, 0x5f, 0xa8), RGBColor(0xc8, 0x5a, 0x11)];
const GRID: RGBColor = RGBColor(0xdd, 0xdd, 0xdd);

/// A chart: its caption, the caption of its abscissa, what is drawn in it, log2 of the largest abscissa, log10 of the
/// ordinates.
struct Chart {
    caption: &'static str,
    abscissa: &'static str,
    groups: &'static [&'static str],
    largest: f64,
    ordinates: std::ops::Range<f64>,
}

const CHARTS: [Chart; 2] = [
    Chart {
        caption: "instructions: a reading and a step, dense F",
        abscissa: "states",
        groups: &["update", "predict"],
        largest: 4.0,
        ordinates: 1.0..6.0,
    },
    Chart {
        caption: "instructions: Categorical::kl",
        abscissa: "categories",
        groups: &["Categorical::kl"],
        largest: 8.0,
        ordinates: 1.0..6.0,
    },
];

/// The picture as SVG.
pub fn draw(costs: &Costs) -> Result<String, Failure> {
    let mut svg = String::new();
    on(SVGBackend::with_string(&mut svg, SIZE).into_drawing_area(), costs).map_err(Failure::machine("growth.svg"))?;
    Ok(svg)
}

fn on(area: DrawingArea<SVGBackend<'_>, Shift>, costs: &Costs) -> Result<(), Box<dyn Error>> {
    area.fill(&WHITE)?;
    let (left, right) = area.split_horizontally(SIZE.0 / 2);
    for (panel, chart) in [left, right].iter().zip(&CHARTS) {
        let mut context = ChartBuilder::on(panel)
            .margin(12)
            .caption(chart.caption, ("sans-serif", 15))
            .x_label_area_size(40)
            .y_label_area_size(64)
            .build_cartesian_2d(0.0..chart.largest, chart.ordinates.clone())?;
        context
            .configure_mesh()
            .bold_line_style(GRID)
            .light_line_style(TRANSPARENT)
            .x_labels(chart.largest as usize + 1)
            .y_labels(6)
            .x_label_formatter(&|power| format!("{}", power.exp2().round()))
            .y_label_formatter(&|power| format!("{}", 10_f64.powf(*power).round()))
            .x_desc(chart.abscissa)
            .draw()?;
        for (at, group) in chart.groups.iter().enumerate() {
            for (profile, colour) in PROFILES.iter().zip(COLOURS) {
                let points = points(costs, group, profile.level);
                let name = format!("{group}, {}", if profile.level == "s" { "\"s\"" } else { profile.level });
                let drawn = context.draw_series(LineSeries::new(points.clone(), colour.stroke_width(2)))?;
                drawn.label(name).legend(move |(x, y)| Circle::new((x + 9, y), 4, dot_style(colour, at == 0)));
                let dot = |point: &(f64, f64)| Circle::new(*point, 3, dot_style(colour, at == 0));
                context.draw_series(points.iter().map(dot))?;
            }
        }
        let mut labels = context.configure_series_labels();
        labels.position(SeriesLabelPosition::UpperLeft).border_style(GRID).background_style(WHITE).draw()?;
    }
    area.present()?;
    Ok(())
}

/// Filled for the first of a chart's groups, a ring for the second.
fn dot_style(colour: RGBColor, is_first: bool) -> ShapeStyle {
    if is_first { colour.filled() } else { colour.stroke_width(1) }
}

/// log2 of the size and log10 of the instructions.
fn points(costs: &Costs, group: &str, level: &str) -> Vec<(f64, f64)> {
    let records = costs.records.iter().filter(|record| record.group == group && record.level == level);
    records
        .filter_map(|record| Some((record.row.parse::<f64>().ok()?.log2(), (record.figures[0] as f64).log10())))
        .collect()
}
