//! A log filtered with both estimators: what the summary and the picture are made from.

use crate::Scalar;
use crate::instrument::{Instrument, Response};
use crate::picture;
use crate::problem::Problem;
use crate::table::Series;
use crate::track::{self, Model, Track};
use crate::trust::Trust;
use elbow::{GaussHermite, OneSample, Process};
use indicatif::{ProgressBar, ProgressStyle};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use std::path::PathBuf;

/// How a log is called and labelled.
pub struct Log {
    /// The picture's file name.
    pub name: String,
    /// The picture's title.
    pub title: String,
    /// The model in words.
    pub model: String,
    /// The value axis's label.
    pub axis: String,
    /// The readings' unit, for the summary.
    pub unit: String,
    /// The unit of times that are plain numbers.
    pub time_unit: String,
    /// The predictor in the readings' unit.
    pub response: Response,
    /// The noises that the log evidence chose, as flags.
    pub chosen: String,
}

/// Which estimator the summary and the picture come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Choice {
    /// One reparameterized sample a step, from a seeded generator.
    OneSample,
    /// Fixed nodes, the same answer every time.
    GaussHermite,
}

/// What holds for every log.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The estimator reported.
    pub estimator: Choice,
    /// Samples a reading, for `OneSample`.
    pub samples: u16,
    /// The generator's seed.
    pub seed: u64,
    /// Gate and monitor.
    pub trust: Trust,
    /// Where the pictures go.
    pub pictures: PathBuf,
    /// The first time that the pictures show, as it is written in the log.
    pub from: Option<String>,
    /// The last.
    pub to: Option<String>,
}

impl Settings {
    /// The times that the picture of a log shows.
    fn window(&self, series: &Series) -> Result<(f64, f64), Problem> {
        let (first, last) = series.span();
        let end = |flag: &str, text: &Option<String>, otherwise: f64| match text {
            None => Ok(otherwise),
            Some(text) => series.format.parse(text).map_err(|what| Problem::Flags(format!("{flag}: {what}"))),
        };
        let window = (end("--from", &self.from, first)?.max(first), end("--to", &self.to, last)?.min(last));
        let mut rows = series.times.iter().zip(&series.values);
        match rows.any(|(time, value)| value.is_some() && (window.0..=window.1).contains(time)) {
            true => Ok(window),
            false => Err(Problem::Flags(format!(
                "no reading lies between --from and --to; the log runs from {} to {}",
                series.clock.show(first, series.step),
                series.clock.show(last, series.step)
            ))),
        }
    }
}

/// How far apart two beliefs lie along a log, in posterior standard deviations of the predictor.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Distance {
    /// Root mean square.
    pub rms: f64,
    /// The largest.
    pub max: f64,
    /// When it is the largest.
    pub time: f64,
}

/// A filtered log.
pub struct Report {
    /// How it is called.
    pub log: Log,
    /// What was filtered.
    pub series: Series,
    /// The estimator's pass.
    pub track: Track,
    /// The settings it was filtered with.
    pub settings: Settings,
    /// How far the estimators lie apart.
    pub distance: Distance,
    /// The state's components at the end, when there is more than one: name, mean, standard deviation.
    pub state: Vec<(&'static str, f64, f64)>,
    /// How many numbers of the model the log evidence chose.
    pub chosen: usize,
    /// The models that it was compared with, itself among them, the best first.
    pub rivals: Vec<Rival>,
}

impl Report {
    /// The model as one to compare with others.
    pub fn rival(&self, sensor: String) -> Rival {
        let readings = self.track.reads().count().max(1) as f64;
        let log_evidence = self.track.log_evidence();
        let price = 0.5 * self.chosen as f64 * readings.ln();
        Rival { sensor, log_evidence, chosen: self.chosen, price }
    }

    /// Draws the picture, and says where it is.
    pub fn draw(&self) -> Result<PathBuf, Problem> {
        let window = self.settings.window(&self.series)?;
        picture::write(&self.settings.pictures, &self.log, &self.series, &self.track, window)
    }
}

/// A model among others of the same readings.
#[derive(Clone, Debug, PartialEq)]
pub struct Rival {
    /// Its sensor.
    pub sensor: String,
    /// The log evidence of all readings, in nats.
    pub log_evidence: f64,
    /// How many of its numbers were chosen to make that great.
    pub chosen: usize,
    /// What that costs: ln(readings)/2 nats a number (Schwarz 1978, *Annals of Statistics* 6), what a number would lose
    /// of its evidence had it been unknown.
    pub price: f64,
}

impl Rival {
    /// The log evidence less the price of what was chosen.
    pub fn worth(&self) -> f64 {
        self.log_evidence - self.price
    }
}

/// Rows from which on a terminal shows progress.
const LONG: usize = 5000;

/// Progress through `passes` passes over a log: a bar on a terminal's standard error if the log is long, nothing
/// otherwise.
pub fn progress(series: &Series, passes: usize, name: &str) -> ProgressBar {
    if series.times.len() * passes < LONG {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{msg} {wide_bar} {percent:>3} % {eta:>4}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new((series.times.len() * passes) as u64).with_style(style).with_message(name.to_string())
}

/// Filters a log with both estimators.
pub fn examine<L: Instrument, P: Process<Scalar, N>, const N: usize>(
    log: Log,
    series: Series,
    model: &Model<L, P, N>,
    settings: &Settings,
) -> Result<Report, Problem> {
    settings.window(&series)?;
    let bar = progress(&series, 2, &log.name);
    let generator = Xoshiro128PlusPlus::seed_from_u64(settings.seed);
    let mut one_sample = OneSample::new(generator).with_samples(settings.samples)?;
    let sampled = track::run(&series, model, settings.trust, &mut one_sample, &bar)?;
    let exact = track::run(&series, model, settings.trust, &mut GaussHermite::<9>::new(), &bar)?;
    bar.finish_and_clear();
    let distance = apart(&sampled, &exact);
    let track = match settings.estimator {
        Choice::OneSample => sampled,
        Choice::GaussHermite => exact,
    };
    let named = model.names.iter().zip(&track.state).map(|(name, (mean, std_dev))| (*name, *mean, *std_dev));
    let state = if N > 1 { named.collect() } else { Vec::new() };
    Ok(Report { log, series, track, settings: settings.clone(), distance, state, chosen: 0, rivals: Vec::new() })
}

/// The distance between two passes over one log, in standard deviations of the second.
fn apart(one: &Track, other: &Track) -> Distance {
    let mut distance = Distance::default();
    let mut squares = 0.0;
    for (a, b) in one.steps.iter().zip(&other.steps) {
        let off = ((a.mean - b.mean) / b.std_dev).abs();
        squares += off * off;
        if off > distance.max {
            (distance.max, distance.time) = (off, a.time);
        }
    }
    distance.rms = (squares / one.steps.len().max(1) as f64).sqrt();
    distance
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::track::Step;

    #[test]
    fn distance_is_in_the_second_tracks_deviations() {
        let track = |means: [f64; 3], std_dev: f64| Track {
            steps: means
                .iter()
                .enumerate()
                .map(|(k, mean)| Step { time: k as f64, mean: *mean, std_dev, read: None })
                .collect(),
            ..Track::default()
        };
        let distance = apart(&track([1.0, 2.0, 3.0], 7.0), &track([1.0, 4.0, 2.0], 2.0));
        assert_eq!((distance.max, distance.time), (1.0, 1.0));
        assert!((distance.rms - (1.25f64 / 3.0).sqrt()).abs() < 1e-12);
    }
}
