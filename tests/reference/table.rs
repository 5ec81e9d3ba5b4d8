//! The CSV files of this directory: no quoting, numbers as decimals, exact floats as hexadecimal bit patterns.

use std::path::Path;

/// A scalar stored as its bit pattern.
pub trait Bits: Sized {
    /// The number with this bit pattern.
    fn from_hex(text: &str) -> Self;
    /// The number, exactly.
    fn widen(self) -> f64;
    /// A decimal rounded to this type, exactly.
    fn nearest(decimal: f64) -> f64;
}

impl Bits for f32 {
    fn from_hex(text: &str) -> Self {
        Self::from_bits(u32::from_str_radix(text, 16).expect("eight hexadecimal digits"))
    }
    fn widen(self) -> f64 {
        self.into()
    }
    fn nearest(decimal: f64) -> f64 {
        f64::from(decimal as f32)
    }
}

impl Bits for f64 {
    fn from_hex(text: &str) -> Self {
        Self::from_bits(u64::from_str_radix(text, 16).expect("sixteen hexadecimal digits"))
    }
    fn widen(self) -> f64 {
        self
    }
    fn nearest(decimal: f64) -> f64 {
        decimal
    }
}

/// A whole file.
pub struct Table {
    columns: Vec<String>,
    lines: Vec<Vec<String>>,
}

/// One line of it.
pub struct Row<'a> {
    columns: &'a [String],
    cells: &'a [String],
    /// The line's number in the file.
    pub line: usize,
}

impl Table {
    /// `name.csv` beside this file.
    pub fn read(name: &str) -> Self {
        let directory = Path::new(env!("ELBOW_ROOT")).join("tests/reference");
        let text = std::fs::read_to_string(directory.join(format!("{name}.csv"))).expect(name);
        let mut lines = text.lines().map(|line| line.split(',').map(str::to_owned).collect::<Vec<_>>());
        let columns = lines.next().expect("a header");
        Self { columns, lines: lines.collect() }
    }

    /// The lines below the header.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let row = |(i, cells)| Row { columns: &self.columns, cells, line: i + 2 };
        self.lines.iter().map(Vec::as_slice).enumerate().map(row)
    }
}

impl Row<'_> {
    /// The cell of a column, if there is one.
    pub fn find(&self, column: &str) -> Option<&str> {
        let position = self.columns.iter().position(|name| name == column);
        position.map(|position| self.cells[position].as_str())
    }

    /// The cell of a column.
    pub fn text(&self, column: &str) -> &str {
        self.find(column).unwrap_or_else(|| panic!("no column {column}"))
    }

    /// A list of exact numbers.
    pub fn list<T: Bits>(&self, column: &str) -> Vec<T> {
        self.text(column).split_whitespace().map(T::from_hex).collect()
    }

    /// A list of N exact numbers.
    pub fn array<T: Bits, const N: usize>(&self, column: &str) -> [T; N] {
        let list: Vec<T> = self.list(column);
        list.try_into().unwrap_or_else(|_| panic!("line {}: {column} has not {N} numbers", self.line))
    }

    /// A list of decimals.
    pub fn decimals(&self, column: &str) -> Vec<f64> {
        self.text(column).split_whitespace().map(|cell| cell.parse().expect("a decimal")).collect()
    }

    /// A decimal.
    pub fn number(&self, column: &str) -> f64 {
        let text = self.text(column);
        text.parse().unwrap_or_else(|_| panic!("line {}: {column} is {text}", self.line))
    }
}
