//! The families that a belief can come from, and the gradients in their parameters.

use crate::error::Error;
use crate::factor::or_infinity;
use crate::gaussian::{Gaussian, difference};
use crate::mean_field::MeanField;
use crate::real::Real;
use crate::wide::relative_lower;

/// The gradient in the parameters of a [`Gaussian`]: mean, strict lower triangle of L, log standard deviations (half
/// the logarithms of the pivots).
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct GaussianGradient<T, const N: usize> {
    /// In the mean.
    pub mean: [T; N],
    /// In the entries of L below its diagonal; zero elsewhere.
    pub unit_lower: [[T; N]; N],
    /// In ln(d_i)/2.
    pub log_std_dev: [T; N],
}

/// The gradient in the parameters of a [`MeanField`].
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct MeanFieldGradient<T, const N: usize> {
    /// In the mean.
    pub mean: [T; N],
    /// In the log standard deviations.
    pub log_std_dev: [T; N],
}

pub(super) mod sealed {
    use super::Real;

    /// What the estimators need of a family.
    pub trait Family<T: Real, const N: usize> {
        type Gradient;
        /// The sample z of this noise, and the noise times the standard deviations (of the pivots), which
        /// `pull_back` takes.
        fn sample(&self, noise: &[T; N]) -> ([T; N], [T; N]);
        fn entropy(&self) -> T;
        fn log_prob(&self, z: &[T; N]) -> T;
        /// d log q/dz.
        fn score(&self, z: &[T; N]) -> [T; N];
        /// The gradient of the value through z, given the gradient in z.
        fn pull_back(&self, gradient: &[T; N], scaled: &[T; N]) -> Self::Gradient;
        /// Every number of a gradient is finite.
        fn is_finite(gradient: &Self::Gradient) -> bool;
        /// KL(self || prior), of whose gradient it takes `weight` times away.
        fn subtract_kl(&self, prior: &Self, weight: T, gradient: &mut Self::Gradient) -> T;
    }
}

pub(super) use sealed::Family;

/// The families that a belief can come from: [`Gaussian`] and [`MeanField`]. Sealed.
pub trait Variational<T: Real, const N: usize>: Family<T, N> {}

impl<T: Real, const N: usize, Q: Family<T, N>> Variational<T, N> for Q {}

impl<T: Real, const N: usize> Family<T, N> for Gaussian<T, N> {
    type Gradient = GaussianGradient<T, N>;

    fn sample(&self, noise: &[T; N]) -> ([T; N], [T; N]) {
        let scaled = self.scaled(noise);
        (self.moved(&scaled), scaled)
    }
    fn entropy(&self) -> T {
        Gaussian::entropy(self)
    }
    fn log_prob(&self, z: &[T; N]) -> T {
        Gaussian::log_prob(self, z)
    }

    /// -P^-1 (z - mu): from z itself, whose rounding the noise does not know.
    fn score(&self, z: &[T; N]) -> [T; N] {
        self.factor().precision_times(&difference(self.mean(), z))
    }

    /// dz/dL_ij = sqrt(d_j) eps_j in component i, dz/dlambda_j = sqrt(d_j) eps_j times column j of L.
    fn pull_back(&self, gradient: &[T; N], scaled: &[T; N]) -> GaussianGradient<T, N> {
        let mut log_std_dev = self.factor().transpose_times(gradient);
        let mut unit_lower = [[T::ZERO; N]; N];
        for j in 0..N {
            log_std_dev[j] *= scaled[j];
            for i in j.saturating_add(1)..N {
                unit_lower[i][j] = gradient[i] * scaled[j];
            }
        }
        GaussianGradient { mean: *gradient, unit_lower, log_std_dev }
    }

    fn is_finite(gradient: &GaussianGradient<T, N>) -> bool {
        let rows = gradient.unit_lower.iter().flatten();
        gradient.mean.iter().chain(&gradient.log_std_dev).chain(rows).all(|value| value.is_finite())
    }

    /// With W = L1^-1 (L0 - L1) and E = D1^-1 (I + W): dKL/dmu = P1^-1 (mu0 - mu1); dKL/dL_ij = d0_j (L1^-T D1^-1 W)_ij
    /// below the diagonal, where the part of I in E does not reach; dKL/dlambda_j = (d0_j - d1_j)/d1_j + d0_j sum_(i >
    /// j) W_ij^2/d1_i. Zero exactly for equal distributions.
    fn subtract_kl(&self, prior: &Self, weight: T, gradient: &mut GaussianGradient<T, N>) -> T {
        let (d0, d1) = (self.pivots(), prior.pivots());
        let relative = relative_lower(self.factor(), prior.factor());
        let of_mean = prior.factor().precision_times(&difference(self.mean(), prior.mean()));
        for j in 0..N {
            gradient.mean[j] -= weight * of_mean[j];
            let mut of_log = (d0[j] - d1[j]) / d1[j];
            let mut column = [T::ZERO; N];
            for i in j.saturating_add(1)..N {
                column[i] = relative[i][j] / d1[i];
                of_log += d0[j] * column[i] * relative[i][j];
            }
            gradient.log_std_dev[j] -= weight * of_log;
            let column = prior.factor().solve_transpose(&column);
            for i in j.saturating_add(1)..N {
                gradient.unit_lower[i][j] -= weight * (d0[j] * column[i]);
            }
        }
        self.kl(prior)
    }
}

impl<T: Real, const N: usize> Family<T, N> for MeanField<T, N> {
    type Gradient = MeanFieldGradient<T, N>;

    fn sample(&self, noise: &[T; N]) -> ([T; N], [T; N]) {
        let (mut z, mut scaled) = (*self.mean(), self.std_dev());
        for i in 0..N {
            scaled[i] *= noise[i];
            z[i] += scaled[i];
        }
        (z, scaled)
    }
    fn entropy(&self) -> T {
        MeanField::entropy(self)
    }
    fn log_prob(&self, z: &[T; N]) -> T {
        MeanField::log_prob(self, z)
    }

    fn score(&self, z: &[T; N]) -> [T; N] {
        let mut score = difference(self.mean(), z);
        for i in 0..N {
            let inverse = (-self.log_std_dev()[i]).exp();
            score[i] *= inverse * inverse;
        }
        score
    }

    fn pull_back(&self, gradient: &[T; N], scaled: &[T; N]) -> MeanFieldGradient<T, N> {
        let mut log_std_dev = *scaled;
        for i in 0..N {
            log_std_dev[i] *= gradient[i];
        }
        MeanFieldGradient { mean: *gradient, log_std_dev }
    }

    fn is_finite(gradient: &MeanFieldGradient<T, N>) -> bool {
        gradient.mean.iter().chain(&gradient.log_std_dev).all(|value| value.is_finite())
    }

    /// dKL/dmu = (mu0 - mu1)/s1^2, dKL/dlambda = s0^2/s1^2 - 1.
    fn subtract_kl(&self, prior: &Self, weight: T, gradient: &mut MeanFieldGradient<T, N>) -> T {
        let mut sum = T::ZERO;
        for i in 0..N {
            let part = self.divergence(prior, i);
            sum += part.value;
            gradient.mean[i] -= weight * part.of_mean;
            gradient.log_std_dev[i] -= weight * part.of_log_std_dev;
        }
        or_infinity(T::from_f64(0.5) * sum)
    }
}

impl<T: Real, const N: usize> Gaussian<T, N> {
    /// Moves the parameters by `rate` times a gradient: the mean and L by addition, the pivots by a factor e^(2 rate
    /// gradient).
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`] or [`Error::OutOfRange`] if the result is not a distribution of
    /// finite numbers; it is then unchanged.
    ///
    /// ```
    /// use elbow::{Gaussian, elbo};
    /// let model = |z: &[f32; 1]| (-0.5 * (1.0 - z[0]) * (1.0 - z[0]), [1.0 - z[0]]);
    /// let (mut q, prior) = (Gaussian::standard(), Gaussian::standard());
    /// for noise in [-1.0, 1.0].repeat(100) {
    ///     q.ascend(&elbo::one_sample_path(&q, &prior, &model, &[noise])?.gradient, 0.1)?;
    /// }
    /// assert!((q.mean()[0] - 0.5).abs() < 1e-3 && (q.variance()[0] - 0.5).abs() < 1e-3);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn ascend(&mut self, gradient: &GaussianGradient<T, N>, rate: T) -> Result<(), Error> {
        let (mut mean, mut lower, mut pivots) = (*self.mean(), self.unit_lower(), self.pivots());
        for i in 0..N {
            mean[i] += rate * gradient.mean[i];
            let change = rate * gradient.log_std_dev[i];
            pivots[i] *= (change + change).exp();
            for j in 0..i {
                lower[i][j] += rate * gradient.unit_lower[i][j];
            }
        }
        *self = Self::from_factor(mean, lower, pivots)?;
        Ok(())
    }
}

impl<T: Real, const N: usize> MeanField<T, N> {
    /// Moves the parameters by `rate` times a gradient.
    ///
    /// # Errors
    /// [`Error::NotFinite`] or [`Error::OutOfRange`] if the result is not a distribution of finite numbers; it is then
    /// unchanged.
    ///
    /// ```
    /// use elbow::{MeanField, elbo};
    /// let model = |z: &[f32; 1]| (-0.5 * (1.0 - z[0]) * (1.0 - z[0]), [1.0 - z[0]]);
    /// let (mut q, prior) = (MeanField::standard(), MeanField::standard());
    /// for noise in [-1.0, 1.0].repeat(100) {
    ///     q.ascend(&elbo::one_sample(&q, &prior, &model, &[noise])?.gradient, 0.1)?;
    /// }
    /// assert!((q.mean()[0] - 0.5).abs() < 0.1);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn ascend(&mut self, gradient: &MeanFieldGradient<T, N>, rate: T) -> Result<(), Error> {
        let (mut mean, mut log_std_dev) = (*self.mean(), *self.log_std_dev());
        for i in 0..N {
            mean[i] += rate * gradient.mean[i];
            log_std_dev[i] += rate * gradient.log_std_dev[i];
        }
        *self = Self::new(mean, log_std_dev)?;
        Ok(())
    }
}
