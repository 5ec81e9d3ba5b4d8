//! Readings of several numbers at once, with correlated noise: whitened, then taken in one after another.
//!
//! For y = H z + b + e, e ~ N(0, R), R = L D L' with L unit lower triangular, the numbers of L^-1 y are readings
//! L^-1 (H z + b) with *independent* noise of variances D, each a scalar update; the determinant of L is one, so that
//! their log evidences add up to that of y (Bierman 1977, section V.2; no square root is needed).
//!
//! Where components are missing, the rest has the marginal model: their rows and columns of R. In factored form that is
//! S R S' + (I - S) with S the diagonal of ones at what is present, which `Factor::propagate` gives: the missing ones
//! are decoupled.

use crate::assimilate::assimilate;
use crate::error::Error;
use crate::estimator::GaussHermite;
use crate::factor::Factor;
use crate::filter::Filter;
use crate::gate::Gate;
use crate::gaussian::{Gaussian, check_finite};
use crate::kalman::condition;
use crate::likelihood::Normal;
use crate::real::Real;
use crate::sensor::Sensor;

mod update;
pub use update::VectorUpdate;

/// A sensor of `M` numbers with jointly normal noise: y = H z + b + e, e ~ N(0, R).
///
/// For an accelerometer whose axes share a supply, a position fix with its covariance, two channels of one converter.
/// If the noise is not correlated, `M` sensors do the same.
///
/// Source: Bierman (1977), *Factorization Methods for Discrete Sequential Estimation*, section V.2, for the whitening.
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

    /// The covariance of the noise, in products of the units of the components, computed from its factor; infinite
    /// entries where it overflows.
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
    /// [Every figure](crate::accuracy#filter).
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
        let (belief, update) = self.with_vector(sensor, reading.map(Into::into))?;
        self.belief = belief;
        Ok(update)
    }

    /// Takes a reading of several numbers in unless the gate rejects it, all of it or nothing: then the belief stays,
    /// bit for bit, and the status is [`Status::Gated`](crate::Status::Gated).
    ///
    /// A gate [by innovation](Gate::by_innovation) rejects where the root of the
    /// [squared innovation](VectorUpdate::squared_innovation), the Mahalanobis distance, is above its threshold. The
    /// more numbers, the farther out are healthy ones: chi-squared with 1 / 2 / 3 / 4 / 6 degrees of freedom exceeds
    /// 3.29 / 3.72 / 4.03 / 4.30 / 4.74, squared, once in a thousand readings. One [by log
    /// evidence](Gate::by_log_evidence) looks at that of the numbers together. With all of them missing there is nothing
    /// to judge, and filter and gate stay.
    ///
    /// # Errors
    /// Those of [`update_vector`](Self::update_vector), with filter and gate unchanged; [`Error::Diverged`] as
    /// [`update_gated`](Self::update_gated) has it.
    ///
    /// ```
    /// use elbow::{Filter, Gate, Gaussian, Status, VectorSensor};
    /// let fix = VectorSensor::new([[1.0_f32, 0.0], [0.0, 1.0]], [[4.0, 3.0], [3.0, 4.0]])?;
    /// let mut filter = Filter::new(Gaussian::diagonal([0.0; 2], [1.0; 2])?);
    /// let mut gate = Gate::by_innovation(3.72, 10)?;
    /// // Each number is within 2.7 standard deviations; but east and north err together.
    /// let update = filter.update_vector_gated(&fix, [6.0, -6.0], &mut gate)?;
    /// assert_eq!((update.status(), gate.rejected()), (Status::Gated, 1));
    /// let update = filter.update_vector_gated(&fix, [6.0, 6.0], &mut gate)?;
    /// assert_eq!((update.status(), gate.rejected_in_a_row()), (Status::Accepted, 0));
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn update_vector_gated<R: Into<Option<T>>, const M: usize>(
        &mut self,
        sensor: &VectorSensor<T, M, N>,
        reading: [R; M],
        gate: &mut Gate<T>,
    ) -> Result<VectorUpdate<T, M>, Error> {
        let (belief, update) = self.with_vector(sensor, reading.map(Into::into))?;
        if update.observed() == 0 {
            return Ok(update);
        }
        if !gate.passes(|| update.squared_innovation().sqrt(), || update.log_evidence()) {
            gate.reject()?;
            return Ok(update.gated());
        }
        gate.accept();
        self.belief = belief;
        Ok(update)
    }

    /// The belief after the reading.
    fn with_vector<const M: usize>(
        &self,
        sensor: &VectorSensor<T, M, N>,
        reading: [Option<T>; M],
    ) -> Result<(Gaussian<T, N>, VectorUpdate<T, M>), Error> {
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
        let mut belief = self.belief;
        for i in 0..M {
            if present[i] {
                check_finite(&rows[i]).map_err(|_| Error::OutOfRange)?;
                let (reading, noise) = (whitened.readings[i], whitened.variances[i]);
                let component = Sensor::linear(rows[i], Normal::new(noise)?);
                let (mean, factor) = belief.parts_mut();
                let mut posterior = *factor;
                let update = match condition(mean, &mut posterior, component.predictor(), reading, noise) {
                    Some((posterior_mean, update)) => {
                        *mean = posterior_mean;
                        factor.replace(&posterior);
                        update
                    }
                    // In line: a call would keep the belief in memory all the time.
                    None => assimilate(&mut belief, &component, reading, &mut GaussHermite::<3>::new(), |_| true)?,
                };
                whitened.components[i] = Some(update);
            }
        }
        Ok((belief, whitened))
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
