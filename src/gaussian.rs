//! The multivariate normal distribution by mean and covariance factor.
//!
//! With P = L D L' (see `factor.rs`), W = L1^-1 (L0 - L1) strictly lower and y = L1^-1 (mu0 - mu1),
//!
//! ```text
//! KL(0||1) = 1/2 sum_i [ r_i - 1 - ln r_i + (y_i^2 + sum_(j < i) W_ij^2 d0_j)/d1_i ],     r_i = d0_i/d1_i
//! ```
//!
//! a sum of non-negative terms, each free of cancellation: no trace minus dimension, no logarithm of a determinant.

mod change;

use rand_core::Rng;

use crate::error::Error;
use crate::factor::{Factor, or_infinity};
use crate::log_ratio::{ln_of_normal, ratio_term};
use crate::noise::standard_normals;
use crate::real::Real;
use crate::unrolled::{unrolled, unrolled_to_four};
use crate::wide::{relative_lower, solve};

/// ln(2 pi).
pub(crate) const LN_TAU: f64 = 1.837_877_066_409_345_5;

/// A normal distribution over `N` real unknowns: the belief that a filter keeps.
///
/// Univariate, diagonal and full covariances are this one type. It stores the mean and the covariance as a unit lower
/// triangle and positive pivots, `N + N^2` numbers. Variances lie between the smallest normal number and the largest
/// finite one.
///
/// ```
/// use elbow::Gaussian;
/// let indoors = Gaussian::new([20.0_f32, 0.5], [[4.0, 0.2], [0.2, 0.1]])?;
/// assert_eq!(indoors.mean(), &[20.0, 0.5]);
/// assert_eq!(indoors.kl(&indoors), 0.0);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gaussian<T, const N: usize> {
    mean: [T; N],
    factor: Factor<T, N>,
}

/// What a divergence is of: y = L1^-1 (mu0 - mu1) and W = L1^-1 (L0 - L1).
pub(crate) struct Relative<T, const N: usize> {
    pub distance: [T; N],
    pub lower: [[T; N]; N],
}

impl<T: Real, const N: usize> Gaussian<T, N> {
    /// N(mean, covariance). `N = 0` does not compile.
    ///
    /// # Errors
    /// [`Error::NotFinite`]; [`Error::NotSymmetric`] beyond 16 EPSILON of an entry or of the standard deviations'
    /// product; [`Error::NotPositiveDefinite`] if a conditional variance is below `4 N EPSILON` of its variance;
    /// [`Error::OutOfRange`] for a subnormal one.
    ///
    /// ```
    /// use elbow::{Error, Gaussian};
    /// let flat = Gaussian::new([0.0_f32; 2], [[1.0, 1.0], [1.0, 1.0]]);
    /// assert_eq!(flat, Err(Error::NotPositiveDefinite));
    /// ```
    pub fn new(mean: [T; N], covariance: [[T; N]; N]) -> Result<Self, Error> {
        check_finite(&mean)?;
        Ok(Self { mean, factor: Factor::new(&covariance)? })
    }

    /// Independent unknowns with these variances, in their squared units.
    ///
    /// # Errors
    /// [`Error::NotFinite`]; [`Error::NotPositive`]; [`Error::OutOfRange`] for a subnormal variance.
    ///
    /// ```
    /// let prior = elbow::Gaussian::diagonal([0.0_f32, 0.0], [1.0, 4.0])?;
    /// assert_eq!(prior.variance(), [1.0, 4.0]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn diagonal(mean: [T; N], variance: [T; N]) -> Result<Self, Error> {
        Self::from_factor(mean, [[T::ZERO; N]; N], variance)
    }

    /// N(mean, L diag(pivots) L'): the stored form itself, bit for bit. Of `unit_lower` only the strict lower triangle
    /// is read.
    ///
    /// # Errors
    /// [`Error::NotFinite`]; [`Error::NotPositive`] and [`Error::OutOfRange`] (subnormal) for a pivot.
    ///
    /// ```
    /// let p = elbow::Gaussian::from_factor([0.0_f32; 2], [[1.0, 0.0], [0.5, 1.0]], [4.0, 1.0])?;
    /// assert_eq!(p.covariance(), [[4.0, 2.0], [2.0, 2.0]]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn from_factor(mean: [T; N], unit_lower: [[T; N]; N], pivots: [T; N]) -> Result<Self, Error> {
        const { assert!(N > 0, "a distribution needs at least one unknown") };
        check_finite(&mean)?;
        Ok(Self { mean, factor: Factor::from_parts(&unit_lower, pivots)? })
    }

    /// N(0, I).
    ///
    /// ```
    /// assert_eq!(elbow::Gaussian::<f32, 2>::standard().mean(), &[0.0, 0.0]);
    /// ```
    #[must_use]
    pub fn standard() -> Self {
        const { assert!(N > 0, "a distribution needs at least one unknown") };
        Self { mean: [T::ZERO; N], factor: Factor::diagonal([T::ONE; N]) }
    }

    #[inline(always)]
    pub(crate) fn factor(&self) -> &Factor<T, N> {
        &self.factor
    }

    /// The mean, in the units of the unknowns.
    ///
    /// ```
    /// assert_eq!(elbow::Gaussian::<f32, 1>::standard().mean(), &[0.0]);
    /// ```
    #[inline(always)]
    pub fn mean(&self) -> &[T; N] {
        &self.mean
    }

    /// The covariance L D L', computed from the factor: exactly symmetric; infinite entries where it overflows.
    ///
    /// ```
    /// assert_eq!(elbow::Gaussian::<f32, 2>::standard().covariance(), [[1.0, 0.0], [0.0, 1.0]]);
    /// ```
    #[must_use]
    pub fn covariance(&self) -> [[T; N]; N] {
        self.factor.covariance()
    }

    /// The marginal variances: the diagonal of the covariance, infinite where it overflows.
    ///
    /// ```
    /// assert_eq!(elbow::Gaussian::<f32, 2>::standard().variance(), [1.0, 1.0]);
    /// ```
    #[must_use]
    pub fn variance(&self) -> [T; N] {
        let mut variance = self.factor.pivots();
        let entries = self.factor.entries();
        for i in 0..N {
            for j in 0..i {
                variance[i] += entries[i][j] * entries[i][j] * entries[j][j];
            }
        }
        variance
    }

    /// The unit lower triangle L of the stored factor.
    ///
    /// ```
    /// assert_eq!(elbow::Gaussian::<f32, 2>::standard().unit_lower(), [[1.0, 0.0], [0.0, 1.0]]);
    /// ```
    #[must_use]
    pub fn unit_lower(&self) -> [[T; N]; N] {
        self.factor.unit_lower()
    }

    /// The pivots D of the stored factor: the variance of each unknown given those before it, in its squared unit.
    ///
    /// ```
    /// assert_eq!(elbow::Gaussian::<f32, 2>::standard().pivots(), [1.0, 1.0]);
    /// ```
    #[must_use]
    pub fn pivots(&self) -> [T; N] {
        self.factor.pivots()
    }

    /// H(p) = 1/2 sum ln(2 pi e d_i), in nats. A differential entropy: negative for a narrow belief.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#gaussian).
    /// Error up to 1.8e-7 for `f32`, 3.8e-16 for `f64`, relative to the largest term.
    ///
    /// Source: Cover and Thomas (2006), *Elements of Information Theory*, theorem 8.4.1.
    ///
    /// ```
    /// let h = elbow::Gaussian::<f32, 1>::standard().entropy();
    /// assert!((h - 1.418_938_5).abs() < 1e-6);
    /// ```
    #[must_use]
    pub fn entropy(&self) -> T {
        let mut sum = T::ZERO;
        for i in 0..N {
            sum += T::from_f64(LN_TAU + 1.0) + ln_of_normal(self.factor.entries()[i][i]);
        }
        T::from_f64(0.5) * sum
    }

    /// H(p, q) = -E_p ln q = 1/2 sum_i [ln(2 pi d1_i) + (y_i^2 + sum_(j <= i) (L1^-1 L0)_ij^2 d0_j)/d1_i], in nats.
    ///
    /// Infinite where the quadratic form overflows.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#gaussian).
    /// Error up to 2.3e-7 for `f32`, 5.4e-16 for `f64`, relative to the largest term.
    ///
    /// ```
    /// let (p, q) = (elbow::Gaussian::<f64, 1>::standard(), elbow::Gaussian::diagonal([1.0], [2.0])?);
    /// assert!((p.cross_entropy(&q) - (p.entropy() + p.kl(&q))).abs() < 1e-15);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn cross_entropy(&self, other: &Self) -> T {
        let (zero, one) = (self.factor.entries(), other.factor.entries());
        let mut sum = T::ZERO;
        let quadratic = self.quadratic_terms(other, &self.relative_to(other));
        for i in 0..N {
            sum += T::from_f64(LN_TAU) + ln_of_normal(one[i][i]) + zero[i][i] / one[i][i] + quadratic[i];
        }
        or_infinity(T::from_f64(0.5) * sum)
    }

    /// KL(p||q), p = `self`, q = `other`, in nats: never negative, zero exactly for equal distributions.
    ///
    /// Infinite where a ratio of variances, or a squared distance in standard deviations, overflows.
    ///
    /// Source: the form at the top of `gaussian.rs`; the textbook one is Rasmussen and Williams (2006), eq. A.23.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#gaussian).
    /// Relative error up to 4.7e-7 for `f32`, 8.1e-16 for `f64`, to N = 8 and conditions of 1e6, of the value that the
    /// stored factors define.
    ///
    /// ```
    /// let (p, q) = (elbow::Gaussian::<f64, 1>::standard(), elbow::Gaussian::diagonal([1.0], [2.0])?);
    /// let expected = 0.5 * (0.5 - 1.0 - 0.5_f64.ln() + 1.0 / 2.0);
    /// assert!((p.kl(&q) - expected).abs() < 1e-15);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn kl(&self, other: &Self) -> T {
        self.divergence(other, &self.relative_to(other))
    }

    /// KL(self||other).
    #[inline(always)]
    pub(crate) fn divergence(&self, other: &Self, relative: &Relative<T, N>) -> T {
        let (zero, one) = (self.factor.entries(), other.factor.entries());
        // Not 0, to which the first term would have to be added.
        let mut sum = -T::ZERO;
        let quadratic = self.quadratic_terms(other, relative);
        for i in 0..N {
            sum += ratio_term(one[i][i], zero[i][i]) + quadratic[i];
        }
        or_infinity(T::from_f64(0.5) * sum)
    }

    #[inline(always)]
    pub(crate) fn relative_to(&self, other: &Self) -> Relative<T, N> {
        Relative { distance: other.standardized(&self.mean), lower: relative_lower(&self.factor, &other.factor) }
    }

    /// (y_i^2 + sum_(j < i) W_ij^2 d0_j)/d1_i for each i.
    #[inline(always)]
    fn quadratic_terms(&self, other: &Self, relative: &Relative<T, N>) -> [T; N] {
        let (zero, one) = (self.factor.entries(), other.factor.entries());
        let mut terms = relative.distance;
        unrolled_to_four!(for i in 0..N {
            let mut sum = terms[i] / one[i][i] * terms[i];
            unrolled_to_four!(for j in 0..i {
                let entry = relative.lower[i][j];
                // The ratio may be infinite, and zero times it is not.
                if entry != T::ZERO {
                    sum += entry * (zero[j][j] / one[i][i]) * entry;
                }
            });
            terms[i] = sum;
        });
        terms
    }

    /// L^-1 (x - mu).
    #[inline(always)]
    pub(crate) fn standardized(&self, x: &[T; N]) -> [T; N] {
        solve(&self.factor, x, &self.mean)
    }

    /// ln N(x | mean, covariance), in nats; minus infinity where the squared distance overflows, NaN for NaN in `x`.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#gaussian).
    /// Error up to 2.3e-7 for `f32`, 5.2e-16 for `f64`, relative to the largest term.
    ///
    /// ```
    /// let density = elbow::Gaussian::<f32, 1>::standard().log_prob(&[0.0]);
    /// assert!((density + 0.918_938_5).abs() < 1e-6);
    /// ```
    #[must_use]
    pub fn log_prob(&self, x: &[T; N]) -> T {
        let (entries, distance) = (self.factor.entries(), self.standardized(x));
        let mut sum = T::ZERO;
        for i in 0..N {
            let pivot = entries[i][i];
            sum += T::from_f64(LN_TAU) + ln_of_normal(pivot) + distance[i] / pivot * distance[i];
        }
        let half = T::from_f64(0.5) * sum;
        if x.iter().all(|value| value == value) { -or_infinity(half) } else { half }
    }

    /// The sum of the logarithms of the pivots.
    #[inline(always)]
    pub(crate) fn log_determinant(&self) -> T {
        let mut sum = -T::ZERO;
        for i in 0..N {
            sum += ln_of_normal(self.factor.entries()[i][i]);
        }
        sum
    }

    /// The sum of r_i - 1 - ln r_i.
    #[inline(always)]
    pub(crate) fn ratio_terms(&self, other: &Self) -> T {
        let mut sum = -T::ZERO;
        for i in 0..N {
            sum += ratio_term(other.factor.entries()[i][i], self.factor.entries()[i][i]);
        }
        sum
    }

    /// The reparameterization z = mu + L sqrt(D) eps: standard normal noise in, a sample of the belief out. Infinite
    /// where it overflows, plus infinity where terms of both signs do; NaN for NaN in the noise.
    ///
    /// # Accuracy
    /// Error up to 5e-7 for `f32`, relative to the largest term, with four unknowns.
    ///
    /// Source: Kingma and Welling (2014), *Auto-Encoding Variational Bayes*, section 2.4.
    ///
    /// ```
    /// let belief = elbow::Gaussian::diagonal([1.0_f32], [4.0])?;
    /// assert_eq!(belief.at(&[0.5]), [2.0]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn at(&self, noise: &[T; N]) -> [T; N] {
        let mut z = self.moved(&self.scaled(noise));
        if noise.iter().all(|e| *e == *e) {
            z = z.map(or_infinity);
        }
        z
    }

    /// mu + L x.
    #[inline(always)]
    pub(crate) fn moved(&self, x: &[T; N]) -> [T; N] {
        let entries = self.factor.entries();
        let mut z = *x;
        unrolled!(for i in 0..N {
            unrolled!(for j in 0..i {
                z[i] += entries[i][j] * x[j];
            });
            z[i] += self.mean[i];
        });
        z
    }

    /// sqrt(D) eps.
    #[inline(always)]
    pub(crate) fn scaled(&self, noise: &[T; N]) -> [T; N] {
        let mut scaled = *noise;
        for i in 0..N {
            scaled[i] *= self.factor.entries()[i][i].sqrt();
        }
        scaled
    }

    /// A sample, from `N` words of the generator (see [`noise`](crate::noise)).
    ///
    /// ```
    /// use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};
    /// let mut rng = Xoshiro128PlusPlus::seed_from_u64(7);
    /// let [level, slope] = elbow::Gaussian::<f32, 2>::standard().sample(&mut rng);
    /// assert!(level != slope);
    /// ```
    pub fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> [T; N] {
        self.at(&standard_normals(rng))
    }
}

/// a - b.
pub(crate) fn difference<T: Real, const N: usize>(a: &[T; N], b: &[T; N]) -> [T; N] {
    let mut result = *a;
    for i in 0..N {
        result[i] -= b[i];
    }
    result
}

pub(crate) fn check_finite<T: Real>(values: &[T]) -> Result<(), Error> {
    if values.iter().all(|value| value.is_finite()) { Ok(()) } else { Err(Error::NotFinite) }
}

#[cfg(test)]
mod tests;
