//! Dynamics in continuous time: closed forms in the time step, with the noise already factored.
//!
//! A level that is the integral of a slope, both driven by white noise of densities q1 and q2, moves over dt as
//!
//! ```text
//! F = [1 dt; 0 1],   Q = [q1 dt + q2 dt^3/3, q2 dt^2/2; ., q2 dt] = L diag(d1, d2) L'
//! d1 = dt (q1 + q2 dt^2/3),   L21 = q2 dt^2/(2 d1),   d2 = q2 dt (q1 + q2 dt^2/12)/(q1 + q2 dt^2/3)
//! ```
//!
//! (Bar-Shalom, Li and Kirubarajan 2001, eq. 6.2.2-12, for q1 = 0; the factor without cancellation). Steps compose: dt
//! at once or in parts gives the same.

use crate::dynamics::Dynamics;
use crate::error::Error;
use crate::factor::check_non_negative;
use crate::gaussian::Gaussian;
use crate::real::Real;

/// A model of how the state moves in continuous time.
///
/// A user's own has one method. Where there is a closed form it is better than [`LinearTimeInvariant`](
/// crate::LinearTimeInvariant), which needs none.
///
/// ```
/// use elbow::{Dynamics, Error, Filter, Gaussian, Process};
/// /// A tank that drains by a thousandth a second.
/// struct Drain;
/// impl Process<f32, 1> for Drain {
///     fn step(&self, dt: f32) -> Result<Dynamics<f32, 1>, Error> {
///         Dynamics::new([[(-1e-3 * dt).exp()]], [[1e-4 * dt]])
///     }
/// }
/// let mut filter = Filter::new(Gaussian::diagonal([2.0], [0.01])?);
/// filter.predict_for(&Drain, 100.0)?;
/// assert!((filter.belief().mean()[0] - 1.81).abs() < 1e-3);
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not move a state of {N} numbers of the type `{T}`",
    label = "not a process of this filter's state",
    note = "`RandomWalk` and `OrnsteinUhlenbeck` move one number, `LocalLinearTrend`, `ConstantVelocity` and \
            `IntegratedOrnsteinUhlenbeck` two, `LinearTimeInvariant` any",
    note = "a constructor's `Result` needs a `?`; one step of a `Dynamics` is `filter.predict(&dynamics)`"
)]
pub trait Process<T: Real, const N: usize> {
    /// The dynamics over a time step `dt >= 0`, in the unit of time of the model's rates.
    ///
    /// # Errors
    /// [`Error::NotFinite`] and [`Error::OutOfRange`] for a time step that is NaN, infinite or negative, or so long
    /// that the noise overflows.
    fn step(&self, dt: T) -> Result<Dynamics<T, N>, Error>;

    /// Moves a belief by a time step: [`step`](Self::step), then [`Dynamics::propagate`]. [`RandomWalk`],
    /// [`LocalLinearTrend`] and [`ConstantVelocity`] do it without the noise's factor, where the covariance may be
    /// formed.
    ///
    /// # Errors
    /// Those of [`step`](Self::step) and [`Dynamics::propagate`]. The belief is then as it was.
    ///
    /// ```
    /// use elbow::{Gaussian, Process, RandomWalk};
    /// let mut belief = Gaussian::diagonal([0.0_f32], [1.0])?;
    /// RandomWalk::new(0.5)?.advance(&mut belief, 4.0)?;
    /// assert_eq!(belief.variance(), [3.0]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    fn advance(&self, belief: &mut Gaussian<T, N>, dt: T) -> Result<(), Error> {
        self.step(dt)?.advance(belief)
    }
}

/// A time step is a finite number that is not negative.
#[inline(always)]
pub(crate) fn check_time<T: Real>(dt: T) -> Result<(), Error> {
    if dt.is_positive_normal() { Ok(()) } else { check_non_negative(dt) }
}

/// Moves a belief by a transition and the covariance of its noise, or, where that is not enough, by the dynamics.
#[inline(always)]
fn advance<T: Real, const N: usize>(
    belief: &mut Gaussian<T, N>,
    transition: &[[T; N]; N],
    noise: &[[T; N]; N],
    dynamics: impl FnOnce() -> Result<Dynamics<T, N>, Error>,
) -> Result<(), Error> {
    // Adding -0 changes nothing, so that the compiler leaves it out.
    if belief.advance(transition, &[-T::ZERO; N], noise) {
        return Ok(());
    }
    by_dynamics(belief, dynamics)
}

#[cold]
#[inline(never)]
fn by_dynamics<T: Real, const N: usize>(
    belief: &mut Gaussian<T, N>,
    dynamics: impl FnOnce() -> Result<Dynamics<T, N>, Error>,
) -> Result<(), Error> {
    dynamics()?.advance(belief)
}

/// An overflow of the noise is a time step out of range.
pub(crate) fn overflow(error: Error) -> Error {
    if error == Error::NotFinite { Error::OutOfRange } else { error }
}

/// One state that wanders: its variance grows by `variance_rate` per unit of time.
///
/// # Accuracy
/// The variance that a step adds is one rounding off.
///
/// Source: Durbin and Koopman (2012), *Time Series Analysis by State Space Methods*, eq. 2.3.
///
/// ```
/// use elbow::{Filter, Gaussian, RandomWalk};
/// let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [1.0])?);
/// filter.predict_for(&RandomWalk::new(0.5)?, 4.0)?;
/// assert_eq!(filter.belief().variance(), [3.0]);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct RandomWalk<T> {
    pub(crate) variance_rate: T,
}

impl<T: Real> RandomWalk<T> {
    /// A random walk, in squared units of the state per unit of time.
    ///
    /// # Errors
    /// [`Error::NotFinite`]; [`Error::OutOfRange`] for a negative rate. Zero is a constant.
    ///
    /// ```
    /// use elbow::{Error, RandomWalk};
    /// assert_eq!(RandomWalk::new(-1.0_f32), Err(Error::OutOfRange));
    /// ```
    pub fn new(variance_rate: T) -> Result<Self, Error> {
        check_non_negative(variance_rate)?;
        Ok(Self { variance_rate })
    }
}

impl<T: Real> Process<T, 1> for RandomWalk<T> {
    fn step(&self, dt: T) -> Result<Dynamics<T, 1>, Error> {
        check_non_negative(dt)?;
        Dynamics::from_factor([[T::ONE]], [[T::ONE]], [self.variance_rate * dt]).map_err(overflow)
    }

    #[inline(always)]
    fn advance(&self, belief: &mut Gaussian<T, 1>, dt: T) -> Result<(), Error> {
        check_time(dt)?;
        advance(belief, &[[T::ONE]], &[[self.variance_rate * dt]], || self.step(dt))
    }
}

/// A level and its slope per unit of time, both wandering.
///
/// # Accuracy
/// Noise within 3.5e-7 for `f32`, relative to its standard deviations, for steps from 1e-3 to 1e3.
///
/// Source: Durbin and Koopman (2012), *Time Series Analysis by State Space Methods*, section 3.2, in continuous time.
///
/// ```
/// use elbow::{Filter, Gaussian, LocalLinearTrend};
/// let mut filter = Filter::new(Gaussian::diagonal([20.0_f32, 0.1], [1.0, 0.01])?);
/// filter.predict_for(&LocalLinearTrend::new([1e-4, 1e-6])?, 10.0)?;
/// assert_eq!(filter.belief().mean(), &[21.0, 0.1]);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LocalLinearTrend<T> {
    pub(crate) level_rate: T,
    pub(crate) slope_rate: T,
}

impl<T: Real> LocalLinearTrend<T> {
    /// Rates `[level, slope]` at which the variances of level and slope grow per unit of time, in squared units of
    /// each; the state is `[level, slope]`.
    ///
    /// # Errors
    /// [`Error::NotFinite`]; [`Error::OutOfRange`] for a negative rate.
    ///
    /// ```
    /// let room = elbow::LocalLinearTrend::new([1e-4_f32, 1e-6])?;
    /// # let _ = room;
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn new([level_rate, slope_rate]: [T; 2]) -> Result<Self, Error> {
        check_non_negative(level_rate)?;
        check_non_negative(slope_rate)?;
        Ok(Self { level_rate, slope_rate })
    }
}

impl<T: Real> Process<T, 2> for LocalLinearTrend<T> {
    fn step(&self, dt: T) -> Result<Dynamics<T, 2>, Error> {
        check_non_negative(dt)?;
        let integrated = self.slope_rate * dt * dt;
        let third = self.level_rate + integrated * T::from_f64(1.0 / 3.0);
        let twelfth = self.level_rate + integrated * T::from_f64(1.0 / 12.0);
        // Where the level's noise is zero or underflows, its column of the factor is empty.
        let level = third * dt;
        let (level, coupling, share) = if level >= T::MIN_POSITIVE {
            (level, T::from_f64(0.5) * self.slope_rate / third * dt, twelfth / third)
        } else {
            (T::ZERO, T::ZERO, T::ONE)
        };
        Dynamics::from_factor(
            [[T::ONE, dt], [T::ZERO, T::ONE]],
            [[T::ONE, T::ZERO], [coupling, T::ONE]],
            [level, self.slope_rate * dt * share],
        )
        .map_err(overflow)
    }

    #[inline(always)]
    fn advance(&self, belief: &mut Gaussian<T, 2>, dt: T) -> Result<(), Error> {
        check_time(dt)?;
        let slope = self.slope_rate * dt;
        let coupling = slope * dt;
        let level = self.level_rate * dt + coupling * dt * T::from_f64(1.0 / 3.0);
        let coupling = T::from_f64(0.5) * coupling;
        let transition = [[T::ONE, dt], [T::ZERO, T::ONE]];
        advance(belief, &transition, &[[level, coupling], [coupling, slope]], || self.step(dt))
    }
}

/// A position and a velocity that is driven by white acceleration.
///
/// # Accuracy
/// Noise within 3.5e-7 for `f32`, relative to its standard deviations, for steps from 1e-3 to 1e3.
///
/// Source: Bar-Shalom, Li and Kirubarajan (2001), *Estimation with Applications to Tracking and Navigation*, eq.
/// 6.2.2-12.
///
/// ```
/// use elbow::{ConstantVelocity, Filter, Gaussian};
/// let mut filter = Filter::new(Gaussian::diagonal([0.0_f32, 2.0], [1.0, 1.0])?);
/// filter.predict_for(&ConstantVelocity::new(0.1)?, 0.5)?;
/// assert_eq!(filter.belief().mean(), &[1.0, 2.0]);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConstantVelocity<T> {
    pub(crate) trend: LocalLinearTrend<T>,
}

impl<T: Real> ConstantVelocity<T> {
    /// Acceleration noise of this spectral density: the variance of the velocity grows by it per unit of time. The
    /// state is `[position, velocity]`.
    ///
    /// # Errors
    /// [`Error::NotFinite`]; [`Error::OutOfRange`] for a negative density.
    ///
    /// ```
    /// use elbow::{ConstantVelocity, Error};
    /// assert_eq!(ConstantVelocity::new(f32::NAN), Err(Error::NotFinite));
    /// ```
    pub fn new(acceleration_density: T) -> Result<Self, Error> {
        Ok(Self { trend: LocalLinearTrend::new([T::ZERO, acceleration_density])? })
    }
}

impl<T: Real> Process<T, 2> for ConstantVelocity<T> {
    fn step(&self, dt: T) -> Result<Dynamics<T, 2>, Error> {
        self.trend.step(dt)
    }

    #[inline(always)]
    fn advance(&self, belief: &mut Gaussian<T, 2>, dt: T) -> Result<(), Error> {
        self.trend.advance(belief, dt)
    }
}
