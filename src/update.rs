//! What one reading did to the belief.

use crate::estimator::{Solution, Status, quadrature};
use crate::likelihood::Likelihood;
use crate::log_ratio::{ratio_term, u_minus_ln_1p};
use crate::real::Real;
use crate::sensor::Sensor;

/// What one reading did: the belief about the sensor's eta before and after, and how the update ended.
///
/// Figures that cost a logarithm or a square root are computed when asked for, and only then.
///
/// ```
/// use elbow::{Filter, Gaussian, GaussHermite, Sensor, Status, likelihood::Normal};
/// let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [3.0])?);
/// let mut sensor = Sensor::linear([1.0], Normal::new(1.0)?);
/// let update = filter.update(&mut sensor, 4.0, &mut GaussHermite::<5>::new())?;
/// assert_eq!(update.status(), Status::Accepted);
/// assert_eq!((update.mean(), update.variance()), (3.0, 0.75));
/// assert_eq!(update.normalized_innovation(&sensor, 4.0), 2.0);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use = "its `status` says whether the reading was taken in, its `log_evidence` how much it surprised"]
pub struct Update<T> {
    prior_mean: T,
    prior_variance: T,
    solution: Solution<T>,
}

impl<T: Real> Update<T> {
    #[inline(always)]
    pub(crate) fn new(prior_mean: T, prior_variance: T, solution: Solution<T>) -> Self {
        Self { prior_mean, prior_variance, solution }
    }

    /// The same, of a reading that a gate kept from the belief.
    pub(crate) fn gated(self) -> Self {
        Self { solution: Solution { status: Status::Gated, ..self.solution }, ..self }
    }

    /// The end of a reading that sees nothing of the state.
    #[inline(always)]
    pub(crate) fn unobservable(prior_mean: T, prior_variance: T) -> Self {
        let solution = Solution {
            shift: T::ZERO,
            gain: T::ZERO,
            variance: prior_variance,
            evaluations: 0,
            status: Status::Saturated,
        };
        Self { prior_mean, prior_variance, solution }
    }

    /// How the update ended.
    ///
    /// ```
    /// # use elbow::{Filter, Gaussian, GaussHermite, Sensor, Status, likelihood::Normal};
    /// # let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [3.0])?);
    /// # let mut sensor = Sensor::linear([1.0], Normal::new(1.0)?);
    /// let update = filter.update(&mut sensor, 4.0, &mut GaussHermite::<5>::new())?;
    /// assert_eq!(update.status(), Status::Accepted);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn status(&self) -> Status {
        self.solution.status
    }

    /// How often the likelihood was evaluated.
    ///
    /// ```
    /// # use elbow::{Filter, Gaussian, GaussHermite, Sensor, Status, likelihood::Normal};
    /// # let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [3.0])?);
    /// # let mut sensor = Sensor::linear([1.0], Normal::new(1.0)?);
    /// let update = filter.update(&mut sensor, 4.0, &mut GaussHermite::<5>::new())?;
    /// assert_eq!(update.evaluations(), 1);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn evaluations(&self) -> u16 {
        self.solution.evaluations
    }

    /// The mean of eta before the reading, in its unit.
    ///
    /// ```
    /// # use elbow::{Filter, Gaussian, GaussHermite, Sensor, Status, likelihood::Normal};
    /// # let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [3.0])?);
    /// # let mut sensor = Sensor::linear([1.0], Normal::new(1.0)?);
    /// let update = filter.update(&mut sensor, 4.0, &mut GaussHermite::<5>::new())?;
    /// assert_eq!(update.prior_mean(), 0.0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn prior_mean(&self) -> T {
        self.prior_mean
    }

    /// The variance of eta before the reading, in its squared unit.
    ///
    /// ```
    /// # use elbow::{Filter, Gaussian, GaussHermite, Sensor, Status, likelihood::Normal};
    /// # let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [3.0])?);
    /// # let mut sensor = Sensor::linear([1.0], Normal::new(1.0)?);
    /// let update = filter.update(&mut sensor, 4.0, &mut GaussHermite::<5>::new())?;
    /// assert_eq!(update.prior_variance(), 3.0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn prior_variance(&self) -> T {
        self.prior_variance
    }

    /// The mean of eta in the belief after the update: the prior one after [`Status::Saturated`] and
    /// [`Status::Gated`].
    ///
    /// ```
    /// # use elbow::{Filter, Gaussian, GaussHermite, Sensor, Status, likelihood::Normal};
    /// # let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [3.0])?);
    /// # let mut sensor = Sensor::linear([1.0], Normal::new(1.0)?);
    /// let update = filter.update(&mut sensor, 4.0, &mut GaussHermite::<5>::new())?;
    /// assert_eq!(update.mean(), 3.0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[inline(always)]
    pub fn mean(&self) -> T {
        if !self.is_changed() {
            return self.prior_mean;
        }
        // Roundings carry it beyond a reading next to the largest number.
        (self.prior_mean + self.solution.shift).min(T::MAX).max(-T::MAX)
    }

    /// The variance of eta in the belief after the update: the prior one after [`Status::Saturated`] and
    /// [`Status::Gated`].
    ///
    /// ```
    /// # use elbow::{Filter, Gaussian, GaussHermite, Sensor, Status, likelihood::Normal};
    /// # let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [3.0])?);
    /// # let mut sensor = Sensor::linear([1.0], Normal::new(1.0)?);
    /// let update = filter.update(&mut sensor, 4.0, &mut GaussHermite::<5>::new())?;
    /// assert_eq!(update.variance(), 0.75);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[inline(always)]
    pub fn variance(&self) -> T {
        if self.is_changed() { self.solution.variance } else { self.prior_variance }
    }

    /// KL(posterior||prior) in nats: what the reading taught about the state.
    ///
    /// A linear sensor teaches about eta alone, so that the divergence of the states is that of the scalars. Of a
    /// nonlinear one the state does not explain all of eta: it is the divergence of the scalars, and with one iteration
    /// bounds that of the states from above. Zero after [`Status::Saturated`] and [`Status::Gated`]; infinite where the
    /// square of the shift in standard deviations overflows.
    ///
    /// # Accuracy
    /// Relative error up to 5e-7 for `f32` and a normal reading, ratios of variances from 1e-8 to 1e8.
    ///
    /// Source: Lindley (1956), *Annals of Mathematical Statistics* 27, 986-1005.
    ///
    /// ```
    /// # use elbow::{Filter, Gaussian, GaussHermite, Sensor, Status, likelihood::Normal};
    /// # let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [3.0])?);
    /// # let mut sensor = Sensor::linear([1.0], Normal::new(1.0)?);
    /// let update = filter.update(&mut sensor, 4.0, &mut GaussHermite::<5>::new())?;
    /// assert!((update.information_gain() - 1.818_147).abs() < 1e-5);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn information_gain(&self) -> T {
        if self.is_changed() {
            let Solution { shift, gain, variance, .. } = self.solution;
            let half = T::from_f64(0.5);
            // A small gain has digits that the rounded variance has lost, and the other way round.
            let narrowing =
                if gain.abs() < half { u_minus_ln_1p(-gain) } else { ratio_term(self.prior_variance, variance) };
            half * (narrowing + shift / self.prior_variance * shift)
        } else {
            T::ZERO
        }
    }

    /// The reading less its predicted mean, in standard deviations of that prediction: under a model that fits, of mean
    /// zero and variance one, for every likelihood.
    ///
    /// Give it the sensor and the reading that the update came from; of a sensor that learns, a copy from before the
    /// update. Each likelihood's
    /// [`innovation`](Likelihood::innovation) says which moments it takes. For one that knows none it is the innovation
    /// of the Gaussian reading that would have had the same effect, (u - u0)/sqrt(v0 - v): infinite, with the sign of
    /// the move, where the mean moved and no variance was removed; zero where nothing moved.
    ///
    /// # Accuracy
    /// Relative error up to 3e-7 for `f32` and a normal reading, of the reading and the prior mean as stored.
    ///
    /// Source: Bar-Shalom, Li and Kirubarajan (2001), *Estimation with Applications to Tracking and Navigation*,
    /// section 5.4.
    ///
    /// ```
    /// # use elbow::{Filter, Gaussian, GaussHermite, Sensor, Status, likelihood::Normal};
    /// # let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [3.0])?);
    /// # let mut sensor = Sensor::linear([1.0], Normal::new(1.0)?);
    /// let update = filter.update(&mut sensor, 4.0, &mut GaussHermite::<5>::new())?;
    /// assert_eq!(update.normalized_innovation(&sensor, 4.0), 2.0); // 4/sqrt(3 + 1)
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn normalized_innovation<P, L: Likelihood<T>>(&self, sensor: &Sensor<P, L>, reading: L::Reading) -> T {
        let innovation = sensor.likelihood().innovation(reading, self.prior_mean, self.prior_variance);
        let normalized = innovation.map(|innovation| innovation.normalized());
        normalized.filter(|value| value.is_finite()).unwrap_or_else(|| self.equivalent_innovation())
    }

    /// (u - u0)/sqrt(v0 - v).
    fn equivalent_innovation(&self) -> T {
        let Solution { shift, gain, .. } = self.solution;
        if shift == T::ZERO {
            T::ZERO
        } else if gain > T::ZERO {
            shift / (gain * self.prior_variance).sqrt()
        } else if shift > T::ZERO {
            T::INFINITY
        } else {
            -T::INFINITY
        }
    }

    /// The ELBO that this reading reached (or would have, after [`Status::Gated`]), in nats: E[log p(y | eta)] -
    /// KL(posterior||prior), by 9 Gauss-Hermite nodes. Minus infinity where it overflows.
    ///
    /// Give it the sensor and the reading that it came from. A lower bound of [`log_evidence`](Self::log_evidence) for
    /// this one reading; the sum over a sequence is *not* a bound of the exact log evidence of the sequence, because
    /// every prior is itself an approximation.
    ///
    /// Source: Bishop (2006), *Pattern Recognition and Machine Learning*, eq. 10.2 and 10.3.
    ///
    /// ```
    /// # use elbow::{Filter, Gaussian, GaussHermite, Sensor, Status, likelihood::Normal};
    /// # let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [3.0])?);
    /// # let mut sensor = Sensor::linear([1.0], Normal::new(1.0)?);
    /// let update = filter.update(&mut sensor, 4.0, &mut GaussHermite::<5>::new())?;
    /// assert!((update.elbo(&sensor, 4.0) - update.log_evidence(&sensor, 4.0)).abs() < 1e-6);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn elbo<P, L: Likelihood<T>>(&self, sensor: &Sensor<P, L>, reading: L::Reading) -> T {
        let likelihood = sensor.likelihood();
        if !self.is_observable() {
            return likelihood.log_prob(reading, self.prior_mean);
        }
        let Solution { shift, variance, .. } = self.solution;
        quadrature::elbo(likelihood, reading, self.prior_mean, self.prior_variance, shift, variance)
    }

    /// log p(y | all before), in nats: how well the reading was foreseen; its negative is the surprise. Minus infinity
    /// where it overflows.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#log_evidence).
    /// In closed form for a Gaussian sensor (`f32`: within 1.2e-7 of its largest term, from a prior 10^12 times the noise
    /// too) and where the likelihood has one; else by 9 Gauss-Hermite nodes on the posterior, after
    /// [`GaussHermite`](crate::GaussHermite) within 1.5e-2 of max(1, |value|) for prior variances of eta to 4 and
    /// 7.1e-2 to 100 (Student-t, the worst); after [`OneSample`](crate::OneSample) from a vague prior up to 2 nats.
    /// Give it the sensor and the reading that it came from; of a sensor that learns, a copy from before the update.
    ///
    /// ```
    /// # use elbow::{Filter, Gaussian, GaussHermite, Sensor, Status, likelihood::Normal};
    /// # let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [3.0])?);
    /// # let mut sensor = Sensor::linear([1.0], Normal::new(1.0)?);
    /// let update = filter.update(&mut sensor, 4.0, &mut GaussHermite::<5>::new())?;
    /// assert!((update.log_evidence(&sensor, 4.0) + 3.612_086).abs() < 1e-5); // ln N(4 | 0, 4)
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn log_evidence<P, L: Likelihood<T>>(&self, sensor: &Sensor<P, L>, reading: L::Reading) -> T {
        let likelihood = sensor.likelihood();
        if !self.is_observable() {
            return likelihood.log_prob(reading, self.prior_mean);
        }
        let Solution { shift, variance, .. } = self.solution;
        quadrature::log_evidence(likelihood, reading, self.prior_mean, self.prior_variance, shift, variance)
    }

    /// The belief has changed.
    #[inline(always)]
    fn is_changed(&self) -> bool {
        !matches!(self.solution.status, Status::Saturated | Status::Gated)
    }

    /// The sensor sees something of the state.
    #[inline(always)]
    pub(crate) fn is_observable(&self) -> bool {
        self.prior_variance.is_positive_normal()
    }
}
