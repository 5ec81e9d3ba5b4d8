//! The monitor's flags between the panels: a row for each flag that was up, a bar for each time.

use crate::axis::Axis;
use crate::picture::{Area, Drawn};
use crate::style::{DOTS, FAULT, GRID, LEFT, RIGHT, WIDTH, font};
use crate::watch::{Episode, Kind};
use plotters::coord::ranged1d::Ranged;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// A row's height in pixels.
const ROW: i32 = 13;

/// The flags that were up.
fn rows(episodes: &[Episode]) -> Vec<Kind> {
    Kind::ALL.into_iter().filter(|kind| episodes.iter().any(|episode| episode.kind == *kind)).collect()
}

/// The strip's height in pixels.
pub fn height(episodes: &[Episode]) -> i32 {
    rows(episodes).len() as i32 * ROW
}

/// Draws the strip along the time axis.
pub fn draw(area: &Area, episodes: &[Episode], time: &Axis) -> Drawn {
    let limits = (LEFT * DOTS, (WIDTH - RIGHT) * DOTS);
    let name = font(10, FAULT).pos(Pos::new(HPos::Right, VPos::Center));
    for (row, kind) in rows(episodes).into_iter().enumerate() {
        let middle = (row as i32 * ROW + ROW / 2) * DOTS;
        area.draw_text(kind.name(), &name, (limits.0 - 5 * DOTS, middle))?;
        area.draw(&PathElement::new([(limits.0, middle), (limits.1, middle)], GRID.stroke_width(3)))?;
        for episode in episodes.iter().filter(|episode| episode.kind == kind) {
            let [first, last] = [episode.first, episode.last].map(|at| time.map(&time.clamp(at), limits));
            // As wide as can be seen.
            let last = last.max(first + 2 * DOTS);
            area.draw(&Rectangle::new([(first, middle - 3 * DOTS), (last, middle + 3 * DOTS)], FAULT.filled()))?;
        }
    }
    Ok(())
}
