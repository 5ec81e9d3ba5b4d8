//! How the scalar ELBO of one reading is maximised.
//!
//! Every sensor sees one number eta of the state, N(u0, v0) before the reading. An estimator finds the mean u and the
//! variance v = s^2 that maximise
//!
//! ```text
//! E[log p(y | u + s eps)] - KL(N(u, v) || N(u0, v0)),     eps standard normal
//! ```
//!
//! | estimator | expectation | randomness |
//! |---|---|---|
//! | [`OneSample`] | one reparameterized sample a step | the caller's generator |
//! | [`GaussHermite`] | fixed nodes, or a likelihood's closed form | none |

mod gauss_hermite;
mod one_sample;
pub(crate) mod quadrature;

pub use gauss_hermite::GaussHermite;
pub use one_sample::OneSample;

use crate::error::Error;
use crate::likelihood::Likelihood;
use crate::real::Real;

/// How a reading ended: none of these is an error, and after all of them the filter can go on.
///
/// ```
/// use elbow::{Filter, Gaussian, GaussHermite, Sensor, Status, likelihood::Normal};
/// let mut filter = Filter::new(Gaussian::<f32, 2>::standard());
/// let mut blind = Sensor::linear([0.0, 0.0], Normal::new(1.0)?);
/// assert_eq!(filter.update(&mut blind, 3.0, &mut GaussHermite::<5>::new())?.status(), Status::Saturated);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Status {
    /// The belief has taken it in.
    Accepted,
    /// It cannot be told apart from no reading: it would remove less than 8 EPSILON of the variance of eta and move its
    /// mean by less than sqrt(512 EPSILON) standard deviations (0.8 % for `f32`), or the sensor sees nothing of the
    /// state. The belief stays as it was.
    Saturated,
    /// The bound on the work was reached. The belief has taken in the best of the search's ends and of the place where
    /// its gradient was least; its ELBO is not below the start's.
    NotConverged,
    /// A gate kept it from the belief, which stays as it was.
    Gated,
}

/// The posterior of eta, relative to its prior N(u0, v0), in the units of eta.
///
/// ```
/// use elbow::{Estimator, GaussHermite, Solution, likelihood::Normal};
/// let Solution { shift, gain, variance, .. } = GaussHermite::<5>::new().solve(&Normal::new(1.0_f32)?, 4.0, 0.0, 3.0)?;
/// assert_eq!((shift, gain, variance), (3.0, 0.75, 0.75));
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Solution<T> {
    /// Posterior mean less prior mean, u - u0.
    pub shift: T,
    /// 1 - v/v0: the part of the prior variance that the reading removed. Negative where it added some, which only a
    /// likelihood that is not log-concave can do.
    pub gain: T,
    /// The posterior variance v.
    pub variance: T,
    /// How often the likelihood was evaluated.
    pub evaluations: u16,
    /// How it ended.
    pub status: Status,
}

/// A way to maximise the scalar ELBO of one reading. A user's own may stand in for the crate's.
///
/// ```
/// use elbow::likelihood::{Likelihood, Poisson};
/// use elbow::{Error, Estimator, GaussHermite, Solution};
/// /// Nodes, and how often they were asked.
/// struct Counted(GaussHermite<5>, u32);
/// impl Estimator<f32> for Counted {
///     fn solve<L: Likelihood<f32>>(&mut self, model: &L, y: L::Reading, mean: f32, variance: f32) -> Result<Solution<f32>, Error> {
///         self.1 += 1;
///         self.0.solve(model, y, mean, variance)
///     }
/// }
/// assert!(Counted(GaussHermite::new(), 0).solve(&Poisson::new(), 3, 0.0, 1.0)?.shift > 0.5);
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an estimator in the scalar type `{T}`",
    label = "does not maximise an ELBO",
    note = "pass `&mut GaussHermite::<5>::new()`, or `&mut` an `OneSample::new(rng)` that is kept"
)]
pub trait Estimator<T: Real> {
    /// For normal noise ([`Likelihood::noise_variance`]) [`solve`](Self::solve) only repeats the Kalman filter's
    /// formulas: a linear sensor's reading is taken in by those, and `solve` is asked where floats may not hold them.
    const KALMAN: bool = false;

    /// The posterior of eta after `reading`, from the prior N(mean, variance).
    ///
    /// # Errors
    /// [`Error::NotFinite`] and [`Error::OutOfRange`] for a prior that is no finite number with a positive normal
    /// variance; what the likelihood's check returns; [`Error::NotFinite`] for derivatives that are NaN;
    /// [`Error::OutOfRange`] for a result outside the range of the scalar.
    fn solve<L: Likelihood<T>>(
        &mut self,
        likelihood: &L,
        reading: L::Reading,
        mean: T,
        variance: T,
    ) -> Result<Solution<T>, Error>;
}

impl<T: Real, E: Estimator<T> + ?Sized> Estimator<T> for &mut E {
    const KALMAN: bool = E::KALMAN;

    fn solve<L: Likelihood<T>>(
        &mut self,
        likelihood: &L,
        reading: L::Reading,
        mean: T,
        variance: T,
    ) -> Result<Solution<T>, Error> {
        (**self).solve(likelihood, reading, mean, variance)
    }
}

/// The prior of eta, the reading and its likelihood: one scalar problem.
struct Problem<'a, T, L: Likelihood<T>>
where
    T: Real,
{
    likelihood: &'a L,
    reading: L::Reading,
    mean: T,
    variance: T,
}

/// A point on the way to the mode of the posterior density, as displacement from the prior mean, and the precision that
/// stood for the reading one step before.
#[derive(Clone, Copy)]
struct Mode<T> {
    shift: T,
    precision: T,
    evaluations: u16,
}

/// The most steps to a mode from one start.
const MODE_STEPS: u16 = 16;

impl<'a, T: Real, L: Likelihood<T>> Problem<'a, T, L> {
    #[inline(always)]
    fn new(likelihood: &'a L, reading: L::Reading, mean: T, variance: T) -> Result<Self, Error> {
        if !(mean.is_finite() && variance.is_positive_normal()) {
            let finite = mean.is_finite() && variance.is_finite();
            return Err(if finite { Error::OutOfRange } else { Error::NotFinite });
        }
        likelihood.check(reading)?;
        Ok(Self { likelihood, reading, mean, variance })
    }

    /// Steps x += (g - x/v0)/(1/v0 + a), a the likelihood's own precision at x, until the square of one is below
    /// `close` variances there; a step is at most as long as twice the standard deviation there or the displacement so
    /// far, whichever is more.
    fn climb(&self, start: T, close: T) -> Mode<T> {
        let inverse = T::ONE / self.variance;
        let (mut shift, mut precision, mut evaluations) = (start - self.mean, T::ZERO, 0);
        for _ in 0..MODE_STEPS {
            let score;
            (score, precision) = self.score_and_precision(self.mean + shift);
            evaluations += 1;
            let variance = T::ONE / (inverse + precision);
            let mut step = variance * (score - shift * inverse);
            let square = step * step;
            // A step is seldom too long, and only then costs a root.
            if !(square <= T::from_f64(4.0) * variance) {
                step = bounded(step, shift, variance);
            }
            shift += step;
            if square <= close * variance {
                break;
            }
        }
        Mode { shift, precision, evaluations }
    }

    /// The score at `eta`, and the precision that stands for the reading there.
    #[inline]
    fn score_and_precision(&self, eta: T) -> (T, T) {
        let at = self.likelihood.derivatives(self.reading, eta);
        (at.first, self.likelihood.precision(self.reading, eta, &at))
    }

    /// A checked solution: finite, with a variance that can be used, and marked where it cannot be told from the prior.
    #[inline(always)]
    fn solution(&self, shift: T, gain: T, variance: T, evaluations: u16, status: Status) -> Result<Solution<T>, Error> {
        let mut solution = Solution { shift, gain, variance, evaluations, status };
        if !(shift.is_finite() && gain.is_finite_from(least_gain()) && variance.is_positive_normal()) {
            solution.status = self.status_at_the_bounds(&solution)?;
        }
        Ok(solution)
    }

    /// The status of a solution that may be out of range, or too close to the prior.
    #[inline(always)]
    fn status_at_the_bounds(&self, solution: &Solution<T>) -> Result<Status, Error> {
        let Solution { shift, gain, variance, status, .. } = *solution;
        if !(shift.is_finite() && gain.is_finite() && variance.is_positive_normal()) {
            return Err(Error::OutOfRange);
        }
        let nothing = status == Status::Accepted && is_negligible(gain, shift / self.variance * shift);
        Ok(if nothing { Status::Saturated } else { status })
    }
}

/// A step of a climb within its bounds.
#[cold]
#[inline(never)]
fn bounded<T: Real>(step: T, shift: T, variance: T) -> T {
    let std_dev = rare_root(variance);
    let bound = (std_dev + std_dev).max(shift.abs());
    step.min(bound).max(-bound)
}

/// The square root where one is seldom taken: in one place, as it is longer than a call.
#[cold]
#[inline(never)]
fn rare_root<T: Real>(x: T) -> T {
    x.sqrt()
}

/// A part of the variance that is too small to remove alone.
#[inline(always)]
pub(crate) fn least_gain<T: Real>() -> T {
    T::from_f64(8.0) * T::EPSILON
}

/// A removed part of the variance, and a squared shift in squared standard deviations, that cannot be told from none.
#[inline(always)]
pub(crate) fn is_negligible<T: Real>(gain: T, square: T) -> bool {
    let least = least_gain::<T>();
    gain.abs() < least && square <= T::from_f64(64.0) * least
}
