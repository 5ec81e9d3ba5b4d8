//! Readings of several numbers at once, with correlated noise: whitened, then taken in one after another.
//!
//! For y = H z + b + e, e ~ N(0, R), R = L D L' with L unit lower triangular, the numbers of L^-1 y are readings
//! L^-1 (H z + b) with *independent* noise of variances D, each a scalar update; the determinant of L is one, so that
//! their log evidences add up to that of y (Bierman 1977, section V.2; no square root is needed).
//!
//! Where components are missing, the rest has the marginal model: their rows and columns of R. In factored form that is
//! S R S' + (I - S) with S the diagonal of ones at what is present, which `Factor::propagate` gives: the missing ones
//! are decoupled.

use crate::error::Error;
use crate::estimator::GaussHermite;
use crate::factor::Factor;
use crate::filter::Filter;
use crate::gaussian::check_finite;
use crate::likelihood::Normal;
use crate::real::Real;
use crate::sensor::Sensor;
use crate::update::Update;

/// A sensor of `M` numbers with jointly normal noise: y = H z + b + e, e ~ N(0, R).
///
/// For an accelerometer whose axes share a supply, a position fix with its covariance, two channels of one converter.
/// If the noise is not correlated, `M` sensors do the same.
///
/// ```
/// use elbow::{Filter, Gaussian, VectorSensor};
/// // A fix in the plane, whose errors east and north go together.
/// let fix = VectorSensor::new([[1.0_f32, 0.0], [0.0, 1.0]], [[4.0, 3.0], [3.0, 4.0]])?;
/// let mut filter = Filter::new(Gaussian::diagonal([0.0; 2], [100.0; 2])?);
/// let update = filter.update_vector(&fix, [5.0, 7.0])?;
/// assert_eq!(update.observed(), 2);
/// let update = filter.update_vector(&fix, [None, Some(7.5)])?; // no easting this time
/// assert_eq!(update.observed(), 1);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct VectorSensor<T, const M: usize, const N: usize> {
    pub(crate) rows: [[T; N]; M],
    pub(crate) offset: [T; M],
    pub(crate) noise: Factor<T, M>,
}

impl<T: Real, const M: usize, const N: usize> VectorSensor<T, M, N> {
    /// Rows of H, one for each component, and the covariance R of the noise. `M = 0` does not compile.
    ///
    /// # Errors
    /// [`Error::NotFinite`]; [`Error::NotSymmetric`] and [`Error::NotPositiveDefinite`] for the covariance, as
    /// [`Gaussian::new`](crate::Gaussian::new) has it; [`Error::OutOfRange`] for a subnormal variance.
    ///
    /// ```
    /// use elbow::{Error, VectorSensor};
    /// let twice = VectorSensor::new([[1.0_f32], [1.0]], [[1.0, 1.0], [1.0, 1.0]]);
    /// assert_eq!(twice, Err(Error::NotPositiveDefinite));
    /// ```
    pub fn new(rows: [[T; N]; M], covariance: [[T; M]; M]) -> Result<Self, Error> {
        Self::from_factor(rows, [T::ZERO; M], Factor::new(&covariance)?)
    }

    /// From the stored form.
    pub(crate) fn from_factor(rows: [[T; N]; M], offset: [T; M], noise: Factor<T, M>) -> Result<Self, Error> {
        const { assert!(M > 0, "a vector sensor needs at least one component") };
        for row in &rows {
            check_finite(row)?;
        }
        check_finite(&offset)?;
        Ok(Self { rows, offset, noise })
    }

    /// The same with constants added to what the components see, in their units.
    ///
    /// # Errors
    /// [`Error::NotFinite`].
    ///
    /// ```
    /// use elbow::{Filter, Gaussian, VectorSensor};
    /// let pair = VectorSensor::new([[1.0_f32], [1.0]], [[2.0, 1.0], [1.0, 2.0]])?.with_offset([0.5, -0.5])?;
    /// let mut filter = Filter::new(Gaussian::standard());
    /// let _ = filter.update_vector(&pair, [0.5, -0.5])?;
    /// assert_eq!(filter.belief().mean(), &[0.0]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn with_offset(self, offset: [T; M]) -> Result<Self, Error> {
        Self::from_factor(self.rows, offset, self.noise)
    }

    /// The covariance of the noise, computed from its factor; infinite entries where it overflows.
    ///
    /// ```
    /// let pair = elbow::VectorSensor::new([[1.0_f32], [1.0]], [[2.0, 1.0], [1.0, 2.0]])?;
    /// assert_eq!(pair.covariance(), [[2.0, 1.0], [1.0, 2.0]]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn covariance(&self) -> [[T; M]; M] {
        self.noise.covariance()
    }

    /// The factor of the covariance with the missing components decoupled.
    fn noise_of(&self, present: &[bool; M]) -> Result<Factor<T, M>, Error> {
        let (mut kept, mut replaced) = ([[T::ZERO; M]; M], [[T::ZERO; M]; M]);
        for i in 0..M {
            if present[i] {
                kept[i][i] = T::ONE;
            } else {
                replaced[i][i] = T::ONE;
            }
        }
        self.noise.propagate(&kept, &replaced, &[T::ONE; M])
    }
}

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
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[must_use = "an update says whether the reading was taken in, and how much it surprised"]
pub struct VectorUpdate<T, const M: usize> {
    components: [Option<Update<T>>; M],
    /// The whitened readings, less their offset, and the variances of their noise.
    readings: [T; M],
    variances: [T; M],
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
    /// Source: Bar-Shalom, Li and Kirubarajan (2001), eq. 5.4.2-3.
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

    /// log p(y | all before), in nats, of the components that were there together.
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
        for i in 0..M {
            // The noise of a factor's pivot is one that the likelihood takes.
            if let (Some(update), Ok(likelihood)) = (&self.components[i], Normal::new(self.variances[i])) {
                let sensor = Sensor::linear([T::ONE], likelihood);
                sum += update.log_evidence(&sensor, self.readings[i]);
            }
        }
        sum
    }
}

impl<T: Real, const N: usize> Filter<T, N> {
    /// Takes in a reading of several numbers, `[y1, y2, y3]`, or `[Some(y1), None, Some(y3)]` where some are missing;
    /// with all of them missing nothing changes.
    ///
    /// The update is that of the Kalman filter, exactly, for the components that are there. The work is that of `M`
    /// scalar updates and O(M^2 N), with missing components O(M^3) more. An `Err` leaves the belief as it was before
    /// the first component.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for a reading that is NaN or infinite; [`Error::OutOfRange`] if the whitened model or the
    /// result cannot be represented.
    ///
    /// # Accuracy
    /// Covariances within 1.2 EPSILON of a joint update in `f64`, in prior standard deviations, times the condition of
    /// the noise: the largest ratio of a component's variance to what is left of it given the others.
    ///
    /// ```
    /// use elbow::{Error, Filter, Gaussian, VectorSensor};
    /// let pair = VectorSensor::new([[1.0_f32], [1.0]], [[2.0, 1.0], [1.0, 2.0]])?;
    /// let mut filter = Filter::new(Gaussian::standard());
    /// assert_eq!(filter.update_vector(&pair, [1.0, f32::NAN]), Err(Error::NotFinite));
    /// assert_eq!(filter.belief(), &Gaussian::standard());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn update_vector<R: Into<Option<T>>, const M: usize>(
        &mut self,
        sensor: &VectorSensor<T, M, N>,
        reading: [R; M],
    ) -> Result<VectorUpdate<T, M>, Error> {
        let reading = reading.map(Into::into);
        let (mut present, mut missing, mut readings) = ([false; M], false, [T::ZERO; M]);
        for i in 0..M {
            if let Some(value) = reading[i] {
                check_finite(&[value])?;
                present[i] = true;
                readings[i] = value - sensor.offset[i];
            }
            missing |= !present[i];
        }
        let noise = if missing { sensor.noise_of(&present)? } else { sensor.noise };
        let mut whitened =
            VectorUpdate { components: [None; M], readings: noise.solve(&readings), variances: noise.pivots() };
        check_finite(&whitened.readings).map_err(|_| Error::OutOfRange)?;
        let rows = whitened_rows(&noise, sensor.rows);
        let mut filter = *self;
        for i in 0..M {
            if present[i] {
                check_finite(&rows[i]).map_err(|_| Error::OutOfRange)?;
                let mut component = Sensor::linear(rows[i], Normal::new(whitened.variances[i])?);
                let update = filter.update(&mut component, whitened.readings[i], &mut GaussHermite::<3>::new())?;
                whitened.components[i] = Some(update);
            }
        }
        *self = filter;
        Ok(whitened)
    }
}

/// L^-1 H.
fn whitened_rows<T: Real, const M: usize, const N: usize>(noise: &Factor<T, M>, mut rows: [[T; N]; M]) -> [[T; N]; M] {
    let entries = noise.entries();
    for i in 0..M {
        let mut row = rows[i];
        for j in 0..i {
            for k in 0..N {
                row[k] -= entries[i][j] * rows[j][k];
            }
        }
        rows[i] = row;
    }
    rows
}
