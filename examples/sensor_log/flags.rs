//! The command line, and the help that teaches it.

use crate::clock::{TimeFormat, UNITS};
use crate::help::{ABOUT, EXAMPLES};
use crate::problem::Problem;
use crate::report::{Choice, Settings};
use crate::table::Columns;
use clap::{Args, Parser, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

/// What a reading says about the state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SensorModel {
    /// The level plus Gaussian noise: --std-dev
    #[default]
    Normal,
    /// The level plus noise with heavy tails: --scale, --degrees-of-freedom
    StudentT,
    /// A count per window, whose log rate is the level: --exposure
    Poisson,
    /// Yes or no, whose log odds are the level
    Bernoulli,
}

/// How the state moves between readings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ProcessModel {
    /// A level that wanders: --level-noise
    #[default]
    RandomWalk,
    /// A wandering level with a wandering slope: --level-noise, --slope-noise
    LocalLinearTrend,
    /// A level whose slope wanders: --slope-noise
    ConstantVelocity,
}

/// The flags that describe the user's own file.
#[derive(Args, Clone, Debug, Default, PartialEq)]
#[command(next_help_heading = "Your own CSV file")]
pub struct Own {
    /// Column of the times [default: the first]
    #[arg(long, value_name = "COLUMN")]
    pub time: Option<String>,
    /// Column of the readings [default: the second]
    #[arg(long, value_name = "COLUMN")]
    pub value: Option<String>,
    /// What stands between two fields: a character, or `tab` [default: ,]
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    pub delimiter: Option<u8>,
    /// How times are written, as in strptime: "%d.%m.%Y %H:%M"; `unix` for seconds since 1970 [default: numbers, or ISO dates
    /// and date-times]
    #[arg(long, value_name = "PATTERN")]
    pub time_format: Option<String>,
    /// Unit of time: for dates that of the noise rates (second, minute, hour, day, week, year), for numbers a label
    #[arg(long, value_name = "UNIT")]
    pub time_unit: Option<String>,
    /// What a reading says about the state [default: normal]
    #[arg(long, value_enum, value_name = "MODEL")]
    pub sensor: Option<SensorModel>,
    /// Normal: standard deviation of a reading
    #[arg(long, value_name = "SD", value_parser = positive)]
    pub std_dev: Option<f64>,
    /// Student-t: scale of a reading's noise
    #[arg(long, value_name = "SCALE", value_parser = positive)]
    pub scale: Option<f64>,
    /// Student-t: how heavy the tails are, 1 the heaviest [default: 4]
    #[arg(long, value_name = "NU", value_parser = positive)]
    pub degrees_of_freedom: Option<f64>,
    /// Poisson: length of the window that a count covers, in the unit of the rate [default: 1]
    #[arg(long, value_name = "WINDOW", value_parser = positive)]
    pub exposure: Option<f64>,
    /// How the state moves between readings [default: random-walk]
    #[arg(long, value_enum, value_name = "MODEL")]
    pub process: Option<ProcessModel>,
    /// Standard deviation by which the level wanders in one unit of time
    #[arg(long, value_name = "SD", value_parser = positive)]
    pub level_noise: Option<f64>,
    /// Standard deviation by which the slope wanders in one unit of time
    #[arg(long, value_name = "SD", value_parser = positive)]
    pub slope_noise: Option<f64>,
    /// Level believed before the first reading; Poisson: log rate, Bernoulli: log odds [default: the median's]
    #[arg(long, value_name = "LEVEL", value_parser = finite)]
    pub prior_mean: Option<f64>,
    /// How uncertain that level is [default: the readings' spread; Poisson and Bernoulli: 1.5]
    #[arg(long, value_name = "SD", value_parser = positive)]
    pub prior_std_dev: Option<f64>,
    /// Unit of the readings, for the labels
    #[arg(long)]
    pub unit: Option<String>,
    /// Title of the picture [default: the file's name]
    #[arg(long)]
    pub title: Option<String>,
}

/// The whole command line.
#[derive(Parser, Clone, Debug, PartialEq)]
#[command(name = "sensor_log", about = ABOUT, after_help = EXAMPLES, disable_version_flag = true, allow_negative_numbers = true)]
pub struct Flags {
    /// nile, co2, coal, seattle, or the path of a CSV file [default: all four]
    pub log: Option<PathBuf>,
    /// How the ELBO of a reading is maximised
    #[arg(long, value_enum, default_value = "one-sample")]
    pub estimator: Choice,
    /// Samples a reading, for one-sample
    #[arg(long, value_name = "K", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..))]
    pub samples: u16,
    /// Seed of the samples' generator
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
    /// Directory for the pictures
    #[arg(long, value_name = "DIRECTORY", default_value = "target/sensor_log")]
    pub pictures: PathBuf,
    /// First time that the picture shows, written as in the log [default: the log's first]
    #[arg(long, value_name = "TIME")]
    pub from: Option<String>,
    /// Last time that the picture shows
    #[arg(long, value_name = "TIME")]
    pub to: Option<String>,
    /// The user's own file.
    #[command(flatten)]
    pub own: Own,
}

impl Flags {
    /// Reads a command line; `Err` is clap's, which also carries the help.
    pub fn read(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        Self::try_parse_from(arguments)
    }

    /// The settings that hold for every log.
    pub fn settings(&self) -> Settings {
        Settings {
            estimator: self.estimator,
            samples: self.samples,
            seed: self.seed,
            pictures: self.pictures.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
        }
    }
}

impl Own {
    /// Refuses a flag that the chosen models have no use for.
    pub fn check(&self) -> Result<(), Problem> {
        let sensor = self.sensor.unwrap_or_default();
        let process = self.process.unwrap_or_default();
        let (normal, student) = (sensor == SensorModel::Normal, sensor == SensorModel::StudentT);
        let uses = [
            ("--std-dev", self.std_dev.is_some(), normal, "--sensor normal"),
            ("--scale", self.scale.is_some(), student, "--sensor student-t"),
            ("--degrees-of-freedom", self.degrees_of_freedom.is_some(), student, "--sensor student-t"),
            ("--exposure", self.exposure.is_some(), sensor == SensorModel::Poisson, "--sensor poisson"),
            (
                "--level-noise",
                self.level_noise.is_some(),
                process != ProcessModel::ConstantVelocity,
                "--process random-walk or local-linear-trend",
            ),
            (
                "--slope-noise",
                self.slope_noise.is_some(),
                process != ProcessModel::RandomWalk,
                "--process local-linear-trend or constant-velocity",
            ),
        ];
        match uses.iter().find(|(_, given, used, _)| *given && !used) {
            Some((flag, _, _, with)) => Err(Problem::Flags(format!("{flag} goes with {with}"))),
            None => Ok(()),
        }
    }

    /// Where the file's times and readings stand.
    pub fn columns(&self) -> Columns {
        Columns {
            time: self.time.clone(),
            value: self.value.clone(),
            format: self.time_format.as_deref().map(|pattern| match pattern {
                "unix" => TimeFormat::Unix,
                pattern => TimeFormat::Pattern(pattern.into()),
            }),
            delimiter: self.delimiter.unwrap_or(b','),
        }
    }

    /// A calendar log's unit of time: its name and length in seconds.
    pub fn calendar_unit(&self, step: f64) -> Result<(&'static str, f64), Problem> {
        let Some(name) = &self.time_unit else {
            if self.level_noise.is_some() || self.slope_noise.is_some() {
                return Err(Problem::Flags(
                    "--level-noise and --slope-noise are rates: say per which --time-unit".into(),
                ));
            }
            let near = |unit: &&(&str, f64)| unit.1 <= step * 1.5;
            return Ok(*UNITS.iter().rev().find(near).unwrap_or(&UNITS[0]));
        };
        UNITS.iter().find(|unit| unit.0 == name).copied().ok_or_else(|| {
            let names = UNITS.map(|unit| unit.0).join(", ");
            Problem::Flags(format!("--time-unit of dates is one of {names}, not `{name}`"))
        })
    }
}

/// One line for a command line that clap refused.
pub fn one_line(error: &clap::Error) -> String {
    let text = error.to_string();
    let ends = |line: &&str| !line.starts_with("Usage") && !line.starts_with("For more");
    let lines = text.lines().take_while(ends).map(str::trim).filter(|line| !line.is_empty());
    let joined = lines.collect::<Vec<_>>().join("; ");
    format!("{} (see --help)", joined.trim_start_matches("error: "))
}

fn finite(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|value: &f64| value.is_finite()).ok_or_else(|| "not a number".into())
}

fn positive(text: &str) -> Result<f64, String> {
    finite(text).and_then(|value| if value > 0.0 { Ok(value) } else { Err("must be above zero".into()) })
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() => Ok(*byte),
        _ => Err("must be one ASCII character, or `tab`".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(line: &str) -> Result<Flags, String> {
        let words = std::iter::once("sensor_log").chain(line.split_whitespace());
        Flags::read(words.map(OsString::from)).map_err(|error| one_line(&error))
    }

    #[test]
    fn defaults() {
        let flags = flags("").expect("no flags are fine");
        assert_eq!(
            (flags.estimator, flags.samples, flags.log, flags.own),
            (Choice::OneSample, 8, None, Own::default())
        );
    }

    #[test]
    fn what_is_refused_says_why_in_one_line() {
        for (line, why) in [
            ("--samples 0", "0"),
            ("--sensr normal", "--sensr"),
            ("a.csv --sensor laplace", "normal, student-t, poisson, bernoulli"),
            ("a.csv --std-dev -1", "--std-dev"),
            ("a.csv --std-dev nan", "not a number"),
            ("a.csv --delimiter ab", "one ASCII character"),
        ] {
            let refused = flags(line).expect_err(line);
            assert!(refused.contains(why) && !refused.contains('\n'), "{line}: {refused}");
        }
        assert_eq!(flags("a.csv --prior-mean -5.5").map(|flags| flags.own.prior_mean), Ok(Some(-5.5)));
    }

    #[test]
    fn a_flag_without_use_is_refused() {
        for (line, why) in [
            ("a.csv --scale 2", "--scale goes with --sensor student-t"),
            ("a.csv --sensor poisson --std-dev 2", "--std-dev goes with --sensor normal"),
            ("a.csv --slope-noise 2", "--slope-noise goes with"),
            ("a.csv --process constant-velocity --level-noise 2", "--level-noise goes with"),
        ] {
            let refused = flags(line).expect(line).own.check().expect_err(line).to_string();
            assert!(refused.starts_with(why), "{line}: {refused}");
        }
    }

    #[test]
    fn rates_of_dates_need_a_unit() {
        let rate = flags("a.csv --level-noise 0.5").expect("parses").own;
        assert!(rate.calendar_unit(5.0).is_err());
        let weekly = flags("a.csv").expect("parses").own;
        assert_eq!(weekly.calendar_unit(604_800.0).map(|unit| unit.0).ok(), Some("week"));
        assert_eq!(weekly.calendar_unit(0.01).map(|unit| unit.0).ok(), Some("second"));
    }
}
