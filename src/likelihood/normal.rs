//! y = eta + noise, noise normal: the sensor of every Kalman filter.

use super::{Derivatives, Innovation, Likelihood, Optimum, check_positive, check_reading};
use crate::error::Error;
use crate::gaussian::LN_TAU;
use crate::log_ratio::ln;
use crate::real::Real;

/// A reading with normal noise of known variance: y ~ N(eta, variance).
///
/// The update is the Kalman filter's, exactly, by every estimator.
///
/// # Accuracy
/// [Every figure](crate::accuracy#normal).
/// Error of the value up to 1.4e-7 for `f32`, 2.8e-16 for `f64`, relative to its largest term; of the derivatives
/// 7.1e-8 and 2.2e-16.
///
/// Source: Kalman (1960), *Journal of Basic Engineering* 82, 35-45.
///
/// ```
/// use elbow::likelihood::{Likelihood, Normal};
/// let thermometer = Normal::new(0.04_f32)?;
/// assert_eq!(thermometer.derivatives(20.1, 20.0).second, -25.0);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Normal<T> {
    variance: T,
}

impl<T: Real> Normal<T> {
    /// Noise of this variance, in squared units of the reading; a normal positive number whose reciprocal is finite.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`], [`Error::OutOfRange`] for a subnormal variance.
    ///
    /// ```
    /// use elbow::{Error, likelihood::Normal};
    /// assert_eq!(Normal::new(0.0_f32), Err(Error::NotPositive));
    /// ```
    pub fn new(variance: T) -> Result<Self, Error> {
        check_positive(variance)?;
        Ok(Self { variance })
    }

    /// The variance of the noise, in squared units of the reading.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::Normal::new(0.5_f32)?.variance(), 0.5);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn variance(&self) -> T {
        self.variance
    }
}

impl<T: Real> Likelihood<T> for Normal<T> {
    type Reading = T;
    const LOG_CONCAVE: bool = true;
    const EVERY_FINITE_READING: bool = true;

    /// [`Error::NotFinite`] for NaN and infinities.
    #[inline(always)]
    fn check(&self, reading: T) -> Result<(), Error> {
        check_reading(reading)
    }

    #[inline(always)]
    fn location(&self, reading: T) -> Option<T> {
        Some(reading)
    }

    #[inline(always)]
    fn noise_variance(&self, _: T) -> Option<T> {
        Some(self.variance)
    }

    /// -(y - eta)^2/(2 variance) - ln(2 pi variance)/2; minus infinity where the square overflows.
    fn log_prob(&self, reading: T, eta: T) -> T {
        let residual = reading - eta;
        let half = T::from_f64(0.5);
        -half * (residual / self.variance * residual) - half * (T::from_f64(LN_TAU) + ln(self.variance))
    }

    fn derivatives(&self, reading: T, eta: T) -> Derivatives<T> {
        Derivatives { first: (reading - eta) / self.variance, second: -(T::ONE / self.variance) }
    }

    /// y - u0, and sqrt(v0 + variance): exact.
    fn innovation(&self, reading: T, mean: T, variance: T) -> Option<Innovation<T>> {
        Innovation::checked(reading - mean, Innovation::sqrt_of_sum(variance, self.variance))
    }

    fn start(&self, reading: T, mean: T, variance: T) -> T {
        mean + (reading - mean) * (variance / (variance + self.variance))
    }

    /// The value at the mean, less the spread of eta in squared standard deviations of the noise, halved.
    fn mean_log_prob(&self, reading: T, mean: T, std_dev: T) -> Option<T> {
        Some(self.log_prob(reading, mean) - T::from_f64(0.5) * (std_dev / self.variance * std_dev))
    }

    /// ln N(y; u0, v0 + variance); minus infinity where the square overflows.
    fn log_evidence(&self, reading: T, mean: T, variance: T) -> Option<T> {
        // Halves, because the sum of two large variances could overflow.
        let half = T::from_f64(0.5);
        let (sum, residual) = (half * variance + half * self.variance, half * (reading - mean));
        let constant = T::from_f64(LN_TAU + core::f64::consts::LN_2);
        Some(-(residual / sum * residual) - half * (constant + ln(sum)))
    }

    /// The Kalman update: gain = v0/(v0 + r), shift = gain (y - u0), v = v0 r/(v0 + r).
    #[inline(always)]
    fn optimum(&self, reading: T, mean: T, variance: T) -> Option<Optimum<T>> {
        // Halves, because the sum of two large variances could overflow.
        let half = T::from_f64(0.5);
        let sum = half * variance + half * self.variance;
        let gain = half * variance / sum;
        let remainder = half * self.variance / sum;
        // Of noise so small against the prior that the share it leaves is subnormal, the gain has every digit.
        let left = if remainder < T::MIN_POSITIVE { gain * self.variance } else { variance * remainder };
        Some(Optimum { shift: gain * (reading - mean), gain, variance: left })
    }
}
