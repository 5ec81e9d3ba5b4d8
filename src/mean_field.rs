//! Independent normals by mean and log standard deviation, for models with many parameters.
//!
//! The standard deviations are kept beside their logarithms, by which a bound with its gradient takes no exponential
//! for a sample or a score: on a Cortex-M4F 38 instructions an unknown in place of 86 ([`one_sample_path`]).
//!
//! [`one_sample_path`]: crate::elbo::one_sample_path

use rand_core::Rng;

use crate::all_finite::AllFinite;
use crate::error::Error;
use crate::factor::or_infinity;
use crate::gaussian::{LN_TAU, check_finite};
use crate::log_ratio::{sinh_tail, two_difference};
use crate::noise::standard_normals;
use crate::real::Real;
use crate::unrolled::{unrolled, unrolled_to_four};

/// A mean-field normal distribution: `N` independent unknowns, each by its mean and the logarithm of its standard
/// deviation.
///
/// The family for models with many parameters, where a full factor would not fit: `2N` parameters, in memory with the
/// standard deviations `3N` numbers, and gradients of `2N`. Log standard deviations lie between `-LN_MAX/2 + 1` and
/// `LN_MAX/2 - 1` (43.36 for `f32`), so that every variance is a normal number.
///
/// ```
/// let weights = elbow::MeanField::new([0.0_f32; 20], [-1.0; 20])?;
/// assert!((weights.std_dev()[0] - 0.367_879_4).abs() < 1e-6);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MeanField<T, const N: usize> {
    mean: [T; N],
    log_std_dev: [T; N],
    /// Their exponentials.
    std_dev: [T; N],
}

/// What one unknown adds to a divergence, c = 2 (lambda0 - lambda1).
pub(crate) struct Divergence<T> {
    /// (mu0 - mu1)^2/s1^2.
    pub squared_distance: T,
    /// e^c - 1 - c.
    pub spread: T,
    /// (mu0 - mu1)/s1^2.
    pub of_mean: T,
    /// e^c - 1.
    pub of_log_std_dev: T,
}

impl<T: Real, const N: usize> MeanField<T, N> {
    /// Independent normals. `N = 0` does not compile.
    ///
    /// # Errors
    /// [`Error::NotFinite`]; [`Error::OutOfRange`] for a log standard deviation beyond the range above.
    ///
    /// ```
    /// use elbow::{Error, MeanField};
    /// assert_eq!(MeanField::new([0.0_f32], [50.0]), Err(Error::OutOfRange));
    /// ```
    pub fn new(mean: [T; N], log_std_dev: [T; N]) -> Result<Self, Error> {
        const { assert!(N > 0, "a distribution needs at least one unknown") };
        let bound = T::from_f64(0.5) * T::LN_MAX - T::ONE;
        let (mut finite, mut inside) = (AllFinite::new(), true);
        unrolled!(for i in 0..N {
            finite.see(mean[i]);
            inside &= log_std_dev[i].abs() <= bound;
        });
        if !(finite.holds() && inside) {
            return Err(cause(&mean, &log_std_dev));
        }
        let mut std_dev = log_std_dev;
        unrolled_to_four!(for i in 0..N {
            std_dev[i] = std_dev[i].exp_in_range();
        });
        Ok(Self { mean, log_std_dev, std_dev })
    }

    /// N(0, I).
    ///
    /// ```
    /// assert_eq!(elbow::MeanField::<f32, 2>::standard().std_dev(), [1.0, 1.0]);
    /// ```
    #[must_use]
    pub fn standard() -> Self {
        const { assert!(N > 0, "a distribution needs at least one unknown") };
        Self { mean: [T::ZERO; N], log_std_dev: [T::ZERO; N], std_dev: [T::ZERO.exp_in_range(); N] }
    }

    /// The means, in the units of the unknowns.
    ///
    /// ```
    /// assert_eq!(elbow::MeanField::<f32, 2>::standard().mean(), &[0.0, 0.0]);
    /// ```
    pub fn mean(&self) -> &[T; N] {
        &self.mean
    }

    /// The logarithms of the standard deviations.
    ///
    /// ```
    /// assert_eq!(elbow::MeanField::<f32, 2>::standard().log_std_dev(), &[0.0, 0.0]);
    /// ```
    pub fn log_std_dev(&self) -> &[T; N] {
        &self.log_std_dev
    }

    /// The standard deviations, in the units of the unknowns.
    ///
    /// # Accuracy
    /// Relative error up to 9e-8 for `f32`.
    ///
    /// ```
    /// assert_eq!(elbow::MeanField::new([0.0_f32], [0.0])?.std_dev(), [1.0]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn std_dev(&self) -> [T; N] {
        self.std_dev
    }

    /// H(q) = sum ln(2 pi e)/2 + lambda_i, in nats, lambda the log standard deviations.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#mean_field).
    /// Error up to 1.8e-7 for `f32`, 3.3e-16 for `f64`, relative to the largest term.
    ///
    /// ```
    /// let h = elbow::MeanField::<f32, 1>::standard().entropy();
    /// assert!((h - 1.418_938_5).abs() < 1e-6);
    /// ```
    #[must_use]
    pub fn entropy(&self) -> T {
        let mut sum = T::ZERO;
        unrolled!(for i in 0..N {
            sum += T::from_f64(0.5 * (LN_TAU + 1.0)) + self.log_std_dev[i];
        });
        sum
    }

    /// H(q, p) = sum ln(2 pi)/2 + lambda1_i + (e^(2 lambda0_i) + (mu0_i - mu1_i)^2) e^(-2 lambda1_i)/2, in nats;
    /// infinite on overflow.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#mean_field).
    /// Error up to 3.0e-7 for `f32`, 4.4e-16 for `f64`, relative to the largest term.
    ///
    /// ```
    /// let q = elbow::MeanField::<f32, 1>::standard();
    /// assert!((q.cross_entropy(&q) - q.entropy()).abs() < 1e-6);
    /// ```
    #[must_use]
    pub fn cross_entropy(&self, other: &Self) -> T {
        let half = T::from_f64(0.5);
        let mut sum = T::ZERO;
        for i in 0..N {
            let (ratio, error) = two_difference(self.log_std_dev[i], other.log_std_dev[i]);
            let variance_ratio = (ratio + ratio).exp();
            let quadratic = variance_ratio + variance_ratio * (error + error) + self.squared_distance(other, i);
            sum += T::from_f64(0.5 * LN_TAU) + other.log_std_dev[i] + half * quadratic;
        }
        or_infinity(sum)
    }

    /// KL(q||p), q = `self`, p = `other`, in nats: never negative, zero exactly for equal distributions, infinite on
    /// overflow.
    ///
    /// ```text
    /// sum_i [ (e^c - 1 - c) + (mu0 - mu1)^2 e^(-2 lambda1) ]/2,     c = 2 (lambda0 - lambda1)
    /// ```
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#mean_field). Relative error up to 3.3e-7 for `f32`, 4.3e-7 where standard
    /// deviations are e^43 apart or more; 5.3e-16 for `f64`.
    ///
    /// ```
    /// let (q, p) = (elbow::MeanField::new([0.0_f64], [0.5])?, elbow::MeanField::standard());
    /// assert!((q.kl(&p) - 0.5 * (1.0_f64.exp() - 2.0)).abs() < 1e-15);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn kl(&self, other: &Self) -> T {
        let mut sum = T::ZERO;
        for i in 0..N {
            let part = self.divergence(other, i);
            sum += part.spread + part.squared_distance;
        }
        or_infinity(T::from_f64(0.5) * sum)
    }

    /// What unknown i adds to twice the KL, and to its gradient. What the caller does not read is not computed: the
    /// standard deviations, whose logarithms lambda are exact, give e^(c/2) = s0/s1 to rounding, and with it
    ///
    /// ```text
    /// near c = 0, r = c/2     e^c - 1 = 2 sinh r e^r,     cosh r - 1 = sinh^2 r/(1 + e^r - sinh r)
    ///                         (e^c - 1 - c)/2 = r^2 + (sinh r - r) + (sinh r - r)(sinh r + r) + sinh r (cosh r - 1)
    /// ```
    #[inline(always)]
    pub(crate) fn divergence(&self, other: &Self, i: usize) -> Divergence<T> {
        let distance = self.mean[i] - other.mean[i];
        let of_mean = distance / (other.std_dev[i] * other.std_dev[i]);
        let growth = self.std_dev[i] / other.std_dev[i];
        let ratio = self.log_std_dev[i] - other.log_std_dev[i];
        let square = ratio * ratio;
        let (of_log_std_dev, spread) = if square <= T::from_f64(9.0 / 16.0) {
            let tail = ratio * sinh_tail(square);
            let sinh = ratio + tail;
            let cosh_m1 = sinh * sinh / (T::ONE + (growth - sinh));
            let (half, of_spread) = (sinh * growth, square + (tail + (tail * (ratio + sinh) + sinh * cosh_m1)));
            (half + half, of_spread + of_spread)
        } else {
            let squared = if const { T::COARSE_EXP } { (ratio + ratio).exp() } else { growth * growth };
            let excess = squared - T::ONE;
            let spread = if ratio > T::ZERO && ratio < T::from_f64(0.5) * T::LN_MAX - T::from_f64(1.5) {
                far_exp_m1_minus(self.log_std_dev[i], other.log_std_dev[i])
            } else {
                excess - (ratio + ratio)
            };
            (excess, spread)
        };
        Divergence { squared_distance: distance * of_mean, spread, of_mean, of_log_std_dev }
    }

    /// The squared distance of the means in the other's standard deviations.
    fn squared_distance(&self, other: &Self, i: usize) -> T {
        let scaled = (self.mean[i] - other.mean[i]) / other.std_dev[i];
        scaled * scaled
    }

    /// ln q(x), in nats; minus infinity where the squared distance overflows, NaN for NaN in `x`.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#mean_field).
    /// Error up to 2.2e-7 for `f32`, 4.6e-16 for `f64`, relative to the largest term.
    ///
    /// ```
    /// let density = elbow::MeanField::<f32, 1>::standard().log_prob(&[0.0]);
    /// assert!((density + 0.918_938_5).abs() < 1e-6);
    /// ```
    #[must_use]
    pub fn log_prob(&self, x: &[T; N]) -> T {
        let mut sum = T::ZERO;
        for i in 0..N {
            sum += self.energy(i, (x[i] - self.mean[i]) / self.std_dev[i]);
        }
        -sum
    }

    /// -ln q of unknown i, so many standard deviations from its mean.
    #[inline(always)]
    pub(crate) fn energy(&self, i: usize, scaled: T) -> T {
        T::from_f64(0.5 * LN_TAU) + self.log_std_dev[i] + T::from_f64(0.5) * (scaled * scaled)
    }

    /// The reparameterization z = mu + e^lambda eps.
    ///
    /// # Accuracy
    /// Error up to 2.2e-7 for `f32`, relative to the larger of the two terms.
    ///
    /// Source: Kingma and Welling (2014), *Auto-Encoding Variational Bayes*, section 2.4.
    ///
    /// ```
    /// assert_eq!(elbow::MeanField::new([1.0_f32], [0.0])?.at(&[0.5]), [1.5]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn at(&self, noise: &[T; N]) -> [T; N] {
        let mut z = self.mean;
        unrolled!(for i in 0..N {
            z[i] += self.std_dev[i] * noise[i];
        });
        z
    }

    /// A sample, from `N` words of the generator (see [`noise`](crate::noise)).
    ///
    /// ```
    /// use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};
    /// let mut rng = Xoshiro128PlusPlus::seed_from_u64(7);
    /// let [a, b] = elbow::MeanField::<f32, 2>::standard().sample(&mut rng);
    /// assert!(a != b);
    /// ```
    pub fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> [T; N] {
        self.at(&standard_normals(rng))
    }
}

/// e^c - 1 - c for c = 2 (a - b) from 1.5 to the logarithm of the largest number, less three. A function of its own
/// that calls none outside the crate's generics, so that a call whose result nobody reads is removed.
#[inline(never)]
fn far_exp_m1_minus<T: Real>(a: T, b: T) -> T {
    let (ratio, error) = two_difference(a, b);
    let double = ratio + ratio;
    let excess = double.exp_in_range() - T::ONE;
    // d(e^x - 1 - x) = (e^x - 1) dx.
    (excess - double) + excess * (error + error)
}

/// Why two lists of numbers are not means and log standard deviations.
#[cold]
fn cause<T: Real>(mean: &[T], log_std_dev: &[T]) -> Error {
    match check_finite(mean).and(check_finite(log_std_dev)) {
        Err(error) => error,
        Ok(()) => Error::OutOfRange,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gaussian::Gaussian;

    #[test]
    fn agrees_with_the_diagonal_gaussian() {
        let of = |mean: [f64; 2], log: [f64; 2]| {
            let variance = log.map(|value| libm::exp(2.0 * value));
            (MeanField::new(mean, log).unwrap(), Gaussian::diagonal(mean, variance).unwrap())
        };
        let (q, q_full) = of([0.3, -2.0], [0.4, -1.5]);
        let (p, p_full) = of([-1.0, 0.1], [0.9, 0.2]);
        assert!((q.kl(&p) - q_full.kl(&p_full)).abs() < 1e-13);
        assert!((q.entropy() - q_full.entropy()).abs() < 1e-13);
        assert!((q.cross_entropy(&p) - q_full.cross_entropy(&p_full)).abs() < 1e-13);
        assert!((q.log_prob(&[1.0, 1.0]) - q_full.log_prob(&[1.0, 1.0])).abs() < 1e-13);
        assert_eq!(q.kl(&q), 0.0);
    }

    #[test]
    fn bad_arguments_are_named() {
        assert_eq!(MeanField::new([f32::NAN], [0.0]), Err(Error::NotFinite));
        assert_eq!(MeanField::new([0.0_f32], [f32::NEG_INFINITY]), Err(Error::NotFinite));
        assert_eq!(MeanField::new([0.0_f32], [-43.5]), Err(Error::OutOfRange));
        assert!(MeanField::new([0.0_f32], [43.3]).is_ok());
    }
}
