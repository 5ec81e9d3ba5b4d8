//! Distance from a fixed point: h(z) = |x - beacon|, x the position among the state's numbers.

use super::{Predictor, check_indices, component};
use crate::error::Error;
use crate::gaussian::check_finite;
use crate::real::Real;

/// The distance from a beacon to a position, which is `D` of the `N` numbers of the state: 2 in the plane, 3 in space.
///
/// One range does not tell one side of the beacon from the other: a belief whose mean lies on it learns nothing
/// ([`Status::Saturated`](crate::Status::Saturated)). Start the mean off the beacons.
///
/// # Accuracy
/// [Every figure](crate::accuracy#predictor).
/// `f32`: within 1e-7 of the distance for `D` to 3 and distances from 1e-16 to 1e18, beside what the subtraction of the
/// beacon loses of large coordinates. Farther than that the square may overflow: an error, and nothing changes.
///
/// ```
/// use elbow::{Filter, GaussHermite, Gaussian, Sensor, likelihood::Normal, predictor::Range};
/// // x, y and their velocities; the tag is about 5 m from the beacon.
/// let mut filter = Filter::new(Gaussian::diagonal([3.0_f32, 4.0, 0.0, 0.0], [1.0, 1.0, 0.2, 0.2])?);
/// let mut beacon = Sensor::nonlinear(Range::new([0.0, 0.0], [0, 1])?, Normal::new(0.01)?);
/// let _ = filter.update(&mut beacon, 6.0, &mut GaussHermite::<5>::new())?;
/// let [x, y, ..] = *filter.belief().mean();
/// assert!(((x * x + y * y).sqrt() - 6.0).abs() < 0.1);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Range<T, const N: usize, const D: usize> {
    pub(crate) beacon: [T; D],
    pub(crate) indices: [usize; D],
}

impl<T: Real, const N: usize, const D: usize> Range<T, N, D> {
    /// From a beacon, in units of the state, and where the coordinates of the position stand in it.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for the beacon; [`Error::OutOfRange`] for an index that is not below `N`.
    ///
    /// ```
    /// use elbow::{Error, predictor::Range};
    /// assert_eq!(Range::<f32, 4, 2>::new([0.0, 0.0], [0, 4]), Err(Error::OutOfRange));
    /// ```
    pub fn new(beacon: [T; D], indices: [usize; D]) -> Result<Self, Error> {
        check_finite(&beacon)?;
        check_indices::<N>(&indices)?;
        Ok(Self { beacon, indices })
    }
}

impl<T: Real, const N: usize, const D: usize> Predictor<T, N> for Range<T, N, D> {
    /// Infinite where the square of the distance overflows.
    fn predict(&self, state: &[T; N]) -> T {
        let mut square = T::ZERO;
        for i in 0..D {
            let offset = component(state, self.indices[i]) - self.beacon[i];
            square += offset * offset;
        }
        square.sqrt()
    }
}
