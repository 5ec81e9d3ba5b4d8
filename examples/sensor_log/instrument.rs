//! How each likelihood's readings stand in a file, and what they look like in the user's unit.

use crate::Scalar;
use crate::field::Field;
use elbow::likelihood::{Bernoulli, Censored, Gamma, LearnedNormal, Likelihood, NegativeBinomial, Normal, Poisson};
use elbow::likelihood::{Quantized, StudentT};

/// A likelihood whose readings a log can hold.
pub trait Instrument: Likelihood<Scalar> + Copy {
    /// What its column holds.
    const FIELD: Field;
    /// The reading for a value of the file, the response's centre subtracted.
    fn reading(centred: f64) -> Self::Reading;
    /// The step between readings that a monitor judges repeats by, from the smallest in the file: 1 where the log
    /// evidence is a probability's.
    fn resolution(smallest: f64) -> f64 {
        smallest
    }
    /// The standard deviation that it has learnt, if it learns.
    fn learned(&self) -> Option<f64> {
        None
    }
}

impl Instrument for Normal<Scalar> {
    const FIELD: Field = Field::Number;
    fn reading(centred: f64) -> Scalar {
        centred as Scalar
    }
}

impl Instrument for StudentT<Scalar> {
    const FIELD: Field = Field::Number;
    fn reading(centred: f64) -> Scalar {
        centred as Scalar
    }
}

impl Instrument for LearnedNormal<Scalar> {
    const FIELD: Field = Field::Number;
    fn reading(centred: f64) -> Scalar {
        centred as Scalar
    }
    fn learned(&self) -> Option<f64> {
        Some(f64::from(self.variance()).sqrt())
    }
}

impl Instrument for Quantized<Scalar> {
    const FIELD: Field = Field::Number;
    fn reading(centred: f64) -> Scalar {
        centred as Scalar
    }
    fn resolution(_: f64) -> f64 {
        1.0
    }
}

impl Instrument for Censored<Scalar> {
    const FIELD: Field = Field::Number;
    fn reading(centred: f64) -> Scalar {
        centred as Scalar
    }
    /// A step of 1 or more suits both the densities between the rails and the probabilities at them: too large a step
    /// only finds a stuck sensor later.
    fn resolution(smallest: f64) -> f64 {
        smallest.max(1.0)
    }
}

impl Instrument for Gamma<Scalar> {
    const FIELD: Field = Field::Amount;
    fn reading(amount: f64) -> Scalar {
        amount as Scalar
    }
}

impl Instrument for Poisson<Scalar> {
    const FIELD: Field = Field::Count;
    fn reading(count: f64) -> u32 {
        count as u32
    }
    fn resolution(_: f64) -> f64 {
        1.0
    }
}

impl Instrument for NegativeBinomial<Scalar> {
    const FIELD: Field = Field::Count;
    fn reading(count: f64) -> u32 {
        count as u32
    }
    fn resolution(_: f64) -> f64 {
        1.0
    }
}

impl Instrument for Bernoulli {
    const FIELD: Field = Field::Flag;
    fn reading(flag: f64) -> bool {
        flag == 1.0
    }
    fn resolution(_: f64) -> f64 {
        1.0
    }
}

/// From the filter's predictor `eta` to the file's unit. Increasing, so quantiles go through it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Response {
    /// `eta + centre`. Readings are centred as f64, because an f32 has 24 bits: at 350 ppm its last digit is 3e-5.
    Level {
        /// The reading that the filter calls zero.
        centre: f64,
    },
    /// `exposure exp(eta)`: counts per window.
    Rate {
        /// The window's length in the rate's unit of time.
        exposure: f64,
    },
    /// `exp(eta)`: a positive amount.
    Amount,
    /// `1 / (1 + exp(-eta))`.
    Probability,
}

impl Response {
    /// The predictor in the file's unit: what the reading would be on average if it were known.
    pub fn of(self, eta: f64) -> f64 {
        match self {
            Self::Level { centre } => eta + centre,
            Self::Rate { exposure } => exposure * eta.exp(),
            Self::Amount => eta.exp(),
            Self::Probability => 1.0 / (1.0 + (-eta).exp()),
        }
    }

    /// What the reading is on average when the predictor is Gaussian. For a yes or no that is the probability of a yes,
    /// which the surprise at the reading tells.
    pub fn expected(self, mean: f64, variance: f64, value: f64, surprise: f64) -> f64 {
        match self {
            Self::Level { .. } => self.of(mean),
            Self::Rate { .. } | Self::Amount => self.of(mean + variance / 2.0),
            Self::Probability if value == 1.0 => (-surprise).exp(),
            Self::Probability => -(-surprise).exp_m1(),
        }
    }

    /// What is subtracted from a reading before it becomes an f32.
    pub fn centre(self) -> f64 {
        match self {
            Self::Level { centre } => centre,
            Self::Rate { .. } | Self::Amount | Self::Probability => 0.0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expectations() {
        assert_eq!(Response::Level { centre: 316.0 }.expected(1.5, 4.0, 0.0, 0.0), 317.5);
        assert!((Response::Rate { exposure: 5.0 }.expected(0.0, 2.0, 1.0, 1.0) - 5.0 * 1f64.exp()).abs() < 1e-12);
        assert!((Response::Amount.expected(0.5, 1.0, 1.0, 1.0) - 1f64.exp()).abs() < 1e-12);
        assert!((Response::Probability.expected(9.0, 1.0, 1.0, 0.5) - 0.606_530_659_7).abs() < 1e-9);
        assert!((Response::Probability.expected(9.0, 1.0, 0.0, 0.5) - 0.393_469_340_3).abs() < 1e-9);
    }
}
