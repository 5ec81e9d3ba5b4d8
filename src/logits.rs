//! Discrete distributions by their logits, computed without leaving log space.
//!
//! With p = softmax(a), q = softmax(b), d = b - a and c = d - sum p d (so that sum p c = 0),
//!
//! ```text
//! KL(p||q) = ln sum p e^c = ln(1 + sum p (e^c - 1 - c))
//! ```
//!
//! where every term is non-negative and of second order in d. An error in the mean of d enters in second order only.
//! The differences carry their rounding errors along, so that a common offset of the logits costs no digits.

use crate::categorical::Categorical;
use crate::error::Error;
use crate::log_ratio::{exp_m1_minus, ln, two_difference};
use crate::real::Real;

/// The element at a position that is known to exist, without a bounds check that could panic.
#[inline(always)]
fn at<T: Real>(values: &[T], position: usize) -> T {
    values.get(position).copied().unwrap_or(T::ZERO)
}

/// Weights relative to the largest logit, and what follows from them.
struct Softmax<T, const N: usize> {
    /// The position of the largest logit.
    mode: usize,
    /// exp(a - max a).
    weights: [T; N],
    /// The sum of all weights but the mode's one.
    rest: T,
}

impl<T: Real, const N: usize> Softmax<T, N> {
    #[inline]
    fn new(logits: &[T; N]) -> Self {
        let mut mode = 0;
        let mut largest = -T::INFINITY;
        for (i, &logit) in logits.iter().enumerate() {
            if logit > largest {
                mode = i;
                largest = logit;
            }
        }
        let mut weights = [T::ONE; N];
        let mut rest = T::ZERO;
        for (i, (weight, &logit)) in weights.iter_mut().zip(logits).enumerate() {
            if i != mode {
                let (difference, error) = two_difference(logit, largest);
                let exponential = difference.exp();
                *weight = exponential + exponential * error;
                rest += *weight;
            }
        }
        Self { mode, weights, rest }
    }
}

/// A distribution over `N` classes, as logits: unnormalised log probabilities, p = softmax(a).
///
/// The methods are those of [`Categorical`], without its loss of small probabilities and of small differences: through
/// a softmax in `f32` a divergence of 1e-3 can already be off by 56 times.
///
/// ```
/// use elbow::Logits;
/// let before = Logits::new([10.0_f32, 9.0, -80.0])?;
/// let after = Logits::new([10.001_f32, 9.0, -80.0])?;
/// assert!((before.kl(&after) / 9.83e-8 - 1.0).abs() < 1e-2);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Logits<T, const N: usize> {
    values: [T; N],
}

impl<T: Real, const N: usize> Logits<T, N> {
    /// A distribution from finite logits of absolute value up to `MAX / 32`, so that no difference of two differences
    /// overflows. `N = 0` does not compile.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::OutOfRange`].
    ///
    /// ```
    /// use elbow::{Error, Logits};
    /// assert_eq!(Logits::new([f32::NEG_INFINITY, 0.0]), Err(Error::NotFinite));
    /// ```
    pub fn new(values: [T; N]) -> Result<Self, Error> {
        const { assert!(N > 0, "a distribution needs at least one class") };
        for value in values {
            if !value.is_finite() {
                return Err(Error::NotFinite);
            }
            if value.abs() > T::MAX * T::from_f64(1.0 / 32.0) {
                return Err(Error::OutOfRange);
            }
        }
        Ok(Self { values })
    }

    /// The logits in nats, as given.
    ///
    /// ```
    /// assert_eq!(elbow::Logits::new([1.0_f32, 2.0])?.values(), &[1.0, 2.0]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn values(&self) -> &[T; N] {
        &self.values
    }

    /// ln sum exp(a) in nats: the log normaliser.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#logits).
    /// Error up to 1.3e-7 for `f32`, 2.2e-16 for `f64`, relative to the largest logit.
    ///
    /// ```
    /// let a = elbow::Logits::new([1000.0_f32, 1000.0])?;
    /// assert!((a.log_sum_exp() - 1000.693_1).abs() < 1e-3);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn log_sum_exp(&self) -> T {
        let softmax = Softmax::new(&self.values);
        at(&self.values, softmax.mode) + softmax.rest.ln_1p()
    }

    /// softmax(a) = exp(a) / sum exp(a); what is below the smallest number becomes zero.
    ///
    /// # Accuracy
    /// Relative error up to 2.2e-7 for `f32`, as long as a probability is a normal number.
    ///
    /// ```
    /// let p = elbow::Logits::new([3.0_f32, 3.0])?.probabilities();
    /// assert_eq!(p.probabilities(), &[0.5, 0.5]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn probabilities(&self) -> Categorical<T, N> {
        let softmax = Softmax::new(&self.values);
        let total = T::ONE + softmax.rest;
        Categorical::normalized(softmax.weights.map(|weight| weight / total))
    }

    /// H(p), in nats, between zero and ln N; it keeps its digits where one class is nearly certain.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#logits).
    /// Relative error up to 3.7e-7 for `f32`, 6.2e-16 for `f64`.
    ///
    /// ```
    /// let sure = elbow::Logits::new([0.0_f32, -30.0])?;
    /// assert!((sure.entropy() / 2.9e-12 - 1.0).abs() < 1e-2);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn entropy(&self) -> T {
        self.cross_entropy(self)
    }

    /// H(p, q) = ln sum exp(b) - sum p b, in nats, p = softmax of `self`, q = softmax of `other`.
    ///
    /// Finite, since a softmax is zero nowhere.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#logits).
    /// Relative error up to 3.2e-7 for `f32`, 1.0e-15 for `f64`.
    ///
    /// ```
    /// let (p, q) = (elbow::Logits::new([0.0_f32, 0.0])?, elbow::Logits::new([5.0_f32, 5.0])?);
    /// assert!((p.cross_entropy(&q) - 2.0_f32.ln()).abs() < 1e-6);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn cross_entropy(&self, other: &Self) -> T {
        let own = Softmax::new(&self.values);
        let others = Softmax::new(&other.values);
        let largest = at(&other.values, others.mode);
        let scale = T::ONE / (T::ONE + own.rest);
        let mut sum = T::ZERO;
        for (&weight, &logit) in own.weights.iter().zip(&other.values) {
            sum += weight * scale * (largest - logit);
        }
        others.rest.ln_1p() + sum
    }

    /// KL(p||q), in nats, p = softmax of `self`, q = softmax of `other`; never negative, zero exactly for equal logits,
    /// and for logits that differ by an exactly representable constant. Finite.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#logits).
    /// Relative error up to 6.6e-7 for `f32`, 8.6e-16 for `f64`, for logits to +-1e4 and divergences above 1e-35.
    ///
    /// ```
    /// let a = elbow::Logits::new([1.0_f32, 2.0, 3.0])?;
    /// let shifted = elbow::Logits::new([1001.0_f32, 1002.0, 1003.0])?;
    /// assert_eq!(a.kl(&shifted), 0.0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn kl(&self, other: &Self) -> T {
        let softmax = Softmax::new(&self.values);
        let scale = T::ONE / (T::ONE + softmax.rest);
        let log_total = softmax.rest.ln_1p();
        let others_mode = at(&other.values, softmax.mode);

        let (mode_difference, mode_error) = two_difference(others_mode, at(&self.values, softmax.mode));
        let mut differences = [T::ZERO; N];
        let mut mean = T::ZERO;
        let mut largest = others_mode;
        for i in 0..N {
            let (rounded, error) = two_difference(other.values[i], self.values[i]);
            differences[i] = (rounded - mode_difference) + (error - mode_error);
            mean += softmax.weights[i] * scale * differences[i];
            if other.values[i] > largest {
                largest = other.values[i];
            }
        }

        // ln(p e^c): large where q has mass that p has not.
        let log_ratio = |logit: T| (logit - others_mode) - log_total - mean;
        let largest = log_ratio(largest);
        if largest > T::from_f64(60.0) {
            let sum = other.values.iter().fold(T::ZERO, |sum, &logit| sum + (log_ratio(logit) - largest).exp());
            return largest + ln(sum);
        }
        let mut sum = T::ZERO;
        for ((&weight, &logit), &difference) in softmax.weights.iter().zip(&other.values).zip(&differences) {
            let c = difference - mean;
            // From c = 4 on p e^c is taken from the gap to the mode, because c itself is rounded in units of |c|.
            let term = if c < T::from_f64(4.0) {
                weight * scale * exp_m1_minus(c)
            } else {
                let (gap, gap_error) = two_difference(logit, others_mode);
                let (exponent, error) = two_difference(gap, log_total + mean);
                let mass = exponent.exp();
                (mass + mass * (gap_error + error) - weight * scale * (T::ONE + c)).max(T::ZERO)
            };
            sum += term;
        }
        sum.ln_1p()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_divergence_of_the_probabilities() {
        let (a, b) = ([0.3_f64, -1.2, 2.5, 0.0], [0.1_f64, 1.4, -2.0, 0.7]);
        let (p, q) = (Logits::new(a).unwrap(), Logits::new(b).unwrap());
        let (x, y) = (p.probabilities(), q.probabilities());
        assert!((p.kl(&q) - x.kl(&y)).abs() < 1e-14);
        assert!((p.entropy() - x.entropy()).abs() < 1e-14);
        assert!((p.cross_entropy(&q) - x.cross_entropy(&y)).abs() < 1e-14);
    }

    #[test]
    fn disjoint_mass_gives_the_distance_in_logits() {
        // p sits on class 0, q on class 1: KL = 2000 + ln(1 + e^-2000) twice over.
        let (p, q) = (Logits::new([1000.0_f32, -1000.0]).unwrap(), Logits::new([-1000.0_f32, 1000.0]).unwrap());
        assert_eq!(p.kl(&q), 2000.0);
        assert_eq!(p.entropy(), 0.0);
    }

    #[test]
    fn extreme_logits_stay_finite() {
        let bound = f32::MAX / 32.0;
        let p = Logits::new([bound, -bound, 0.0]).unwrap();
        let q = Logits::new([-bound, bound, 0.0]).unwrap();
        for value in [p.kl(&q), p.cross_entropy(&q), p.entropy(), p.log_sum_exp(), q.kl(&p)] {
            assert!(value.is_finite() && value >= 0.0, "{value}");
        }
        assert_eq!(Logits::new([f32::MAX]), Err(Error::OutOfRange));
        assert_eq!(Logits::new([f32::NAN]), Err(Error::NotFinite));
    }
}
