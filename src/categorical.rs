//! Discrete distributions by their probabilities: entropy, cross-entropy and Kullback-Leibler divergence.

use crate::divergence::{term, terms};
use crate::error::Error;
use crate::log_ratio::surprisal_term;
use crate::real::Real;

/// Nats to bits: divides by ln 2. Infinite where that overflows.
///
/// # Accuracy
/// Relative error up to 8e-8 for `f32`.
///
/// ```
/// assert_eq!(elbow::bits(core::f64::consts::LN_2), 1.0);
/// ```
#[must_use]
pub fn bits<T: Real>(nats: T) -> T {
    nats * T::from_f64(core::f64::consts::LOG2_E)
}

/// Adds up probabilities; in pairs of equal depth nothing is gained for the lengths that fit a chip.
#[inline]
fn sum<T: Real>(values: &[T]) -> T {
    let mut total = T::ZERO;
    for &value in values {
        total += value;
    }
    total
}

/// A distribution over `N` classes, as probabilities.
///
/// KL(p||q) is directed: `p.kl(&q)` is the forward divergence of a fit q to p, `q.kl(&p)` the reverse one, which
/// variational inference minimises.
///
/// A fair die against one that shows a six half of the time: each of the first five faces adds (1/6) ln((1/6)/0.1) =
/// 0.0851376 to KL(fair||loaded), the six -0.1831020.
///
/// ```
/// use elbow::{Categorical, bits};
/// let fair = Categorical::new([1.0 / 6.0; 6])?;
/// let loaded = Categorical::new([0.1, 0.1, 0.1, 0.1, 0.1, 0.5])?;
/// let nats: f64 = fair.kl(&loaded);
/// assert!((nats - 0.242_586).abs() < 1e-6 && (bits(nats) - 0.350_0).abs() < 1e-4);
/// let nats = loaded.kl(&fair);
/// assert!((nats - 0.293_893).abs() < 1e-6 && (bits(nats) - 0.424_0).abs() < 1e-4);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Categorical<T, const N: usize> {
    probabilities: [T; N],
}

impl<T: Real, const N: usize> Categorical<T, N> {
    /// A distribution from probabilities that sum to one within `4 N EPSILON`. `N = 0` does not compile.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::OutOfRange`] for a negative probability, [`Error::NotNormalized`].
    ///
    /// ```
    /// use elbow::{Categorical, Error};
    /// assert!(Categorical::new([0.25_f32, 0.75]).is_ok());
    /// assert_eq!(Categorical::new([0.25_f32, 0.7]), Err(Error::NotNormalized));
    /// ```
    pub fn new(probabilities: [T; N]) -> Result<Self, Error> {
        const { assert!(N > 0, "a distribution needs at least one class") };
        check_weights(&probabilities)?;
        let excess = sum(&probabilities) - T::ONE;
        if !(excess.abs() <= T::from_u32(N as u32) * T::from_f64(4.0) * T::EPSILON) {
            return Err(Error::NotNormalized);
        }
        Ok(Self { probabilities })
    }

    /// A distribution proportional to weights: counts, likelihoods, any finite numbers that are not negative.
    ///
    /// Weights are scaled by a power of two first, so that neither huge nor tiny ones are lost.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::OutOfRange`] for a negative weight, [`Error::NotPositive`] if all are zero.
    ///
    /// ```
    /// let rain = elbow::Categorical::from_weights([3.0_f32, 1.0])?;
    /// assert_eq!(rain.probabilities(), &[0.75, 0.25]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn from_weights(weights: [T; N]) -> Result<Self, Error> {
        const { assert!(N > 0, "a distribution needs at least one class") };
        check_weights(&weights)?;
        let largest = weights.iter().fold(T::ZERO, |largest, &weight| largest.max(weight));
        if !(largest > T::ZERO) {
            return Err(Error::NotPositive);
        }
        // Two factors, because one power of two may not bring the smallest numbers to one.
        let (_, exponent) = largest.split();
        let half = exponent / 2;
        let (first, second) = (T::power_of_two(-half), T::power_of_two(half.wrapping_sub(exponent)));
        let mut probabilities = weights.map(|weight| weight * first * second);
        let total = sum(&probabilities);
        for probability in &mut probabilities {
            *probability /= total;
        }
        Ok(Self { probabilities })
    }

    /// From probabilities that a caller in this crate has normalised.
    pub(crate) fn normalized(probabilities: [T; N]) -> Self {
        Self { probabilities }
    }

    /// The probabilities, in the order given.
    ///
    /// ```
    /// let p = elbow::Categorical::new([0.5_f32, 0.5])?;
    /// assert_eq!(p.probabilities(), &[0.5, 0.5]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn probabilities(&self) -> &[T; N] {
        &self.probabilities
    }

    /// H(p) = -sum p ln p, in nats; 0 ln 0 = 0. Between zero and ln N.
    ///
    /// Where one class has more than half of the probability, its own term is taken from the sum s of the others as
    /// -(1 - s) ln(1 - s), so that a nearly certain distribution keeps its digits: the entropy is then that of the
    /// normalised vector.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#categorical).
    /// Relative error up to 4.0e-7 for `f32`, 5.9e-16 for `f64`.
    ///
    /// Source: Shannon (1948), *Bell System Technical Journal* 27, section 6.
    ///
    /// ```
    /// let fair = elbow::Categorical::new([0.25_f32; 4])?;
    /// assert!((fair.entropy() - 4.0_f32.ln()).abs() < 1e-6);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn entropy(&self) -> T {
        let half = T::from_f64(0.5);
        let mut rest = T::ZERO;
        let mut total = T::ZERO;
        let mut dominated = false;
        for &p in &self.probabilities {
            if p > half {
                dominated = true;
            } else {
                rest += p;
                total += surprisal_term(p, p);
            }
        }
        if dominated {
            // -(1 - s) ln(1 - s) = (1 - s)(s + (-s - ln(1 - s)) + ...), by libm's ln_1p, which is relative to s.
            let others = rest.min(half);
            total += (others - T::ONE) * (-others).ln_1p();
        }
        total
    }

    /// H(p, q) = -sum p ln q, in nats; infinite where q is zero and p is not.
    ///
    /// Equal to `self.entropy() + self.kl(other)` up to rounding and the difference of the two sums of probabilities,
    /// which the generalized divergence includes.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#categorical).
    /// Relative error up to 4.8e-7 for `f32`, 8.9e-16 for `f64`, with 2 to 64 classes.
    ///
    /// ```
    /// let (p, q) = (elbow::Categorical::new([1.0_f32, 0.0])?, elbow::Categorical::new([0.5_f32, 0.5])?);
    /// assert!((p.cross_entropy(&q) - 2.0_f32.ln()).abs() < 1e-6);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn cross_entropy(&self, other: &Self) -> T {
        let mut total = T::ZERO;
        for (&p, &q) in self.probabilities.iter().zip(&other.probabilities) {
            total += surprisal_term(p, q);
        }
        total.max(T::ZERO)
    }

    /// KL(p||q) of `self` = p from `other` = q, in nats: the generalized sum of p ln(p/q) - p + q.
    ///
    /// Never negative, zero exactly for equal distributions, infinite where q is zero and p is not. For probabilities
    /// that sum to one it is the Kullback-Leibler divergence; the two added terms cancel what rounding the
    /// probabilities does to the literal sum, which is off by 10^3 times at a divergence of 4e-9 in `f32`.
    ///
    /// Source: Kullback and Leibler (1951), *Annals of Mathematical Statistics* 22; the cancellation-free form is
    /// derived in `log_ratio.rs`.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#categorical).
    /// Relative error up to 4.2e-7 for `f32`, 8.0e-16 for `f64`, with 2 to 64 classes and divergences from 1e-13 to
    /// 1e2.
    ///
    /// ```
    /// let p = elbow::Categorical::new([0.3_f32, 0.7])?;
    /// let q = elbow::Categorical::new([0.300_01_f32, 0.699_99])?;
    /// assert_eq!(p.kl(&p), 0.0);
    /// assert!((p.kl(&q) / 2.381e-10 - 1.0).abs() < 1e-2);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn kl(&self, other: &Self) -> T {
        let (mut p, mut q) = (&self.probabilities[..], &other.probabilities[..]);
        let mut total = T::ZERO;
        if LANES {
            let (eights_of_p, eights_of_q) = (p.chunks_exact(8), q.chunks_exact(8));
            (p, q) = (eights_of_p.remainder(), eights_of_q.remainder());
            for (p, q) in eights_of_p.zip(eights_of_q) {
                if let (Ok(p), Ok(q)) = (<&[T; 8]>::try_from(p), <&[T; 8]>::try_from(q)) {
                    for term in terms(p, q) {
                        total += term;
                    }
                }
            }
        }
        for (&p, &q) in p.iter().zip(q) {
            total += term(p, q);
        }
        total
    }
}

/// The processor computes several numbers at a time.
const LANES: bool = cfg!(any(target_feature = "sse2", target_feature = "neon"));

fn check_weights<T: Real>(weights: &[T]) -> Result<(), Error> {
    for &weight in weights {
        if !weight.is_finite() {
            return Err(Error::NotFinite);
        }
        if weight < T::ZERO {
            return Err(Error::OutOfRange);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_equal_pairs_keep_their_digits() {
        // KL = sum of (q - p)^2/p/2 to third order: 0.5 (1e-4)^2 (1/0.5 + 1/0.5), the steps exact in binary.
        let step = 1.0_f32 / 16384.0;
        let p = Categorical::new([0.5, 0.5]).unwrap();
        let q = Categorical::new([0.5 + step, 0.5 - step]).unwrap();
        let expected = -0.5 * libm::log1p(-4.0 * f64::from(step) * f64::from(step));
        assert!((f64::from(p.kl(&q)) / expected - 1.0).abs() < 5e-7);
    }

    #[test]
    fn a_nearly_certain_distribution_keeps_its_entropy() {
        let small = 1e-9_f32;
        let p = Categorical::new([1.0, small]).unwrap();
        let s = f64::from(small);
        let expected = -(1.0 - s) * libm::log1p(-s) - s * libm::log(s);
        assert!((f64::from(p.entropy()) / expected - 1.0).abs() < 3e-7);
        assert_eq!(Categorical::new([1.0_f32, 0.0]).unwrap().entropy(), 0.0);
        assert_eq!(Categorical::new([1.0_f64]).unwrap().entropy(), 0.0);
    }

    #[test]
    fn weights_of_any_size_are_normalised() {
        for scale in [1e-45_f32, 1e-39, 1e-20, 1.0, 1e20, 1e38] {
            let p = Categorical::from_weights([scale, scale, scale, 0.0]).unwrap();
            assert!((p.probabilities()[0] - 1.0 / 3.0).abs() < 1e-7, "{scale:e}");
            assert_eq!(p.probabilities()[3], 0.0);
        }
        assert!(Categorical::from_weights([f64::MAX, f64::MAX, 5e-324]).is_ok());
    }

    #[test]
    fn bad_probabilities_are_named() {
        assert_eq!(Categorical::new([f32::NAN, 1.0]), Err(Error::NotFinite));
        assert_eq!(Categorical::new([f32::INFINITY, 1.0]), Err(Error::NotFinite));
        assert_eq!(Categorical::new([-0.1_f32, 1.1]), Err(Error::OutOfRange));
        assert_eq!(Categorical::new([0.0_f32; 3]), Err(Error::NotNormalized));
        assert_eq!(Categorical::from_weights([0.0_f32; 3]), Err(Error::NotPositive));
        assert_eq!(Categorical::from_weights([1.0, -1.0_f32]), Err(Error::OutOfRange));
        assert_eq!(Categorical::from_weights([1.0, f32::NAN]), Err(Error::NotFinite));
    }
}
