//! Natural gradients: steepest ascent where distance is measured by KL between beliefs, not between their parameters.
//!
//! With F the Fisher information of q in its parameters, KL(q(theta + x) || q(theta)) = x'Fx/2 to second order, and the
//! direction that raises a function most for its KL is F^-1 times its gradient (Amari 1998, theorem 1). Write z = mu +
//! C eps, C = L D^(1/2), and let C move to C (I + A), A lower triangular. F is P^-1 for mu, one for A_ij below the
//! diagonal and two for A_jj, the change of lambda_j = ln(d_j)/2. With g the gradient in mu, G in L, h in lambda:
//!
//! ```text
//! mu     += r P g
//! L      += r L M            M_ij = d_i (L'G)_ij / d_j,  i > j;   A = D^(-1/2) M D^(1/2)
//! lambda += r h/2
//! x'Fx    = r^2 (g'Pg + sum_(i>j) A_ij^2 + h'h/2)
//! ```
//!
//! A one-sample gradient is now and then far larger than its mean. So r is the rate, or less where x'Fx would exceed
//! one: no step is longer than half a nat (Schulman, Levine, Moritz, Jordan and Abbeel 2015, eq. 11).

use crate::elbo::{GaussianGradient, MeanFieldGradient};
use crate::error::Error;
use crate::gaussian::Gaussian;
use crate::mean_field::MeanField;
use crate::real::Real;

impl<T: Real, const N: usize> Gaussian<T, N> {
    /// Moves the belief by `rate` times the natural gradient, given the gradient, but not by more than half a nat:
    /// O(N^3).
    ///
    /// The step is the same in whatever units the unknowns are, however their scales differ, whatever their
    /// correlations: [`ascend`](Self::ascend) needs a rate below the smallest variance, this one below 2/(N + 2) for
    /// one-sample gradients.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`] or [`Error::OutOfRange`] if the result is not a distribution of
    /// finite numbers; it is then unchanged.
    ///
    /// Source: Amari (1998), *Natural Gradient Works Efficiently in Learning*, theorem 1.
    ///
    /// ```
    /// use elbow::{Gaussian, elbo};
    /// // A voltage whose prior is 0 +- 100 and whose posterior is 20 +- 0.1.
    /// let model = |z: &[f32; 1]| (-50.0 * (20.0 - z[0]) * (20.0 - z[0]), [100.0 * (20.0 - z[0])]);
    /// let (mut q, prior) = (Gaussian::diagonal([0.0], [1e4])?, Gaussian::diagonal([0.0], [1e4])?);
    /// for noise in [-1.0, 1.0].repeat(30) {
    ///     q.ascend_natural(&elbo::one_sample_path(&q, &prior, &model, &[noise])?.gradient, 0.5)?;
    /// }
    /// assert!((q.mean()[0] - 20.0).abs() < 1e-3 && (q.variance()[0] - 0.01).abs() < 1e-4);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn ascend_natural(&mut self, gradient: &GaussianGradient<T, N>, rate: T) -> Result<(), Error> {
        let (mut mean, mut lower, mut pivots) = (*self.mean(), self.unit_lower(), self.pivots());
        let factor = self.factor();
        let along = factor.transpose_times(&gradient.mean);
        let (mut scaled, mut steps, mut length) = (along, [[T::ZERO; N]; N], T::ZERO);
        for j in 0..N {
            scaled[j] *= pivots[j];
            length += scaled[j] * along[j];
            length += T::from_f64(0.5) * (gradient.log_std_dev[j] * gradient.log_std_dev[j]);
            let mut column = [T::ZERO; N];
            for i in j.saturating_add(1)..N {
                column[i] = gradient.unit_lower[i][j];
            }
            let product = factor.transpose_times(&column);
            for i in j.saturating_add(1)..N {
                column[i] = product[i] * (pivots[i] / pivots[j]);
                length += column[i] * product[i];
            }
            steps[j] = factor.lower_times(&column);
        }
        let rate = shortened(rate, length)?;
        let of_mean = factor.lower_times(&scaled);
        for j in 0..N {
            mean[j] += rate * of_mean[j];
            pivots[j] *= (rate * gradient.log_std_dev[j]).exp();
            for i in j.saturating_add(1)..N {
                lower[i][j] += rate * steps[j][i];
            }
        }
        *self = Self::from_factor(mean, lower, pivots)?;
        Ok(())
    }
}

impl<T: Real, const N: usize> MeanField<T, N> {
    /// Moves the belief by `rate` times the natural gradient, given the gradient, but not by more than half a nat: the
    /// mean by s_i^2 g_i, the log standard deviation by h_i/2.
    ///
    /// # Errors
    /// [`Error::NotFinite`] or [`Error::OutOfRange`] if the result is not a distribution of finite numbers; it is then
    /// unchanged.
    ///
    /// Source: Amari (1998), *Natural Gradient Works Efficiently in Learning*, theorem 1.
    ///
    /// ```
    /// use elbow::{MeanField, elbo};
    /// let model = |z: &[f32; 1]| (-50.0 * (20.0 - z[0]) * (20.0 - z[0]), [100.0 * (20.0 - z[0])]);
    /// let (mut q, prior) = (MeanField::new([0.0], [4.6])?, MeanField::new([0.0], [4.6])?);
    /// for noise in [-1.0, 1.0].repeat(30) {
    ///     q.ascend_natural(&elbo::one_sample_path(&q, &prior, &model, &[noise])?.gradient, 0.5)?;
    /// }
    /// assert!((q.mean()[0] - 20.0).abs() < 1e-3 && (q.std_dev()[0] - 0.1).abs() < 1e-3);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn ascend_natural(&mut self, gradient: &MeanFieldGradient<T, N>, rate: T) -> Result<(), Error> {
        let (mut mean, mut log_std_dev, half) = (*self.mean(), *self.log_std_dev(), T::from_f64(0.5));
        let (mut scaled, std_dev, mut length) = (gradient.mean, self.std_dev(), T::ZERO);
        for i in 0..N {
            scaled[i] *= std_dev[i];
            length += scaled[i] * scaled[i] + half * (gradient.log_std_dev[i] * gradient.log_std_dev[i]);
        }
        let rate = shortened(rate, length)?;
        for i in 0..N {
            mean[i] += rate * (scaled[i] * std_dev[i]);
            log_std_dev[i] += rate * (half * gradient.log_std_dev[i]);
        }
        *self = Self::new(mean, log_std_dev)?;
        Ok(())
    }
}

/// The rate, or less: its product with the step's length, squared here for a rate of one, is at most one.
fn shortened<T: Real>(rate: T, squared_length: T) -> Result<T, Error> {
    if !squared_length.is_finite() {
        return Err(if squared_length == T::INFINITY { Error::OutOfRange } else { Error::NotFinite });
    }
    let length = squared_length.sqrt() * rate.abs();
    Ok(if length > T::ONE { rate / length } else { rate })
}
