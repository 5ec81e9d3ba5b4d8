//! Yes or no with log odds eta.

use super::{Derivatives, Likelihood, logistic};
use crate::error::Error;
use crate::real::Real;

/// A reading that is yes or no: P(yes | eta) = 1/(1 + e^-eta), eta the log odds.
///
/// # Accuracy
/// Relative error of the value up to 6.6e-8 for `f32`, 1.9e-16 for `f64`; of the derivatives 1.4e-7 and 2.5e-16.
///
/// ```
/// use elbow::likelihood::{Bernoulli, Likelihood};
/// let motion = Bernoulli::new();
/// let log_prob: f32 = motion.log_prob(true, 0.0);
/// assert!((log_prob - 0.5_f32.ln()).abs() < 1e-7);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Bernoulli {}

impl Bernoulli {
    /// The logit link has no parameters.
    ///
    /// ```
    /// const MOTION: elbow::likelihood::Bernoulli = elbow::likelihood::Bernoulli::new();
    /// assert_eq!(MOTION, elbow::likelihood::Bernoulli::default());
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self {}
    }
}

impl<T: Real> Likelihood<T> for Bernoulli {
    type Reading = bool;
    const LOG_CONCAVE: bool = true;

    /// Every reading is possible.
    fn check(&self, _: bool) -> Result<(), Error> {
        Ok(())
    }

    /// -ln(1 + e^-x), x = eta for yes and -eta for no.
    fn log_prob(&self, reading: bool, eta: T) -> T {
        let x = if reading { eta } else { -eta };
        let tail = (-x.abs()).exp().ln_1p();
        if x < T::ZERO { x - tail } else { -tail }
    }

    fn derivatives(&self, reading: bool, eta: T) -> Derivatives<T> {
        let (yes, no) = logistic::shares(eta);
        Derivatives { first: if reading { no } else { -yes }, second: -(yes * no) }
    }
}
