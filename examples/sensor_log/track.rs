//! One pass of a filter over a log, for any state dimension, process, sensor and estimator.

use crate::Scalar;
use crate::instrument::{Instrument, Response};
use crate::problem::Problem;
use crate::table::Series;
use crate::trust::{Trust, is_diverged, widening};
use crate::watch::{Episode, Watch};
use elbow::{Estimator, Filter, Gaussian, Process, Sensor, Status};
use indicatif::ProgressBar;

/// What a log is believed to be before its first reading.
pub struct Model<L, P, const N: usize> {
    /// The belief at the first row.
    pub prior: Gaussian<Scalar, N>,
    /// How the state moves between rows.
    pub process: P,
    /// The predictor is `eta = row . z`.
    pub row: [Scalar; N],
    /// A reading given the predictor.
    pub likelihood: L,
    /// The predictor in the file's unit.
    pub response: Response,
    /// The process's unit of time, in seconds or in the time column's unit.
    pub time_unit: f64,
    /// The state's components, for the summary; one without a name is left out.
    pub names: [&'static str; N],
}

/// A reading and what the filter made of it.
#[derive(Clone, Copy, Debug)]
pub struct Read {
    /// The reading in the file's unit.
    pub value: f64,
    /// The reading that was expected, in the file's unit.
    pub expected: f64,
    /// Minus the log evidence of the reading, in nats.
    pub surprise: f64,
    /// What the belief learnt from it, in nats.
    pub gain: f64,
    /// The reading less the expected one, in standard deviations of the reading's own prediction.
    pub innovation: f64,
    /// The gate kept it from the belief.
    pub rejected: bool,
}

/// The belief about the predictor at one time, after the reading if there is one.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// The row's time, or a time between two rows that lie far apart.
    pub time: f64,
    /// The mean of the predictor.
    pub mean: f64,
    /// Its standard deviation.
    pub std_dev: f64,
    /// The reading, unless there is none.
    pub read: Option<Read>,
}

/// A filtered log.
#[derive(Default)]
pub struct Track {
    /// In the order of time.
    pub steps: Vec<Step>,
    /// The mean and standard deviation of each component of the state at the end.
    pub state: Vec<(f64, f64)>,
    /// How many readings the estimator stopped short on.
    pub not_converged: usize,
    /// When so many readings in a row had been rejected that the belief was widened.
    pub diverged: Vec<f64>,
    /// What the monitor found, if there was one.
    pub episodes: Option<Vec<Episode>>,
    /// The standard deviation of the sensor's noise that it has learnt, if it learns.
    pub learned: Option<f64>,
}

impl Track {
    /// The readings, with their times.
    pub fn reads(&self) -> impl Iterator<Item = (f64, Read)> + '_ {
        self.steps.iter().filter_map(|step| Some((step.time, step.read?)))
    }

    /// The five readings from `first` to `last` that surprised the filter most, the most surprising first. The log's
    /// first reading is left out: it meets nothing but the prior.
    pub fn most_surprising(&self, (first, last): (f64, f64)) -> Vec<(f64, Read)> {
        let inside = |at: &(f64, Read)| (first..=last).contains(&at.0);
        let mut reads: Vec<(f64, Read)> = self.reads().skip(1).filter(inside).collect();
        reads.sort_by(|a, b| b.1.surprise.total_cmp(&a.1.surprise));
        reads.truncate(5);
        reads
    }

    /// The sum of every reading's log evidence, in nats.
    pub fn log_evidence(&self) -> f64 {
        -self.reads().map(|(_, read)| read.surprise).sum::<f64>()
    }
}

/// How many beliefs are drawn across a gap.
const ACROSS: usize = 16;

/// Filters a log. Every reading counts in full, in the log evidence too, whether it is believed or not.
pub fn run<L: Instrument, P: Process<Scalar, N>, const N: usize>(
    series: &Series,
    model: &Model<L, P, N>,
    trust: Trust,
    estimator: &mut impl Estimator<Scalar>,
    progress: &ProgressBar,
) -> Result<Track, Problem> {
    let mut filter = Filter::new(model.prior);
    let mut sensor = Sensor::linear(model.row, model.likelihood);
    let mut gate = trust.gate()?;
    let resolution = || L::resolution(series.smallest_difference().unwrap_or(1.0));
    let watch = |false_alarm| Watch::new(false_alarm, series, L::FIELD, resolution(), model.time_unit);
    let mut watch = trust.false_alarm.map(watch).transpose()?;
    let mut track = Track { steps: Vec::with_capacity(series.times.len()), ..Track::default() };
    let mut before = series.times.first().copied().unwrap_or(0.0);
    for ((&time, &value), &line) in series.times.iter().zip(&series.values).zip(&series.lines) {
        let refused =
            |error| Problem::Filter { file: series.file.clone(), line, column: series.value_column.clone(), error };
        let elapsed = (time - before) / model.time_unit;
        if time - before > series.gap {
            for part in 1..=ACROSS {
                let share = part as f64 / ACROSS as f64;
                let mut ahead = Filter::new(*filter.belief());
                ahead.predict_for(&model.process, (elapsed * share) as Scalar).map_err(refused)?;
                track.steps.push(step(before + (time - before) * share, ahead.belief(), model, None));
            }
        }
        filter.predict_for(&model.process, elapsed as Scalar).map_err(refused)?;
        if let Some(watch) = &mut watch {
            watch.elapse(elapsed as Scalar, time).map_err(refused)?;
        }
        before = time;
        let read = match value {
            None => None,
            Some(value) => {
                let centred = value - model.response.centre();
                let reading = L::reading(centred);
                // A sensor that learns has foreseen the reading as it was before.
                let foreseen = sensor;
                let update = match &mut gate {
                    Some(gate) => filter.update_gated(&mut sensor, reading, estimator, gate),
                    None => filter.update(&mut sensor, reading, estimator),
                };
                let update = update.map_err(refused)?;
                track.not_converged += usize::from(update.status() == Status::NotConverged);
                let log_evidence = update.log_evidence(&foreseen, reading);
                let innovation = update.normalized_innovation(&foreseen, reading);
                let surprise = -f64::from(log_evidence);
                let [mean, variance] = [update.prior_mean(), update.prior_variance()].map(f64::from);
                let expected = model.response.expected(mean, variance, value, surprise);
                if let Some(watch) = &mut watch {
                    watch.record(time, expected, centred as Scalar, innovation, log_evidence).map_err(refused)?;
                }
                if let Some(gate) = gate.as_mut().filter(|gate| is_diverged(gate)) {
                    track.diverged.push(time);
                    filter.inflate(widening(foreseen.likelihood(), reading, &update)).map_err(refused)?;
                    gate.reset();
                }
                Some(Read {
                    value,
                    expected,
                    surprise,
                    gain: f64::from(update.information_gain()),
                    innovation: f64::from(innovation),
                    rejected: update.status() == Status::Gated,
                })
            }
        };
        track.steps.push(step(time, filter.belief(), model, read));
        progress.inc(1);
    }
    let belief = filter.belief();
    let pairs = belief.mean().iter().zip(belief.variance());
    track.state = pairs.map(|(mean, variance)| (f64::from(*mean), f64::from(variance).sqrt())).collect();
    track.episodes = watch.map(Watch::episodes);
    track.learned = sensor.likelihood().learned();
    Ok(track)
}

/// The predictor under a belief.
fn step<L, P, const N: usize>(
    time: f64,
    belief: &Gaussian<Scalar, N>,
    model: &Model<L, P, N>,
    read: Option<Read>,
) -> Step {
    let mean = model.row.iter().zip(belief.mean()).map(|(a, z)| f64::from(*a) * f64::from(*z)).sum();
    let covariance = belief.covariance();
    let spread = |a: &Scalar, row: &[Scalar; N]| -> f64 {
        f64::from(*a) * row.iter().zip(&model.row).map(|(c, b)| f64::from(*c) * f64::from(*b)).sum::<f64>()
    };
    let variance: f64 = model.row.iter().zip(&covariance).map(|(a, row)| spread(a, row)).sum();
    Step { time, mean, std_dev: variance.max(0.0).sqrt(), read }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_surprising_come_first_and_the_opening_does_not_count() {
        let surprises = [99.0, 1.0, 7.0, 3.0, 9.0, 2.0, 8.0, 4.0];
        let steps = surprises.iter().enumerate().map(|(k, surprise)| {
            let read =
                Read { value: 0.0, expected: 0.0, surprise: *surprise, gain: 0.0, innovation: 0.0, rejected: false };
            Step { time: k as f64, mean: 0.0, std_dev: 1.0, read: Some(read) }
        });
        let track = Track { steps: steps.collect(), ..Track::default() };
        let times = |window| track.most_surprising(window).iter().map(|at| at.0).collect::<Vec<_>>();
        assert_eq!(times((0.0, 7.0)), [4.0, 6.0, 2.0, 7.0, 3.0]);
        assert_eq!(times((1.0, 3.0)), [2.0, 3.0, 1.0]);
        assert_eq!(track.log_evidence(), -133.0);
    }
}
