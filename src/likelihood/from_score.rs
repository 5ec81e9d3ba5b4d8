//! A likelihood from its value and score alone.
//!
//! The curvature is the central difference of the score g,
//!
//! ```text
//! h = (g(eta + d) - g(eta - d))/2d + O(d^2 h'') + O(EPSILON g/d)
//! ```
//!
//! whose two errors are alike at d = EPSILON^(1/3) times the width over which g bends (Press and others 2007,
//! *Numerical Recipes*, sec. 5.7): 1/200 of it for `f32`, 1/165000 for `f64`. Neither estimator asks for more: at its
//! end [`GaussHermite`](crate::GaussHermite) has E g = (u - u0)/v0 and E[g eps] = s/v0 - 1/s, from g alone, and h only
//! steers it there; [`OneSample`](crate::OneSample) averages h, so that its precision is that of a likelihood smoothed
//! over 2d.

use super::{Derivatives, Likelihood, check_positive};
use crate::error::Error;
use crate::real::Real;

/// A likelihood without a second derivative: the value and the score, to be wrapped in [`FromScore`], which has an
/// example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `Score` in the scalar type `{T}`",
    label = "has no score",
    note = "implement `Score<{T}>`: a check, `log_prob` and `score`; a `Likelihood` needs no `FromScore`"
)]
pub trait Score<T: Real> {
    /// What the driver hands over.
    type Reading: Copy;

    /// log p(y | eta) is concave in eta for every reading: the score never rises with eta.
    const LOG_CONCAVE: bool = false;

    /// As [`Likelihood::check`].
    ///
    /// # Errors
    /// Whatever fits a reading that cannot come from this sensor.
    fn check(&self, reading: Self::Reading) -> Result<(), Error>;

    /// As [`Likelihood::location`].
    fn location(&self, reading: Self::Reading) -> Option<T> {
        let _ = reading;
        None
    }

    /// log p(y | eta) in nats, normalised over y.
    fn log_prob(&self, reading: Self::Reading, eta: T) -> T;

    /// The score d log p(y | eta)/d eta, in nats per unit of eta.
    fn score(&self, reading: Self::Reading, eta: T) -> T;
}

/// A [`Likelihood`] from a [`Score`], with the curvature by central differences: three scores an evaluation.
///
/// # Accuracy
/// [Every figure](crate::accuracy#from_score).
/// Distance of the posterior from that with the exact second derivative, in posterior standard deviations and `f32`,
/// for a step of 1/1000 to 1/10 of the width over which the score bends and a posterior mean within three prior
/// standard deviations: 3.5e-4 with [`GaussHermite`](crate::GaussHermite), 1.1e-3 with [`OneSample`](crate::OneSample).
///
/// Source: Press and others (2007), *Numerical Recipes*, section 5.7.
///
/// ```
/// use elbow::likelihood::{FromScore, Score};
/// use elbow::{Error, Estimator, GaussHermite};
/// struct Logistic; // noise with heavier tails than normal
/// impl Score<f64> for Logistic {
///     type Reading = f64;
///     const LOG_CONCAVE: bool = true;
///     fn check(&self, y: f64) -> Result<(), Error> { if y.is_finite() { Ok(()) } else { Err(Error::NotFinite) } }
///     fn log_prob(&self, y: f64, eta: f64) -> f64 { -2.0 * (2.0 * ((y - eta) / 2.0).cosh()).ln() }
///     fn score(&self, y: f64, eta: f64) -> f64 { ((y - eta) / 2.0).tanh() }
/// }
/// let posterior = GaussHermite::<5>::new().solve(&FromScore::new(Logistic, 0.01)?, 3.0, 0.0, 1.0)?;
/// assert!((posterior.shift - 0.7527).abs() < 1e-3);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct FromScore<T, S> {
    pub(crate) model: S,
    pub(crate) step: T,
}

impl<T: Real, S> FromScore<T, S> {
    /// Central differences of the score over `step` to either side, in the unit of eta: a hundredth of the width over
    /// which the score bends, such as the standard deviation of the noise; as wide as that where the score jumps.
    ///
    /// A step below eight last places of eta becomes those.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`], [`Error::OutOfRange`] for a subnormal step.
    ///
    /// ```
    /// use elbow::{Error, likelihood::FromScore};
    /// assert_eq!(FromScore::new((), 0.0_f32), Err(Error::NotPositive));
    /// ```
    pub fn new(model: S, step: T) -> Result<Self, Error> {
        check_positive(step)?;
        Ok(Self { model, step })
    }

    /// The wrapped model.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::FromScore::new("model", 0.5_f32)?.model(), &"model");
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub const fn model(&self) -> &S {
        &self.model
    }

    /// The step of the differences, in units of eta.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::FromScore::new((), 0.5_f32)?.step(), 0.5);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn step(&self) -> T {
        self.step
    }
}

impl<T: Real, S: Score<T>> Likelihood<T> for FromScore<T, S> {
    type Reading = S::Reading;
    const LOG_CONCAVE: bool = S::LOG_CONCAVE;

    /// The model's own.
    fn check(&self, reading: S::Reading) -> Result<(), Error> {
        self.model.check(reading)
    }

    fn location(&self, reading: S::Reading) -> Option<T> {
        self.model.location(reading)
    }

    fn log_prob(&self, reading: S::Reading, eta: T) -> T {
        self.model.log_prob(reading, eta)
    }

    /// The second is zero where eta plus or minus the step, or the difference of the scores there, overflows; at most
    /// zero for a log-concave model, whatever the rounding.
    fn derivatives(&self, reading: S::Reading, eta: T) -> Derivatives<T> {
        let step = self.step.max(T::from_f64(8.0) * T::EPSILON * eta.abs());
        let (above, below) = (eta + step, eta - step);
        // As the rounded arguments have taken it.
        let width = above - below;
        let rise = self.model.score(reading, above) - self.model.score(reading, below);
        let slope = if width.is_finite() { rise / width } else { T::ZERO };
        let second = if S::LOG_CONCAVE && slope > T::ZERO { T::ZERO } else { slope };
        Derivatives { first: self.model.score(reading, eta), second }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::likelihood::{Bernoulli, Huber, Poisson, StudentT};

    /// A likelihood whose second derivative is kept secret.
    struct Only<L>(L);

    impl<T: Real, L: Likelihood<T>> Score<T> for Only<L> {
        type Reading = L::Reading;
        const LOG_CONCAVE: bool = L::LOG_CONCAVE;
        fn check(&self, reading: L::Reading) -> Result<(), Error> {
            self.0.check(reading)
        }
        fn log_prob(&self, reading: L::Reading, eta: T) -> T {
            self.0.log_prob(reading, eta)
        }
        fn score(&self, reading: L::Reading, eta: T) -> T {
            self.0.derivatives(reading, eta).first
        }
    }

    /// The largest error of the curvature, in units of the largest curvature.
    fn worst<T: Real + Into<f64>, L: Likelihood<T> + Copy>(
        exact: L,
        reading: L::Reading,
        step: f64,
        centre: f64,
    ) -> f64 {
        let own = FromScore::new(Only(exact), T::from_f64(step)).unwrap();
        let (mut error, mut largest) = (0.0_f64, 0.0_f64);
        for k in -300..=300 {
            let eta = T::from_f64(centre + 0.01 * f64::from(k));
            let (got, expected) = (own.derivatives(reading, eta), exact.derivatives(reading, eta));
            assert!(got.first == expected.first && own.log_prob(reading, eta) == exact.log_prob(reading, eta));
            error = error.max((got.second - expected.second).abs().into());
            largest = largest.max(expected.second.abs().into());
        }
        error / largest
    }

    #[test]
    fn curvatures_are_those_of_the_score() {
        let heavy = StudentT::new(1.0_f32, 4.0).unwrap();
        assert!(worst(heavy, 0.5, 0.005, 0.0) < 1e-4, "{:e}", worst(heavy, 0.5, 0.005, 0.0));
        assert!(worst::<f32, _>(Bernoulli::new(), true, 0.01, 0.0) < 1e-4);
        assert!(worst::<f32, _>(Poisson::new(), 3, 0.01, 1.0) < 1e-4);
        let heavy = StudentT::new(1.0_f64, 4.0).unwrap();
        assert!(worst(heavy, 0.5, 6e-6, 0.0) < 3e-10, "{:e}", worst(heavy, 0.5, 6e-6, 0.0));
        // At eta = 350 a step of two last places would be mostly rounding; eight of them, 3e-4, are not.
        let heavy = StudentT::new(1.0_f32, 4.0).unwrap();
        assert!(worst(heavy, 350.5, 1e-6, 350.0) < 0.1, "{:e}", worst(heavy, 350.5, 1e-6, 350.0));
    }

    /// Claims to be log-concave, with a score that rises.
    struct Rounding;

    impl Score<f32> for Rounding {
        type Reading = ();
        const LOG_CONCAVE: bool = true;
        fn check(&self, _: ()) -> Result<(), Error> {
            Ok(())
        }
        fn log_prob(&self, _: (), eta: f32) -> f32 {
            0.5 * eta * eta
        }
        fn score(&self, _: (), eta: f32) -> f32 {
            eta
        }
    }

    #[test]
    fn a_concave_model_never_bends_upwards() {
        let rounding = FromScore::new(Rounding, 0.01).unwrap();
        assert_eq!(rounding.derivatives((), 2.0), Derivatives { first: 2.0, second: 0.0 });
        let robust = FromScore::new(Only(Huber::new(0.1_f32, 1.0).unwrap()), 1e-3).unwrap();
        for k in -4000..=4000_i16 {
            assert!(robust.derivatives(0.0, 1e-3 * f32::from(k)).second <= 0.0);
        }
        let far = robust.derivatives(0.0, f32::MAX);
        assert_eq!((far.first, far.second), (-10.0, 0.0));
    }
}
