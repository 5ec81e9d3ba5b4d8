//! Positive amounts: waiting times and intensities, the logarithm of whose mean is eta.
//!
//! With shape k and w = y e^-eta, the reading over its mean,
//!
//! ```text
//! log p = k ln k - ln Gamma(k) + (k - 1) ln y - k eta - k w,     g = k (w - 1),     h = -k w <= 0
//! ```
//!
//! concave in eta, and in x = -eta the log-likelihood of a Poisson reading with the count k and the exposure k y: its
//! optimum is that of `log_rate.rs`, mirrored.
//!
//! In the value, k ln k - k - ln Gamma(k) = ln(k/(2 pi))/2 - delta(k), delta Stirling's error, and the rest is
//!
//! ```text
//! -k (w - 1 - ln w) - ln y,     or     (k - 1) ln w + k (1 - w) - eta
//! ```
//!
//! the first of which keeps the digits of a large shape, the second those of a shape near one and a small reading.

use super::{Derivatives, Innovation, Likelihood, Optimum, check_positive, check_reading, log_rate, stirling};
use crate::error::Error;
use crate::gaussian::LN_TAU;
use crate::log_ratio::{exp_m1_minus, ln, ratio_term};
use crate::real::Real;

/// A positive reading with a gamma distribution: mean e^eta, standard deviation e^eta/sqrt(shape).
///
/// For the time between events (particles, drops, packets, footfalls) and for the time until the n-th of them, shape n;
/// for amounts that scatter in proportion to their mean: rain, the power of a radar echo of n looks, speckle. Readings
/// and mean have the same unit. Log-concave.
///
/// `shape w`, w the reading over its mean, is capped at 2^58 (`f32`) or 2^506 (`f64`) in the derivatives, which keeps
/// products of them finite. Both estimators take every prior; [`GaussHermite`](crate::GaussHermite) solves the
/// optimum's own equation, without nodes.
///
/// # Accuracy
/// [Every figure](crate::accuracy#gamma).
/// Error of the value up to 1.7e-7 for `f32`, 2.4e-16 for `f64`, relative to its largest term; of the derivatives
/// 1.6e-7 and 3.6e-16. `GaussHermite` is within 4e-4 of a posterior standard deviation of the optimum of the ELBO in
/// `f32`, prior variances of eta from 0.01 to 100.
///
/// Gamma with a log link: McCullagh and Nelder (1989), *Generalized Linear Models*, chapter 8.
///
/// ```
/// use elbow::likelihood::{Gamma, Likelihood};
/// let drops = Gamma::<f32>::exponential(); // seconds between drops
/// assert_eq!(drops.derivatives(3.0, 0.0).first, 2.0);
/// assert_eq!(drops.log_prob(3.0, 0.0), -3.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Gamma<T> {
    shape: T,
}

impl<T: Real> Gamma<T> {
    /// Readings whose standard deviation is 1/sqrt(shape) of their mean; the shape lies between 1e-3 and 1e8.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`], [`Error::OutOfRange`].
    ///
    /// ```
    /// use elbow::{Error, likelihood::Gamma};
    /// assert_eq!(Gamma::new(0.0_f32), Err(Error::NotPositive));
    /// ```
    pub fn new(shape: T) -> Result<Self, Error> {
        check_positive(shape)?;
        if shape < T::from_f64(1e-3) || shape > T::from_f64(1e8) {
            return Err(Error::OutOfRange);
        }
        Ok(Self { shape })
    }

    /// Waiting times without memory: shape 1.
    ///
    /// ```
    /// use elbow::likelihood::Gamma;
    /// const DROPS: Gamma<f32> = Gamma::exponential();
    /// assert_eq!(Gamma::new(1.0), Ok(DROPS));
    /// ```
    #[must_use]
    pub const fn exponential() -> Self {
        Self { shape: T::ONE }
    }

    /// The shape, without a unit: mean squared over variance.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::Gamma::new(4.0_f32)?.shape(), 4.0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn shape(&self) -> T {
        self.shape
    }

    /// w = y e^-eta.
    #[inline]
    fn ratio(reading: T, eta: T) -> T {
        if reading == T::ZERO { T::ZERO } else { log_rate::intensity(reading, -eta) }
    }
}

impl<T: Real> Likelihood<T> for Gamma<T> {
    type Reading = T;
    const LOG_CONCAVE: bool = true;

    /// [`Error::NotFinite`] for NaN and infinities; [`Error::OutOfRange`] for a negative reading, and for zero unless
    /// the shape is 1: the density there is zero for a larger shape, infinite for a smaller one.
    fn check(&self, reading: T) -> Result<(), Error> {
        check_reading(reading)?;
        let possible = reading > T::ZERO || (reading == T::ZERO && self.shape == T::ONE);
        if possible { Ok(()) } else { Err(Error::OutOfRange) }
    }

    /// Minus infinity where w overflows.
    fn log_prob(&self, reading: T, eta: T) -> T {
        if eta.abs() == T::INFINITY {
            return -T::INFINITY;
        }
        if reading == T::ZERO {
            return -eta;
        }
        let half = T::from_f64(0.5);
        let k = self.shape;
        let w = Self::ratio(reading, eta);
        let normal = w >= T::MIN_POSITIVE && w.is_finite();
        let constant = half * (ln(k) - T::from_f64(LN_TAU)) - stirling::of(k);
        if k >= half && k <= T::from_f64(2.0) {
            let log_ratio = if normal { ln(w) } else { ln(reading) - eta };
            (k - T::ONE) * log_ratio + (k + constant) - k * w - eta
        } else {
            let term = if normal { ratio_term(T::ONE, w) } else { exp_m1_minus(ln(reading) - eta) };
            constant - k * term - ln(reading)
        }
    }

    fn derivatives(&self, reading: T, eta: T) -> Derivatives<T> {
        let most = T::power_of_two(if T::DOUBLE { 506 } else { 58 });
        let scaled = (self.shape * Self::ratio(reading, eta)).min(most);
        Derivatives { first: scaled - self.shape, second: -scaled }
    }

    /// y - m with m = e^(u0 + v0/2), and m sqrt(e^v0/shape + e^v0 - 1).
    fn innovation(&self, reading: T, mean: T, variance: T) -> Option<Innovation<T>> {
        let expected = log_rate::intensity(T::ONE, mean + T::from_f64(0.5) * variance);
        Innovation::log_normal(reading, expected, variance, T::ZERO, T::ONE / self.shape)
    }

    /// The mean moved by the share v0 k/(1 + v0 k) towards ln y, the reading's own peak, whose precision is k.
    fn start(&self, reading: T, mean: T, variance: T) -> T {
        let pull = (variance * self.shape).min(T::from_f64(0.5) * T::MAX);
        if reading == T::ZERO { mean - pull } else { mean + (ln(reading) - mean) * (pull / (T::ONE + pull)) }
    }

    /// log p at the mean, less what the mean of k w exceeds k w at the mean by: k w (e^(s^2/2) - 1).
    fn mean_log_prob(&self, reading: T, mean: T, std_dev: T) -> Option<T> {
        let excess = (T::from_f64(0.5) * std_dev * std_dev).exp_m1();
        Some(self.log_prob(reading, mean) - self.shape * Self::ratio(reading, mean) * excess)
    }

    /// The equation in `log_rate.rs`, mirrored; after a reading of zero, whose likelihood is e^-eta, the prior moved by
    /// -v0.
    fn optimum(&self, reading: T, mean: T, variance: T) -> Option<Optimum<T>> {
        if reading == T::ZERO {
            return Some(Optimum { shift: -(variance * self.shape), gain: T::ZERO, variance });
        }
        let mirrored = log_rate::optimum(self.shape, (ln(self.shape) + ln(reading)) - mean, variance);
        Some(Optimum { shift: -mirrored.shift, ..mirrored })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With y = e^t, by the trapezoidal rule; eta far from zero so that a term lost shows.
    #[test]
    fn density_integrates_to_one() {
        for shape in [0.2, 0.5, 1.0, 1.7, 2.0, 2.1, 9.0, 1000.0] {
            let gamma = Gamma::new(shape).unwrap();
            let step = 0.5 / libm::sqrt(shape).max(1.0);
            let total: f64 = (-1000..1000)
                .map(|i| {
                    let t = 3.0 + f64::from(i) * step;
                    libm::exp(gamma.log_prob(libm::exp(t), 3.0) + t) * step
                })
                .sum();
            assert!((total - 1.0).abs() < 1e-7, "{shape}: {total}");
        }
    }

    #[test]
    fn derivatives_are_differences() {
        for shape in [0.01, 0.5, 1.0, 3.0, 1e4] {
            let gamma = Gamma::new(shape).unwrap();
            for y in [1e-6, 0.3, 1.0, 50.0] {
                for eta in [-20.0, -3.0, -0.1, 0.0, 0.7, 4.0, 30.0] {
                    let step = 1e-4;
                    let (above, below) = (eta + step, eta - step);
                    let d = gamma.derivatives(y, eta);
                    let first = (gamma.log_prob(y, above) - gamma.log_prob(y, below)) / (2.0 * step);
                    let second = gamma.derivatives(y, above).first - gamma.derivatives(y, below).first;
                    let scale = shape.max(-d.second).max(1e-3 * gamma.log_prob(y, eta).abs());
                    assert!((d.first - first).abs() < 1e-7 * scale, "{shape} {y} {eta}: {d:?} {first}");
                    assert!((d.second - second / (2.0 * step)).abs() < 1e-7 * scale, "{shape} {y} {eta}: {d:?}");
                }
            }
        }
    }

    /// Both forms of the value, where either could be used, and the exponential's own.
    #[test]
    fn forms_of_the_value_join() {
        for y in [1e-9_f64, 0.1, 1.0, 20.0] {
            for eta in [-2.0, 0.0, 1.5] {
                for shape in [0.5, 2.0] {
                    let here = Gamma::new(shape).unwrap().log_prob(y, eta);
                    for near in [shape * (1.0 - 1e-12), shape * (1.0 + 1e-12)] {
                        let there = Gamma::new(near).unwrap().log_prob(y, eta);
                        assert!((here - there).abs() < 1e-10 * here.abs().max(1.0), "{shape} {y} {eta}");
                    }
                }
                let (got, expected) = (Gamma::exponential().log_prob(y, eta), -eta - y * libm::exp(-eta));
                assert!((got - expected).abs() < 2e-15 * expected.abs().max(1.0), "{y} {eta}: {got} for {expected}");
            }
        }
    }

    #[test]
    fn shapes_end_at_their_bounds() {
        for shape in [9e-4, 1.1e8] {
            assert_eq!(Gamma::new(shape), Err(Error::OutOfRange));
        }
        assert!(Gamma::new(1e-3).is_ok() && Gamma::new(1e8).is_ok());
    }

    #[test]
    fn derivatives_stay_finite_far_out() {
        for eta in [-50.0_f32, -90.0, -1e4, -1e30] {
            let d = Gamma::new(2.0).unwrap().derivatives(1e3, eta);
            assert!((d.first * d.second).is_finite() && d.second < -1e17, "{eta}: {d:?}");
            assert_eq!(Gamma::exponential().derivatives(0.0, eta), Derivatives { first: -1.0, second: 0.0 });
        }
    }

    #[test]
    fn zero_is_an_exponential_reading_only() {
        assert_eq!(Gamma::<f32>::exponential().check(0.0), Ok(()));
        assert_eq!(Gamma::new(2.0_f32).unwrap().check(0.0), Err(Error::OutOfRange));
        assert_eq!(Gamma::new(0.5_f32).unwrap().check(-0.0), Err(Error::OutOfRange));
        assert_eq!(Gamma::<f32>::exponential().check(-1e-45), Err(Error::OutOfRange));
        assert_eq!(Gamma::<f32>::exponential().start(0.0, 1.0, 0.5), 0.5);
        let optimum = Gamma::<f32>::exponential().optimum(0.0, 1.0, 0.5).unwrap();
        assert_eq!((optimum.shift, optimum.gain, optimum.variance), (-0.5, 0.0, 0.5));
    }
}
