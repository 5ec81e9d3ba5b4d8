//! Counts that scatter more than Poisson's: a Poisson rate that itself has a gamma distribution.
//!
//! With mean m = exposure e^eta, size r (the dispersion), n = y + r and the share q = m/(r + m) of the mean, a logistic
//! function of eta + ln(exposure/r),
//!
//! ```text
//! log p = ln Gamma(n) - ln Gamma(r) - ln y! + r ln(1 - q) + y ln q
//! g = y - n q = (y - m)/(1 + m/r),     h = -n q (1 - q) <= 0
//! ```
//!
//! ln q and ln(1 - q) are concave in eta, and so is log p for every count. The value is Loader's (2000) form for r and
//! y out of n trials, in which all terms but delta(n) have the same sign: with D(a, b) = a ln(a/b) - a + b and delta
//! Stirling's error,
//!
//! ```text
//! log p = ln(r/n/(2 pi y))/2 + delta(n) - delta(r) - delta(y) - D(r, n (1 - q)) - D(y, n q)
//! ```
//!
//! which tends to Poisson's as r grows, term by term.

use super::{Derivatives, Expectations, Innovation, Likelihood, check_positive, log_rate, logistic, stirling};
use crate::error::Error;
use crate::gaussian::LN_TAU;
use crate::log_ratio::{divergence_term, exp_m1_minus, ln};
use crate::real::Real;

/// An over-dispersed count: mean m = exposure e^eta, variance m + m^2/dispersion.
///
/// For counts in a window that come in bursts or from a source that flickers (cosmic-ray showers, a dusty photon
/// counter, vehicles in platoons, insects in a trap), where Poisson's variance m is too small and a belief would follow
/// every burst. `dispersion` is the size parameter: the smaller, the more scatter; 1 is the geometric distribution; for
/// large ones it is [`Poisson`](super::Poisson). Exposure is that of Poisson. Log-concave.
///
/// `GaussHermite<5>` is enough: beliefs with a standard deviation of eta above 1/2 are averaged on a grid instead, of
/// 14 to 193 points (eight for each unit of it), which holds for standard deviations to 20.
///
/// # Accuracy
/// [Every figure](crate::accuracy#negative_binomial).
/// Error of the value up to 1.5e-7 for `f32`, 3.9e-16 for `f64`, relative to its largest term; of the derivatives
/// 2.9e-7 and 5.2e-16; dispersions from 0.01 to 1e8, counts to 1e6. `GaussHermite<5>` is within 8e-5 of a posterior
/// standard deviation of the optimum of the ELBO in `f32`, prior variances of eta from 0.01 to 100.
///
/// Lawless (1987), *Canadian Journal of Statistics* 15, 209-225, with 1/dispersion for a.
///
/// ```
/// use elbow::likelihood::{Likelihood, NegativeBinomial};
/// let showers = NegativeBinomial::new(2.0_f32)?.with_exposure(5.0)?; // counts in 5 s, rate per second
/// assert!(showers.derivatives(10, 2.0_f32.ln()).first.abs() < 1e-5);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NegativeBinomial<T> {
    dispersion: T,
    exposure: T,
    log_exposure: T,
}

impl<T: Real> NegativeBinomial<T> {
    /// Counts per window with this dispersion, between 1e-3 and 1e8.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`], [`Error::OutOfRange`].
    ///
    /// ```
    /// use elbow::{Error, likelihood::NegativeBinomial};
    /// assert_eq!(NegativeBinomial::new(1e9_f32), Err(Error::OutOfRange));
    /// ```
    pub fn new(dispersion: T) -> Result<Self, Error> {
        check_positive(dispersion)?;
        if dispersion < T::from_f64(1e-3) || dispersion > T::from_f64(1e8) {
            return Err(Error::OutOfRange);
        }
        Ok(Self { dispersion, exposure: T::ONE, log_exposure: T::ZERO })
    }

    /// The same in windows of this exposure, a positive normal number.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`], [`Error::OutOfRange`] for a subnormal exposure.
    ///
    /// ```
    /// use elbow::{Error, likelihood::NegativeBinomial};
    /// assert_eq!(NegativeBinomial::new(1.0_f32)?.with_exposure(-1.0), Err(Error::NotPositive));
    /// # Ok::<(), Error>(())
    /// ```
    pub fn with_exposure(self, exposure: T) -> Result<Self, Error> {
        check_positive(exposure)?;
        Ok(Self { exposure, log_exposure: ln(exposure), ..self })
    }

    /// The dispersion, a number of counts: at that mean the variance is twice Poisson's.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::NegativeBinomial::new(4.0_f32)?.dispersion(), 4.0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn dispersion(&self) -> T {
        self.dispersion
    }

    /// The exposure, in the unit that the rate is per.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::NegativeBinomial::new(4.0_f32)?.exposure(), 1.0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn exposure(&self) -> T {
        self.exposure
    }

    /// m, which may overflow.
    #[inline]
    fn mean(&self, eta: T) -> T {
        log_rate::intensity(self.exposure, eta)
    }

    /// The log odds of q.
    fn log_odds(&self, eta: T) -> T {
        (eta + self.log_exposure) - ln(self.dispersion)
    }

    /// D(part, expected): by the kernel where the expected number is normal, by its logarithm elsewhere.
    fn penalty(part: T, expected: T, log_expected: impl FnOnce() -> T) -> T {
        if expected >= T::MIN_POSITIVE && expected.is_finite() {
            divergence_term(part, expected)
        } else {
            part * exp_m1_minus(log_expected() - ln(part))
        }
    }
}

impl<T: Real> Likelihood<T> for NegativeBinomial<T> {
    type Reading = u32;
    const LOG_CONCAVE: bool = true;

    /// Every count is possible.
    fn check(&self, _: u32) -> Result<(), Error> {
        Ok(())
    }

    /// Minus infinity where the term of a count overflows.
    fn log_prob(&self, reading: u32, eta: T) -> T {
        let r = self.dispersion;
        let mean = self.mean(eta);
        if reading == 0 {
            let ratio = mean / r;
            return -(r * if ratio < T::INFINITY { ratio.ln_1p() } else { self.log_odds(eta) });
        }
        let y = T::from_u32(reading);
        let trials = y + r;
        let share = trials / (r + mean);
        let failures = Self::penalty(r, r * share, || ln(trials) - logistic::softplus(self.log_odds(eta)));
        // A subnormal mean has few digits: by its logarithm too.
        let expected = if mean >= T::MIN_POSITIVE { mean * share } else { T::ZERO };
        let successes = Self::penalty(y, expected, || ln(trials) - logistic::softplus(-self.log_odds(eta)));
        let constant = T::from_f64(0.5) * (ln(r / trials / y) - T::from_f64(LN_TAU))
            + ((stirling::of(trials) - stirling::of(r)) - stirling::of_count::<T>(reading));
        constant - failures - successes
    }

    fn derivatives(&self, reading: u32, eta: T) -> Derivatives<T> {
        let (y, r) = (T::from_u32(reading), self.dispersion);
        let mean = self.mean(eta);
        if mean <= r {
            let odds = mean / r;
            let rest = T::ONE / (T::ONE + odds);
            Derivatives { first: (y - mean) * rest, second: -((mean + y * odds) * rest * rest) }
        } else {
            let inverse = if mean < T::INFINITY { r / mean } else { log_rate::intensity(r, -eta) / self.exposure };
            let share = T::ONE / (T::ONE + inverse);
            Derivatives { first: (y * inverse - r) * share, second: -((y + r) * inverse * share * share) }
        }
    }

    /// y - m with m = exposure e^(u0 + v0/2), and sqrt(m + m^2 (e^v0/dispersion + e^v0 - 1)).
    fn innovation(&self, reading: u32, mean: T, variance: T) -> Option<Innovation<T>> {
        let expected = self.mean(mean + T::from_f64(0.5) * variance);
        Innovation::log_normal(T::from_u32(reading), expected, variance, T::ONE, T::ONE / self.dispersion)
    }

    /// The mean moved by the share v0 a/(1 + v0 a) towards ln(y/exposure), the reading's own peak, whose precision is a
    /// = y r/(y + r); as -r < g < y, by no more than v0 r down and v0 y up.
    fn start(&self, reading: u32, mean: T, variance: T) -> T {
        let (count, r) = (T::from_u32(reading), self.dispersion);
        let y = count.max(T::from_f64(0.5));
        let pull = variance * (y / (y + r) * r);
        let shift = (ln(y) - self.log_exposure - mean) * (pull / (T::ONE + pull));
        mean + shift.max(-(variance * r)).min(variance * count)
    }

    /// On the grid for wide beliefs; Stein's identity gives E[g eps] = s E h.
    fn expectations(&self, reading: u32, mean: T, std_dev: T) -> Option<Expectations<T>> {
        let log_odds = self.log_odds(mean);
        let at = logistic::averages(log_odds, std_dev)?;
        let y = T::from_u32(reading);
        let n = y + self.dispersion;
        Some(Expectations {
            first: if log_odds > T::ZERO { n * at.smaller - self.dispersion } else { y - n * at.smaller },
            first_noise: -(n * at.slope * std_dev),
            second: -(n * at.slope),
            second_noise: -(n * at.slope_noise),
            second_noise_squared: -(n * at.slope_noise_squared),
        })
    }

    /// log p at the mean, less what n ln(1 + e^x) gains by the spread, on the grid for wide beliefs.
    fn mean_log_prob(&self, reading: u32, mean: T, std_dev: T) -> Option<T> {
        let gain = logistic::softplus_gain(self.log_odds(mean), std_dev)?;
        Some(self.log_prob(reading, mean) - (T::from_u32(reading) + self.dispersion) * gain)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Poisson;
    use super::*;

    #[test]
    fn probabilities_of_counts_sum_to_one() {
        for dispersion in [0.3, 1.0, 2.5, 40.0, 1e8] {
            let counts = NegativeBinomial::new(dispersion).unwrap().with_exposure(2.0).unwrap();
            let terms = (0..3000).map(|y| libm::exp(counts.log_prob(y, libm::log(4.0))));
            let (total, mean) = terms.enumerate().fold((0.0, 0.0), |(t, m), (y, p)| (t + p, m + y as f64 * p));
            assert!((total - 1.0).abs() < 1e-12 && (mean - 8.0).abs() < 1e-10, "{dispersion}: {total} {mean}");
        }
    }

    /// log p differs from Poisson's by (y - (y - m)^2)/(2 r) and terms of the order 1/r^2.
    #[test]
    fn large_dispersion_is_poisson() {
        let (many, poisson) = (NegativeBinomial::new(1e6_f64).unwrap(), Poisson::new());
        for y in [0, 1, 7, 300] {
            for eta in [-3.0, 0.0, 2.0, 5.5] {
                let m = libm::exp(eta);
                let y2 = f64::from(y);
                let expected = ((y2 - m) * (y2 - m) - y2) / 2e6;
                let got = many.log_prob(y, eta) - poisson.log_prob(y, eta);
                assert!(
                    (got - expected).abs() < 1e-4 * (1e-3 * y2.max(m) + expected.abs()),
                    "{y} {eta}: {got:e} {expected:e}"
                );
            }
        }
    }

    /// Where both are narrow, the start is the mode but for the skewness.
    #[test]
    fn start_weighs_reading_and_prior() {
        let counts = NegativeBinomial::new(4e4_f64).unwrap().with_exposure(2.0).unwrap();
        let (mean, variance) = (libm::log(5e3) - 0.03, 3e-4);
        let start = counts.start(10_000, mean, variance);
        let slope = counts.derivatives(10_000, start).first - (start - mean) / variance;
        assert!(slope.abs() < 0.02 * (0.03 / variance), "{slope}");
        // No farther than the slope of the tails reaches.
        assert_eq!(NegativeBinomial::new(0.5).unwrap().start(3, 10.0, 4.0), 8.0);
        assert_eq!(NegativeBinomial::new(0.5).unwrap().start(3, -20.0, 1.0), -17.0);
    }

    #[test]
    fn dispersions_end_at_their_bounds() {
        for dispersion in [9e-4, 1.1e8] {
            assert_eq!(NegativeBinomial::new(dispersion), Err(Error::OutOfRange));
        }
        assert!(NegativeBinomial::new(1e-3).is_ok() && NegativeBinomial::new(1e8).is_ok());
    }

    #[test]
    fn derivatives_are_differences() {
        for dispersion in [0.01, 0.5, 3.0, 1e3, 1e6] {
            let counts = NegativeBinomial::new(dispersion).unwrap().with_exposure(0.25).unwrap();
            for y in [0, 1, 6, 1000] {
                for eta in [-30.0, -6.0, -0.2, 0.0, 1.0, 3.0, 9.0, 25.0] {
                    let step = 1e-4;
                    let (above, below) = (eta + step, eta - step);
                    let d = counts.derivatives(y, eta);
                    let first = (counts.log_prob(y, above) - counts.log_prob(y, below)) / (2.0 * step);
                    let second = counts.derivatives(y, above).first - counts.derivatives(y, below).first;
                    let scale = f64::from(y).max(counts.dispersion.min(counts.mean(eta)));
                    assert!((d.first - first).abs() < 1e-7 * scale, "{dispersion} {y} {eta}: {d:?} {first}");
                    assert!((d.second - second / (2.0 * step)).abs() < 1e-7 * scale, "{dispersion} {y} {eta}: {d:?}");
                }
            }
        }
    }
}
