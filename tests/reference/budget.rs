//! The errors of values against the tables of this directory.
//!
//! An error is |got - expected| / max(|expected|, floor), with the table's `_scale` column in the maximum where the
//! budget's line is relative to `scale`. An expected infinity (or overflow of the scalar) must be met exactly; an empty
//! cell expects nothing.

use crate::accuracy::{Error, Measured};
use crate::table::{Bits, Row};

/// Values against the columns of one table.
pub struct Check {
    table: &'static str,
    measured: Measured,
}

impl Check {
    /// Of the table with this name.
    pub fn new(table: &'static str) -> Self {
        Self { table, measured: Measured::default() }
    }

    /// A value that is never negative.
    pub fn divergence<T: Bits + Copy>(&mut self, row: &Row, function: &str, column: &str, got: T) {
        assert!(got.widen() >= 0.0, "{function}, line {}: {column} is {}", row.line, got.widen());
        self.value(row, function, column, got);
    }

    /// Compares a result with its column.
    pub fn value<T: Bits>(&mut self, row: &Row, function: &str, column: &str, got: T) {
        if row.text(column).is_empty() {
            return;
        }
        let cells = [function, row.text("scalar"), row.text("regime")];
        let size = row.find("n").map_or(0.0, |n| n.parse().expect("a number"));
        let of = row.number(column);
        let (got, expected) = (got.widen(), T::nearest(of));
        let by = if got == expected {
            0.0
        } else if got.is_finite() && expected.is_finite() {
            (got - of).abs()
        } else {
            f64::INFINITY
        };
        let scale = row.find(&format!("{column}_scale")).filter(|scale| !scale.is_empty());
        let term = scale.map_or(0.0, |scale| scale.parse().expect("a decimal"));
        let at = || format!("{}.csv:{} {column}", self.table, row.line);
        assert!(self.measured.see(cells, size, Error { by, of, term }, at), "no budget for {cells:?} {size}");
    }

    /// Every value must be within its budget, and `ACCURACY.md` say so.
    pub fn finish(self) {
        self.measured.finish();
    }
}
