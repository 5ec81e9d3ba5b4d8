//! Counts in a window: the rate is exp(eta) per unit of exposure.
//!
//! With x = eta + ln(exposure) the score is y - e^x: the optimum of the ELBO is that of `log_rate.rs`.
//!
//! The value is Loader's (2000) saddle-point form: with rate R = e^x, log p = -(y ln(y/R) - y + R) - delta(y) - ln(2 pi
//! y)/2, whose first part is the divergence kernel and delta(y) Stirling's error.

use super::{Derivatives, Innovation, Likelihood, Optimum, check_positive, log_rate, stirling};
use crate::error::Error;
use crate::gaussian::LN_TAU;
use crate::log_ratio::{divergence_term, exp_m1_minus, ln};
use crate::real::Real;

/// A count: y ~ Poisson(exposure e^eta), eta the logarithm of the rate per unit of exposure.
///
/// Exposure is the length of the counting window (or an area, or an efficiency) in the unit that the rate is wanted in.
/// `e^x` is capped at 3.378e17 (2.45e152 for `f64`) in the derivatives, which keeps products of them finite.
///
/// # Accuracy
/// [Every figure](crate::accuracy#poisson).
/// Error of the value up to 1.8e-7 for `f32`, 3.1e-16 for `f64`, relative to its largest term; of the derivatives
/// 1.0e-7 and 2.2e-16.
///
/// Source: McCullagh and Nelder (1989), *Generalized Linear Models*, chapter 6; the value by Loader (2000), *Fast and
/// Accurate Computation of Binomial Probabilities*.
///
/// ```
/// use elbow::likelihood::{Likelihood, Poisson};
/// let geiger = Poisson::with_exposure(5.0_f32)?; // counts in 5 s, rate per second
/// assert!(geiger.derivatives(10, 2.0_f32.ln()).first.abs() < 1e-5);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Poisson<T> {
    pub(crate) exposure: T,
    log_exposure: T,
}

impl<T: Real> Poisson<T> {
    /// Counts per window, the rate per window too.
    ///
    /// ```
    /// const PULSES: elbow::likelihood::Poisson<f32> = elbow::likelihood::Poisson::new();
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self { exposure: T::ONE, log_exposure: T::ZERO }
    }

    /// Counts in windows of this exposure, a positive normal number.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`], [`Error::OutOfRange`] for a subnormal exposure.
    ///
    /// ```
    /// use elbow::{Error, likelihood::Poisson};
    /// assert_eq!(Poisson::with_exposure(-1.0_f32), Err(Error::NotPositive));
    /// ```
    pub fn with_exposure(exposure: T) -> Result<Self, Error> {
        check_positive(exposure)?;
        Ok(Self { exposure, log_exposure: ln(exposure) })
    }

    /// e^x, capped.
    #[inline(always)]
    fn rate(&self, eta: T) -> T {
        let rate =
            if eta.abs() <= T::from_f64(86.0) { eta.exp_in_range() * self.exposure } else { self.extreme_rate(eta) };
        let most = T::from_f64(if T::DOUBLE { 2.45e152 } else { 3.378e17 });
        if rate > most { most } else { rate }
    }

    /// e^x where e^eta may be no normal number.
    #[cold]
    #[inline(never)]
    fn extreme_rate(&self, eta: T) -> T {
        let exponential = eta.exp();
        if exponential.is_positive_normal() { exponential * self.exposure } else { (eta + self.log_exposure).exp() }
    }

    /// e^x, through e^eta where that is a normal number: the rounding of x costs |x| units in the last place.
    #[inline]
    fn intensity(&self, x: T, eta: T) -> T {
        if eta.abs() < T::LN_MAX - T::from_f64(2.0) { eta.exp() * self.exposure } else { x.exp() }
    }
}

impl<T: Real> Default for Poisson<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Real> Likelihood<T> for Poisson<T> {
    type Reading = u32;
    const LOG_CONCAVE: bool = true;

    /// Every count is possible.
    fn check(&self, _: u32) -> Result<(), Error> {
        Ok(())
    }

    /// Minus infinity where the rate overflows.
    fn log_prob(&self, reading: u32, eta: T) -> T {
        let x = eta + self.log_exposure;
        let rate = self.intensity(x, eta);
        if reading == 0 {
            return -rate;
        }
        let y = T::from_u32(reading);
        let divergence = if rate >= T::MIN_POSITIVE && rate.is_finite() {
            divergence_term(y, rate)
        } else {
            y * exp_m1_minus(x - ln(y))
        };
        -divergence - stirling::of_count::<T>(reading) - T::from_f64(0.5) * (T::from_f64(LN_TAU) + ln(y))
    }

    #[inline(always)]
    fn derivatives(&self, reading: u32, eta: T) -> Derivatives<T> {
        let rate = self.rate(eta);
        Derivatives { first: T::from_u32(reading) - rate, second: -rate }
    }

    /// The rate, which is never negative.
    #[inline(always)]
    fn precision(&self, _: u32, _: T, at: &Derivatives<T>) -> T {
        -at.second
    }

    /// y - m with m = exposure e^(u0 + v0/2), and sqrt(m + m^2 (e^v0 - 1)), the scatter of the counts and of a rate that
    /// is log-normal.
    fn innovation(&self, reading: u32, mean: T, variance: T) -> Option<Innovation<T>> {
        let expected = log_rate::intensity(self.exposure, mean + T::from_f64(0.5) * variance);
        Innovation::log_normal(T::from_u32(reading), expected, variance, T::ONE, T::ZERO)
    }

    /// (u0/v0 + w (ln w - ln exposure))/(1/v0 + w), w = max(y, 1/2): the reading's own peak, weighed against the prior.
    fn start(&self, reading: u32, mean: T, variance: T) -> T {
        let weight = T::from_u32(reading).max(T::from_f64(0.5));
        let gain = weight / (T::ONE / variance + weight);
        mean + gain * (ln(weight) - self.log_exposure - mean)
    }

    /// log p at the mean, less what the mean rate exceeds the rate of the mean by: e^x (e^(s^2/2) - 1).
    fn mean_log_prob(&self, reading: u32, mean: T, std_dev: T) -> Option<T> {
        let excess = (T::from_f64(0.5) * std_dev * std_dev).exp_m1();
        Some(self.log_prob(reading, mean) - self.intensity(mean + self.log_exposure, mean) * excess)
    }

    /// The equation in `log_rate.rs`.
    fn optimum(&self, reading: u32, mean: T, variance: T) -> Option<Optimum<T>> {
        Some(log_rate::optimum(T::from_u32(reading), mean + self.log_exposure, variance))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_of_counts_sum_to_one() {
        let poisson = Poisson::with_exposure(2.0_f64).unwrap();
        let total: f64 = (0..200).map(|y| libm::exp(poisson.log_prob(y, libm::log(15.0)))).sum();
        assert!((total - 1.0).abs() < 1e-13, "{total}");
    }
}
