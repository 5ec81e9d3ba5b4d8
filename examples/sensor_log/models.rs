//! The models that flags choose between.

use clap::ValueEnum;

/// What a reading says about the state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SensorModel {
    /// The level plus Gaussian noise: --std-dev
    #[default]
    Normal,
    /// The level plus noise with heavy tails: --scale, --degrees-of-freedom
    StudentT,
    /// The level plus Gaussian noise that is learnt on the way: --forgetting, --std-dev to start from
    Learned,
    /// The level plus Gaussian noise, rounded to steps: --step, --std-dev
    Quantized,
    /// The level plus Gaussian noise, stopped at rails: --lower, --upper, --std-dev
    Censored,
    /// A positive amount, whose log mean is the level: --shape
    Gamma,
    /// A count per window, whose log rate is the level: --exposure
    Poisson,
    /// The same with more scatter, as of bursts: --exposure, --dispersion
    NegativeBinomial,
    /// Yes or no, whose log odds are the level
    Bernoulli,
}

/// What a log evidence is the logarithm of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Measure {
    Density,
    Probability,
    /// Densities between the rails, probabilities at them.
    Both,
}

impl SensorModel {
    /// What `--sensor` calls it.
    pub fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |value| value.get_name().to_string())
    }

    /// Whether the log evidences of two sensors are of one measure: that of a density depends on the reading's unit.
    pub fn compares_with(self, other: Self) -> bool {
        self.measure() == other.measure()
    }

    fn measure(self) -> Measure {
        match self {
            Self::Normal | Self::StudentT | Self::Learned | Self::Gamma => Measure::Density,
            Self::Quantized | Self::Poisson | Self::NegativeBinomial | Self::Bernoulli => Measure::Probability,
            Self::Censored => Measure::Both,
        }
    }
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
    /// A level that returns to its prior and stays within it: --time-constant, --prior-mean, --prior-std-dev
    OrnsteinUhlenbeck,
}
