//! Processes that forget: deviations that decay with a time constant tau, in closed form.
//!
//! A number that is drawn to its level m and driven by white noise, of stationary variance s^2, moves over dt as
//!
//! ```text
//! x' - m = phi (x - m) + w,     phi = e^-a,   a = dt/tau,     var w = s^2 (1 - e^-2a)
//! ```
//!
//! (Uhlenbeck and Ornstein 1930). As the velocity of a position (the integrated process; Singer 1970 has it one
//! derivative up), it adds to velocity and position noise of variances
//!
//! ```text
//! s^2 (1 - e^-2a),     s^2 tau^2 (2a - 3 + 4 phi - phi^2),     covariance s^2 tau^2 (1 - phi)^2/tau
//! ```
//!
//! The velocity's source first, with t = tanh(a/2) = (1 - phi)/(1 + phi), the covariance over the velocity's variance
//! is tau t, and what is left of the position is s^2 tau^2 (2a - 4t) = 2 s^2 tau dt (1 - (tanh h)/h), h = a/2. For
//! short steps that difference comes from Lambert's continued fraction, without cancellation: with c = h^2/(3 + h^2/(5
//! + h^2/(7 + ...))), tanh h = h/(1 + c), and the difference is c/(1 + c).

use crate::dynamics::Dynamics;
use crate::error::Error;
use crate::factor::{check_non_negative, check_positive};
use crate::gaussian::Gaussian;
use crate::process::{Process, overflow};
use crate::real::Real;

/// One state that is drawn back to its level: an Ornstein-Uhlenbeck process, also called first-order Gauss-Markov.
///
/// For what wanders and stays bounded: the bias of a gyroscope, the deviation of a clock's rate, the humidity of a
/// room. Without readings the belief goes to `N(level, stationary variance)` and stays there, however long the gap.
///
/// # Accuracy
/// [Every figure](crate::accuracy#process).
/// Decay, noise and offset within 8.5e-8 for `f32` and 1.6e-16 for `f64`, relative (the decay to one), for steps of
/// 1e-12 to 1e12 time constants. In an `f32` decay of less than 3e-8 a step is none: steps shorter than that part of
/// the time constant never draw back, so that such a filter is better predicted less often.
///
/// Source: Uhlenbeck and Ornstein (1930), *Physical Review* 36, 823-841.
///
/// ```
/// use elbow::{Filter, OrnsteinUhlenbeck};
/// // A bias of 0 +- 0.02 degrees per second, new every ten minutes or so.
/// let bias = OrnsteinUhlenbeck::new(600.0_f32, 4e-4)?;
/// let mut filter = Filter::new(*bias.stationary());
/// filter.predict_for(&bias, 3600.0)?;
/// assert!((filter.belief().variance()[0] - 4e-4).abs() < 1e-10);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct OrnsteinUhlenbeck<T> {
    time_constant: T,
    stationary: Gaussian<T, 1>,
}

impl<T: Real> OrnsteinUhlenbeck<T> {
    /// About zero: the time in which a deviation falls by e, and the variance after a long time, in squared units of
    /// the state. In terms of a rate of noise q as a [`RandomWalk`](crate::RandomWalk) has it, that is `q tau/2`.
    ///
    /// # Errors
    /// [`Error::NotFinite`]; [`Error::NotPositive`]; [`Error::OutOfRange`] for a subnormal number.
    ///
    /// ```
    /// use elbow::{Error, OrnsteinUhlenbeck};
    /// assert_eq!(OrnsteinUhlenbeck::new(0.0_f32, 1.0), Err(Error::NotPositive));
    /// ```
    pub fn new(time_constant: T, stationary_variance: T) -> Result<Self, Error> {
        check_positive(time_constant)?;
        Ok(Self { time_constant, stationary: Gaussian::diagonal([T::ZERO], [stationary_variance])? })
    }

    /// The same about another level, in units of the state.
    ///
    /// # Errors
    /// [`Error::NotFinite`].
    ///
    /// ```
    /// use elbow::{Filter, OrnsteinUhlenbeck, Gaussian};
    /// let room = OrnsteinUhlenbeck::new(2.0_f32, 4.0)?.with_level(20.0)?; // hours, degrees
    /// let mut filter = Filter::new(Gaussian::diagonal([10.0], [0.1])?);
    /// filter.predict_for(&room, 2.0)?;
    /// assert!((filter.belief().mean()[0] - 16.321).abs() < 1e-3);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn with_level(self, level: T) -> Result<Self, Error> {
        Ok(Self { stationary: Gaussian::diagonal([level], self.stationary.variance())?, ..self })
    }

    /// The time constant, in the unit of every `dt`.
    ///
    /// ```
    /// assert_eq!(elbow::OrnsteinUhlenbeck::new(2.0_f32, 4.0)?.time_constant(), 2.0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub const fn time_constant(&self) -> T {
        self.time_constant
    }

    /// The belief without any reading, `N(level, stationary variance)`: a prior to start from.
    ///
    /// ```
    /// let room = elbow::OrnsteinUhlenbeck::new(2.0_f32, 4.0)?.with_level(20.0)?;
    /// assert_eq!((room.stationary().mean(), room.stationary().variance()), (&[20.0], [4.0]));
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub const fn stationary(&self) -> &Gaussian<T, 1> {
        &self.stationary
    }
}

impl<T: Real> Process<T, 1> for OrnsteinUhlenbeck<T> {
    fn step(&self, dt: T) -> Result<Dynamics<T, 1>, Error> {
        check_non_negative(dt)?;
        let decay = Decay::new(dt, self.time_constant);
        let ([level], [variance]) = (*self.stationary.mean(), self.stationary.variance());
        Dynamics::from_factor([[decay.kept]], [[T::ONE]], [variance * decay.renewed])?.with_offset([level * decay.lost])
    }
}

/// A position whose velocity is an [`OrnsteinUhlenbeck`] process about zero: it drifts, and never runs away.
///
/// For what moves by gusts or by pushes that die down: a hovering drone, a float, a person with a tag. Where a
/// [`ConstantVelocity`](crate::ConstantVelocity) model predicts ever further along the last velocity, this one comes to
/// rest after a time constant. For steps far below it the two are the same, with
/// `acceleration density = 2 velocity variance/time constant`.
///
/// # Accuracy
/// [Every figure](crate::accuracy#process).
/// Transition and noise within 1.8e-7 for `f32`, 4.8e-16 for `f64`, relative (covariances to the standard deviations),
/// for steps of 1e-12 to 1e12 time constants.
///
/// Source: Uhlenbeck and Ornstein (1930), *Physical Review* 36, 823-841; Singer (1970) has it one integral higher.
///
/// ```
/// use elbow::{Filter, Gaussian, IntegratedOrnsteinUhlenbeck};
/// let hover = IntegratedOrnsteinUhlenbeck::new(2.0_f32, 0.25)?; // seconds, squared metres per second
/// let mut filter = Filter::new(Gaussian::diagonal([0.0, 1.0], [1.0, 0.01])?);
/// filter.predict_for(&hover, 60.0)?;
/// assert!((filter.belief().mean()[0] - 2.0).abs() < 1e-6); // two seconds' worth of the velocity
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct IntegratedOrnsteinUhlenbeck<T> {
    pub(crate) velocity: OrnsteinUhlenbeck<T>,
}

impl<T: Real> IntegratedOrnsteinUhlenbeck<T> {
    /// The velocity's time constant and its variance after a long time, in squared units of the velocity; the state is
    /// `[position, velocity]`.
    ///
    /// # Errors
    /// [`Error::NotFinite`]; [`Error::NotPositive`]; [`Error::OutOfRange`] for a subnormal number.
    ///
    /// ```
    /// use elbow::{Error, IntegratedOrnsteinUhlenbeck};
    /// assert_eq!(IntegratedOrnsteinUhlenbeck::new(2.0_f32, -1.0), Err(Error::NotPositive));
    /// ```
    pub fn new(time_constant: T, velocity_variance: T) -> Result<Self, Error> {
        Ok(Self { velocity: OrnsteinUhlenbeck::new(time_constant, velocity_variance)? })
    }
}

impl<T: Real> Process<T, 2> for IntegratedOrnsteinUhlenbeck<T> {
    fn step(&self, dt: T) -> Result<Dynamics<T, 2>, Error> {
        check_non_negative(dt)?;
        let time_constant = self.velocity.time_constant;
        let [variance] = self.velocity.stationary.variance();
        let decay = Decay::new(dt, time_constant);
        let coupling = time_constant * (decay.lost / (T::ONE + decay.kept));
        let share = tanh_deficit(T::from_f64(0.5) * decay.steps);
        let velocity = variance * decay.renewed;
        Dynamics::from_factor(
            [[T::ONE, time_constant * decay.lost], [T::ZERO, decay.kept]],
            [[T::ONE, coupling], [T::ZERO, T::ONE]],
            [T::from_f64(2.0) * (time_constant * share) * variance * dt, velocity],
        )
        .map_err(overflow)
    }
}

/// What a time step of `steps` time constants leaves of a deviation, takes of it, and renews of its variance. The last
/// two are as exact for short steps as for long ones; an overflow of `steps` is a time without end.
struct Decay<T> {
    steps: T,
    kept: T,
    lost: T,
    renewed: T,
}

impl<T: Real> Decay<T> {
    fn new(dt: T, time_constant: T) -> Self {
        let steps = dt / time_constant;
        let lost = -(-steps).exp_m1();
        // What is kept of a short step is one but for what is lost, even where an exponential is a coarse one.
        let kept = if steps < T::from_f64(0.5) { T::ONE - lost } else { (-steps).exp() };
        Self { steps, kept, lost, renewed: -(-(steps + steps)).exp_m1() }
    }
}

/// 1 - (tanh h)/h for h >= 0, relative to its own size.
fn tanh_deficit<T: Real>(h: T) -> T {
    if h > T::ONE {
        let square = (-(h + h)).exp();
        return T::ONE - (T::ONE - square) / ((T::ONE + square) * h);
    }
    // Enough for h = 1 at the precision of the scalar.
    let levels = if T::DOUBLE { 9 } else { 5 };
    let square = h * h;
    let mut below = T::from_u32(2 * levels + 1);
    for level in (1..levels).rev() {
        below = T::from_u32(2 * level + 1) + square / below;
    }
    let fraction = square / below;
    fraction / (T::ONE + fraction)
}
