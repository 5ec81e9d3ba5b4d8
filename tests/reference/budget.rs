//! The accuracy budget: which error `budget.csv` allows to which function, and the worst one measured.
//!
//! Of its lines, the first that fits a value holds: same function, same scalar, its regime or `*`, n at most `up_to`
//! (`*`: any). The error is |got - expected| / max(|expected|, floor), with the table's `_scale` column in the maximum
//! where `relative_to` is `scale`. An expected infinity (or overflow of the scalar) must be met exactly; an empty cell
//! expects nothing.

use crate::table::{Bits, Row, Table};
use std::collections::BTreeMap;

struct Line {
    function: String,
    scalar: String,
    regime: String,
    up_to_n: Option<usize>,
    allowed: f64,
    scaled: bool,
    floor: f64,
    matched: bool,
}

impl Line {
    fn new(row: &Row) -> Self {
        let scaled = match row.text("relative_to") {
            "value" => false,
            "scale" => true,
            other => panic!("line {}: relative to {other}", row.line),
        };
        Self {
            function: row.text("function").to_owned(),
            scalar: row.text("scalar").to_owned(),
            regime: row.text("regime").to_owned(),
            up_to_n: (row.text("up_to") != "*").then(|| row.number("up_to") as usize),
            allowed: row.number("allowed"),
            scaled,
            floor: row.number("floor"),
            matched: false,
        }
    }

    fn fits(&self, row: &Row, function: &str) -> bool {
        let n = || row.number("n") as usize;
        self.function == function
            && self.scalar == row.text("scalar")
            && (self.regime == "*" || self.regime == row.text("regime"))
            && self.up_to_n.is_none_or(|most| n() <= most)
    }
}

/// The worst of a group of values: its share of what is allowed, and a description.
struct Worst {
    share: f64,
    text: String,
}

/// The budget of some functions, and how it was kept.
pub struct Check {
    lines: Vec<Line>,
    worst: BTreeMap<String, Worst>,
}

impl Check {
    /// The lines of functions whose name up to the first dot is one of these.
    pub fn new(subjects: &[&str]) -> Self {
        let belongs = |row: &Row| row.text("function").split('.').next().is_some_and(|name| subjects.contains(&name));
        let lines = Table::read("budget").rows().filter(belongs).map(|row| Line::new(&row)).collect();
        Self { lines, worst: BTreeMap::new() }
    }

    /// A value that is never negative.
    pub fn divergence<T: Bits + Copy>(&mut self, row: &Row, function: &str, column: &str, got: T) {
        assert!(got.widen() >= 0.0, "{function}, line {}: {column} is {}", row.line, got.widen());
        self.value(row, function, column, got);
    }

    /// Compares a result with its column, within the first line of the budget that fits.
    pub fn value<T: Bits>(&mut self, row: &Row, function: &str, column: &str, got: T) {
        if row.text(column).is_empty() {
            return;
        }
        let line = self.lines.iter_mut().find(|line| line.fits(row, function));
        let line = line.unwrap_or_else(|| panic!("no budget for {function}, line {}", row.line));
        line.matched = true;

        let (got, expected) = (got.widen(), T::nearest(row.number(column)));
        let mut unit = row.number(column).abs().max(line.floor);
        if line.scaled {
            let scale = row.text(&format!("{column}_scale"));
            unit = unit.max(if scale.is_empty() { 0.0 } else { scale.parse().expect("a decimal") });
        }
        let error = if got == expected {
            0.0
        } else if got.is_finite() && expected.is_finite() {
            (got - row.number(column)).abs() / unit
        } else {
            f64::INFINITY
        };
        let share = if error == 0.0 { 0.0 } else { error / line.allowed };

        let regime = row.text("regime");
        let limit = line.up_to_n.map_or(String::new(), |most| format!(" (n <= {most})"));
        let group = format!("{function} {} {regime}{limit}", row.text("scalar"));
        let text = format!("{error:.2e} of {:.1e}, line {} {column}: {got:e} for {expected:e}", line.allowed, row.line);
        let worst = self.worst.entry(group).or_insert(Worst { share: -1.0, text: String::new() });
        if share > worst.share {
            *worst = Worst { share, text };
        }
    }

    /// Prints the worst of every group; every value must be within its budget, every line of the budget used.
    pub fn finish(self) {
        let mut missed = String::new();
        for (group, Worst { share, text }) in &self.worst {
            let report = format!("{group}: {text}\n");
            print!("{report}");
            if *share > 1.0 {
                missed += &report;
            }
        }
        assert!(missed.is_empty(), "beyond the budget:\n{missed}");
        for line in &self.lines {
            assert!(line.matched, "no value for the budget of {} {} {}", line.function, line.scalar, line.regime);
        }
    }
}
