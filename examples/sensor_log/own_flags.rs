//! The flags that describe the user's own file, and which of them go together.

use crate::clock::{TimeFormat, UNITS};
use crate::models::{ProcessModel, SensorModel};
use crate::problem::Problem;
use crate::table::Columns;
use clap::Args;

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
    /// How times are written, as in strptime: "%d.%m.%Y %H:%M"; `unix` for seconds since 1970 [default: numbers, or ISO
    /// dates and date-times]
    #[arg(long, value_name = "PATTERN")]
    pub time_format: Option<String>,
    /// Unit of time: for dates that of the process's noise and time constant (second, minute, hour, day, week, year),
    /// for numbers a label
    #[arg(long, value_name = "UNIT")]
    pub time_unit: Option<String>,
    /// What a reading says about the state; several, parted by commas, are compared and the best is drawn [default:
    /// normal]
    #[arg(long, value_enum, value_name = "MODEL", value_delimiter = ',')]
    pub sensor: Vec<SensorModel>,
    /// Normal, quantized, censored: standard deviation of a reading; learned: the guess to start from
    #[arg(long, value_name = "SD", value_parser = positive)]
    pub std_dev: Option<f64>,
    /// Student-t: scale of a reading's noise
    #[arg(long, value_name = "SCALE", value_parser = positive)]
    pub scale: Option<f64>,
    /// Student-t: how heavy the tails are, 1 the heaviest [default: 4]
    #[arg(long, value_name = "NU", value_parser = positive)]
    pub degrees_of_freedom: Option<f64>,
    /// Learned: what each reading leaves of the weight of those before, 0.5 to 1 [default: 0.99, a memory of 100
    /// readings]
    #[arg(long, value_name = "FACTOR", value_parser = positive)]
    pub forgetting: Option<f64>,
    /// Quantized: the step between two readings [default: the smallest in the file]
    #[arg(long, value_name = "STEP", value_parser = positive)]
    pub step: Option<f64>,
    /// Censored: the lowest reading, which stands for everything below
    #[arg(long, value_name = "READING", value_parser = finite)]
    pub lower: Option<f64>,
    /// Censored: the highest reading, which stands for everything above
    #[arg(long, value_name = "READING", value_parser = finite)]
    pub upper: Option<f64>,
    /// Gamma: a reading scatters by 1/sqrt(shape) of its mean; 1 for waiting times
    #[arg(long, value_name = "SHAPE", value_parser = positive)]
    pub shape: Option<f64>,
    /// Poisson and negative-binomial: length of the window that a count covers, in the unit of the rate [default: 1]
    #[arg(long, value_name = "WINDOW", value_parser = positive)]
    pub exposure: Option<f64>,
    /// Negative-binomial: the smaller, the more counts scatter; a mean of m has the variance m + m^2/dispersion
    #[arg(long, value_name = "SIZE", value_parser = positive)]
    pub dispersion: Option<f64>,
    /// How the state moves between readings [default: random-walk]
    #[arg(long, value_enum, value_name = "MODEL")]
    pub process: Option<ProcessModel>,
    /// Standard deviation by which the level wanders in one unit of time
    #[arg(long, value_name = "SD", value_parser = positive)]
    pub level_noise: Option<f64>,
    /// Standard deviation by which the slope wanders in one unit of time
    #[arg(long, value_name = "SD", value_parser = positive)]
    pub slope_noise: Option<f64>,
    /// Ornstein-Uhlenbeck: time in which a deviation falls to a third (by the factor e)
    #[arg(long, value_name = "TIME", value_parser = positive)]
    pub time_constant: Option<f64>,
    /// Level believed before the first reading, or its logarithm (gamma, Poisson, negative-binomial) or log odds
    /// (Bernoulli) [default: the median's]
    #[arg(long, value_name = "LEVEL", value_parser = finite)]
    pub prior_mean: Option<f64>,
    /// How uncertain that level is [default: the readings' spread; of logarithms and log odds 1.5; Ornstein-Uhlenbeck:
    /// chosen]
    #[arg(long, value_name = "SD", value_parser = positive)]
    pub prior_std_dev: Option<f64>,
    /// Rows that what is not given is chosen on, from the first [default: 5000]
    #[arg(long, value_name = "ROWS", value_parser = clap::value_parser!(u32).range(1..))]
    pub fit_rows: Option<u32>,
    /// Unit of the readings, for the labels
    #[arg(long)]
    pub unit: Option<String>,
    /// Title of the picture [default: the file's name]
    #[arg(long)]
    pub title: Option<String>,
}

impl Own {
    /// The sensors to compare, at least one.
    pub fn sensors(&self) -> Vec<SensorModel> {
        if self.sensor.is_empty() { vec![SensorModel::default()] } else { self.sensor.clone() }
    }

    /// Refuses a flag that the chosen models have no use for, and sensors that do not compare.
    pub fn check(&self) -> Result<(), Problem> {
        use ProcessModel::{ConstantVelocity, LocalLinearTrend, OrnsteinUhlenbeck, RandomWalk};
        use SensorModel::{Censored, Gamma, Learned, NegativeBinomial, Normal, Poisson, Quantized, StudentT};
        let (sensors, process) = (self.sensors(), self.process.unwrap_or_default());
        let sensor = |models: &[SensorModel]| sensors.iter().any(|model| models.contains(model));
        let gaussian = sensor(&[Normal, Learned, Quantized, Censored]);
        let (student, counts) = (sensor(&[StudentT]), sensor(&[Poisson, NegativeBinomial]));
        let level = [RandomWalk, LocalLinearTrend].contains(&process);
        let slope = [LocalLinearTrend, ConstantVelocity].contains(&process);
        let uses = [
            ("--std-dev", self.std_dev.is_some(), gaussian, "--sensor normal, learned, quantized or censored"),
            ("--scale", self.scale.is_some(), student, "--sensor student-t"),
            ("--degrees-of-freedom", self.degrees_of_freedom.is_some(), student, "--sensor student-t"),
            ("--forgetting", self.forgetting.is_some(), sensor(&[Learned]), "--sensor learned"),
            ("--step", self.step.is_some(), sensor(&[Quantized]), "--sensor quantized"),
            ("--lower", self.lower.is_some(), sensor(&[Censored]), "--sensor censored"),
            ("--upper", self.upper.is_some(), sensor(&[Censored]), "--sensor censored"),
            ("--shape", self.shape.is_some(), sensor(&[Gamma]), "--sensor gamma"),
            ("--exposure", self.exposure.is_some(), counts, "--sensor poisson or negative-binomial"),
            ("--dispersion", self.dispersion.is_some(), sensor(&[NegativeBinomial]), "--sensor negative-binomial"),
            ("--level-noise", self.level_noise.is_some(), level, "--process random-walk or local-linear-trend"),
            ("--slope-noise", self.slope_noise.is_some(), slope, "--process local-linear-trend or constant-velocity"),
            (
                "--time-constant",
                self.time_constant.is_some(),
                process == OrnsteinUhlenbeck,
                "--process ornstein-uhlenbeck",
            ),
        ];
        if let Some((flag, _, _, with)) = uses.iter().find(|(_, given, used, _)| *given && !used) {
            return Err(Problem::Flags(format!("{flag} goes with {with}")));
        }
        if sensor(&[Censored]) && !(self.lower.unwrap_or(f64::MIN) < self.upper.unwrap_or(f64::MAX)) {
            return Err(Problem::Flags("--lower must lie below --upper".into()));
        }
        if sensor(&[Censored]) && self.lower.is_none() && self.upper.is_none() {
            return Err(Problem::Flags("--sensor censored needs --lower, --upper or both".into()));
        }
        for (index, model) in sensors.iter().enumerate() {
            let (one, two) = (sensors[0].name(), model.name());
            if sensors[..index].contains(model) {
                return Err(Problem::Flags(format!("--sensor names {two} twice")));
            }
            if !sensors[0].compares_with(*model) {
                return Err(Problem::Flags(format!(
                    "{one} and {two} do not compare: the evidence of one is a density, that of the other a probability"
                )));
            }
        }
        Ok(())
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
            let timed = [self.level_noise, self.slope_noise, self.time_constant];
            if timed.iter().any(Option::is_some) {
                return Err(Problem::Flags(
                    "--level-noise, --slope-noise and --time-constant are in a unit of time: say per which --time-unit"
                        .into(),
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

fn finite(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|value: &f64| value.is_finite()).ok_or_else(|| "not a number".into())
}

/// A finite number above zero.
pub fn positive(text: &str) -> Result<f64, String> {
    finite(text).and_then(|value| if value > 0.0 { Ok(value) } else { Err("must be above zero".into()) })
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() => Ok(*byte),
        _ => Err("must be one ASCII character, or `tab`".into()),
    }
}
