//! Readings that stop at a rail: normal noise, clipped.
//!
//! Inside the rails the reading is y ~ N(eta, sd^2). At the upper rail U all that is known is that the noisy value was
//! U or more, which has the probability Phi(t), t = (eta - U)/sd; at the lower rail L or less, t = (L - eta)/sd. With
//! lambda = phi(t)/Phi(t) (Tobin 1958, *Econometrica* 26, 24-36, the two-limit model)
//!
//! ```text
//! log p = ln Phi(t),     g = +-lambda/sd,     h = -lambda (lambda + t)/sd^2,     -1/sd^2 < h < 0
//! ```

use super::normal_distribution::{Truncated, bounded, log_density};
use super::rail::Rail;
use super::{Derivatives, Expectations, Innovation, Likelihood, Optimum, check_positive, check_reading, clipped};
use crate::error::Error;
use crate::log_ratio::ln;
use crate::real::Real;

/// A reading with normal noise that stops at a rail: an amplifier driven to its supply, an ADC at full scale, a level
/// gauge that is empty or full, a humidity sensor that says 100 %.
///
/// Inside the rails y ~ N(eta, std_dev^2), and the update is the Kalman filter's, exactly, by every estimator. A
/// reading at a rail or beyond says "at least" or "at most": P(upper) = Phi((eta - upper)/std_dev), and the probability
/// of all readings, density inside and both rails, is one. A belief that the rail agrees with stays nearly as it is,
/// where a Kalman filter would pull it back to the rail.
///
/// Readings, rails, std_dev and eta are in one unit. In `f32` keep the noise above 1e-4 of the distance from belief to
/// rail: the last place of eta is no finer.
///
/// # Accuracy
/// [Every figure](crate::accuracy#censored). At a rail, error of the value up to 3.2e-7 for `f32`, 6.5e-16 for `f64`,
/// relative to its largest term; of the first derivative 2.6e-7 and 5.4e-16, of the second 4.5e-7 and 1.2e-15; times
/// 1 + t^2 where eta lies t standard deviations beyond. [Innovations](crate::accuracy#innovation) within 2e-7 of their
/// standard deviation (`f64`: 3.3e-16), that one within 7e-7 and 1.5e-15. [`GaussHermite`](crate::GaussHermite) with
/// five nodes comes within 1e-4 posterior standard deviations of the optimum, for prior variances from 0.01 to 100 and
/// noise of 0.3 and 1: closed forms stand in for the nodes where the belief is wide. [`OneSample`](crate::OneSample)
/// wants a belief that is not wide against the noise: with v0 = 25 std_dev^2 its error at a rail is 0.4 standard
/// deviations rms, with 1000 more than one.
///
/// Source: Tobin (1958), *Econometrica* 26, 24-36, the two-limit model.
///
/// ```
/// use elbow::likelihood::{Censored, Likelihood};
/// let current = Censored::new(0.02_f32, 0.0, 3.3)?; // volts at a shunt amplifier
/// assert!(current.derivatives(3.3, 3.0).first > 0.0); // at least 3.3 V: up from 3.0
/// assert_eq!(current.derivatives(3.3, 4.0).first, 0.0); // and 4.0 will do
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Censored<T> {
    pub(crate) std_dev: T,
    pub(crate) lower: T,
    pub(crate) upper: T,
}

impl<T: Real> Censored<T> {
    /// Noise of this standard deviation between two rails; a sensor with one rail has -`T::MAX` or `T::MAX` for the
    /// other.
    ///
    /// The standard deviation is positive and its square a normal number (1.1e-19 to 1.8e19 in `f32`).
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`] for the standard deviation; [`Error::OutOfRange`] for one whose
    /// square is not normal and unless `lower < upper`.
    ///
    /// ```
    /// use elbow::{Error, likelihood::Censored};
    /// assert_eq!(Censored::new(0.1_f32, 5.0, 0.0), Err(Error::OutOfRange));
    /// let tank = Censored::new(0.1, -f32::MAX, 250.0); // litres; only "full" is a rail
    /// assert!(tank.is_ok());
    /// ```
    pub fn new(std_dev: T, lower: T, upper: T) -> Result<Self, Error> {
        check_std_dev(std_dev)?;
        check_reading(lower)?;
        check_reading(upper)?;
        if lower < upper { Ok(Self { std_dev, lower, upper }) } else { Err(Error::OutOfRange) }
    }

    /// The standard deviation of the noise, in units of the reading.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::Censored::new(0.5_f32, 0.0, 5.0)?.std_dev(), 0.5);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn std_dev(&self) -> T {
        self.std_dev
    }

    /// The rail that a reading is at, if any.
    #[inline]
    fn rail(&self, reading: T) -> Option<Rail<T>> {
        if reading >= self.upper {
            Some(Rail { at: self.upper, upper: true })
        } else if reading <= self.lower {
            Some(Rail { at: self.lower, upper: false })
        } else {
            None
        }
    }
}

/// A positive number whose square is normal.
pub(super) fn check_std_dev<T: Real>(std_dev: T) -> Result<(), Error> {
    check_positive(std_dev)?;
    let square = std_dev * std_dev;
    if square.is_finite() && square >= T::MIN_POSITIVE { Ok(()) } else { Err(Error::OutOfRange) }
}

impl<T: Real> Likelihood<T> for Censored<T> {
    type Reading = T;
    const LOG_CONCAVE: bool = true;

    /// [`Error::NotFinite`] for NaN and infinities; a reading beyond a rail is one at the rail.
    fn check(&self, reading: T) -> Result<(), Error> {
        check_reading(reading)
    }

    /// The moments of a normal number that stops at the rails. Where it is all but certain of one, the standard
    /// deviation is a thousandth of that without rails.
    fn innovation(&self, reading: T, mean: T, variance: T) -> Option<Innovation<T>> {
        clipped::innovation(
            reading,
            mean,
            Innovation::sqrt_of_sum(variance, self.std_dev * self.std_dev),
            [self.lower, self.upper],
        )
    }

    fn location(&self, reading: T) -> Option<T> {
        Some(reading)
    }

    /// Minus infinity where the square of the residual overflows.
    fn log_prob(&self, reading: T, eta: T) -> T {
        match self.rail(reading) {
            Some(rail) => rail.log_prob(eta, self.std_dev),
            None => log_density(bounded((reading - eta) / self.std_dev)) - ln(self.std_dev),
        }
    }

    /// The first is capped at MAX/8.
    fn derivatives(&self, reading: T, eta: T) -> Derivatives<T> {
        match self.rail(reading) {
            Some(rail) => rail.derivatives(eta, self.std_dev),
            None => {
                let residual = bounded((reading - eta) / self.std_dev);
                let inside = Truncated { mean: residual.abs(), lost: T::ONE };
                inside.derivatives(residual > T::ZERO, self.std_dev)
            }
        }
    }

    fn start(&self, reading: T, mean: T, variance: T) -> T {
        let noise = self.std_dev * self.std_dev;
        match self.rail(reading) {
            Some(rail) => rail.start(mean, variance, noise),
            None => mean + (reading - mean) * (variance / (variance + noise)),
        }
    }

    /// At a rail, where the belief is wide against the noise, by four ramps; nodes do better elsewhere.
    fn expectations(&self, reading: T, mean: T, std_dev: T) -> Option<Expectations<T>> {
        self.rail(reading)?.expectations(mean, std_dev, self.std_dev)
    }

    /// There too.
    fn mean_log_prob(&self, reading: T, mean: T, std_dev: T) -> Option<T> {
        self.rail(reading)?.mean_log_prob(mean, std_dev, self.std_dev)
    }

    /// The belief adds to the noise: the value with standard deviation sqrt(std_dev^2 + variance).
    fn log_evidence(&self, reading: T, mean: T, variance: T) -> Option<T> {
        let std_dev = (self.std_dev * self.std_dev + variance).sqrt();
        std_dev.is_finite().then(|| Self { std_dev, ..*self }.log_prob(reading, mean))
    }

    /// Inside the rails, the Kalman update.
    fn optimum(&self, reading: T, mean: T, variance: T) -> Option<Optimum<T>> {
        if self.rail(reading).is_some() {
            return None;
        }
        let noise = self.std_dev * self.std_dev;
        let gain = variance / (variance + noise);
        Some(Optimum { shift: gain * (reading - mean), gain, variance: noise * gain })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_density_and_both_rails_sum_to_one() {
        for (std_dev, eta) in [(0.3, 0.1), (1.0, 1.9), (1.0, 5.0), (4.0, -1.0)] {
            let sensor = Censored::new(std_dev, 0.0_f64, 2.0).unwrap();
            let prob = |reading: f64| libm::exp(sensor.log_prob(reading, eta));
            let inside: f64 = (0..20_000).map(|i| 1e-4 * prob(1e-4 * (f64::from(i) + 0.5))).sum();
            assert!((inside + prob(0.0) + prob(2.0) - 1.0).abs() < 1e-8, "{std_dev} {eta}");
            assert_eq!((prob(-3.0), prob(7.0)), (prob(0.0), prob(2.0)));
        }
    }

    #[test]
    fn derivatives_equal_central_differences() {
        let sensor = Censored::new(0.5_f64, -1.0, 2.0).unwrap();
        for reading in [-1.0, 0.3, 2.0] {
            for k in -400..=400 {
                let (eta, h) = (0.04 * f64::from(k), 1e-4);
                let slope = (sensor.log_prob(reading, eta + h) - sensor.log_prob(reading, eta - h)) / (2.0 * h);
                let (above, below) = (sensor.derivatives(reading, eta + h), sensor.derivatives(reading, eta - h));
                let at = sensor.derivatives(reading, eta);
                assert!((at.first - slope).abs() < 1e-7 * (1.0 + eta * eta), "{reading} {eta}: {} {slope}", at.first);
                assert!((at.second - (above.first - below.first) / (2.0 * h)).abs() < 1e-6, "{reading} {eta}");
            }
        }
    }

    #[test]
    fn derivatives_are_finite_everywhere() {
        for std_dev in [1.2e-19_f32, 1.0, 1.8e19] {
            let sensor = Censored::new(std_dev, -1e20, 1e20).unwrap();
            for reading in [-1e20_f32, 0.0, 1e20] {
                for eta in [-f32::MAX, -1e25, -1e20, 0.0, 1e-38, 1e20, f32::MAX] {
                    let d = sensor.derivatives(reading, eta);
                    assert!(d.first.is_finite() && d.second.is_finite() && d.second <= 0.0, "{reading} {eta}: {d:?}");
                }
            }
        }
    }
}
