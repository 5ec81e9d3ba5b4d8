//! How a sensor's readings come about: log p(y | eta) and its derivatives in the one number eta that the sensor sees.
//!
//! | the sensor reads | use | instructions | error removed |
//! |---|---|---|---|
//! | a value with well-behaved noise | [`Normal`] | 30 / 963 | none: it is the Kalman filter |
//! | the same, but nobody says how much noise, or it changes | [`LearnedNormal`] | 311 / 2276 | 27 % where the noise was taken for ten times what it is |
//! | a value in steps that are not small against its noise (ADC code, thermometer that shows tenths) | [`Quantized`] | 3322 / 4299 | 6 % with noise of 0.1 steps |
//! | a value that stops at a rail (amplifier at its supply, full tank) | [`Censored`] | 88, at a rail 2154 / 1385, at a rail 2461 | 41 % with rails at one standard deviation of the state |
//! | a value that is now and then off by more than its noise, or jumps | [`Huber`] | 1091 / 1421 | 6 % under Laplace noise |
//! | a value that is now and then wrong by far (blocked ultra-wideband range, multipath, glitches) | [`StudentT`] | 847 / 1533 | 47 % with one reading in twenty wrong by up to 25 standard deviations |
//! | a count in a window (Geiger tube, photon counter, pulses) | [`Poisson`], eta is the logarithm of the rate | 357 / 1364 | 41 % at one count a window, 8 % at twenty |
//! | a count that scatters more than its window explains (bursts, a source that flickers) | [`NegativeBinomial`] | 2736 / 1845 | 15 % |
//! | a waiting time, or an amount whose scatter grows with its mean | [`Gamma`], eta is the logarithm of the mean | 414 / 1732 | 9 % for exponential times |
//! | yes or no (passive infrared, a switch, rain) | [`Bernoulli`], eta is the log odds | 687 / 1549 | 4 % against an extended Kalman filter |
//! | yes or no at a threshold under normal noise (comparator, float switch) | [`Probit`] | 1808 / 2222 | 4 % against an extended Kalman filter |
//! | an angle (compass, wind vane, bearing, phase) | [`VonMises`], radians of any turn | 5067 / 3365 | 88 % with noise of 0.8 radians, where a Kalman filter loses count of the turns |
//!
//! Instructions of an update of one state in `f32` on a Cortex-M4F (opt-level 3, `cargo firmware costs`), by
//! [`GaussHermite<5>`](crate::GaussHermite) / by [`OneSample`](crate::OneSample) with 8 samples. The error removed is
//! the part of the state's root mean square error that a careful Kalman filter makes beyond that of the sensor's own
//! likelihood, on simulated readings of a state that wanders (`cargo run --release --example against_gaussian`).
//!
//! A sensor of one's own is an implementation of [`Likelihood`]: three methods. Without a second derivative it is an
//! implementation of [`Score`], wrapped in [`FromScore`]. On a chip `f32` has neither `exp` nor `ln`, which belong to
//! `std`: `libm::expf` and `libm::logf` stand in, with the same bits on every target. Constants of eta in `log_prob`
//! (a factorial, say) matter to evidences alone, not to the belief.
//!
//! ```
//! use elbow::likelihood::{Derivatives, Likelihood};
//! use elbow::{Error, Real};
//!
//! /// Waiting times: exponential with rate e^eta.
//! struct Waiting;
//!
//! impl Likelihood<f32> for Waiting {
//!     type Reading = f32;
//!     const LOG_CONCAVE: bool = true;
//!     fn check(&self, reading: f32) -> Result<(), Error> {
//!         if !reading.is_finite() { Err(Error::NotFinite) } else if reading < 0.0 { Err(Error::OutOfRange) } else { Ok(()) }
//!     }
//!     fn log_prob(&self, reading: f32, eta: f32) -> f32 {
//!         eta - reading * eta.exp()
//!     }
//!     fn derivatives(&self, reading: f32, eta: f32) -> Derivatives<f32> {
//!         Derivatives { first: 1.0 - reading * eta.exp(), second: -reading * eta.exp() }
//!     }
//! }
//! ```

mod angle;
mod bernoulli;
mod censored;
mod clipped;
mod from_score;
mod gamma;
mod huber;
mod innovation;
mod joint_noise;
mod learned_normal;
mod log_rate;
mod logistic;
mod negative_binomial;
mod normal;
mod normal_distribution;
mod poisson;
mod probit;
mod quantized;
mod rail;
mod ramps;
mod stirling;
mod student_t;
mod von_mises;

pub use bernoulli::Bernoulli;
pub use censored::Censored;
pub use from_score::{FromScore, Score};
pub use gamma::Gamma;
pub use huber::Huber;
pub use innovation::Innovation;
pub use learned_normal::LearnedNormal;
pub use negative_binomial::NegativeBinomial;
pub use normal::Normal;
pub use poisson::Poisson;
pub use probit::Probit;
pub use quantized::Quantized;
pub use student_t::StudentT;
pub use von_mises::VonMises;

use crate::error::Error;
use crate::factor::check_positive;
use crate::real::Real;

/// The first and second derivative of log p(y | eta) in eta: in nats per unit of eta, and per its square.
///
/// ```
/// use elbow::likelihood::{Derivatives, Likelihood, Normal};
/// let at = Normal::new(4.0_f32)?.derivatives(3.0, 1.0);
/// assert_eq!(at, Derivatives { first: (3.0 - 1.0) / 4.0, second: -1.0 / 4.0 });
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Derivatives<T> {
    /// g = d log p / d eta, the score.
    pub first: T,
    /// h = d^2 log p / d eta^2; negative where the reading adds precision.
    pub second: T,
}

/// Expectations of the derivatives g and h under eta = u + s eps, eps standard normal, that a likelihood knows in closed
/// form; in the units of [`Derivatives`].
///
/// ```
/// use elbow::likelihood::{Likelihood, VonMises};
/// let averages = VonMises::new(2.0_f64)?.expectations(1.0, 0.0, 0.5).expect("a closed form");
/// let shrunk = 2.0 * (-0.125_f64).exp(); // kappa e^(-s^2/2)
/// assert!((averages.first - shrunk * 1.0_f64.sin()).abs() < 1e-15);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Expectations<T> {
    /// E g.
    pub first: T,
    /// E[g eps] = s E h (Stein's identity).
    pub first_noise: T,
    /// E h.
    pub second: T,
    /// E[h eps].
    pub second_noise: T,
    /// E[h eps^2].
    pub second_noise_squared: T,
}

/// The normal distribution of eta that maximises the ELBO, relative to its prior N(u0, v0), in the units of eta.
///
/// ```
/// use elbow::likelihood::{Likelihood, Normal, Optimum};
/// let optimum = Normal::new(1.0_f32)?.optimum(4.0, 0.0, 3.0);
/// assert_eq!(optimum, Some(Optimum { shift: 3.0, gain: 0.75, variance: 0.75 }));
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Optimum<T> {
    /// Posterior mean less prior mean.
    pub shift: T,
    /// 1 - v/v0, the part of the prior variance that the reading removes.
    pub gain: T,
    /// The posterior variance v.
    pub variance: T,
}

/// How readings y come about given the number eta that a sensor sees of the state.
///
/// The value and the derivatives are separate methods, so that a filter whose evidence nobody asks for computes no
/// logarithm. Values are in nats. All but the first three methods are provided; a likelihood overrides them where it
/// knows better.
///
/// Of finite arguments, values and their averages are minus infinity where they overflow, as a score, a start and the
/// shift of an optimum are infinite there; estimators name what does not fit. Of an infinite eta they are the limits.
///
/// The [module](self) has one of a user's own; asked directly, one answers
///
/// ```
/// use elbow::likelihood::{Likelihood, Poisson};
/// let geiger = Poisson::with_exposure(5.0_f32)?; // windows of 5 s
/// let at = geiger.derivatives(7, 0.0); // eta = 0: one count a second
/// assert_eq!((at.first, at.second), (2.0, -5.0)); // 7 counts where 5 were expected
/// assert!(geiger.check(7).is_ok() && geiger.log_prob(7, 0.0) < geiger.log_prob(7, 0.3));
/// # Ok::<(), elbow::Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a likelihood in the scalar type `{T}`",
    label = "does not say how readings scatter",
    note = "give the sensor one of `elbow::likelihood`, such as `Normal::new(variance)?` (`?` where `new` returns a `Result`)",
    note = "a `Score` is wrapped: `FromScore::new(score, step)?`; one of your own implements `Likelihood<{T}>`",
    note = "filter, sensor and likelihood share one scalar type: name it once, as in `type Scalar = f32`"
)]
pub trait Likelihood<T: Real> {
    /// What the driver hands over: a number, a count, a flag. A filter takes this and nothing that merely converts into
    /// it: to the compiler a `bool` is a number too.
    type Reading: Copy;

    /// log p(y | eta) is concave in eta for every reading: the solver can then trust its curvature.
    const LOG_CONCAVE: bool = false;

    /// [`check`](Self::check) passes the readings whose [`location`](Self::location) is finite and no others, and their
    /// [`noise_variance`](Self::noise_variance) is a positive normal number. A filter then skips both checks: a location
    /// that is not finite shows in the posterior, any other reading and any variance are believed.
    const EVERY_FINITE_READING: bool = false;

    /// Whether a reading can come from this sensor at all; called before anything is changed or drawn.
    ///
    /// # Errors
    /// [`Error::NotFinite`] and [`Error::OutOfRange`], as the sensor's own docs say.
    fn check(&self, reading: Self::Reading) -> Result<(), Error>;

    /// log p(y | eta) in nats, normalised over y.
    fn log_prob(&self, reading: Self::Reading, eta: T) -> T;

    /// The derivatives of log p(y | eta) in eta, in nats per unit of eta and per its square.
    fn derivatives(&self, reading: Self::Reading, eta: T) -> Derivatives<T>;

    /// Told the posterior mean and variance of eta after each reading that could say something about it, those included
    /// that said too little to move the belief; a sensor that learns its own noise overrides it.
    fn learn(&mut self, reading: Self::Reading, mean: T, variance: T) {
        let _ = (reading, mean, variance);
    }

    /// The reading as a point on the axis of eta, where it is one: a sensor of an angle adds the whole turns to eta that
    /// bring it nearest.
    fn location(&self, reading: Self::Reading) -> Option<T> {
        let _ = reading;
        None
    }

    /// The variance r of the noise where y = eta + noise with normal noise, so that the likelihood of this reading is
    /// proportional to N([`location`](Self::location) | eta, r): the update is then the Kalman filter's. An r that is
    /// no positive normal number, or a location that is not finite, leaves the reading to the estimator.
    fn noise_variance(&self, reading: Self::Reading) -> Option<T> {
        let _ = reading;
        None
    }

    /// The reading less its predicted mean, and the standard deviation of that prediction, when eta ~ N(mean,
    /// variance): what gates and monitors judge a reading by. None where the likelihood does not know its moments or
    /// they are no finite numbers. The variance may be zero.
    fn innovation(&self, reading: Self::Reading, mean: T, variance: T) -> Option<Innovation<T>> {
        let _ = (reading, mean, variance);
        None
    }

    /// Where a search for the mode of the posterior starts; the prior mean unless the likelihood knows better.
    fn start(&self, reading: Self::Reading, mean: T, variance: T) -> T {
        let _ = (reading, variance);
        mean
    }

    /// A second start, where the posterior may have two modes: the solver keeps the better end.
    fn second_start(&self, reading: Self::Reading, mean: T, variance: T) -> Option<T> {
        let _ = (reading, mean, variance);
        None
    }

    /// A non-negative precision that stands for the reading near `eta`, where the derivatives are `at`: -h where that is
    /// positive, an expectation-maximisation weight for a scale mixture.
    fn precision(&self, reading: Self::Reading, eta: T, at: &Derivatives<T>) -> T {
        let _ = (reading, eta);
        (-at.second).max(T::ZERO)
    }

    /// The expectations under N(mean, std_dev^2) in closed form, if there is one that holds there.
    fn expectations(&self, reading: Self::Reading, mean: T, std_dev: T) -> Option<Expectations<T>> {
        let _ = (reading, mean, std_dev);
        None
    }

    /// E log p(y | eta) under N(mean, std_dev^2), where the likelihood knows it better than nine nodes.
    fn mean_log_prob(&self, reading: Self::Reading, mean: T, std_dev: T) -> Option<T> {
        let _ = (reading, mean, std_dev);
        None
    }

    /// ln E p(y | eta) under N(mean, variance), where the likelihood knows it exactly.
    fn log_evidence(&self, reading: Self::Reading, mean: T, variance: T) -> Option<T> {
        let _ = (reading, mean, variance);
        None
    }

    /// The optimum of the ELBO from the prior N(mean, variance), where the likelihood knows it without any quadrature:
    /// the exact posterior of a conjugate one, or a solution of the optimum's own equation.
    fn optimum(&self, reading: Self::Reading, mean: T, variance: T) -> Option<Optimum<T>> {
        let _ = (reading, mean, variance);
        None
    }
}

/// A reading that is a real number must be finite.
#[inline(always)]
fn check_reading<T: Real>(reading: T) -> Result<(), Error> {
    if reading.is_finite() { Ok(()) } else { Err(Error::NotFinite) }
}
