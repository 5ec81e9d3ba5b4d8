//! Plain CSV: a header line, no quoting, an empty cell where there is no value.

use std::path::Path;

/// One line, by column name.
#[derive(Clone)]
pub struct Row {
    line: usize,
    cells: Vec<(String, String)>,
}

/// The lines below the header of a file of this crate.
pub fn read(path: &str) -> Vec<Row> {
    let text = std::fs::read_to_string(Path::new(env!("ELBOW_ROOT")).join(path)).expect(path);
    let mut lines = text.lines();
    let columns: Vec<&str> = lines.next().expect("a header").split(',').collect();
    let row = |(i, line): (usize, &str)| {
        let cells = columns.iter().zip(line.split(',')).map(|(&name, cell)| (name.to_owned(), cell.to_owned()));
        Row { line: i + 2, cells: cells.collect() }
    };
    lines.enumerate().map(row).collect()
}

impl Row {
    /// The cell of a column.
    pub fn text(&self, column: &str) -> &str {
        let cell = self.cells.iter().find(|(name, _)| name == column);
        cell.map(|(_, text)| text.as_str()).unwrap_or_else(|| panic!("line {}: no column {column}", self.line))
    }

    /// The number in a column.
    pub fn number(&self, column: &str) -> f64 {
        let text = self.text(column);
        text.parse().unwrap_or_else(|_| panic!("line {}: {column} is {text}", self.line))
    }
}
