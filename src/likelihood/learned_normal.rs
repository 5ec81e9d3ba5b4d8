//! y = eta + noise, noise normal with a variance r that is learnt: variational Bayes with an inverse-gamma factor.
//!
//! The noise is believed to be r ~ InverseGamma(alpha, beta). Before each reading it forgets, alpha and beta both times
//! rho; then q(eta) q(r) with q(eta) = N(u, v) maximises the joint ELBO where
//!
//! ```text
//! v = v0 r/(v0 + r),   u = u0 + (y - u0) v0/(v0 + r),   r = beta'/alpha' = 1/E[1/r]
//! alpha' = rho alpha + 1/2,   beta' = rho beta + ((y - u)^2 + v)/2
//! ```
//!
//! (Sarkka and Nummenmaa 2009, who iterate these in turn; `joint_noise.rs` solves them as one equation).
//!
//! Kept are alpha and r, not beta: r moves by ((y - u)^2 + v - r)/(2 alpha'), a mean that cannot drift.

use super::joint_noise::Joint;
use super::{
    Derivatives, Expectations, Innovation, Likelihood, Normal, Optimum, StudentT, check_positive, check_reading,
};
use crate::error::Error;
use crate::real::Real;

/// A reading with normal noise whose variance is not known, or not constant: y ~ N(eta, r), r learnt from the readings.
///
/// What it believes of r is an inverse gamma distribution, as if [`variance`](Self::variance) had been measured on
/// [`readings`](Self::readings) readings. Every reading that the filter takes in teaches it, [`Saturated`] ones too.
/// With a forgetting factor rho below one the memory is 1/(1 - rho) readings, and a change of the noise is followed
/// within about as many; with rho = 1, the default, the noise is taken to be constant. The memory ends at 2^17 readings
/// in `f32`, 2^26 in `f64`, where rounding starts to show: the variance then scatters by 0.4 % and 0.02 %.
///
/// The variance stays above a floor (a millionth of the first guess unless [`with_floor`](Self::with_floor) says
/// otherwise), so that a sensor that is stuck cannot make the belief certain, and below MAX EPSILON. A reading whose
/// square overflows teaches nothing about the noise.
///
/// A bad guess is left behind as a power of the number of readings with rho = 1, and exponentially with less: start
/// with few readings' worth, and with rho = 0.99 or so where nothing is known. Behind a [`Gate`](crate::Gate) it needs
/// rho below one: after 10^4 readings of constant noise those of noise that has risen are outliers, and a gate's
/// readings do not teach.
///
/// [`GaussHermite`](crate::GaussHermite) takes the joint optimum of state and noise, in at most 64 steps of one scalar
/// equation, 2 to 5 as a rule. [`OneSample`](crate::OneSample) samples the likelihood with r integrated out, a
/// Student-t of 2 rho alpha degrees of freedom, whose ELBO is the higher one.
///
/// A sensor that has learnt from a reading foresees it too well. Where the evidence of a reading counts, give
/// [`Update::log_evidence`](crate::Update::log_evidence) a copy of the sensor from before the update.
///
/// # Accuracy
/// [Every figure](crate::accuracy#learned_normal). Error of the value up to 1.7e-7 for `f32`, 3.1e-16 for `f64`,
/// relative to its largest term; of its mean, where the belief is wide and no nodes are used, 6.4e-6; of the
/// derivatives 2.5e-7 and 6.1e-16. Of max(1, |value|), the ELBO of an update is within 2.9e-6, its log evidence within
/// 9.3 % where the noise is known from less than eight readings, 0.53 % from eight on. Innovations within 8.1e-8 and
/// 2.2e-16. Of the joint optimum in `f32` 1.9e-6, in `f64` 1.3e-15: posterior variance and noise relative, shift
/// relative to it or to the posterior standard deviation. What mean field costs: along a seeded series of 200 readings,
/// from two readings' worth of a variance four times too large, the mean stays within 11 % of an exact posterior
/// standard deviation, the standard deviation within 13 %, the noise within 19 % and the log evidence within 1.2 nats
/// of the exact ones; after 100 readings within 6 %, 3 % and 10 %. `OneSample` is 10 %, 5 %, 0.5 % of a posterior
/// standard deviation (rms) from the joint optimum after 4, 16, 256 readings.
///
/// Source: S. Sarkka and A. Nummenmaa (2009), "Recursive noise adaptive Kalman filtering by variational Bayesian
/// approximations", *IEEE Transactions on Automatic Control* 54(3).
///
/// ```
/// use elbow::{Filter, GaussHermite, Gaussian, RandomWalk, Sensor, likelihood::LearnedNormal};
/// let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [1.0])?);
/// let noise = LearnedNormal::new(4.0, 2.0)?.with_forgetting(0.95)?; // two readings' worth of a bad guess
/// let mut scale = Sensor::linear([1.0], noise);
/// for reading in [0.1, -0.1].repeat(100) {
///     filter.predict_for(&RandomWalk::new(1e-6)?, 1.0)?;
///     let _ = filter.update(&mut scale, reading, &mut GaussHermite::<5>::new())?;
/// }
/// assert!((scale.likelihood().variance() / 0.01 - 1.0).abs() < 0.1);
/// # Ok::<(), elbow::Error>(())
/// ```
///
/// [`Saturated`]: crate::Status::Saturated
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LearnedNormal<T> {
    /// beta/alpha.
    variance: T,
    /// alpha.
    shape: T,
    forgetting: T,
    floor: T,
}

impl<T: Real> LearnedNormal<T> {
    /// A guess of the variance, in squared units of the reading, believed as if it had been measured on so many
    /// readings: at least one, at most 2^17 (`f32`) or 2^26 (`f64`); more are taken as that many. The variance lies
    /// between MIN_POSITIVE/EPSILON and MAX EPSILON.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`], [`Error::OutOfRange`].
    ///
    /// ```
    /// use elbow::{Error, likelihood::LearnedNormal};
    /// let noise = LearnedNormal::new(0.04_f32, 5.0)?;
    /// assert_eq!((noise.variance(), noise.shape()), (0.04, 2.5));
    /// assert_eq!(LearnedNormal::new(0.04_f32, 0.0), Err(Error::NotPositive));
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn new(variance: T, readings: T) -> Result<Self, Error> {
        check_positive(variance)?;
        check_positive(readings)?;
        if readings < T::ONE || variance < Self::least() || variance > Self::most() {
            return Err(Error::OutOfRange);
        }
        let shape = T::from_f64(0.5) * readings.min(Self::memory());
        Ok(Self { variance, shape, forgetting: T::ONE, floor: (T::from_f64(1e-6) * variance).max(Self::least()) })
    }

    /// The same noise with forgetting factor rho, from 1/2 to 1: before each reading the number of readings that the
    /// variance rests on is multiplied by it. Below 1/2 a reading would be foreseen with wider tails than a Cauchy
    /// distribution's.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::OutOfRange`].
    ///
    /// ```
    /// use elbow::{Error, likelihood::LearnedNormal};
    /// let noise = LearnedNormal::new(0.04_f32, 5.0)?.with_forgetting(0.98)?; // remembers 50 readings
    /// assert_eq!(noise.forgetting(), 0.98);
    /// assert_eq!(noise.with_forgetting(1.1), Err(Error::OutOfRange));
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn with_forgetting(self, forgetting: T) -> Result<Self, Error> {
        if !forgetting.is_finite() {
            return Err(Error::NotFinite);
        }
        if forgetting < T::from_f64(0.5) || forgetting > T::ONE {
            return Err(Error::OutOfRange);
        }
        Ok(Self { forgetting, ..self })
    }

    /// The same noise with another lower bound of the variance, not above the variance itself: what the sensor cannot
    /// do better than, by its data sheet or its resolution (step^2/12).
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`], [`Error::OutOfRange`].
    ///
    /// ```
    /// use elbow::{Error, likelihood::LearnedNormal};
    /// let noise = LearnedNormal::new(0.04_f32, 5.0)?;
    /// assert_eq!(noise.with_floor(0.01)?.floor(), 0.01);
    /// assert_eq!(noise.with_floor(0.05), Err(Error::OutOfRange));
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn with_floor(self, floor: T) -> Result<Self, Error> {
        check_positive(floor)?;
        if floor < Self::least() || floor > self.variance {
            return Err(Error::OutOfRange);
        }
        Ok(Self { floor, ..self })
    }

    /// The variance of the noise as believed now, in squared units of the reading: beta/alpha, the one whose reciprocal
    /// is the mean precision.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::LearnedNormal::new(0.5_f32, 4.0)?.variance(), 0.5);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn variance(&self) -> T {
        self.variance
    }

    /// How many readings the variance rests on: 2 alpha. Its relative standard deviation is about sqrt(2/readings).
    ///
    /// [`new`](Self::new) with the variance and this number, the forgetting factor and the floor restore a learnt noise
    /// bit for bit.
    ///
    /// ```
    /// use elbow::likelihood::{LearnedNormal, Likelihood};
    /// let mut noise = LearnedNormal::new(0.5_f32, 4.0)?;
    /// noise.learn(1.0, 0.0, 0.1);
    /// assert_eq!(noise.readings(), 5.0);
    /// assert_eq!(LearnedNormal::new(noise.variance(), noise.readings())?.with_floor(noise.floor())?, noise);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn readings(&self) -> T {
        self.shape + self.shape
    }

    /// alpha, the shape of the inverse gamma distribution.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::LearnedNormal::new(0.5_f32, 4.0)?.shape(), 2.0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn shape(&self) -> T {
        self.shape
    }

    /// beta, the scale of the inverse gamma distribution, in squared units of the reading.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::LearnedNormal::new(0.5_f32, 4.0)?.scale(), 1.0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn scale(&self) -> T {
        self.shape * self.variance
    }

    /// The forgetting factor rho.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::LearnedNormal::new(0.5_f32, 4.0)?.forgetting(), 1.0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn forgetting(&self) -> T {
        self.forgetting
    }

    /// The lower bound of the variance, in squared units of the reading.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::LearnedNormal::new(1.0_f32, 4.0)?.floor(), 1e-6);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn floor(&self) -> T {
        self.floor
    }

    /// The smallest variance: its product with EPSILON is still normal.
    fn least() -> T {
        T::MIN_POSITIVE / T::EPSILON
    }

    /// The largest: its product with the memory is still finite.
    fn most() -> T {
        T::MAX * T::EPSILON
    }

    /// The most readings that the variance may rest on. One more moves it by 1/memory of its own scatter: a step of 64
    /// units in the last place of an `f32`, which rounding does not bias.
    fn memory() -> T {
        T::power_of_two(if T::DOUBLE { 26 } else { 17 })
    }

    /// rho alpha, what is left of the shape when the next reading comes.
    fn prior_shape(&self) -> T {
        let half = T::from_f64(0.5);
        (self.forgetting * self.shape).min(half * Self::memory() - half)
    }

    /// The next reading given eta, r integrated out.
    #[inline(never)]
    fn predictive(&self) -> StudentT<T> {
        self.predictive_in_line()
    }

    /// The same where many are asked for: what stays the same is then computed once.
    #[inline(always)]
    fn predictive_in_line(&self) -> StudentT<T> {
        let shape = self.prior_shape();
        StudentT::from_variance(self.variance, shape + shape)
    }

    fn bounded(&self, variance: T) -> T {
        variance.max(self.floor).min(Self::most())
    }
}

impl<T: Real> Likelihood<T> for LearnedNormal<T> {
    type Reading = T;

    /// [`Error::NotFinite`] for NaN and infinities.
    fn check(&self, reading: T) -> Result<(), Error> {
        check_reading(reading)
    }

    /// Student-t with 2 rho alpha degrees of freedom and scale sqrt(beta/alpha): the next reading, r integrated out.
    fn log_prob(&self, reading: T, eta: T) -> T {
        self.predictive().log_prob(reading, eta)
    }

    fn derivatives(&self, reading: T, eta: T) -> Derivatives<T> {
        self.predictive_in_line().derivatives(reading, eta)
    }

    /// alpha' and beta' from a posterior N(mean, variance) of eta.
    fn learn(&mut self, reading: T, mean: T, variance: T) {
        let residual = reading - mean;
        let square = residual * residual + variance;
        if square.is_finite() {
            let shape = self.prior_shape() + T::from_f64(0.5);
            self.variance = self.bounded(self.variance + (square - self.variance) / (shape + shape));
            self.shape = shape;
        }
    }

    fn second_start(&self, reading: T, mean: T, variance: T) -> Option<T> {
        self.predictive().second_start(reading, mean, variance)
    }

    fn precision(&self, reading: T, eta: T, at: &Derivatives<T>) -> T {
        self.predictive_in_line().precision(reading, eta, at)
    }

    fn expectations(&self, reading: T, mean: T, std_dev: T) -> Option<Expectations<T>> {
        self.predictive().expectations(reading, mean, std_dev)
    }

    fn mean_log_prob(&self, reading: T, mean: T, std_dev: T) -> Option<T> {
        self.predictive().mean_log_prob(reading, mean, std_dev)
    }

    /// y - u0, and sqrt(v0 + r) with the noise learnt so far.
    fn innovation(&self, reading: T, mean: T, variance: T) -> Option<Innovation<T>> {
        Innovation::checked(reading - mean, Innovation::sqrt_of_sum(variance, self.variance()))
    }

    fn location(&self, reading: T) -> Option<T> {
        Some(reading)
    }

    /// That of the joint ELBO of state and noise. None where the square of the innovation overflows: the Student-t of
    /// [`log_prob`](Likelihood::log_prob) then decides.
    fn optimum(&self, reading: T, mean: T, variance: T) -> Option<Optimum<T>> {
        let innovation = reading - mean;
        let most = T::from_f64(0.125) * T::MAX;
        if !(innovation * innovation <= most) {
            return None;
        }
        let shape = self.prior_shape();
        let joint = Joint {
            shape: shape + T::from_f64(0.5),
            scale: shape * self.variance,
            prior: variance.min(most),
            innovation,
        };
        Normal::new(self.bounded(joint.variance())).ok()?.optimum(reading, mean, variance)
    }
}
