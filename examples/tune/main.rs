//! Finds the noise of a log: `cargo run --release --example tune`, with `-- FILE.csv` for a log of your own.
//!
//! The model is a random walk of the level seen through a normal sensor. Its belief starts from the first reading. The
//! variances of both maximise the log evidence, the sum of ln p(reading | those before), which `target/tune/tune.svg`
//! shows about its maximum: how fast it falls says how well the log knows them.

#[path = "../plot/mod.rs"]
mod plot;
mod profile;
mod table;

use clap::Parser;
use elbow::likelihood::Normal;
use elbow::{Filter, GaussHermite, Gaussian, LogEvidence, Maximum, RandomWalk, Sensor, fit_noise};
use profile::profile;
use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use table::{Row, read};

/// The number type of the filter, as in firmware.
type Scalar = f32;

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
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("tune: {why}");
            ExitCode::FAILURE
        }
    }
}

fn tune(flags: &Flags) -> Result<(), Box<dyn Error>> {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/nile.csv");
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
    let text = format!("{count} readings\n{found}  {evidence}; {} evaluations\n\n{code}", fit.evaluations);
    write!(std::io::stdout(), "{text}")?;
    let panel = |k, title, unit| profile(&fit, k, title, unit, |noise| log_evidence(&rows, centre, noise));
    let panels = vec![panel(0, "Process noise", "variance per unit of time"), panel(1, "Sensor noise", "variance")];
    let subtitle = "Greatest log evidence for each variance, the other free, less the maximum; 1/2 nat down is one sd";
    plot::write("tune", &format!("What {count} readings say of their noise"), subtitle, &[(420, panels)])
}

/// Of all readings after the first, away from `centre`.
fn log_evidence(
    rows: &[Row],
    centre: f64,
    [process, sensor]: [Scalar; 2],
) -> Result<LogEvidence<Scalar>, elbow::Error> {
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
