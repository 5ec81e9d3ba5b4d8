//! Reading a log: two columns of a CSV file, each row checked, so that what is wrong is named by file, line and column.

use crate::clock::{Clock, TimeFormat};
use crate::field::Field;
use crate::problem::Problem;
use csv::{ErrorKind, StringRecord};
use std::path::{Path, PathBuf};

/// Where a log's times and readings stand, and how they are written.
#[derive(Clone, Debug)]
pub struct Columns {
    /// The time column's name, the file's first column if `None`.
    pub time: Option<String>,
    /// The value column's name, the file's second column if `None`.
    pub value: Option<String>,
    /// How times are written, found from the first row if `None`.
    pub format: Option<TimeFormat>,
    /// What stands between two fields.
    pub delimiter: u8,
}

/// A log: times that never go backwards, each with a reading or without.
#[derive(Clone, Debug)]
pub struct Series {
    /// The file as the user named it.
    pub file: PathBuf,
    /// What the times are.
    pub clock: Clock,
    /// How they are written.
    pub format: TimeFormat,
    /// The value column's name.
    pub value_column: String,
    /// The time column's name.
    pub time_column: String,
    /// Numbers in the column's unit, or seconds since 1970.
    pub times: Vec<f64>,
    /// The readings in the file's unit.
    pub values: Vec<Option<f64>>,
    /// The line that each row starts on, from 1.
    pub lines: Vec<u64>,
    /// The median time from one row to the next.
    pub step: f64,
    /// Rows further apart than this are a gap: three times what nine in ten rows keep to.
    pub gap: f64,
}

impl Series {
    /// The readings that are there.
    pub fn present(&self) -> impl Iterator<Item = f64> + '_ {
        self.values.iter().flatten().copied()
    }

    /// The smallest difference between two readings that differ.
    pub fn smallest_difference(&self) -> Option<f64> {
        let mut values: Vec<f64> = self.present().collect();
        values.sort_by(f64::total_cmp);
        values.windows(2).map(|pair| pair[1] - pair[0]).filter(|step| *step > 0.0).min_by(f64::total_cmp)
    }

    /// The log's first `rows` rows.
    pub fn head(&self, rows: usize) -> Self {
        let mut head = self.clone();
        head.times.truncate(rows);
        head.values.truncate(rows);
        head.lines.truncate(rows);
        head
    }

    /// The first and the last time.
    pub fn span(&self) -> (f64, f64) {
        (self.times.first().copied().unwrap_or(0.0), self.times.last().copied().unwrap_or(0.0))
    }
}

/// Reads the whole log, or names the first row that is malformed.
pub fn read(file: &Path, columns: &Columns, field: Field) -> Result<Series, Problem> {
    let unreadable = |error| Problem::File { file: file.into(), what: format!("cannot be read: {error}") };
    parse(&std::fs::read(file).map_err(unreadable)?, file, columns, field)
}

/// The same for text from anywhere; `file` is what problems call it.
pub fn parse(text: &[u8], file: &Path, columns: &Columns, field: Field) -> Result<Series, Problem> {
    let whole = |what: String| Problem::File { file: file.into(), what };
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut place = Place { text, byte: 0, line: 1 };
    let mut reader = csv::ReaderBuilder::new().delimiter(columns.delimiter).trim(csv::Trim::All).from_reader(text);
    let header = match reader.headers() {
        Ok(header) => header.clone(),
        Err(error) => return Err(row_problem(file, &StringRecord::new(), &mut place, &error)),
    };
    if header.is_empty() || header.iter().all(str::is_empty) {
        return Err(whole("is empty; it needs a header line, and rows of a time and a reading".into()));
    }
    if header.iter().all(|name| name.parse::<f64>().is_ok()) {
        let first = header.iter().collect::<Vec<_>>().join(",");
        return Err(whole(format!("has numbers in its first line, `{first}`; give it a header such as `time,value`")));
    }
    let time = column(&header, columns.time.as_deref(), 0).map_err(whole)?;
    let value = column(&header, columns.value.as_deref(), 1).map_err(whole)?;
    let name = |index: usize| header.get(index).unwrap_or_default().to_string();
    let mut format = columns.format.clone();
    let mut series = Series {
        file: file.into(),
        clock: Clock::Number,
        format: TimeFormat::Number,
        value_column: name(value),
        time_column: name(time),
        times: Vec::new(),
        values: Vec::new(),
        lines: Vec::new(),
        step: 0.0,
        gap: 0.0,
    };
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| row_problem(file, &header, &mut place, &error))? {
        let line = place.line_of(record.position());
        let at =
            |index: usize| move |what: String| Problem::Field { file: file.into(), line, column: name(index), what };
        let text = record.get(time).unwrap_or_default();
        let format = format.get_or_insert_with(|| TimeFormat::detect(text));
        let now = format.parse(text).map_err(at(time))?;
        match series.times.last() {
            None => series.clock = format.clock(text),
            Some(before) if now < *before => {
                return Err(at(time)(format!(
                    "the time goes backwards: {text} comes after {}; sort the rows by time",
                    series.clock.show(*before, 1.0)
                )));
            }
            Some(before) if !(now - before).is_finite() => {
                return Err(at(time)(format!("the time {text} is too far from the one before it")));
            }
            Some(_) => {}
        }
        series.times.push(now);
        series.values.push(field.parse(record.get(value).unwrap_or_default()).map_err(at(value))?);
        series.lines.push(line);
    }
    series.format = format.unwrap_or(TimeFormat::Number);
    if series.present().next().is_none() {
        return Err(whole(format!("holds no reading in column `{}`; name another by --value", series.value_column)));
    }
    let steps: Vec<f64> = series.times.windows(2).map(|pair| pair[1] - pair[0]).filter(|step| *step > 0.0).collect();
    series.step = quantile(steps.clone(), 0.5);
    series.gap = 3.0 * quantile(steps, 0.9);
    Ok(series)
}

/// A quantile of some numbers, 1 if there are none.
pub fn quantile(mut numbers: Vec<f64>, share: f64) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let index = (numbers.len() as f64 * share) as usize;
    numbers.get(index.min(numbers.len().saturating_sub(1))).copied().unwrap_or(1.0)
}

/// The index of a column by its name, or of the one that stands for no name.
fn column(header: &StringRecord, name: Option<&str>, default: usize) -> Result<usize, String> {
    let index = match name {
        Some(name) => header.iter().position(|have| have == name),
        None => (default < header.len()).then_some(default),
    };
    let listed = || header.iter().map(|have| format!("`{have}`")).collect::<Vec<_>>().join(", ");
    index.ok_or_else(|| match name {
        Some(name) => format!("has no column `{name}`; it has {}", listed()),
        None => format!("needs a time column and a value column; it has {} (see --delimiter)", listed()),
    })
}

/// A place in a text that only moves on. The CSV reader's own line of a record is that of the end of the one before.
struct Place<'a> {
    text: &'a [u8],
    byte: usize,
    line: u64,
}

impl Place<'_> {
    /// The line of a record, the ends of lines before it skipped. A line ends in LF, CR LF or CR.
    fn line_of(&mut self, record: Option<&csv::Position>) -> u64 {
        let start = record.map_or(0, |position| position.byte() as usize);
        while let Some(byte) = self.text.get(self.byte) {
            let ends = matches!(byte, b'\n' | b'\r');
            if self.byte >= start && !ends {
                break;
            }
            self.byte += 1;
            self.line += u64::from(ends && !(*byte == b'\r' && self.text.get(self.byte) == Some(&b'\n')));
        }
        self.line
    }
}

/// The CSV reader's error by line and column.
fn row_problem(file: &Path, header: &StringRecord, place: &mut Place, error: &csv::Error) -> Problem {
    let name = |index: usize| header.get(index).map_or_else(|| (index + 1).to_string(), str::to_string);
    let (position, column, what) = match error.kind() {
        ErrorKind::Utf8 { pos, err } => (pos, name(err.field()), "the field is not UTF-8 text".to_string()),
        ErrorKind::UnequalLengths { pos, expected_len, len } => {
            let column = if len < expected_len { name(*len as usize) } else { name(header.len().saturating_sub(1)) };
            (pos, column, format!("the row has {len} fields, the header {expected_len}"))
        }
        ErrorKind::Io(error) => return Problem::File { file: file.into(), what: format!("cannot be read: {error}") },
        _ => return Problem::File { file: file.into(), what: error.to_string() },
    };
    Problem::Field { file: file.into(), line: place.line_of(position.as_ref()), column, what }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Columns = Columns { time: None, value: None, format: None, delimiter: b',' };

    fn parsed(text: &[u8], columns: &Columns, field: Field) -> Result<Series, String> {
        parse(text, Path::new("a.csv"), columns, field).map_err(|problem| problem.to_string())
    }

    #[test]
    fn columns_missing_readings_and_gaps() {
        let columns = Columns { time: Some("when".into()), value: Some("what".into()), delimiter: b';', ..PLAIN };
        let text =
            b"\xef\xbb\xbfwhat; when;else\r\n 1.5 ;0;x\r\n;1;\r\nNA;2;\r\nNaN;3;\r\n-2e1;3;\"y\nz\"\r\n\r\n7;30;x";
        let series = parsed(text, &columns, Field::Number).expect("well formed");
        assert_eq!(series.times, [0.0, 1.0, 2.0, 3.0, 3.0, 30.0]);
        assert_eq!(series.values, [Some(1.5), None, None, None, Some(-20.0), Some(7.0)]);
        assert_eq!(series.lines, [2, 3, 4, 5, 6, 9]);
        assert_eq!((series.step, series.clock, series.present().count()), (1.0, Clock::Number, 3));
    }

    #[test]
    fn one_long_pause_is_a_gap_and_many_are_not() {
        let rows = |step: fn(u32) -> u32| {
            let times = (0..50).map(step).scan(0, |time, step| {
                *time += step;
                Some(*time)
            });
            let text: String = times.map(|time| format!("{time},1\n")).collect();
            parsed(format!("t,v\n{text}").as_bytes(), &PLAIN, Field::Count).expect("well formed").gap
        };
        assert_eq!(rows(|k| if k == 30 { 500 } else { 5 }), 15.0);
        assert_eq!(rows(|k| if k % 3 == 0 { 40 } else { 5 }), 120.0);
    }

    #[test]
    fn malformed_rows_are_named_by_line_and_column() {
        for (text, field, says) in [
            ("t,v\n0,1\n1,2x\n", Field::Number, "line 3, column `v`: `2x` is not a number"),
            ("t,v\n0,3\n1,-3\n", Field::Count, "line 3, column `v`: `-3` is a negative count"),
            ("t,v\n5,1\n4,2\n", Field::Number, "line 3, column `t`: the time goes backwards: 4 comes after 5"),
            ("t,v\n5,1\n2012-01-01,2\n", Field::Number, "line 3, column `t`: `2012-01-01` is not a number"),
            ("t,v\n2012-01-01,1\n2012-02-30,2\n", Field::Number, "line 3, column `t`: `2012-02-30` is neither"),
            (
                "t,v\n-1e308,1\n1e308,2\n",
                Field::Number,
                "line 3, column `t`: the time 1e308 is too far from the one before",
            ),
            ("t,v\n,1\n", Field::Number, "line 2, column `t`: the time is missing"),
            ("t,v,w\n0,1,2\n1,2\n", Field::Number, "line 3, column `w`: the row has 2 fields, the header 3"),
            ("t,v\n0,1\n1,2,3\n", Field::Number, "line 3, column `v`: the row has 3 fields, the header 2"),
        ] {
            let told = parsed(text.as_bytes(), &PLAIN, field).expect_err(text);
            assert!(told.starts_with(&format!("a.csv, {says}")), "{told}");
        }
        for text in [
            &b"t,v\n0,1\n1,\xff\n"[..],
            b"t,v\r\n0,1\r\n1,\xff\r\n",
            b"t,v\r0,1\r1,\xff\r",
            b"\xef\xbb\xbft,v\n\n1,\xff",
        ] {
            let told = parsed(text, &PLAIN, Field::Number).expect_err("not UTF-8");
            assert_eq!(told, "a.csv, line 3, column `v`: the field is not UTF-8 text");
        }
    }

    #[test]
    fn a_file_without_the_columns_or_readings_is_refused() {
        let columns = Columns { value: Some("x".into()), ..PLAIN };
        for (text, columns, says) in [
            ("t,v\n0,1\n", &columns, "a.csv: has no column `x`; it has `t`, `v`"),
            ("t\n0\n", &PLAIN, "a.csv: needs a time column and a value column; it has `t` (see --delimiter)"),
            ("", &PLAIN, "a.csv: is empty; it needs a header line, and rows of a time and a reading"),
            (
                "5,1\n6,2\n",
                &PLAIN,
                "a.csv: has numbers in its first line, `5,1`; give it a header such as `time,value`",
            ),
            ("t,v\n", &PLAIN, "a.csv: holds no reading in column `v`; name another by --value"),
            ("t,v\n0,\n1,NA\n", &PLAIN, "a.csv: holds no reading in column `v`; name another by --value"),
        ] {
            assert_eq!(parsed(text.as_bytes(), columns, Field::Number).expect_err(text), says);
        }
    }
}
