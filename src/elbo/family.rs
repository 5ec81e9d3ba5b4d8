//! The families that a belief can come from, and the gradients in their parameters.

use crate::all_finite::AllFinite;
use crate::error::Error;
use crate::gaussian::Gaussian;
use crate::mean_field::MeanField;
use crate::real::Real;
use crate::unrolled::{unrolled, unrolled_to_four};

/// The gradient in the parameters of a [`Gaussian`]: mean, strict lower triangle of L, log standard deviations (half
/// the logarithms of the pivots). In nats per unit of each: that of [`one_sample`](super::one_sample), to be climbed by
/// [`Gaussian::ascend`] or [`Gaussian::ascend_natural`].
///
/// ```
/// use elbow::{Gaussian, elbo};
/// let model = |z: &[f32; 2]| (-0.5 * (z[0] + z[1]) * (z[0] + z[1]), [-z[0] - z[1]; 2]);
/// let (q, prior) = (Gaussian::diagonal([1.0, 0.0], [1.0, 1.0])?, Gaussian::standard());
/// let elbo::GaussianGradient { mean, unit_lower, .. } = elbo::one_sample(&q, &prior, &model, &[0.5, 0.0])?.gradient;
/// assert_eq!((mean, unit_lower[1][0]), ([-2.5, -1.5], -0.75)); // the prior pulls the first back as well
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct GaussianGradient<T, const N: usize> {
    /// In the mean, per unit of each unknown.
    pub mean: [T; N],
    /// In the entries of L below its diagonal; zero elsewhere.
    pub unit_lower: [[T; N]; N],
    /// In ln(d_i)/2.
    pub log_std_dev: [T; N],
}

/// The gradient in the parameters of a [`MeanField`], in nats per unit of each.
///
/// ```
/// use elbow::{MeanField, elbo};
/// let model = |z: &[f32; 1]| (-z[0] * z[0], [-2.0 * z[0]]);
/// let (mut q, prior) = (MeanField::new([1.0], [0.0])?, MeanField::standard());
/// let gradient = elbo::one_sample(&q, &prior, &model, &[0.0])?.gradient;
/// assert_eq!(gradient, elbo::MeanFieldGradient { mean: [-3.0], log_std_dev: [0.0] });
/// q.ascend(&gradient, 0.1)?;
/// assert!((q.mean()[0] - 0.7).abs() < 1e-6);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct MeanFieldGradient<T, const N: usize> {
    /// In the mean.
    pub mean: [T; N],
    /// In the log standard deviations.
    pub log_std_dev: [T; N],
}

/// What a family makes of the noise.
pub struct Sample<T, const N: usize> {
    /// The sample.
    pub z: [T; N],
    /// The noise times the standard deviations (of the pivots), which `pull_back` takes.
    pub scaled: [T; N],
}

/// log q at a point but for its logarithms.
pub struct Density<T, const N: usize> {
    /// The squared distance in standard deviations: -2 log q, but for logarithms.
    pub squares: T,
    /// The gradient in the point.
    pub score: [T; N],
}

/// What is known of KL(q || prior) once its gradient is.
pub struct KnownKl<T> {
    /// Twice the KL but for its logarithms, which cannot overflow: of valid beliefs at most 178 an unknown for `f32`.
    pub algebraic: T,
    /// Twice the terms that have no logarithm.
    pub begun: T,
}

pub(super) mod sealed {
    use super::{AllFinite, Density, KnownKl, Real, Sample};

    /// What the estimators need of a family.
    pub trait Family<T: Real, const N: usize> {
        type Gradient;
        fn sample(&self, noise: &[T; N]) -> Sample<T, N>;
        fn entropy(&self) -> T;
        /// log q at a finite z; not finite on overflow.
        fn density(&self, z: &[T; N]) -> Density<T, N>;
        /// What the squares leave of -log q, less N ln(2 pi)/2: the sum of the log standard deviations.
        fn log_scale(&self) -> T;
        /// The gradient of the value through z, given the gradient in z.
        fn pull_back(&self, gradient: &[T; N], scaled: &[T; N]) -> Self::Gradient;
        /// Looks whether every number of a gradient is finite.
        fn see(gradient: &Self::Gradient, finite: &mut AllFinite<T>);
        /// Takes `weight` times the gradient of KL(self || prior) away.
        fn subtract_kl(&self, prior: &Self, weight: T, gradient: &mut Self::Gradient) -> KnownKl<T>;
        /// KL(self || prior), where `begun` is known of it.
        fn finish_kl(&self, prior: &Self, begun: T) -> T;
    }
}

pub(super) use sealed::Family;

/// The families that a belief can come from: [`Gaussian`], N (N + 3)/2 numbers, and [`MeanField`], 3 N for 2 N
/// parameters. Sealed.
///
/// ```
/// use elbow::elbo::{LogDensity, Variational, one_sample};
/// fn bound<const N: usize, Q: Variational<f32, N>>(q: &Q, prior: &Q, model: &impl LogDensity<f32, N>) -> Option<f32> {
///     one_sample(q, prior, model, &[0.0; N]).ok().map(|bound| bound.value())
/// }
/// let model = |z: &[f32; 1]| (-z[0], [-1.0]);
/// assert_eq!(bound(&elbow::Gaussian::standard(), &elbow::Gaussian::standard(), &model), Some(0.0));
/// assert_eq!(bound(&elbow::MeanField::standard(), &elbow::MeanField::standard(), &model), Some(0.0));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a family of beliefs about unknowns",
    label = "neither a `Gaussian` nor a `MeanField`",
    note = "give a `Gaussian<T, N>` or a `MeanField<T, N>` as belief, and the same type as prior"
)]
pub trait Variational<T: Real, const N: usize>: Family<T, N> {}

impl<T: Real, const N: usize> Variational<T, N> for Gaussian<T, N> {}

impl<T: Real, const N: usize> Variational<T, N> for MeanField<T, N> {}

impl<T: Real, const N: usize> Family<T, N> for Gaussian<T, N> {
    type Gradient = GaussianGradient<T, N>;

    #[inline(always)]
    fn sample(&self, noise: &[T; N]) -> Sample<T, N> {
        let scaled = self.scaled(noise);
        Sample { z: self.moved(&scaled), scaled }
    }
    #[inline(always)]
    fn entropy(&self) -> T {
        Gaussian::entropy(self)
    }

    /// The score is -P^-1 (z - mu): from z itself, whose rounding the noise does not know.
    #[inline(always)]
    fn density(&self, z: &[T; N]) -> Density<T, N> {
        let (mut score, mut squares) = (self.standardized(z), -T::ZERO);
        unrolled!(for i in 0..N {
            let distance = score[i];
            score[i] = -distance / self.factor().entries()[i][i];
            squares -= score[i] * distance;
        });
        Density { squares, score: solve_transpose(self, &score) }
    }

    #[inline(always)]
    fn log_scale(&self) -> T {
        T::from_f64(0.5) * self.log_determinant()
    }

    /// dz/dL_ij = sqrt(d_j) eps_j in component i, dz/dlambda_j = sqrt(d_j) eps_j times column j of L.
    #[inline(always)]
    fn pull_back(&self, gradient: &[T; N], scaled: &[T; N]) -> GaussianGradient<T, N> {
        let mut log_std_dev = self.factor().transpose_times(gradient);
        let mut unit_lower = [[T::ZERO; N]; N];
        unrolled!(for j in 0..N {
            log_std_dev[j] *= scaled[j];
            unrolled!(for i in j.saturating_add(1)..N {
                unit_lower[i][j] = gradient[i] * scaled[j];
            });
        });
        GaussianGradient { mean: *gradient, unit_lower, log_std_dev }
    }

    #[inline(always)]
    fn see(gradient: &GaussianGradient<T, N>, finite: &mut AllFinite<T>) {
        unrolled!(for i in 0..N {
            finite.see(gradient.mean[i]);
            finite.see(gradient.log_std_dev[i]);
            unrolled!(for j in 0..i {
                finite.see(gradient.unit_lower[i][j]);
            });
        });
    }

    /// With W = L1^-1 (L0 - L1) and E = D1^-1 (I + W): dKL/dmu = P1^-1 (mu0 - mu1); dKL/dL_ij = d0_j (L1^-T D1^-1 W)_ij
    /// below the diagonal, where the part of I in E does not reach; dKL/dlambda_j = (d0_j - d1_j)/d1_j + d0_j sum_(i >
    /// j) W_ij^2/d1_i. Zero exactly for equal distributions.
    #[inline(always)]
    fn subtract_kl(&self, prior: &Self, weight: T, gradient: &mut GaussianGradient<T, N>) -> KnownKl<T> {
        let (zero, one) = (self.factor().entries(), prior.factor().entries());
        let relative = self.relative_to(prior);
        let (mut of_mean, mut begun, mut stretch) = (relative.distance, -T::ZERO, -T::ZERO);
        unrolled!(for i in 0..N {
            of_mean[i] /= one[i][i];
            begun += relative.distance[i] * of_mean[i];
        });
        let of_mean = solve_transpose(prior, &of_mean);
        unrolled_to_four!(for j in 0..N {
            gradient.mean[j] -= weight * of_mean[j];
            let own = zero[j][j];
            let mut sheared = -T::ZERO;
            let mut column = [T::ZERO; N];
            unrolled_to_four!(for i in j.saturating_add(1)..N {
                column[i] = relative.lower[i][j] / one[i][i];
                sheared += own * column[i] * relative.lower[i][j];
            });
            let stretched = (own - one[j][j]) / one[j][j];
            gradient.log_std_dev[j] -= weight * (stretched + sheared);
            stretch += stretched;
            begun += sheared;
            // As much of the back substitution as is below row j.
            unrolled_to_four!(for i in (0..N).rev() {
                if i > j {
                    unrolled_to_four!(for k in i.saturating_add(1)..N {
                        column[i] -= one[k][i] * column[k];
                    });
                    gradient.unit_lower[i][j] -= weight * (own * column[i]);
                }
            });
        });
        KnownKl { algebraic: begun + stretch, begun }
    }

    #[inline(always)]
    fn finish_kl(&self, prior: &Self, begun: T) -> T {
        T::from_f64(0.5) * (begun + self.ratio_terms(prior))
    }
}

/// The solution x of L'x = b.
#[inline(always)]
fn solve_transpose<T: Real, const N: usize>(belief: &Gaussian<T, N>, b: &[T; N]) -> [T; N] {
    let entries = belief.factor().entries();
    let mut x = *b;
    unrolled!(for i in (0..N).rev() {
        unrolled!(for j in i.saturating_add(1)..N {
            x[i] -= entries[j][i] * x[j];
        });
    });
    x
}

impl<T: Real, const N: usize> Family<T, N> for MeanField<T, N> {
    type Gradient = MeanFieldGradient<T, N>;

    #[inline(always)]
    fn sample(&self, noise: &[T; N]) -> Sample<T, N> {
        let (mut z, mut scaled) = (*self.mean(), self.std_dev());
        unrolled!(for i in 0..N {
            scaled[i] *= noise[i];
            z[i] += scaled[i];
        });
        Sample { z, scaled }
    }
    #[inline(always)]
    fn entropy(&self) -> T {
        MeanField::entropy(self)
    }

    /// From z itself, whose rounding the noise does not know.
    #[inline(always)]
    fn density(&self, z: &[T; N]) -> Density<T, N> {
        let (mut score, mut squares) = (*z, -T::ZERO);
        let std_dev = self.std_dev();
        unrolled!(for i in 0..N {
            let distance = self.mean()[i] - z[i];
            score[i] = distance / (std_dev[i] * std_dev[i]);
            squares += distance * score[i];
        });
        Density { squares, score }
    }

    #[inline(always)]
    fn log_scale(&self) -> T {
        let mut sum = -T::ZERO;
        unrolled!(for i in 0..N {
            sum += self.log_std_dev()[i];
        });
        sum
    }

    #[inline(always)]
    fn pull_back(&self, gradient: &[T; N], scaled: &[T; N]) -> MeanFieldGradient<T, N> {
        let mut log_std_dev = *scaled;
        unrolled!(for i in 0..N {
            log_std_dev[i] *= gradient[i];
        });
        MeanFieldGradient { mean: *gradient, log_std_dev }
    }

    #[inline(always)]
    fn see(gradient: &MeanFieldGradient<T, N>, finite: &mut AllFinite<T>) {
        unrolled!(for i in 0..N {
            finite.see(gradient.mean[i]);
            finite.see(gradient.log_std_dev[i]);
        });
    }

    /// dKL/dmu = (mu0 - mu1)/s1^2, dKL/dlambda = s0^2/s1^2 - 1.
    #[inline(always)]
    fn subtract_kl(&self, prior: &Self, weight: T, gradient: &mut MeanFieldGradient<T, N>) -> KnownKl<T> {
        let (mut begun, mut excess) = (-T::ZERO, -T::ZERO);
        unrolled_to_four!(for i in 0..N {
            let part = self.divergence(prior, i);
            begun += part.squared_distance;
            excess += part.of_log_std_dev;
            gradient.mean[i] -= weight * part.of_mean;
            gradient.log_std_dev[i] -= weight * part.of_log_std_dev;
        });
        KnownKl { algebraic: begun + excess, begun }
    }

    #[inline(always)]
    fn finish_kl(&self, prior: &Self, begun: T) -> T {
        let mut sum = -T::ZERO;
        if const { N <= 2 } {
            unrolled!(for i in 0..N {
                sum += self.divergence(prior, i).spread;
            });
        } else {
            for i in 0..N {
                sum += self.divergence(prior, i).spread;
            }
        }
        T::from_f64(0.5) * (begun + sum)
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
        unrolled!(for i in 0..N {
            mean[i] += rate * gradient.mean[i];
            log_std_dev[i] += rate * gradient.log_std_dev[i];
        });
        *self = Self::new(mean, log_std_dev)?;
        Ok(())
    }
}
