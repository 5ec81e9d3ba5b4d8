//! The head of a picture: title, model and legend.

use crate::instrument::Response;
use crate::picture::{Area, Drawn};
use crate::report::Log;
use crate::style::{BAND, BLUE, DOTS, FAULT, INK, LEFT, MISSING, MUTED, ORANGE, READING, RIGHT, WIDTH};
use crate::style::{font, line, printable, width_of};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// The sign of a legend entry.
#[derive(Clone, Copy)]
enum Sign {
    Dot,
    Tick,
    Line,
    Box(RGBColor),
    Ring,
    Cross,
}

fn legend(response: Response, missing: bool, rejected: bool) -> Vec<(Sign, &'static str)> {
    let (reading, mean, band) = match response {
        Response::Level { .. } => (Sign::Dot, "filter mean", "2σ band"),
        Response::Rate { .. } => (Sign::Dot, "filtered rate", "2σ band of the rate"),
        Response::Amount => (Sign::Dot, "filtered mean", "2σ band of the mean"),
        Response::Probability => (Sign::Tick, "filtered probability", "2σ band of the probability"),
    };
    let entries = [(reading, "reading"), (Sign::Line, mean), (Sign::Box(BAND), band), (Sign::Ring, "most surprising")];
    let missing = missing.then_some((Sign::Box(MISSING), "no readings"));
    let rejected = rejected.then_some((Sign::Cross, "rejected"));
    entries.into_iter().chain(missing).chain(rejected).collect()
}

/// Draws the head; `missing` and `rejected` say whether the legend has spans without readings and rejected ones to
/// explain.
pub fn draw(area: &Area, log: &Log, missing: bool, rejected: bool) -> Drawn {
    let at = |x: i32, y: i32| (x * DOTS, y * DOTS);
    let room = WIDTH - LEFT - RIGHT;
    let bold = font(18, INK);
    let bold = TextStyle { font: bold.font.style(FontStyle::Bold), ..bold };
    // Bold is a tenth wider.
    area.draw_text(&printable(&log.title, 18, room * 9 / 10), &bold, at(LEFT, 16))?;
    area.draw_text(&printable(&log.model, 12, room), &font(12, MUTED), at(LEFT, 41))?;
    let (mut x, y) = (LEFT, 70);
    let small = font(12, INK).pos(Pos::new(HPos::Left, VPos::Center));
    for (sign, text) in legend(log.response, missing, rejected) {
        let width = if matches!(sign, Sign::Line | Sign::Box(_)) { 20 } else { 12 };
        let middle = at(x + width / 2, y);
        match sign {
            Sign::Dot => area.draw(&Circle::new(middle, 11, READING.mix(0.75).filled()))?,
            Sign::Tick => area.draw(&PathElement::new(
                [(middle.0, middle.1 - 4 * DOTS), (middle.0, middle.1 + 4 * DOTS)],
                line(READING, 4),
            ))?,
            Sign::Line => area.draw(&PathElement::new([at(x, y), at(x + width, y)], line(BLUE, 8)))?,
            Sign::Cross => area.draw(&Cross::new(middle, 4 * DOTS, line(FAULT, 6)))?,
            Sign::Ring => area.draw(&Circle::new(middle, 5 * DOTS, line(ORANGE, 6)))?,
            Sign::Box(color) => area.draw(&Rectangle::new([at(x, y - 6), at(x + width, y + 6)], color.filled()))?,
        }
        area.draw_text(text, &small, at(x + width + 7, y))?;
        x += width + 7 + width_of(text, 12) + 20;
    }
    Ok(())
}
