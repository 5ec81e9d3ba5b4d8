//! The command line, and the help that teaches it.

use crate::help::{ABOUT, EXAMPLES};
use crate::own_flags::{Own, positive};
use crate::report::{Choice, Settings};
use crate::trust::Trust;
use clap::Parser;
use std::ffi::OsString;
use std::path::PathBuf;

/// The part of the time that a flag of the monitor is up at a healthy sensor, where the user gives none.
const FALSE_ALARM: f64 = 1e-4;

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
    /// Keep readings from the belief that lie further out than this many standard deviations of their prediction; ten
    /// such in a row mean that the belief is wrong, and widen it until it holds the last of them
    #[arg(long, value_name = "SD", value_parser = positive)]
    pub gate: Option<f64>,
    /// Say when the readings and the model disagree: quiet, noisy, biased, miscalibrated, stuck or silent
    #[arg(long)]
    pub monitor: bool,
    /// With --monitor: part of the time that each flag is up at a healthy sensor, 1e-6 to 0.1 [default: 1e-4]
    #[arg(long, value_name = "P", value_parser = positive, requires = "monitor")]
    pub false_alarm: Option<f64>,
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
            trust: Trust {
                gate: self.gate,
                false_alarm: self.monitor.then(|| self.false_alarm.unwrap_or(FALSE_ALARM)),
            },
            pictures: self.pictures.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
        }
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
            ("a.csv --sensor laplace", "normal, student-t, learned, quantized, censored, gamma, poisson"),
            ("a.csv --false-alarm 1e-3", "--monitor"),
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
            ("a.csv --sensor poisson --dispersion 2", "--dispersion goes with --sensor negative-binomial"),
            ("a.csv --time-constant 2", "--time-constant goes with --process ornstein-uhlenbeck"),
            ("a.csv --sensor censored", "--sensor censored needs"),
            ("a.csv --sensor censored --lower 2 --upper 1", "--lower must lie below --upper"),
            ("a.csv --sensor poisson,poisson", "--sensor names poisson twice"),
            ("a.csv --sensor normal,poisson", "normal and poisson do not compare"),
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
        let constant = flags("a.csv --process ornstein-uhlenbeck --time-constant 3").expect("parses").own;
        assert!(constant.check().is_ok() && constant.calendar_unit(5.0).is_err());
        let compared =
            flags("a.csv --sensor poisson,negative-binomial --dispersion 2 --exposure 5").expect("parses").own;
        assert!(compared.check().is_ok() && compared.sensors().len() == 2);
        let weekly = flags("a.csv").expect("parses").own;
        assert_eq!(weekly.calendar_unit(604_800.0).map(|unit| unit.0).ok(), Some("week"));
        assert_eq!(weekly.calendar_unit(0.01).map(|unit| unit.0).ok(), Some("second"));
    }
}
