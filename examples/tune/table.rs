//! The log as a CSV file: times and readings from two named columns.

use crate::Flags;
use std::path::Path;

/// A time, and the reading if there is one.
pub type Row = (f64, Option<f64>);

/// The rows of a CSV file.
pub fn read(file: &Path, flags: &Flags) -> Result<Vec<Row>, String> {
    let name = file.display();
    let failed = |error: csv::Error| format!("{name}: {error}");
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(file).map_err(failed)?;
    let header = reader.headers().map_err(failed)?.clone();
    let column = |wanted: &Option<String>, default: usize| match wanted {
        Some(wanted) => header.iter().position(|have| have == wanted).ok_or(format!("{name}: no column `{wanted}`")),
        None => Ok(default),
    };
    let (time, value) = (column(&flags.time, 0)?, column(&flags.value, 1)?);
    let mut rows: Vec<Row> = Vec::new();
    for (line, record) in (2..).zip(reader.records()) {
        let record = record.map_err(failed)?;
        let number = |index: usize| match record.get(index).unwrap_or_default() {
            "" => Ok(None),
            text => text
                .parse()
                .ok()
                .filter(|x: &f64| x.is_finite())
                .map(Some)
                .ok_or(format!("{name}, line {line}: `{text}` is not a number")),
        };
        let now = number(time)?.ok_or(format!("{name}, line {line}: the time is missing"))?;
        if rows.last().is_some_and(|(before, _)| now < *before) {
            return Err(format!("{name}, line {line}: the time goes backwards; sort the rows by time"));
        }
        rows.push((now, number(value)?));
    }
    if rows.iter().filter(|(_, reading)| reading.is_some()).count() < 3 {
        return Err(format!("{name}: fewer than three readings"));
    }
    Ok(rows)
}
