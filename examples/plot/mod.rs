//! Pictures for the examples: panels of curves, areas and dots with titles, legends, axes and units, as SVG.

mod axis;

pub use axis::Axis;

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use std::error::Error;
use std::io::Write;
use std::path::Path;

/// Blue, vermilion, green, purple, grey: told apart by every kind of colour vision (Okabe and Ito 2008), grey added.
pub const COLORS: [RGBColor; 5] = [
    RGBColor(0, 114, 178),
    RGBColor(213, 94, 0),
    RGBColor(0, 138, 100),
    RGBColor(178, 84, 142),
    RGBColor(110, 117, 126),
];

/// Dots to a pixel: the backend places everything on whole dots.
const DOTS: i32 = 4;
/// The picture's width in pixels.
const WIDTH: i32 = 900;
/// From the top to the first panels: title and subtitle.
const HEADER: i32 = 62;
const INK: RGBColor = RGBColor(34, 40, 49);
const MUTED: RGBColor = RGBColor(95, 103, 113);
const GRID: RGBColor = RGBColor(228, 231, 235);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Drawn = Result<(), Box<dyn Error>>;

/// A line, an area, or dots.
pub struct Curve {
    /// In the legend, if not empty.
    pub name: String,
    pub color: RGBColor,
    pub points: Vec<(f64, f64)>,
    /// Of the line, in quarters of a pixel; zero draws none.
    pub width: u32,
    /// Whether the line is broken.
    pub dashed: bool,
    /// How opaque the area is that the points enclose; zero draws none.
    pub fill: f64,
    /// The radius of a dot at each point, in quarters of a pixel; zero draws none.
    pub dot: i32,
}

impl Curve {
    /// A line of two pixels.
    pub fn new(name: &str, color: RGBColor, points: Vec<(f64, f64)>) -> Self {
        Self { name: name.into(), color, points, width: 8, dashed: false, fill: 0.0, dot: 0 }
    }
}

/// A coordinate system with what is drawn in it, in this order. Points beyond the axes are drawn at their ends.
pub struct Panel {
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    pub curves: Vec<Curve>,
}

impl Panel {
    pub fn new(title: &str, x: Axis, y: Axis, curves: Vec<Curve>) -> Self {
        Self { title: title.into(), x, y, curves }
    }
}

/// Draws rows of panels, each row of a height in pixels, into `target/NAME/NAME.svg`, and says so.
pub fn write(name: &str, title: &str, subtitle: &str, rows: &[(i32, Vec<Panel>)]) -> Drawn {
    let height = HEADER + rows.iter().map(|row| row.0).sum::<i32>();
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, ((WIDTH * DOTS) as u32, (height * DOTS) as u32));
        let root = root.into_drawing_area();
        root.fill(&WHITE)?;
        text(&root, (22, 22), title, font(18, INK), HPos::Left)?;
        text(&root, (22, 45), subtitle, font(13, MUTED), HPos::Left)?;
        let mut top = HEADER;
        for (height, panels) in rows {
            let width = WIDTH / panels.len() as i32;
            for (k, panel) in (0..).zip(panels) {
                draw(&root, panel, (k * width, top), (width, *height))?;
            }
            top += height;
        }
        root.present()?;
    }
    // Drawn in dots, shown in pixels.
    let dots = format!("width=\"{}\" height=\"{}\"", WIDTH * DOTS, height * DOTS);
    let svg = svg.replacen(&dots, &format!("width=\"{WIDTH}\" height=\"{height}\""), 1);
    let directory = Path::new("target").join(name);
    std::fs::create_dir_all(&directory)?;
    let path = directory.join(name).with_extension("svg");
    std::fs::write(&path, svg)?;
    Ok(writeln!(std::io::stdout(), "\ndrawn: {}", path.display())?)
}

/// Draws a panel into the rectangle with this corner and size, in pixels.
fn draw(root: &Area, panel: &Panel, (left, top): (i32, i32), (width, height): (i32, i32)) -> Drawn {
    text(root, (left + 22, top + 12), &panel.title, font(14, INK), HPos::Left)?;
    let legend = legend(root, panel, (left + 22, top + 32), left + width - 16)?;
    let (x, y) = ((left + 72, left + width - 24), (top + height - 46, legend + 16));
    let place = |(a, b): (f64, f64)| {
        let along = |share: f64, (from, to): (i32, i32)| {
            (f64::from(DOTS) * (f64::from(from) + share * f64::from(to - from))).round()
        };
        (along(panel.x.share(a), x) as i32, along(panel.y.share(b), y) as i32)
    };
    for (value, label) in panel.x.ticks(((x.1 - x.0) / 70) as usize) {
        let (at, _) = place((value, panel.y.from));
        root.draw(&PathElement::new([(at, y.0 * DOTS), (at, y.1 * DOTS)], GRID.stroke_width(3)))?;
        text(root, (at / DOTS, y.0 + 13), &label, font(12, INK), HPos::Center)?;
    }
    for (value, label) in panel.y.ticks(((y.0 - y.1) / 40) as usize) {
        let (_, at) = place((panel.x.from, value));
        root.draw(&PathElement::new([(x.0 * DOTS, at), (x.1 * DOTS, at)], GRID.stroke_width(3)))?;
        text(root, (x.0 - 8, at / DOTS), &label, font(12, INK), HPos::Right)?;
    }
    text(root, ((x.0 + x.1) / 2, y.0 + 34), &panel.x.name, font(12, MUTED), HPos::Center)?;
    let upright = font(12, MUTED).transform(FontTransform::Rotate270);
    text(root, (left + 22, (y.0 + y.1) / 2), &panel.y.name, upright, HPos::Center)?;
    for curve in &panel.curves {
        let points: Vec<(i32, i32)> = curve.points.iter().map(|&point| place(point)).collect();
        dots(root, curve, &points)?;
        stroke(root, curve, points)?;
    }
    root.draw(&Rectangle::new([(x.0 * DOTS, y.1 * DOTS), (x.1 * DOTS, y.0 * DOTS)], MUTED.stroke_width(3)))?;
    Ok(())
}

fn stroke(root: &Area, curve: &Curve, points: Vec<(i32, i32)>) -> Drawn {
    if curve.fill > 0.0 {
        root.draw(&Polygon::new(points.clone(), curve.color.mix(curve.fill).filled()))?;
    }
    let style = curve.color.stroke_width(curve.width);
    if curve.width > 0 && curve.dashed {
        for dash in dashes(&points) {
            root.draw(&PathElement::new(dash, style))?;
        }
    } else if curve.width > 0 {
        root.draw(&PathElement::new(points, style))?;
    }
    Ok(())
}

fn dots(root: &Area, curve: &Curve, points: &[(i32, i32)]) -> Drawn {
    for &point in points.iter().filter(|_| curve.dot > 0) {
        root.draw(&Circle::new(point, curve.dot, curve.color.filled()))?;
    }
    Ok(())
}

/// The parts of a line that are seen when it is broken: seven pixels on, four off.
fn dashes(points: &[(i32, i32)]) -> Vec<Vec<(i32, i32)>> {
    let (on, off) = (f64::from(7 * DOTS), f64::from(4 * DOTS));
    let (mut parts, mut drawing, mut left) = (vec![points.iter().take(1).copied().collect::<Vec<_>>()], true, on);
    for pair in points.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        let length = f64::from(b.0 - a.0).hypot(f64::from(b.1 - a.1));
        let mut gone = 0.0;
        while length - gone > left {
            gone += left;
            let between = |a: i32, b: i32| a + (f64::from(b - a) * gone / length).round() as i32;
            let turn = (between(a.0, b.0), between(a.1, b.1));
            match parts.last_mut() {
                Some(part) if drawing => part.push(turn),
                _ => parts.push(vec![turn]),
            }
            drawing = !drawing;
            left = if drawing { on } else { off };
        }
        left -= length - gone;
        if let Some(part) = parts.last_mut().filter(|_| drawing) {
            part.push(b);
        }
    }
    parts
}

/// Samples and names of the curves from left to right; the height in pixels where it ends.
fn legend(root: &Area, panel: &Panel, (left, top): (i32, i32), right: i32) -> Result<i32, Box<dyn Error>> {
    let (mut x, mut y) = (left, top);
    for curve in panel.curves.iter().filter(|curve| !curve.name.is_empty()) {
        let width = 30 + (7.0 * curve.name.chars().count() as f64) as i32;
        if x > left && x + width > right {
            (x, y) = (left, y + 18);
        }
        let (from, to, middle) = (x * DOTS, (x + 22) * DOTS, y * DOTS);
        let box_of =
            |half: i32| vec![(from, middle - half), (to, middle - half), (to, middle + half), (from, middle + half)];
        let line = vec![(from, middle), (to, middle)];
        stroke(root, curve, if curve.fill > 0.0 { box_of(5 * DOTS) } else { line })?;
        dots(root, curve, &[((from + to) / 2, middle)])?;
        text(root, (x + 28, y), &curve.name, font(12, INK), HPos::Left)?;
        x += width + 18;
    }
    Ok(y)
}

/// Words centred on a height, in pixels.
fn text(root: &Area, (x, y): (i32, i32), words: &str, style: TextStyle<'static>, along: HPos) -> Drawn {
    let style = style.pos(Pos::new(along, VPos::Center));
    Ok(root.draw(&Text::new(words.to_string(), (x * DOTS, y * DOTS), style))?)
}

/// A text style, `size` in pixels.
fn font(size: i32, color: RGBColor) -> TextStyle<'static> {
    let face = FontFamily::Name("Helvetica, Arial, 'Liberation Sans', sans-serif");
    // The backend writes the size divided by 1.24.
    (face, f64::from(size * DOTS) * 1.24).into_font().color(&color)
}
