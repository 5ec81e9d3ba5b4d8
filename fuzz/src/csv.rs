//! The main job's CSV reader on any text, with any columns asked for: a problem named by file, line and column, or a
//! series that the filter can run on.

use crate::clock::TimeFormat;
use crate::field::Field;
use crate::problem::Problem;
use crate::table::{Columns, Series, parse};
use crate::values::choice;
use arbitrary::Unstructured;
use std::path::Path;

/// A name, of the columns that the seeds have.
fn name(bytes: &mut Unstructured<'_>) -> Option<String> {
    [None, Some("t"), Some("v"), Some(""), Some("no such column")][usize::from(choice(bytes, 5))].map(str::to_owned)
}

/// Six bytes of flags, a time pattern if they ask for one, and the file.
pub fn run(bytes: &[u8]) {
    let mut input = Unstructured::new(bytes);
    let (time, value) = (name(&mut input), name(&mut input));
    let kind = choice(&mut input, 5);
    let delimiter = [b',', b';', b'\t', b' ', b'"', b'\n'][usize::from(choice(&mut input, 6))];
    let field = [Field::Number, Field::Count, Field::Flag, Field::Amount][usize::from(choice(&mut input, 4))];
    let length = usize::from(choice(&mut input, 32));
    let mut text = input.take_rest();
    let format = match kind {
        0 => None,
        1 => Some(TimeFormat::Number),
        2 => Some(TimeFormat::Unix),
        3 => Some(TimeFormat::Iso),
        _ => {
            let (pattern, rest) = text.split_at(length.min(text.len()));
            text = rest;
            Some(TimeFormat::Pattern(String::from_utf8_lossy(pattern).into_owned()))
        }
    };
    let columns = Columns { time, value, format, delimiter };
    match parse(text, Path::new("log.csv"), &columns, field) {
        Ok(series) => assert_valid(&series, field),
        Err(problem) => assert_named(&problem, text),
    }
}

fn assert_named(problem: &Problem, text: &[u8]) {
    let told = problem.to_string();
    assert!(told.starts_with("log.csv"), "{told}");
    match problem {
        Problem::Field { line, what, .. } => {
            let ends = text.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64;
            assert!((1..=ends + 1).contains(line) && !what.is_empty(), "{told}");
        }
        Problem::File { what, .. } => assert!(!what.is_empty(), "{told}"),
        other => panic!("a reader's problem is one of the file: {other}"),
    }
}

fn assert_valid(series: &Series, field: Field) {
    let rows = series.times.len();
    assert!(rows > 0 && series.values.len() == rows && series.lines.len() == rows);
    assert!(series.times.iter().all(|time| time.is_finite()) && series.times.is_sorted());
    assert!(series.lines.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", series.lines);
    assert!(series.present().next().is_some());
    for value in series.present() {
        let fits = match field {
            Field::Number => true,
            Field::Amount => value > 0.0,
            Field::Count => value >= 0.0 && value.fract() == 0.0 && value <= f64::from(u32::MAX),
            Field::Flag => value == 0.0 || value == 1.0,
        };
        assert!(value.is_finite() && fits, "{value}");
    }
    assert!(series.step > 0.0 && series.step.is_finite() && series.gap > 0.0, "{} {}", series.step, series.gap);
    for time in &series.times {
        assert!(!series.clock.show(*time, series.step).is_empty());
    }
    assert_eq!(series.head(1).times.len(), 1);
}
