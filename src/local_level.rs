//! The filter in three lines: one number that drifts, read by a sensor with normal noise.
//!
//! ```text
//! level over dt:  z <- z + w,  w ~ N(0, drift^2 dt);     reading:  y = z + e,  e ~ N(0, sensor^2)
//! ```
//!
//! The local level model (Durbin and Koopman 2012, eq. 2.3): a [`Filter`] of one state, a [`RandomWalk`] and a
//! [`Normal`] sensor. Nothing is known before the first reading, and a prior variance that grows without bound leaves
//! N(y, sensor^2) after it (their section 2.9): the first reading with its own noise is the start, without a prior to
//! choose.

use crate::error::Error;
use crate::estimator::GaussHermite;
use crate::factor::check_non_negative;
use crate::filter::Filter;
use crate::gaussian::Gaussian;
use crate::likelihood::{Likelihood, Normal};
use crate::process::RandomWalk;
use crate::real::Real;
use crate::sensor::Sensor;

/// A smoothed number with its uncertainty, from noisy readings of something that drifts.
///
/// Its two settings are read off the hardware: the sensor's noise, and how far the truth wanders in a second. It is the
/// exact Kalman filter of that model: at even intervals it settles into an exponential average over about
/// `sensor_std_dev/drift_per_sqrt_second * sqrt(dt)` seconds (Muth 1960), and after the start or a gap it weighs a
/// reading by what it adds. An average has no such start, and no standard deviation.
///
/// For outliers, counts, rails or several states take the same parts yourself: a [`Filter`] with another
/// [likelihood](crate::likelihood).
///
/// ```
/// let mut level = elbow::LocalLevel::new(0.5_f32, 0.02)?; // noise of 0.5 degrees; drifts 0.02 in 1 s, 0.2 in 100 s
/// for reading in [21.3, 20.4, 21.1, 20.8] {
///     let smooth = level.update(reading, 10.0)?; // 10 s after the one before
///     assert!((smooth - 20.9).abs() < 0.5);
/// }
/// assert!(level.std_dev() < 0.3);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LocalLevel<T> {
    pub(crate) noise: Normal<T>,
    pub(crate) drift: RandomWalk<T>,
    /// None before the first reading.
    pub(crate) filter: Option<Filter<T, 1>>,
}

impl<T: Real> LocalLevel<T> {
    /// A level that has seen no reading yet.
    ///
    /// `sensor_std_dev` is the standard deviation of the sensor's noise, `drift_per_sqrt_second` that of the level's
    /// change within one second; within t seconds it is `sqrt(t)` times as much. A constant has a drift of zero; one
    /// whose square underflows counts as that. With another unit of time for every `dt` it is the drift in that unit.
    ///
    /// # Errors
    /// [`Error::NotFinite`]; [`Error::NotPositive`] for the sensor; [`Error::OutOfRange`] for a negative drift, and for
    /// a setting whose square the scalar type cannot hold.
    ///
    /// ```
    /// use elbow::{Error, LocalLevel};
    /// assert!(LocalLevel::new(0.5_f32, 0.0).is_ok());
    /// assert_eq!(LocalLevel::new(0.0_f32, 0.02), Err(Error::NotPositive));
    /// ```
    pub fn new(sensor_std_dev: T, drift_per_sqrt_second: T) -> Result<Self, Error> {
        if !(sensor_std_dev.is_finite() && drift_per_sqrt_second.is_finite()) {
            return Err(Error::NotFinite);
        }
        if !(sensor_std_dev > T::ZERO) {
            return Err(Error::NotPositive);
        }
        if drift_per_sqrt_second < T::ZERO {
            return Err(Error::OutOfRange);
        }
        let noise = Normal::new(sensor_std_dev * sensor_std_dev).map_err(|_| Error::OutOfRange)?;
        let drift = RandomWalk::new(drift_per_sqrt_second * drift_per_sqrt_second).map_err(|_| Error::OutOfRange)?;
        Ok(Self { noise, drift, filter: None })
    }

    /// The same estimate under other settings: a sensor that was switched to another mode, or a restored snapshot,
    /// which brings the settings it was saved with.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    ///
    /// ```
    /// let mut level = elbow::LocalLevel::new(0.5_f32, 0.02)?;
    /// level.update(21.0, 1.0)?;
    /// assert_eq!(level.with_settings(0.1, 0.02)?.mean(), Some(21.0));
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn with_settings(self, sensor_std_dev: T, drift_per_sqrt_second: T) -> Result<Self, Error> {
        Ok(Self { filter: self.filter, ..Self::new(sensor_std_dev, drift_per_sqrt_second)? })
    }

    /// Takes in a reading made `dt >= 0` seconds after the call before, and returns the mean of the level: the smoothed
    /// number.
    ///
    /// The first reading comes back as it is, whatever the `dt`. For a reading that is missing, call
    /// [`predict`](Self::predict), or nothing, and add its time to the next `dt`.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for a reading or a time step that is NaN or infinite; [`Error::OutOfRange`] for a negative
    /// time step, and for a result that the scalar type cannot hold. The level is then as it was, and the time has not
    /// passed.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#local_level).
    /// Within 3e-7 of a standard deviation of the level for `f32`, 1e-14 for `f64`, along the flow of the Nile in units
    /// centred on its mean.
    ///
    /// ```
    /// use elbow::{Error, LocalLevel};
    /// let mut level = LocalLevel::new(1.0_f32, 0.0)?;
    /// assert_eq!(level.update(4.0, 0.0), Ok(4.0));
    /// assert_eq!(level.update(5.0, 1.0), Ok(4.5));
    /// assert_eq!(level.update(f32::NAN, 1.0), Err(Error::NotFinite));
    /// assert_eq!(level.update(3.0, 1.0), Ok(4.0));
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn update(&mut self, reading: T, dt: T) -> Result<T, Error> {
        check_non_negative(dt)?;
        self.noise.check(reading)?;
        let filter = if let Some(mut filter) = self.filter {
            filter.predict_for(&self.drift, dt)?;
            let mut sensor = Sensor::linear([T::ONE], self.noise);
            // A reading that no longer tells anything leaves the belief as it was, which is all there is to know.
            let _ = filter.update(&mut sensor, reading, &mut GaussHermite::<3>::new())?;
            filter
        } else {
            Filter::new(Gaussian::diagonal([reading], [self.noise.variance()])?)
        };
        self.filter = Some(filter);
        let [mean] = *filter.belief().mean();
        Ok(mean)
    }

    /// Lets `dt >= 0` seconds pass without a reading: the mean stays, the standard deviation grows.
    ///
    /// # Errors
    /// [`Error::NotFinite`] and [`Error::OutOfRange`] as [`update`](Self::update).
    ///
    /// ```
    /// let mut level = elbow::LocalLevel::new(3.0_f32, 0.5)?;
    /// level.update(20.0, 0.0)?;
    /// level.predict(64.0)?;
    /// assert_eq!((level.mean(), level.std_dev()), (Some(20.0), 5.0)); // sqrt(3^2 + 0.5^2 * 64)
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn predict(&mut self, dt: T) -> Result<(), Error> {
        check_non_negative(dt)?;
        match &mut self.filter {
            Some(filter) => filter.predict_for(&self.drift, dt),
            None => Ok(()),
        }
    }

    /// The mean of the level, in units of the reading; none before the first reading.
    ///
    /// ```
    /// assert_eq!(elbow::LocalLevel::new(0.5_f32, 0.02)?.mean(), None);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn mean(&self) -> Option<T> {
        let [mean] = *self.belief()?.mean();
        Some(mean)
    }

    /// The standard deviation of the level: how far off the mean may be. Infinite before the first reading.
    ///
    /// ```
    /// assert_eq!(elbow::LocalLevel::new(0.5_f32, 0.02)?.std_dev(), f32::INFINITY);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn std_dev(&self) -> T {
        match self.belief() {
            Some(belief) => {
                let [variance] = belief.pivots();
                variance.sqrt()
            }
            None => T::INFINITY,
        }
    }

    /// The whole belief about the level, to go on with in a [`Filter`]; none before the first reading.
    ///
    /// ```
    /// let mut level = elbow::LocalLevel::new(0.5_f32, 0.02)?;
    /// level.update(21.0, 1.0)?;
    /// assert_eq!(level.belief().map(elbow::Gaussian::variance), Some([0.25]));
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn belief(&self) -> Option<&Gaussian<T, 1>> {
        self.filter.as_ref().map(Filter::belief)
    }

    /// Forgets every reading and keeps the settings: the next one is the first.
    ///
    /// ```
    /// let mut level = elbow::LocalLevel::new(0.5_f32, 0.02)?;
    /// level.update(21.0, 1.0)?;
    /// level.reset();
    /// assert_eq!(level.update(35.0, 1.0), Ok(35.0));
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn reset(&mut self) {
        self.filter = None;
    }
}
