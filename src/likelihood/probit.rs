//! Yes or no with a probit link: a threshold under normal noise.
//!
//! P(yes | eta) = Phi(eta), the standard normal distribution function (Bliss 1934, *Science* 79, 38-39). Yes says that
//! eta plus standard normal noise was at least zero: a rail at zero under unit noise, so that all of it is that of
//! [`Censored`](super::Censored), the exact log evidence ln Phi(+-u0/sqrt(1 + v0)) included.

use super::normal_distribution::{bounded, tail};
use super::rail::Rail;
use super::{Derivatives, Expectations, Innovation, Likelihood};
use crate::error::Error;
use crate::real::Real;

/// A reading that is yes or no where a noisy value crosses a threshold: a comparator, a float switch, a thermostat's
/// contact, a photodiode behind a Schmitt trigger. P(yes | eta) = Phi(eta).
///
/// eta is how far the value lies above the threshold in standard deviations of the noise: a comparator at 1.2 V with
/// 0.05 V of noise is `Sensor::linear([1.0 / 0.05], Probit::new()).with_offset(-1.2 / 0.05)`. Against
/// [`Bernoulli`](super::Bernoulli), whose log odds are linear, a reading on the wrong side weighs more the farther eta
/// is: use this where the noise is known to be normal, that one where readings may also be plain wrong.
///
/// # Accuracy
/// [Every figure](crate::accuracy#probit).
/// Error of the value up to 1.8e-7 for `f32`, 4.9e-16 for `f64`, relative to its largest term; of the first derivative
/// 5.5e-7 (every `f32` tried; the worst is next to zero) and 5.7e-16, of the second 3.9e-7 and 1.1e-15; times 1 + eta^2
/// on the side that the reading agrees with. The log evidence is exact. [`GaussHermite`](crate::GaussHermite) with five
/// nodes comes within 1.6e-4 posterior standard deviations of the optimum for prior variances from 0.01 to 100: closed
/// forms stand in for the nodes where the belief is wide. [`OneSample`](crate::OneSample) with 1 / 8 / 128 samples is
/// 0.09 / 0.10 / 0.03 of them off with v0 = 4, root mean square, and 0.9 / 0.8 / 0.3 with v0 = 100.
///
/// Source: Bliss (1934), *Science* 79, 38-39.
///
/// ```
/// use elbow::likelihood::{Likelihood, Probit};
/// let comparator = Probit::new();
/// let yes: f64 = comparator.log_prob(true, 1.0);
/// assert!((yes.exp() - 0.841_344_746_068_543).abs() < 1e-14);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Probit {}

impl Probit {
    /// The probit link has no parameters: threshold and noise are the sensor's row and offset.
    ///
    /// ```
    /// const COMPARATOR: elbow::likelihood::Probit = elbow::likelihood::Probit::new();
    /// assert_eq!(COMPARATOR, elbow::likelihood::Probit::default());
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self {}
    }
}

/// Zero or more, or zero or less.
#[inline]
fn rail<T: Real>(reading: bool) -> Rail<T> {
    Rail { at: T::ZERO, upper: reading }
}

impl<T: Real> Likelihood<T> for Probit {
    type Reading = bool;
    const LOG_CONCAVE: bool = true;

    /// Every reading is possible.
    fn check(&self, _: bool) -> Result<(), Error> {
        Ok(())
    }

    /// ln Phi(eta) for yes, ln Phi(-eta) for no; minus infinity where the square of eta overflows.
    fn log_prob(&self, reading: bool, eta: T) -> T {
        rail(reading).log_prob(eta, T::ONE)
    }

    /// The first is capped at MAX/8.
    fn derivatives(&self, reading: bool, eta: T) -> Derivatives<T> {
        rail(reading).derivatives(eta, T::ONE)
    }

    fn start(&self, reading: bool, mean: T, variance: T) -> T {
        rail(reading).start(mean, variance, T::ONE)
    }

    /// Where the belief is wide, by four ramps; nodes do better elsewhere.
    fn expectations(&self, reading: bool, mean: T, std_dev: T) -> Option<Expectations<T>> {
        rail(reading).expectations(mean, std_dev, T::ONE)
    }

    /// There too.
    fn mean_log_prob(&self, reading: bool, mean: T, std_dev: T) -> Option<T> {
        rail(reading).mean_log_prob(mean, std_dev, T::ONE)
    }

    /// One or zero less Phi(mean/sqrt(1 + variance)), of the two the smaller probability kept.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#innovation). Within 1.2e-7 for `f32` and 3.6e-16 for `f64`, relative; times 1 + x^2
    /// of the smaller probability, x = mean/sqrt(1 + variance).
    fn innovation(&self, reading: bool, mean: T, variance: T) -> Option<Innovation<T>> {
        let beyond = bounded(mean / (T::ONE + variance).sqrt());
        let rare = tail(beyond.abs());
        let usual = beyond >= T::ZERO;
        let value = match (reading, reading == usual) {
            (true, true) => rare,
            (true, false) => T::ONE - rare,
            (false, true) => -rare,
            (false, false) => rare - T::ONE,
        };
        Innovation::checked(value, (rare * (T::ONE - rare)).sqrt())
    }

    /// The belief adds to the noise: ln Phi(+-mean/sqrt(1 + variance)).
    fn log_evidence(&self, reading: bool, mean: T, variance: T) -> Option<T> {
        let std_dev = (T::ONE + variance).sqrt();
        std_dev.is_finite().then(|| rail(reading).log_prob(mean, std_dev))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::likelihood::Censored;

    #[test]
    fn yes_and_no_sum_to_one() {
        for k in -60..=60 {
            let eta = 0.1 * f64::from(k);
            let [yes, no] = [true, false].map(|reading| libm::exp(Probit::new().log_prob(reading, eta)));
            assert!((yes + no - 1.0).abs() < 1e-15 && (yes > no) == (k > 0), "{eta}: {yes} {no}");
        }
    }

    /// The threshold and the noise of a rail, told to the sensor's row and offset instead.
    #[test]
    fn a_threshold_is_a_rail() {
        let (threshold, noise) = (1.25_f64, 0.5);
        let rail = Censored::new(noise, -f64::MAX, threshold).unwrap();
        for value in [-3.0, 0.5, 1.25, 2.0, 9.0] {
            let eta = (value - threshold) / noise;
            assert_eq!(Probit::new().log_prob(true, eta), rail.log_prob(threshold, value));
            let (own, scaled) = (Probit::new().derivatives(true, eta), rail.derivatives(threshold, value));
            assert_eq!((own.first / noise, own.second / (noise * noise)), (scaled.first, scaled.second));
            let mirrored = Probit::new().derivatives(false, -eta);
            assert_eq!((mirrored.first, mirrored.second), (-own.first, own.second));
        }
    }
}
