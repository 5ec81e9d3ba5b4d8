//! Finds the noise of a log: `cargo run --release --example tune`, with `-- FILE.csv` for a log of your own.
//!
//! The model is a random walk of the level seen through a normal sensor. Its belief starts from the first reading.

use clap::Parser;
use elbow::likelihood::Normal;
use elbow::{Error, Filter, GaussHermite, Gaussian, LogEvidence, Maximum, RandomWalk, Sensor, fit_noise};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The number type of the filter, as in firmware.
type Scalar = f32;

/// A time, and the reading if there is one.
type Row = (f64, Option<f64>);

/// Finds the variances of process and sensor that maximise the log evidence of a log.
#[derive(Parser)]
#[command(name = "tune")]
struct Flags {
    /// A CSV file with a header, two columns or more [default: the flow of the Nile]
    log: Option<PathBuf>,
    /// The time column, in numbers that do not go backwards [default: the first]
    #[arg(long, value_name = "COLUMN")]
    time: Option<String>,
    /// The readings, empty where one is missing [default: the second column]
    #[arg(long, value_name = "COLUMN")]
    value: Option<String>,
}

fn main() -> ExitCode {
    match tune(&Flags::parse()) {
        Ok(text) => write!(std::io::stdout(), "{text}").map_or_else(|_| ExitCode::FAILURE, |()| ExitCode::SUCCESS),
        Err(why) => {
            eprintln!("tune: {why}");
            ExitCode::FAILURE
        }
    }
}

fn tune(flags: &Flags) -> Result<String, String> {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/data/nile.csv");
    let rows = read(flags.log.as_deref().unwrap_or(&shipped), flags)?;
    let readings = rows.iter().filter_map(|(_, reading)| *reading);
    let count = readings.clone().count() as f64;
    let centre = readings.clone().sum::<f64>() / count;
    let spread = readings.map(|reading| (reading - centre).powi(2)).sum::<f64>() / count;
    let start = [spread as Scalar; 2];
    let fit = fit_noise(start, |noise| log_evidence(&rows, centre, noise))
        .map_err(|error| format!("the log cannot be filtered with variances of {spread}: {error}"))?;
    let line = |name: &str, k: usize| match (fit.maximum[k], fit.log_std_dev[k].exp()) {
        (Maximum::Inside, factor) => format!("  {name} {} (within a factor {factor:.2})\n", fit.variances[k]),
        (Maximum::AtZero, _) => format!("  {name} 0 (the log shows none)\n"),
        (end, _) => format!("  {name} {} (not determined: {end:?})\n", fit.variances[k]),
    };
    let process = if fit.maximum[0] == Maximum::AtZero { 0.0 } else { fit.variances[0] };
    let found = line("process noise, variance per unit of time:", 0) + &line("sensor noise, variance:", 1);
    let evidence = format!("log evidence {:.3}, from {:.3} at the start", fit.log_evidence, fit.start);
    let code = format!("RandomWalk::new({process:?})?\nNormal::new({:?})?\n", fit.variances[1]);
    Ok(format!("{count} readings\n{found}  {evidence}; {} evaluations\n\n{code}", fit.evaluations))
}

/// Of all readings after the first, away from `centre`.
fn log_evidence(rows: &[Row], centre: f64, [process, sensor]: [Scalar; 2]) -> Result<LogEvidence<Scalar>, Error> {
    let walk = RandomWalk::new(process)?;
    let mut gauge = Sensor::linear([1.0], Normal::new(sensor)?);
    let mut filter: Option<(f64, Filter<Scalar, 1>)> = None;
    let mut sum = LogEvidence::new();
    for &(time, reading) in rows {
        let Some(reading) = reading.map(|reading| (reading - centre) as Scalar) else { continue };
        let Some((before, filter)) = &mut filter else {
            filter = Some((time, Filter::new(Gaussian::diagonal([reading], [sensor])?)));
            continue;
        };
        filter.predict_for(&walk, (time - *before) as Scalar)?;
        let update = filter.update(&mut gauge, reading, &mut GaussHermite::<5>::new())?;
        sum.add(update.log_evidence(&gauge, reading));
        *before = time;
    }
    Ok(sum)
}

/// The rows of a CSV file.
fn read(file: &Path, flags: &Flags) -> Result<Vec<Row>, String> {
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
            return Err(format!("{name}, line {line}: the time goes backwards"));
        }
        rows.push((now, number(value)?));
    }
    if rows.iter().filter(|(_, reading)| reading.is_some()).count() < 3 {
        return Err(format!("{name}: fewer than three readings"));
    }
    Ok(rows)
}
