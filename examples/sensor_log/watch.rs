//! A monitor along a log: which of its flags were up, when, and how far.

use crate::Scalar;
use crate::field::Field;
use crate::problem::Problem;
use crate::table::Series;
use elbow::{Monitor, Report};

/// Readings that the monitor looks back on.
pub const WINDOW: usize = 64;

/// A flag of the monitor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Quiet,
    Noisy,
    Biased,
    Miscalibrated,
    Stuck,
    Silent,
}

impl Kind {
    /// All of them, in the order they are shown in.
    pub const ALL: [Self; 6] = [Self::Quiet, Self::Noisy, Self::Biased, Self::Miscalibrated, Self::Stuck, Self::Silent];

    /// The flag's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quiet => "quiet",
            Self::Noisy => "noisy",
            Self::Biased => "biased",
            Self::Miscalibrated => "miscalibrated",
            Self::Stuck => "stuck",
            Self::Silent => "silent",
        }
    }

    fn is_up(self, report: &Report<Scalar>) -> bool {
        match self {
            Self::Quiet => report.flags.quiet,
            Self::Noisy => report.flags.noisy,
            Self::Biased => report.flags.biased,
            Self::Miscalibrated => report.flags.miscalibrated,
            Self::Stuck => report.flags.stuck,
            Self::Silent => report.flags.silent,
        }
    }

    /// How bad it is: larger is worse.
    fn severity(self, report: &Report<Scalar>) -> Scalar {
        match self {
            Self::Quiet => -report.mean_square,
            Self::Noisy => report.mean_square,
            Self::Biased => report.mean.abs(),
            Self::Miscalibrated => report.calibration,
            Self::Stuck => report.repeat_surprise,
            Self::Silent => report.since_last,
        }
    }
}

/// A time with a flag up, or now and then up: less than a window of readings down in between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Episode {
    /// Which flag.
    pub kind: Kind,
    /// When it went up; of silence, the last reading before.
    pub first: f64,
    /// When it was up last; of silence, the first reading after.
    pub last: f64,
    /// The monitor's figures at their worst.
    pub worst: Report<Scalar>,
    /// The reading at which it was up last, counted from the log's start.
    reading: usize,
}

/// A monitor and what it has found so far.
pub struct Watch {
    monitor: Monitor<Scalar, WINDOW>,
    field: Field,
    /// Readings since fewer than 30 were expected, and since fewer than 1 was.
    many: usize,
    some: usize,
    readings: usize,
    heard: f64,
    episodes: Vec<Episode>,
}

impl Watch {
    /// A monitor of a log's readings, which are `resolution` apart; times are in units of `time_unit`.
    pub fn new(
        false_alarm: f64,
        series: &Series,
        field: Field,
        resolution: f64,
        time_unit: f64,
    ) -> Result<Self, Problem> {
        let refused = |error| Problem::Flags(format!("--false-alarm: {error}"));
        let mut monitor = Monitor::new(false_alarm as Scalar).map_err(refused)?;
        let usable = |number: f64| (number as Scalar).is_normal();
        if usable(resolution) {
            monitor = monitor.with_resolution(resolution as Scalar).map_err(refused)?;
        }
        if usable(series.gap / time_unit) {
            monitor = monitor.with_longest_gap((series.gap / time_unit) as Scalar).map_err(refused)?;
        }
        Ok(Self { monitor, field, many: 0, some: 0, readings: 0, heard: series.span().0, episodes: Vec::new() })
    }

    /// Lets time pass until `time`.
    pub fn elapse(&mut self, dt: Scalar, time: f64) -> Result<(), elbow::Error> {
        self.monitor.elapse(dt)?;
        let report = self.monitor.report();
        if report.flags.silent {
            self.note(Kind::Silent, self.heard, time, &report);
        }
        Ok(())
    }

    /// Takes in a reading where `expected` was, in the file's unit, its normalized innovation and its log evidence.
    pub fn record(
        &mut self,
        time: f64,
        expected: f64,
        reading: Scalar,
        innovation: Scalar,
        log_evidence: Scalar,
    ) -> Result<(), elbow::Error> {
        self.monitor.record(reading, innovation, log_evidence)?;
        (self.heard, self.readings) = (time, self.readings + 1);
        self.many = if expected < 30.0 { 0 } else { self.many + 1 };
        self.some = if expected < 1.0 { 0 } else { self.some + 1 };
        let report = self.monitor.report();
        for kind in Kind::ALL {
            if kind.is_up(&report) && self.judges(kind) {
                self.note(kind, time, time, &report);
            }
        }
        Ok(())
    }

    /// Whether a flag means anything here: a window with expected counts below 30 is no normal distribution and cannot
    /// be miscalibrated, one with counts below 1 not quiet; yes and no are neither.
    fn judges(&self, kind: Kind) -> bool {
        match (self.field, kind) {
            (Field::Count, Kind::Miscalibrated) => self.many >= WINDOW,
            (Field::Count, Kind::Quiet) => self.some >= WINDOW,
            (Field::Flag, Kind::Miscalibrated | Kind::Quiet) => false,
            _ => true,
        }
    }

    fn note(&mut self, kind: Kind, first: f64, last: f64, report: &Report<Scalar>) {
        let reading = self.readings;
        // Silence ends with the reading that breaks it.
        let pause = if kind == Kind::Silent { 0 } else { WINDOW };
        match self.episodes.iter_mut().rfind(|episode| episode.kind == kind) {
            Some(episode) if reading - episode.reading <= pause => {
                (episode.last, episode.reading) = (last, reading);
                if kind.severity(report) > kind.severity(&episode.worst) {
                    episode.worst = *report;
                }
            }
            _ => self.episodes.push(Episode { kind, first, last, worst: *report, reading }),
        }
    }

    /// All that was found, in the order of time.
    pub fn episodes(mut self) -> Vec<Episode> {
        self.episodes.sort_by(|a, b| a.first.total_cmp(&b.first));
        self.episodes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{Clock, TimeFormat};

    fn watch(field: Field) -> Watch {
        let series = Series {
            file: "a.csv".into(),
            clock: Clock::Number,
            format: TimeFormat::Number,
            value_column: "v".into(),
            time_column: "t".into(),
            times: vec![0.0],
            values: vec![Some(0.0)],
            lines: vec![2],
            step: 1.0,
            gap: 3.0,
        };
        Watch::new(1e-4, &series, field, 1.0, 1.0).expect("a monitor")
    }

    /// `readings` from `start` on, a unit of time apart, of one innovation with alternating sign.
    fn record(watch: &mut Watch, start: usize, readings: usize, innovation: Scalar, expected: f64) {
        for k in start..start + readings {
            let sign = if k % 2 == 0 { 1.0 } else { -1.0 };
            watch.elapse(1.0, k as f64).expect("time passes");
            watch.record(k as f64, expected, k as Scalar, sign * innovation, -1.0).expect("finite");
        }
    }

    #[test]
    fn an_episode_outlives_pauses_shorter_than_a_window() {
        let mut watch = watch(Field::Number);
        record(&mut watch, 0, 64, 1.0, 0.0);
        record(&mut watch, 64, 64, 2.0, 0.0);
        // Down after a row of good readings, and up again soon.
        record(&mut watch, 128, 60, 1.0, 0.0);
        record(&mut watch, 188, 60, 2.0, 0.0);
        record(&mut watch, 248, 200, 1.0, 0.0);
        record(&mut watch, 448, 64, 2.0, 0.0);
        let noisy: Vec<Episode> = watch.episodes().into_iter().filter(|episode| episode.kind == Kind::Noisy).collect();
        // The mean square passes 1.84 when 18 of 64 squares are 4.
        assert_eq!(noisy.iter().map(|episode| episode.first).collect::<Vec<_>>(), [81.0, 465.0]);
        assert!((285.0..298.0).contains(&noisy[0].last), "{}", noisy[0].last);
        assert_eq!(noisy[0].worst.mean_square, 4.0);
    }

    #[test]
    fn silence_lasts_from_reading_to_reading() {
        let mut watch = watch(Field::Number);
        record(&mut watch, 0, 10, 1.0, 0.0);
        for row in [20.0, 30.0, 31.0] {
            watch.elapse(10.0, row).expect("time passes");
        }
        record(&mut watch, 32, 10, 1.0, 0.0);
        watch.elapse(10.0, 51.0).expect("time passes");
        let silent: Vec<(f64, f64)> = watch.episodes().iter().map(|episode| (episode.first, episode.last)).collect();
        assert_eq!(silent, [(9.0, 32.0), (41.0, 51.0)]);
    }

    #[test]
    fn few_counts_are_not_miscalibrated() {
        let found = |field, expected| {
            let mut watch = watch(field);
            record(&mut watch, 0, 100, 0.3, expected);
            watch.episodes().iter().map(|episode| episode.kind).collect::<Vec<_>>()
        };
        assert_eq!(found(Field::Number, 0.5), [Kind::Quiet, Kind::Miscalibrated]);
        assert_eq!(found(Field::Count, 30.0), [Kind::Quiet, Kind::Miscalibrated]);
        assert_eq!(found(Field::Count, 29.0), [Kind::Quiet]);
        assert_eq!(found(Field::Count, 0.5), []);
        assert_eq!(found(Field::Flag, 0.5), []);
    }
}
