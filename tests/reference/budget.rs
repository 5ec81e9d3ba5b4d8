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
        let scale = row.find(&format!("{column}_scale")).filter(|scale| !scale.is_empty());
        let term = scale.map_or(0.0, |scale| scale.parse().expect("a decimal"));
        self.see(row, function, column, got, row.number(column), |of| (of, term));
    }

    /// Compares numbers with a list, each relative to its `_scale` or else to itself.
    pub fn list<T: Bits + Copy>(&mut self, row: &Row, function: &str, column: &str, got: &[T]) {
        let expected = row.decimals(column);
        let scale = row.find(&format!("{column}_scale")).map(|_| row.decimals(&format!("{column}_scale")));
        assert_eq!(got.len(), expected.len(), "line {}: {column}", row.line);
        for (i, &got) in got.iter().enumerate() {
            let unit = scale.as_ref().map_or(expected[i], |scale| scale[i]);
            self.see(row, function, column, got, expected[i], |_| (unit, 0.0));
        }
    }

    /// Compares a covariance with the rows of its lower triangle, in units of standard deviations.
    pub fn covariance<T: Bits + Copy, const N: usize>(
        &mut self,
        row: &Row,
        function: &str,
        column: &str,
        got: &[[T; N]; N],
    ) {
        let expected = row.decimals(column);
        let at = |i: usize, j: usize| expected[i * (i + 1) / 2 + j];
        for i in 0..N {
            for j in 0..=i {
                let unit = at(i, i).sqrt() * at(j, j).sqrt();
                self.see(row, function, column, got[i][j], at(i, j), |_| (unit, 0.0));
            }
        }
    }

    /// The diagonal alone.
    pub fn variance<T: Bits + Copy, const N: usize>(&mut self, row: &Row, function: &str, column: &str, got: &[T; N]) {
        let expected = row.decimals(column);
        for i in 0..N {
            self.see(row, function, column, got[i], expected[i * (i + 3) / 2], |of| (of, 0.0));
        }
    }

    fn see<T: Bits>(
        &mut self,
        row: &Row,
        function: &str,
        column: &str,
        got: T,
        exact: f64,
        relative_to: impl FnOnce(f64) -> (f64, f64),
    ) {
        let cells = [function, row.text("scalar"), row.text("regime")];
        let size = row.find("n").map_or(0.0, |n| n.parse().expect("a number"));
        let (got, expected) = (got.widen(), T::nearest(exact));
        let by = if got == expected {
            0.0
        } else if got.is_finite() && expected.is_finite() {
            (got - exact).abs()
        } else {
            f64::INFINITY
        };
        let (of, term) = relative_to(exact);
        let at = || format!("{}.csv:{} {column}", self.table, row.line);
        assert!(self.measured.see(cells, size, Error { by, of, term }, at), "no budget for {cells:?} {size}");
    }

    /// Every value must be within its budget, and `ACCURACY.md` say so.
    pub fn finish(self) {
        self.measured.finish();
    }
}
