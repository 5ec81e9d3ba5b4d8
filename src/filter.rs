//! The filter: a belief, moved by dynamics and improved by readings (`assimilate.rs`, `kalman.rs`).

use crate::assimilate::assimilate;
use crate::dynamics::Dynamics;
use crate::error::Error;
use crate::estimator::{Estimator, Status};
use crate::factor::check_non_negative;
use crate::gate::Gate;
use crate::gaussian::{Gaussian, check_finite};
use crate::kalman::kalman;
use crate::likelihood::Likelihood;
use crate::process::Process;
use crate::real::Real;
use crate::sensor::{Observe, Sensor};
use crate::update::Update;

/// A belief about `N` hidden numbers that readings improve.
///
/// It holds the belief and nothing else. Every method that returns an `Err` has left it as it was, bit for bit.
///
/// Keep the state in centred units (degrees from 20, not kelvin from 0): an `f32` has 24 bits, and at 350 its last
/// digit is 2e-5.
///
/// ```
/// use elbow::{Filter, Gaussian, OneSample, RandomWalk, Sensor, likelihood::Poisson};
/// use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};
/// let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [4.0])?); // log counts per second
/// let mut geiger = Sensor::linear([1.0], Poisson::with_exposure(5.0)?); // five-second windows
/// let mut estimator = OneSample::new(Xoshiro128PlusPlus::seed_from_u64(1));
/// for counts in [3, 1, 2, 4] {
///     filter.predict_for(&RandomWalk::new(1e-3)?, 5.0)?;
///     let update = filter.update(&mut geiger, counts, &mut estimator)?;
///     assert!(update.information_gain() > 0.0);
/// }
/// assert!(filter.belief().variance()[0] < 0.2);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Filter<T, const N: usize> {
    pub(crate) belief: Gaussian<T, N>,
}

impl<T: Real, const N: usize> Filter<T, N> {
    /// A filter that starts from this belief.
    ///
    /// ```
    /// let filter = elbow::Filter::new(elbow::Gaussian::<f32, 2>::standard());
    /// assert_eq!(filter.belief().mean(), &[0.0, 0.0]);
    /// ```
    #[must_use]
    pub const fn new(prior: Gaussian<T, N>) -> Self {
        Self { belief: prior }
    }

    /// What the filter believes now.
    ///
    /// ```
    /// let filter = elbow::Filter::new(elbow::Gaussian::<f32, 1>::standard());
    /// assert_eq!(filter.belief().variance(), [1.0]);
    /// ```
    pub const fn belief(&self) -> &Gaussian<T, N> {
        &self.belief
    }

    /// Moves the belief by one step: N(F mu + c, F P F' + Q).
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the result cannot be represented: an overflow, or a direction in which no variance is
    /// left.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#filter).
    /// To N = 8 and conditions of 1e6: means within 3.8e-7 for `f32`, 4.2e-16 for `f64`, of their largest term or
    /// standard deviation; covariances within 3.1e-7 and 4.7e-16 of the standard deviations.
    ///
    /// Source: Kalman (1960), *Journal of Basic Engineering* 82, 35-45; in factored form [`Dynamics::propagate`].
    ///
    /// ```
    /// use elbow::{Dynamics, Filter, Gaussian};
    /// let mut filter = Filter::new(Gaussian::diagonal([1.0_f32], [1.0])?);
    /// filter.predict(&Dynamics::new([[0.5]], [[0.25]])?)?;
    /// assert_eq!((filter.belief().mean()[0], filter.belief().variance()[0]), (0.5, 0.5));
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn predict(&mut self, dynamics: &Dynamics<T, N>) -> Result<(), Error> {
        dynamics.advance(&mut self.belief)
    }

    /// Moves the belief by a time step `dt >= 0` of a process, in the unit of time of its rates. `dt = 0` changes
    /// nothing.
    ///
    /// Noise below half an EPSILON of a variance rounds away, however often it is added: where a clock ticks much
    /// faster than the state moves, predict once for many ticks.
    ///
    /// # Errors
    /// [`Error::NotFinite`] and [`Error::OutOfRange`] for a time step that is NaN, infinite or negative; as
    /// [`predict`](Self::predict).
    ///
    /// ```
    /// use elbow::{Error, Filter, Gaussian, RandomWalk};
    /// let mut filter = Filter::new(Gaussian::<f32, 1>::standard());
    /// filter.predict_for(&RandomWalk::new(0.5)?, 2.0)?;
    /// assert_eq!(filter.belief().variance(), [2.0]);
    /// assert_eq!(filter.predict_for(&RandomWalk::new(0.5)?, -1.0), Err(Error::OutOfRange));
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn predict_for(&mut self, process: &impl Process<T, N>, dt: T) -> Result<(), Error> {
        if !dt.is_positive_normal() {
            check_non_negative(dt)?;
            if dt == T::ZERO {
                return Ok(());
            }
        }
        process.advance(&mut self.belief, dt)
    }

    /// Moves the mean by a known amount: a motor step, a heater's pulse.
    ///
    /// # Errors
    /// [`Error::NotFinite`]; [`Error::OutOfRange`] if the mean would overflow.
    ///
    /// ```
    /// let mut filter = elbow::Filter::new(elbow::Gaussian::<f32, 2>::standard());
    /// filter.shift(&[1.5, 0.0])?;
    /// assert_eq!(filter.belief().mean(), &[1.5, 0.0]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn shift(&mut self, by: &[T; N]) -> Result<(), Error> {
        check_finite(by)?;
        let mut mean = *self.belief.mean();
        for i in 0..N {
            mean[i] += by[i];
        }
        self.belief = Gaussian::from_checked_factor(mean, *self.belief.factor())?;
        Ok(())
    }

    /// Takes a reading in: maximises its ELBO over Gaussian beliefs.
    ///
    /// The work is O(N^2) and one scalar problem; a [`Nonlinear`](crate::Nonlinear) sensor takes several and calls its
    /// predictor. [`Status::Saturated`](crate::Status::Saturated) leaves the belief as it was. A reading that is
    /// delivered twice counts twice; one that is missing is no update. Several numbers at once are for
    /// [`update_vector`](Self::update_vector).
    ///
    /// The reading is of the likelihood's [type](Likelihood::Reading): `T`, `u32`, `bool`. The raw code of a converter
    /// is no number before you say so: `f32::from(code)`.
    ///
    /// # Errors
    /// What the likelihood's check says of the reading ([`Error::NotFinite`] for NaN and infinities);
    /// [`Error::NotFinite`] for the sensor's row and offset, or what its predictor returned; [`Error::OutOfRange`] if
    /// the result cannot be represented. The generator's draws are then gone, the belief is unchanged.
    ///
    /// Source: the reduction to one scalar holds because the likelihood depends on the state through eta alone
    /// (ARCHITECTURE.md); the change of the factor is that of Bierman (1976), *Automatica* 12, 375-382.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#filter). Of a normal reading, to N = 8, conditions of 1e6 and priors 10^12 times
    /// the noise: means within 3.5e-7 for `f32`, 8.2e-16 for `f64`, of their largest term or standard deviation;
    /// covariances within 2.9e-7 and 6.4e-16 of the posterior's standard deviations; along logs of 100 to 2284 readings
    /// means in `f32` within 2.8e-5 posterior standard deviations of those in `f64` (four states), 1.5e-6 with one. Of
    /// others by the estimator: see its docs.
    ///
    /// ```
    /// use elbow::{Error, Filter, Gaussian, GaussHermite, Sensor, likelihood::Normal};
    /// let mut filter = Filter::new(Gaussian::<f32, 1>::standard());
    /// let mut sensor = Sensor::linear([1.0], Normal::new(1.0)?);
    /// let mut estimator = GaussHermite::<5>::new();
    /// let update = filter.update(&mut sensor, 1.0, &mut estimator)?;
    /// assert_eq!((update.mean(), filter.belief().mean()[0]), (0.5, 0.5));
    /// assert_eq!(filter.update(&mut sensor, f32::NAN, &mut estimator), Err(Error::NotFinite));
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn update<P, L>(
        &mut self,
        sensor: &mut Sensor<P, L>,
        reading: L::Reading,
        estimator: &mut impl Estimator<T>,
    ) -> Result<Update<T>, Error>
    where
        P: Observe<T, N>,
        L: Likelihood<T>,
    {
        let update = take_in(&mut self.belief, sensor, reading, estimator, |_| true)?;
        learn(sensor, reading, &update);
        Ok(update)
    }

    /// Takes a reading in unless the gate rejects it: then the belief stays, bit for bit, the sensor learns nothing,
    /// and the status is [`Status::Gated`](crate::Status::Gated).
    ///
    /// The update of a rejected reading has the mean and variance of the prior and no information gain; its normalized
    /// innovation, ELBO and log evidence are those that the reading would have had. The work is that of
    /// [`update`](Self::update), and what the gate's figure costs.
    ///
    /// # Errors
    /// Those of [`update`](Self::update), with filter and gate unchanged. [`Error::Diverged`] for a rejection that is
    /// the gate's limit or beyond it: the filter is unchanged, the gate has counted. Then [`inflate`](Self::inflate) or
    /// [`reset`](Self::reset) the belief; nothing else will, and a gate alone locks out for ever.
    ///
    /// ```
    /// use elbow::{Error, Filter, Gate, Gaussian, GaussHermite, Sensor, Status, likelihood::Normal};
    /// let mut filter = Filter::new(Gaussian::<f32, 1>::standard());
    /// let mut sensor = Sensor::linear([1.0], Normal::new(1.0)?);
    /// let (mut estimator, mut gate) = (GaussHermite::<5>::new(), Gate::by_innovation(5.0, 2)?);
    /// let update = filter.update_gated(&mut sensor, 20.0, &mut estimator, &mut gate)?;
    /// assert_eq!((update.status(), filter.belief().mean()[0]), (Status::Gated, 0.0));
    /// assert_eq!(filter.update_gated(&mut sensor, 20.0, &mut estimator, &mut gate), Err(Error::Diverged));
    /// filter.inflate(100.0)?; // it is the belief that was wrong
    /// let update = filter.update_gated(&mut sensor, 20.0, &mut estimator, &mut gate)?;
    /// assert_eq!((update.status(), gate.rejected_in_a_row()), (Status::Accepted, 0));
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn update_gated<P, L>(
        &mut self,
        sensor: &mut Sensor<P, L>,
        reading: L::Reading,
        estimator: &mut impl Estimator<T>,
        gate: &mut Gate<T>,
    ) -> Result<Update<T>, Error>
    where
        P: Observe<T, N>,
        L: Likelihood<T>,
    {
        let passes = |update: &Update<T>| {
            gate.passes(|| update.normalized_innovation(sensor, reading), || update.log_evidence(sensor, reading))
        };
        let update = take_in(&mut self.belief, sensor, reading, estimator, passes)?;
        if update.status() == Status::Gated {
            gate.reject()?;
        } else {
            learn(sensor, reading, &update);
            gate.accept();
        }
        Ok(update)
    }

    /// Multiplies the covariance: the belief was surer than it had reason to be.
    ///
    /// # Errors
    /// [`Error::NotFinite`]; [`Error::OutOfRange`] for a factor below one, or if a variance would overflow.
    ///
    /// ```
    /// let mut filter = elbow::Filter::new(elbow::Gaussian::<f32, 2>::standard());
    /// filter.inflate(9.0)?;
    /// assert_eq!(filter.belief().variance(), [9.0, 9.0]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn inflate(&mut self, factor: T) -> Result<(), Error> {
        if !factor.is_finite() {
            return Err(Error::NotFinite);
        }
        if factor < T::ONE {
            return Err(Error::OutOfRange);
        }
        self.belief = Gaussian::from_checked_factor(*self.belief.mean(), self.belief.factor().scaled(factor)?)?;
        Ok(())
    }

    /// Starts again from this belief.
    ///
    /// ```
    /// let mut filter = elbow::Filter::new(elbow::Gaussian::<f32, 1>::standard());
    /// filter.reset(elbow::Gaussian::diagonal([20.0], [4.0])?);
    /// assert_eq!(filter.belief().mean(), &[20.0]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn reset(&mut self, belief: Gaussian<T, N>) {
        self.belief = belief;
    }
}

/// Turns the belief into its posterior, if the reading is one, and `wanted` by what was foreseen of it.
#[inline(always)]
fn take_in<T, P, L, E, const N: usize>(
    belief: &mut Gaussian<T, N>,
    sensor: &Sensor<P, L>,
    reading: L::Reading,
    estimator: &mut E,
    wanted: impl FnOnce(&Update<T>) -> bool,
) -> Result<Update<T>, Error>
where
    T: Real,
    P: Observe<T, N>,
    L: Likelihood<T>,
    E: Estimator<T>,
{
    let likelihood = sensor.likelihood();
    match (sensor.predictor().linear(), likelihood.location(reading), likelihood.noise_variance(reading)) {
        (Some(linear), Some(value), Some(noise))
            if const { E::KALMAN }
                && (const { L::EVERY_FINITE_READING }
                    || likelihood.check(reading).is_ok() && noise.is_positive_normal()) =>
        {
            kalman(belief, sensor, linear, reading, (value, noise), estimator, wanted)
        }
        _ => {
            likelihood.check(reading)?;
            assimilate(belief, sensor, reading, estimator, wanted)
        }
    }
}

/// Tells the likelihood what became of its reading.
#[inline(always)]
fn learn<T: Real, P, L: Likelihood<T>>(sensor: &mut Sensor<P, L>, reading: L::Reading, update: &Update<T>) {
    if update.is_observable() {
        sensor.likelihood_mut().learn(reading, update.mean(), update.variance());
    }
}
