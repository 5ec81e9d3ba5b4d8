//! Yes or no with log odds eta.

use super::{Derivatives, Innovation, Likelihood, logistic};
use crate::constants::for_each_node;
use crate::error::Error;
use crate::real::Real;

/// A reading that is yes or no: P(yes | eta) = 1/(1 + e^-eta), eta the log odds.
///
/// # Accuracy
/// [Every figure](crate::accuracy#bernoulli).
/// Relative error of the value up to 6.7e-8 for `f32`, 2.0e-16 for `f64`; of the derivatives 1.5e-7 and 2.5e-16,
/// over every eta of `f32` 2.1e-7.
///
/// Source: McCullagh and Nelder (1989), *Generalized Linear Models*, chapter 4.
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

    /// 1 - p after yes, -p after no, and sqrt(p (1 - p)), p = E P(yes | eta): nine nodes, or the trapezoidal rule where
    /// the belief is wide. p and 1 - p are floored at the smallest normal number.
    fn innovation(&self, reading: bool, mean: T, variance: T) -> Option<Innovation<T>> {
        let std_dev = variance.sqrt();
        let smaller = match logistic::averages(mean, std_dev) {
            Some(averages) => averages.smaller,
            None => {
                let mut sum = T::ZERO;
                for_each_node(&T::HERMITE_9, |node, weight: T| {
                    sum += weight * logistic::shares(-mean.abs() + std_dev * node).0;
                });
                sum
            }
        };
        let smaller = smaller.max(T::MIN_POSITIVE).min(T::from_f64(0.5));
        let expected = reading == (mean > T::ZERO);
        let distance = if expected { smaller } else { T::ONE - smaller };
        Innovation::checked(if reading { distance } else { -distance }, (smaller * (T::ONE - smaller)).sqrt())
    }

    fn derivatives(&self, reading: bool, eta: T) -> Derivatives<T> {
        let (yes, no) = logistic::shares(eta);
        Derivatives { first: if reading { no } else { -yes }, second: -(yes * no) }
    }
}
