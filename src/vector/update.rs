//! What a reading of several numbers did.

use crate::estimator::Status;
use crate::likelihood::Normal;
use crate::real::Real;
use crate::sensor::{Linear, Sensor};
use crate::update::Update;

/// What a reading of several numbers did: an [`Update`] for each component that was there, whitened.
///
/// Component i tells what its reading added to those before it: its innovations are independent, and standard normal
/// where the model holds, and its eta is row i of L^-1 H applied to the state.
///
/// ```
/// use elbow::{Filter, Gaussian, VectorSensor};
/// let pair = VectorSensor::new([[1.0_f32], [1.0]], [[2.0, 1.0], [1.0, 2.0]])?;
/// let update = Filter::new(Gaussian::standard()).update_vector(&pair, [Some(1.0), None])?;
/// assert!(update.components()[0].is_some() && update.components()[1].is_none());
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[must_use = "its `status` says whether the reading was taken in, its `log_evidence` how much it surprised"]
pub struct VectorUpdate<T, const M: usize> {
    pub(crate) components: [Option<Update<T>>; M],
    /// The whitened readings, less their offset, and the variances of their noise.
    pub(crate) readings: [T; M],
    pub(crate) variances: [T; M],
}

impl<T: Real, const M: usize> VectorUpdate<T, M> {
    /// The updates of the whitened components, `None` for a missing one.
    ///
    /// ```
    /// # use elbow::{Filter, Gaussian, Status, VectorSensor};
    /// # let pair = VectorSensor::new([[1.0_f32], [1.0]], [[2.0, 1.0], [1.0, 2.0]])?;
    /// let update = Filter::new(Gaussian::standard()).update_vector(&pair, [1.0, 2.0])?;
    /// assert_eq!(update.components()[0].map(|first| first.status()), Some(Status::Accepted));
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub const fn components(&self) -> &[Option<Update<T>>; M] {
        &self.components
    }

    /// How many components were there.
    ///
    /// ```
    /// # use elbow::{Filter, Gaussian, VectorSensor};
    /// # let pair = VectorSensor::new([[1.0_f32], [1.0]], [[2.0, 1.0], [1.0, 2.0]])?;
    /// let update = Filter::new(Gaussian::standard()).update_vector(&pair, [1.0, 2.0])?;
    /// assert_eq!(update.observed(), 2);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn observed(&self) -> usize {
        self.components.iter().flatten().count()
    }

    /// (y - H mu - b)'(H P H' + R)^-1 (y - H mu - b): the normalized innovation squared, chi-squared with
    /// [`observed`](Self::observed) degrees of freedom where the model holds. Infinite where the square overflows.
    ///
    /// # Accuracy
    /// Error up to 2e-6 for `f32`, relative to the value or to 0.1, for correlations of the noise to 0.9.
    ///
    /// Source: Bar-Shalom, Li and Kirubarajan (2001), *Estimation with Applications to Tracking and Navigation*, eq.
    /// 5.4.2-3.
    ///
    /// ```
    /// # use elbow::{Filter, Gaussian, VectorSensor};
    /// # let pair = VectorSensor::new([[1.0_f32], [1.0]], [[2.0, 1.0], [1.0, 2.0]])?;
    /// let update = Filter::new(Gaussian::standard()).update_vector(&pair, [1.0, 1.0])?;
    /// assert!((update.squared_innovation() - 0.4).abs() < 1e-6); // 2/(3 + 2)
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn squared_innovation(&self) -> T {
        // Halves, because the sum of two large variances could overflow.
        let half = T::from_f64(0.5);
        let mut sum = T::ZERO;
        for i in 0..M {
            if let Some(update) = &self.components[i] {
                let innovation = self.readings[i] - update.prior_mean();
                let spread = half * update.prior_variance() + half * self.variances[i];
                sum += half * innovation / spread * innovation;
            }
        }
        sum
    }

    /// The normalized innovations of the whitened components that were there: under a model that fits, independent and
    /// standard normal. Their squares add up to [`squared_innovation`](Self::squared_innovation); a
    /// [`Monitor`](crate::Monitor) for each component takes them.
    ///
    /// ```
    /// # use elbow::{Filter, Gaussian, VectorSensor};
    /// # let pair = VectorSensor::new([[1.0_f32], [1.0]], [[2.0, 1.0], [1.0, 2.0]])?;
    /// let update = Filter::new(Gaussian::standard()).update_vector(&pair, [Some(3.0), None])?;
    /// let [first, second] = update.normalized_innovations();
    /// assert!((first.unwrap() - 1.732_051).abs() < 1e-6 && second.is_none()); // 3/sqrt(1 + 2)
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn normalized_innovations(&self) -> [Option<T>; M] {
        self.figures(|update, sensor, reading| update.normalized_innovation(sensor, reading))
    }

    /// log p(y_i | y_1 .. y_(i-1), all before), in nats, of the whitened components that were there; minus infinity
    /// where it overflows.
    ///
    /// ```
    /// # use elbow::{Filter, Gaussian, VectorSensor};
    /// # let pair = VectorSensor::new([[1.0_f32], [1.0]], [[2.0, 1.0], [1.0, 2.0]])?;
    /// let update = Filter::new(Gaussian::standard()).update_vector(&pair, [Some(1.0), None])?;
    /// assert!((update.log_evidences()[0].unwrap() + 1.634_911).abs() < 1e-5); // ln N(1 | 0, 3)
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn log_evidences(&self) -> [Option<T>; M] {
        self.figures(|update, sensor, reading| update.log_evidence(sensor, reading))
    }

    /// log p(y | all before), in nats, of the components that were there together; minus infinity where it overflows.
    ///
    /// # Accuracy
    /// That of the sum of its components, each an [`Update::log_evidence`](crate::Update::log_evidence) of a normal
    /// reading.
    ///
    /// ```
    /// # use elbow::{Filter, Gaussian, VectorSensor};
    /// # let pair = VectorSensor::new([[1.0_f32], [1.0]], [[2.0, 1.0], [1.0, 2.0]])?;
    /// let update = Filter::new(Gaussian::standard()).update_vector(&pair, [1.0, 1.0])?;
    /// assert!((update.log_evidence() + 2.842_596).abs() < 1e-5); // ln N([1, 1] | 0, [[3, 2], [2, 3]])
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn log_evidence(&self) -> T {
        let mut sum = T::ZERO;
        for value in self.log_evidences() {
            sum += value.unwrap_or(T::ZERO);
        }
        sum
    }

    /// How the update ended: [`Status::Gated`], [`Status::Saturated`] if no component changed anything, else
    /// [`Status::Accepted`].
    ///
    /// ```
    /// # use elbow::{Filter, Gaussian, Status, VectorSensor};
    /// # let pair = VectorSensor::new([[1.0_f32], [1.0]], [[2.0, 1.0], [1.0, 2.0]])?;
    /// let mut filter = Filter::new(Gaussian::standard());
    /// assert_eq!(filter.update_vector(&pair, [1.0, 1.0])?.status(), Status::Accepted);
    /// assert_eq!(filter.update_vector(&pair, [None, None])?.status(), Status::Saturated);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn status(&self) -> Status {
        let mut status = Status::Saturated;
        for update in self.components.iter().flatten() {
            if update.status() != Status::Saturated {
                status = update.status();
            }
        }
        status
    }

    /// A figure of each component that was there.
    fn figures(&self, of: impl Fn(&Update<T>, &Component<T>, T) -> T) -> [Option<T>; M] {
        let mut figures = [None; M];
        for i in 0..M {
            // The noise of a factor's pivot is one that the likelihood takes.
            if let (Some(update), Ok(likelihood)) = (&self.components[i], Normal::new(self.variances[i])) {
                figures[i] = Some(of(update, &Sensor::linear([T::ONE], likelihood), self.readings[i]));
            }
        }
        figures
    }

    /// The same, of a reading that a gate kept from the belief.
    pub(crate) fn gated(mut self) -> Self {
        for update in self.components.iter_mut().flatten() {
            *update = update.gated();
        }
        self
    }
}

/// The sensor of one whitened number.
type Component<T> = Sensor<Linear<T, 1>, Normal<T>>;
