//! The picture of a filtered log: readings, mean and band above, surprise below, on one time axis, as SVG.

use crate::axis::Axis;
use crate::header;
use crate::instrument::Response;
use crate::problem::Problem;
use crate::report::Log;
use crate::strip;
use crate::style::{
    AXIS, BAND, BLUE, DOTS, FAULT, GRID, HEIGHT, INK, LEFT, MISSING, MUTED, ORANGE, READING, RIGHT, WIDTH,
};
use crate::style::{font, line, printable};
use crate::table::Series;
use crate::thin::{Drawing, drawing};
use crate::track::{Read, Track};
use crate::watch::Episode;
use plotters::coord::Shift;
use plotters::prelude::*;
use std::error::Error;
use std::path::{Path, PathBuf};

const HEADER: i32 = 88;
const LOWER: i32 = 188;
const CAPTION: i32 = 18;

/// A part of the picture.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
/// Whether a part could be drawn.
pub type Drawn = Result<(), Box<dyn Error>>;
type Panel<'b> = ChartContext<'b, SVGBackend<'b>, Cartesian2d<Axis, Axis>>;

/// What is drawn: a track within a window of time.
struct Scene<'a> {
    log: &'a Log,
    time: Axis,
    drawing: Drawing,
    most: Vec<(f64, Read)>,
    gaps: Vec<(f64, f64)>,
    episodes: &'a [Episode],
}

/// Writes the picture into `directory` under the log's name, whole or not at all.
pub fn write(
    directory: &Path,
    log: &Log,
    series: &Series,
    track: &Track,
    window: (f64, f64),
) -> Result<PathBuf, Problem> {
    let path = directory.join(format!("{}.svg", log.name));
    let failed = |error: &dyn Error| Problem::File { file: path.clone(), what: format!("cannot be written: {error}") };
    let gaps = gaps(series).into_iter().filter(|gap| gap.1 > window.0 && gap.0 < window.1);
    let mut episodes = track.episodes.clone().unwrap_or_default();
    episodes.retain(|episode| episode.last >= window.0 && episode.first <= window.1);
    let scene = Scene {
        log,
        time: Axis::time(series.clock, window, &log.time_unit),
        drawing: drawing(track, log.response, window, (WIDTH - LEFT - RIGHT) as usize),
        most: track.most_surprising(window),
        gaps: gaps.map(|(from, to)| (from.max(window.0), to.min(window.1))).collect(),
        episodes: &episodes,
    };
    let mut svg = String::new();
    draw(&mut svg, &scene).map_err(|error| failed(error.as_ref()))?;
    // Drawn in dots, shown in pixels.
    let dots = format!("width=\"{}\" height=\"{}\"", WIDTH * DOTS, HEIGHT * DOTS);
    let svg = svg.replacen(&dots, &format!("width=\"{WIDTH}\" height=\"{HEIGHT}\""), 1);
    let draft = directory.join(format!(".{}.svg.{}", log.name, std::process::id()));
    std::fs::create_dir_all(directory).map_err(|error| failed(&error))?;
    std::fs::write(&draft, svg).and_then(|()| std::fs::rename(&draft, &path)).map_err(|error| failed(&error))?;
    Ok(path)
}

fn draw(svg: &mut String, scene: &Scene) -> Drawn {
    let size = ((WIDTH * DOTS) as u32, (HEIGHT * DOTS) as u32);
    let root = SVGBackend::with_string(svg, size).into_drawing_area();
    root.fill(&WHITE)?;
    let caption = if scene.time.caption.is_empty() { 0 } else { CAPTION };
    let (head, panels) = root.split_vertically(HEADER * DOTS);
    let flags = strip::height(scene.episodes);
    let (upper, panels) = panels.split_vertically((HEIGHT - HEADER - LOWER - caption - flags) * DOTS);
    let (between, lower) = panels.split_vertically(flags * DOTS);
    let rejected = scene.drawing.reads.iter().any(|(_, read)| read.rejected);
    header::draw(&head, scene.log, !scene.gaps.is_empty(), rejected)?;
    readings(&upper, scene)?;
    strip::draw(&between, scene.episodes, &scene.time)?;
    surprises(&lower, scene)?;
    root.present()?;
    Ok(())
}

/// A panel with its grid, over the spans without readings. The lower one carries the time axis's labels.
fn panel<'b>(
    area: &Area<'b>,
    scene: &Scene,
    value: Axis,
    name: &str,
    lower: bool,
) -> Result<Panel<'b>, Box<dyn Error>> {
    let caption = if scene.time.caption.is_empty() { 0 } else { CAPTION };
    let below = if lower { 28 + caption } else { 0 };
    let (bottom, top) = (value.clamp(f64::NEG_INFINITY), value.clamp(f64::INFINITY));
    let mut chart = ChartBuilder::on(area)
        .margin_left(10 * DOTS)
        .margin_right(RIGHT * DOTS)
        .margin_top(8 * DOTS)
        .margin_bottom(6 * DOTS)
        .set_label_area_size(LabelAreaPosition::Left, (LEFT - 10) * DOTS)
        .set_label_area_size(LabelAreaPosition::Bottom, below * DOTS)
        .build_cartesian_2d(scene.time.clone(), value)?;
    let span = |(from, to): &(f64, f64)| Rectangle::new([(*from, bottom), (*to, top)], MISSING.filled());
    chart.draw_series(scene.gaps.iter().map(span))?;
    let mut mesh = chart.configure_mesh();
    mesh.axis_style(line(AXIS, 4))
        .bold_line_style(line(GRID, 3))
        .light_line_style(TRANSPARENT)
        .max_light_lines(1)
        .set_all_tick_mark_size(4 * DOTS)
        .label_style(font(12, INK))
        .axis_desc_style(font(12, MUTED))
        .y_desc(printable(name, 12, if lower { 150 } else { 290 }));
    if lower && caption > 0 {
        mesh.x_desc(printable(&scene.time.caption, 12, 700));
    }
    mesh.draw()?;
    Ok(chart)
}

fn readings(area: &Area, scene: &Scene) -> Drawn {
    let (response, belief, reads) = (scene.log.response, &scene.drawing.belief, &scene.drawing.reads);
    let axis = value_axis(response, &scene.drawing);
    let mut chart = panel(area, scene, axis.clone(), &scene.log.axis, false)?;
    let ends = belief.iter().map(|dot| (dot.time, dot.low));
    let band = ends.chain(belief.iter().rev().map(|dot| (dot.time, dot.high)));
    let band: Vec<(f64, f64)> = band.map(|(time, value)| (time, axis.clamp(value))).collect();
    chart.draw_series([Polygon::new(band, BAND.mix(0.85).filled())])?;
    let (radius, strength) = match reads.len() {
        0..=200 => (11, 0.75),
        201..=800 => (8, 0.6),
        801..=2500 => (6, 0.45),
        _ => (5, 0.35),
    };
    let ink = READING.mix(strength);
    if response == Response::Probability {
        let tick = |(time, read): &(f64, Read)| {
            let place = beside(read);
            PathElement::new([(*time, place - 0.025), (*time, place + 0.025)], ink.stroke_width(3))
        };
        chart.draw_series(reads.iter().map(tick))?;
    } else {
        chart.draw_series(reads.iter().map(|(time, read)| Circle::new((*time, read.value), radius, ink.filled())))?;
    }
    let place = |read: &Read| if response == Response::Probability { beside(read) } else { read.value };
    let rejected = reads.iter().filter(|(_, read)| read.rejected);
    chart.draw_series(rejected.map(|(time, read)| Cross::new((*time, place(read)), 4 * DOTS, line(FAULT, 6))))?;
    let mean = belief.iter().map(|dot| (dot.time, axis.clamp(dot.mean)));
    chart.draw_series(LineSeries::new(mean, line(BLUE, if belief.len() > 800 { 5 } else { 7 })))?;
    let ring = |(time, read): &(f64, Read)| Circle::new((*time, place(read)), 6 * DOTS, line(ORANGE, 6));
    chart.draw_series(scene.most.iter().map(ring))?;
    Ok(())
}

/// Where a yes or no is marked: just outside the probabilities.
fn beside(read: &Read) -> f64 {
    if read.value == 1.0 { 1.05 } else { -0.05 }
}

fn surprises(area: &Area, scene: &Scene) -> Drawn {
    // An f32 may call a reading impossible; its stem leaves the panel at the top.
    let all = &scene.drawing.surprises;
    let nats = || all.iter().map(|at| at.1).filter(|nats| nats.is_finite());
    let low = nats().fold(f64::INFINITY, f64::min);
    let high = nats().fold(f64::NEG_INFINITY, f64::max);
    let bottom = if low >= 0.0 && low < 0.4 * high { 0.0 } else { low - 0.08 * (high - low) };
    let axis = Axis::number(bottom, high + 0.08 * (high - bottom), 5);
    let bottom = axis.clamp(f64::NEG_INFINITY);
    let top = axis.clamp(f64::INFINITY);
    let mut chart = panel(area, scene, axis, "surprise (nats)", true)?;
    let width = if all.len() > 400 { 3 } else { 6 };
    let stem =
        |time: f64, nats: f64, style: ShapeStyle| PathElement::new([(time, bottom), (time, nats.min(top))], style);
    chart.draw_series(all.iter().map(|(time, nats)| stem(*time, *nats, ORANGE.mix(0.45).stroke_width(width))))?;
    let most = &scene.most;
    chart.draw_series(most.iter().map(|(time, read)| stem(*time, read.surprise, line(ORANGE, 6))))?;
    chart.draw_series(
        most.iter().map(|(time, read)| Circle::new((*time, read.surprise.min(top)), 11, ORANGE.filled())),
    )?;
    Ok(())
}

/// An axis that shows every reading, and the band as far as half the readings' range beyond them.
fn value_axis(response: Response, drawing: &Drawing) -> Axis {
    if response == Response::Probability {
        return Axis::number(-0.1, 1.1, 6);
    }
    let values = || drawing.reads.iter().map(|(_, read)| read.value);
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
    let room = if high > low { 0.5 * (high - low) } else { (0.05 * high.abs()).max(1e-3) };
    let lowest = drawing.belief.iter().map(|dot| dot.low).fold(low, f64::min).max(low - room);
    let highest = drawing.belief.iter().map(|dot| dot.high).fold(high, f64::max).min(high + room);
    let pad = 0.04 * (highest - lowest);
    Axis::number(lowest - pad, highest + pad, 7)
}

/// The spans between a reading and the next where rows are missing, or far apart.
fn gaps(series: &Series) -> Vec<(f64, f64)> {
    let there = series.times.iter().zip(&series.values).enumerate().filter(|(_, (_, value))| value.is_some());
    let there: Vec<(usize, f64)> = there.map(|(row, (time, _))| (row, *time)).collect();
    let far = |pair: &&[(usize, f64)]| pair[1].0 > pair[0].0 + 1 || pair[1].1 - pair[0].1 > series.gap;
    there.windows(2).filter(far).map(|pair| (pair[0].1, pair[1].1)).collect()
}
