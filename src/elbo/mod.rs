//! The evidence lower bound of a model of one's own, from one reparameterized sample, and its gradients.
//!
//! For a belief q over `N` unknowns z, a prior p(z) and data x that enter through log p(x | z),
//!
//! ```text
//! ELBO = E_q[log p(x | z)] - KL(q || p)  =  reconstruction - KL
//!      = H(q) - E_q[-log p(x, z)]        =  entropy - energy      =  -free energy
//! log p(x) = ELBO + KL(q || p(z | x))
//! ```
//!
//! With z = q.at(eps), eps standard normal, both estimators are unbiased in value and gradient:
//!
//! - [`one_sample`] takes the KL in closed form (Kingma and Welling 2014, eq. 7); best while q is far from the
//!   posterior.
//! - [`one_sample_path`] samples it too and follows the path of z alone, leaving out the score of q, whose mean is zero
//!   (sticking the landing: Roeder, Wu and Duvenaud 2017, eq. 8); its noise vanishes as q reaches the posterior.
//!
//! What is not read is not computed: the gradient alone takes no logarithm, and that of a mean field no exponential.
//!
//! To climb: `ascend`, by the gradient itself; `ascend_natural`, of a [`Gaussian`](crate::Gaussian) or a
//! [`MeanField`](crate::MeanField), whatever the scales of the unknowns; [`Adam`], for the many weights of a network.
//!
//! A weight on the KL other than one trades the fit of the data against closeness to the prior (Higgins et al. 2017,
//! eq. 4); with a weight w, energy and entropy are those of w log p(z) and w H(q), so that every identity above but the
//! last still holds.

mod adam;
mod family;
mod natural;

pub use adam::Adam;
pub use family::{GaussianGradient, MeanFieldGradient, Variational};

use crate::all_finite::AllFinite;
use crate::error::Error;
use crate::factor::check_non_negative;
use crate::gaussian::{LN_TAU, check_finite};
use crate::real::Real;
use crate::unrolled::unrolled;

/// log p(x | z) of a user's model as a function of the unknowns, with its gradient.
///
/// Any `Fn(&[T; N]) -> (T, [T; N])` is one. The value is in nats; the gradient has the units of nats per unit of each
/// unknown.
///
/// ```
/// use elbow::elbo::LogDensity;
/// let model = |z: &[f32; 1]| (-0.5 * z[0] * z[0], [-z[0]]);
/// assert_eq!(model.log_density(&[2.0]), (-2.0, [-2.0]));
/// ```
pub trait LogDensity<T, const N: usize> {
    /// The value at z in nats, and the gradient there: entry i is its derivative in z_i.
    fn log_density(&self, z: &[T; N]) -> (T, [T; N]);
}

impl<T, const N: usize, F: Fn(&[T; N]) -> (T, [T; N])> LogDensity<T, N> for F {
    fn log_density(&self, z: &[T; N]) -> (T, [T; N]) {
        self(z)
    }
}

/// The ELBO at one sample, in nats, split both ways, and its gradient in the parameters of q.
///
/// ```
/// use elbow::{MeanField, elbo};
/// let model = |z: &[f32; 1]| (-z[0] * z[0], [-2.0 * z[0]]);
/// let (q, prior) = (MeanField::new([1.0], [0.0])?, MeanField::standard());
/// let elbo::Elbo { reconstruction, kl, weight, .. } = elbo::one_sample(&q, &prior, &model, &[0.0])?;
/// assert_eq!((reconstruction, kl, weight), (-1.0, 0.5, 1.0));
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Elbo<T, G> {
    /// log p(x | z) at the sample, in nats.
    pub reconstruction: T,
    /// KL(q || p): in closed form from [`one_sample`], as log q(z) - log p(z) at the sample from [`one_sample_path`].
    pub kl: T,
    /// The entropy of q: in closed form, or as -log q(z).
    pub entropy: T,
    /// The weight on the KL.
    pub weight: T,
    /// The gradient of [`value`](Self::value).
    pub gradient: G,
}

impl<T: Real, G> Elbo<T, G> {
    /// reconstruction - weight KL, in nats: the bound, to be maximised.
    ///
    /// ```
    /// # use elbow::{MeanField, elbo};
    /// let model = |z: &[f32; 1]| (-z[0] * z[0], [-2.0 * z[0]]);
    /// let (q, prior) = (MeanField::new([1.0], [0.0])?, MeanField::standard());
    /// let bound = elbo::one_sample(&q, &prior, &model, &[0.0])?;
    /// assert_eq!(bound.value(), -1.0 - 0.5);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn value(&self) -> T {
        self.reconstruction - self.weight * self.kl
    }

    /// energy - weight entropy, in nats, the negative of the value, to be minimised.
    ///
    /// ```
    /// # use elbow::{MeanField, elbo};
    /// let model = |z: &[f32; 1]| (-z[0] * z[0], [-2.0 * z[0]]);
    /// let (q, prior) = (MeanField::new([1.0], [0.0])?, MeanField::standard());
    /// let bound = elbo::one_sample(&q, &prior, &model, &[0.0])?;
    /// assert_eq!(bound.free_energy(), 1.5);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn free_energy(&self) -> T {
        -self.value()
    }

    /// -log p(x | z) - weight log p(z), the prior's part averaged as the KL is. Infinite where it overflows.
    ///
    /// ```
    /// # use elbow::{MeanField, elbo};
    /// let model = |z: &[f32; 1]| (-z[0] * z[0], [-2.0 * z[0]]);
    /// let (q, prior) = (MeanField::new([1.0], [0.0])?, MeanField::standard());
    /// let bound = elbo::one_sample(&q, &prior, &model, &[0.0])?;
    /// assert!((bound.entropy - bound.energy() - bound.value()).abs() < 1e-6);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn energy(&self) -> T {
        self.weight * (self.entropy + self.kl) - self.reconstruction
    }
}

/// The ELBO at one sample with the KL in closed form.
///
/// `noise` is standard normal (see [`noise`](crate::noise)); the sample is `q.at(noise)`.
///
/// # Errors
/// [`Error::NotFinite`] if the noise, or the model's value or gradient at the sample, is NaN or infinite;
/// [`Error::OutOfRange`] if the sample, the KL or the gradient overflows, whatever the weight; the KL and the value
/// from a millionth below that on.
///
/// # Accuracy
/// [Every figure](crate::accuracy#one_sample_elbo).
/// Gradients within 4.7e-7 for `f32`, 1.8e-15 for `f64`, of their largest term, to N = 8.
///
/// Source: Kingma and Welling (2014), eq. 7 and 10.
///
/// ```
/// use elbow::{Gaussian, elbo};
/// // One reading x = 1 with unit variance, prior N(0, 1): the posterior is N(1/2, 1/2).
/// let model = |z: &[f64; 1]| (-0.5 * (1.0 - z[0]).powi(2) - 0.918_938_533_204_672_7, [1.0 - z[0]]);
/// let (q, prior) = (Gaussian::diagonal([0.5], [0.5])?, Gaussian::standard());
/// let bound = elbo::one_sample(&q, &prior, &model, &[0.0])?;
/// assert_eq!(bound.value(), bound.reconstruction - bound.kl);
/// assert_eq!(bound.free_energy(), -bound.value());
/// assert!((bound.entropy - bound.energy() - bound.value()).abs() < 1e-15);
/// # Ok::<(), elbow::Error>(())
/// ```
#[inline(always)]
pub fn one_sample<T: Real, const N: usize, Q: Variational<T, N>>(
    q: &Q,
    prior: &Q,
    likelihood: &impl LogDensity<T, N>,
    noise: &[T; N],
) -> Result<Elbo<T, Q::Gradient>, Error> {
    one_sample_weighted(q, prior, likelihood, noise, T::ONE)
}

/// [`one_sample`] with a weight on the KL.
///
/// # Errors
/// As [`one_sample`]; [`Error::NotFinite`] and [`Error::OutOfRange`] for a weight that is not finite, or negative.
///
/// ```
/// use elbow::{MeanField, elbo};
/// let model = |z: &[f32; 1]| (-z[0] * z[0], [-2.0 * z[0]]);
/// let (q, prior) = (MeanField::new([1.0], [0.0])?, MeanField::standard());
/// let bound = elbo::one_sample_weighted(&q, &prior, &model, &[0.0], 0.5)?;
/// assert_eq!(bound.value(), -1.0 - 0.5 * 0.5);
/// # Ok::<(), elbow::Error>(())
/// ```
#[inline(always)]
pub fn one_sample_weighted<T: Real, const N: usize, Q: Variational<T, N>>(
    q: &Q,
    prior: &Q,
    likelihood: &impl LogDensity<T, N>,
    noise: &[T; N],
    weight: T,
) -> Result<Elbo<T, Q::Gradient>, Error> {
    check_non_negative(weight)?;
    let sample = q.sample(noise);
    check_sample(&sample.z, noise)?;
    let (reconstruction, slope) = likelihood.log_density(&sample.z);
    let mut gradient = q.pull_back(&slope, &sample.scaled);
    let known = q.subtract_kl(prior, weight, &mut gradient);
    let kl = || q.finish_kl(prior, known.begun);
    let mut finite = AllFinite::new();
    finite.see(if is_light(weight) {
        reconstruction - T::from_f64(0.5) * weight * (known.algebraic * T::from_f64(MARGIN))
    } else {
        reconstruction - weight * rarely(kl)
    });
    Q::see(&gradient, &mut finite);
    if !finite.holds() {
        return Err(cause(reconstruction, &slope));
    }
    Ok(Elbo { reconstruction, kl: kl(), entropy: q.entropy(), weight, gradient })
}

/// The ELBO at one sample with the KL at the same sample, and its path gradient.
///
/// At the exact posterior the gradient is zero for every noise, up to rounding.
///
/// # Errors
/// As [`one_sample`].
///
/// # Accuracy
/// [Every figure](crate::accuracy#one_sample_path). For `f32`, random factors and four unknowns, values within 6e-7 of
/// their largest term, gradients within 2e-5 of their largest entry: the scores of q and prior may cancel.
///
/// Source: Roeder, Wu and Duvenaud (2017), *Sticking the Landing*, eq. 8.
///
/// ```
/// use elbow::{Gaussian, elbo};
/// let model = |z: &[f64; 1]| (-0.5 * (1.0 - z[0]).powi(2) - 0.918_938_533_204_672_7, [1.0 - z[0]]);
/// let (posterior, prior) = (Gaussian::diagonal([0.5], [0.5])?, Gaussian::standard());
/// for noise in [-2.0, 0.3, 1.7] {
///     let bound = elbo::one_sample_path(&posterior, &prior, &model, &[noise])?;
///     assert!(bound.gradient.mean[0].abs() < 1e-15);
///     // log p(x) = ELBO + KL(q || posterior): with q the posterior, every sample of the bound is the evidence N(1 | 0, 2).
///     assert!((bound.value() + 0.5 * (4.0 * core::f64::consts::PI).ln() + 0.25).abs() < 1e-14);
/// }
/// # Ok::<(), elbow::Error>(())
/// ```
#[inline(always)]
pub fn one_sample_path<T: Real, const N: usize, Q: Variational<T, N>>(
    q: &Q,
    prior: &Q,
    likelihood: &impl LogDensity<T, N>,
    noise: &[T; N],
) -> Result<Elbo<T, Q::Gradient>, Error> {
    one_sample_path_weighted(q, prior, likelihood, noise, T::ONE)
}

/// [`one_sample_path`] with a weight on the KL.
///
/// # Errors
/// As [`one_sample_weighted`].
///
/// ```
/// use elbow::{MeanField, elbo};
/// let model = |z: &[f32; 1]| (-z[0] * z[0], [-2.0 * z[0]]);
/// let (q, prior) = (MeanField::new([1.0], [0.0])?, MeanField::standard());
/// let bound = elbo::one_sample_path_weighted(&q, &prior, &model, &[0.0], 0.5)?;
/// assert_eq!(bound.gradient.mean[0], -2.0 - 0.5);
/// # Ok::<(), elbow::Error>(())
/// ```
#[inline(always)]
pub fn one_sample_path_weighted<T: Real, const N: usize, Q: Variational<T, N>>(
    q: &Q,
    prior: &Q,
    likelihood: &impl LogDensity<T, N>,
    noise: &[T; N],
    weight: T,
) -> Result<Elbo<T, Q::Gradient>, Error> {
    check_non_negative(weight)?;
    let sample = q.sample(noise);
    check_sample(&sample.z, noise)?;
    let (reconstruction, slope) = likelihood.log_density(&sample.z);
    let (own, of_prior) = (q.density(&sample.z), prior.density(&sample.z));
    let mut total = slope;
    unrolled!(for i in 0..N {
        total[i] += weight * (of_prior.score[i] - own.score[i]);
    });
    let gradient = q.pull_back(&total, &sample.scaled);
    let mut finite = AllFinite::new();
    let half = T::from_f64(0.5);
    let algebraic = half * (of_prior.squares - own.squares);
    let kl = || algebraic + (prior.log_scale() - q.log_scale());
    finite.see(reconstruction - weight * if is_light(weight) { algebraic } else { rarely(kl) });
    Q::see(&gradient, &mut finite);
    if !finite.holds() {
        return Err(cause(reconstruction, &slope));
    }
    let log_scale = q.log_scale();
    let kl = algebraic + (prior.log_scale() - log_scale);
    let entropy = half * own.squares + (log_scale + T::from_f64(const { 0.5 * LN_TAU * N as f64 }));
    Ok(Elbo { reconstruction, kl, entropy, weight, gradient })
}

/// Whether the bound is finite where it is without the logarithms of the KL, which then need not be computed.
///
/// Those are at most 89 nats an unknown for `f32`, 709 for `f64`. Times such a weight they are below half a digit of
/// any number that is near the largest.
#[inline(always)]
fn is_light<T: Real>(weight: T) -> bool {
    weight <= T::ONE / T::EPSILON
}

/// More than the rounding of two sums that differ in logarithms alone. A bound in closed form whose KL comes as close
/// as this to half the largest number, or its value to that number, counts as one that overflows.
const MARGIN: f64 = 1.0 + 1.0 / 1_048_576.0;

/// What seldom is asked for, in a function of its own: in line it would be computed before it is known to be.
#[cold]
#[inline(never)]
fn rarely<T>(value: impl FnOnce() -> T) -> T {
    value()
}

/// Fails for a sample that is not finite, which no other noise gives than one that is not finite, or an overflow.
#[inline(always)]
fn check_sample<T: Real, const N: usize>(z: &[T; N], noise: &[T; N]) -> Result<(), Error> {
    let mut finite = AllFinite::new();
    unrolled!(for i in 0..N {
        finite.see(z[i]);
    });
    if finite.holds() { Ok(()) } else { check_finite(noise).and(Err(Error::OutOfRange)) }
}

/// Why a bound or its gradient is not finite: because the model's value or slope is not, else by an overflow.
#[cold]
fn cause<T: Real>(value: T, slope: &[T]) -> Error {
    match check_finite(&[value]).and(check_finite(slope)) {
        Err(error) => error,
        Ok(()) => Error::OutOfRange,
    }
}
