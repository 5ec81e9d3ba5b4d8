//! Direction from a fixed point: h(z) = atan2(y - y0, x - x0).
//!
//! The differences of angles are taken the shorter way round: d - 2 pi n with n the integer nearest to d/(2 pi). Adding
//! and subtracting 1.5/EPSILON, where neighbouring numbers are one apart, rounds to an integer.

use super::{Predictor, check_indices, component};
use crate::error::Error;
use crate::gaussian::check_finite;
use crate::real::Real;

/// The direction from a station to a position, which is two of the `N` numbers of the state, in radians from the first
/// axis towards the second, in (-pi, pi].
///
/// A reading may come with any whole turns added, with [`Normal`](crate::likelihood::Normal) and
/// [`StudentT`](crate::likelihood::StudentT) noise and any likelihood that knows its
/// [`location`](crate::likelihood::Likelihood::location): the update adds the whole turns to eta that bring it within
/// half a turn of the reading, and an [`Update`](crate::Update) reports eta so. The direction in which a vehicle at the
/// position sees the station is the opposite one: give the reading plus pi.
///
/// # Accuracy
/// [Every figure](crate::accuracy#predictor).
/// `f32`: within 2.5e-7 rad, beside what the subtraction of the station loses of large coordinates. A belief about the
/// position that surrounds the station has no direction to speak of; the residual of the linearisation then says so.
///
/// ```
/// use elbow::{Filter, GaussHermite, Gaussian, Sensor, likelihood::Normal, predictor::Bearing};
/// // West of the station, where the angle jumps from pi to -pi.
/// let mut filter = Filter::new(Gaussian::diagonal([-10.0_f32, 0.1], [1.0, 1.0])?);
/// let mut camera = Sensor::nonlinear(Bearing::new([0.0, 0.0], [0, 1])?, Normal::new(1e-4)?);
/// let update = filter.update(&mut camera, -3.12, &mut GaussHermite::<5>::new())?;
/// assert!(update.prior_mean() < -3.14 && filter.belief().mean()[1] < -0.1);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Bearing<T, const N: usize> {
    pub(crate) station: [T; 2],
    pub(crate) indices: [usize; 2],
}

impl<T: Real, const N: usize> Bearing<T, N> {
    /// From a station, in units of the state, and where the two coordinates of the position stand in it.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for the station; [`Error::OutOfRange`] for an index that is not below `N`.
    ///
    /// ```
    /// use elbow::{Predictor, predictor::Bearing};
    /// let camera = Bearing::new([1.0_f32, 0.0], [0, 1])?;
    /// assert_eq!(camera.predict(&[1.0, 5.0]), core::f32::consts::FRAC_PI_2);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn new(station: [T; 2], indices: [usize; 2]) -> Result<Self, Error> {
        check_finite(&station)?;
        check_indices::<N>(&indices)?;
        Ok(Self { station, indices })
    }
}

impl<T: Real, const N: usize> Predictor<T, N> for Bearing<T, N> {
    /// Zero at the station itself.
    fn predict(&self, state: &[T; N]) -> T {
        let [x, y] = self.station;
        let [i, j] = self.indices;
        (component(state, j) - y).atan2(component(state, i) - x)
    }

    /// In [-pi, pi], to rounding of a and b.
    fn difference(&self, a: T, b: T) -> T {
        let difference = a - b;
        let pi = T::from_f64(core::f64::consts::PI);
        if difference.abs() <= pi || !difference.is_finite() {
            return difference;
        }
        let unit = T::from_f64(1.5) / T::EPSILON;
        let turns = (difference * T::from_f64(0.5 * core::f64::consts::FRAC_1_PI) + unit) - unit;
        let wrapped = difference - turns * (pi + pi);
        if wrapped > pi {
            pi
        } else if wrapped < -pi {
            -pi
        } else {
            wrapped
        }
    }
}
