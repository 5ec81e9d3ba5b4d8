//! What a nonlinear sensor sees of the state: eta = h(z).
//!
//! | the sensor reads | use |
//! |---|---|
//! | the distance to a fixed beacon (ultra-wideband, sonar) | [`Range`] |
//! | the direction from a fixed station (camera, antenna array, sound) | [`Bearing`] |
//! | air pressure, to know the altitude | [`Altitude`] |
//! | anything else | a function of the state, or an implementation of [`Predictor`] |

mod altitude;
mod bearing;
mod range;

pub use altitude::Altitude;
pub use bearing::Bearing;
pub use range::Range;

use crate::real::Real;

/// The number eta = h(z) that a sensor sees of a state of `N` numbers.
///
/// It should be finite over the bulk of the belief; where it is not, an update returns an error and changes nothing. No
/// derivative is asked for.
///
/// Every function `Fn(&[T; N]) -> T` is one. The type of a closure has no name, so that a sensor which is to be a field
/// of a struct takes a function pointer, `Sensor<Nonlinear<fn(&[f32; 2]) -> f32>, L>`, or a type of its own:
///
/// ```
/// use elbow::{Filter, GaussHermite, Gaussian, Predictor, Sensor, likelihood::Normal};
///
/// /// The voltage of a divider whose upper resistor is the state, in units of the lower one.
/// struct Divider { supply: f32 }
///
/// impl Predictor<f32, 1> for Divider {
///     fn predict(&self, state: &[f32; 1]) -> f32 {
///         self.supply / (1.0 + state[0])
///     }
/// }
///
/// let mut filter = Filter::new(Gaussian::diagonal([1.0], [0.04])?);
/// let mut sensor = Sensor::nonlinear(Divider { supply: 3.3 }, Normal::new(1e-4)?);
/// let _ = filter.update(&mut sensor, 1.5, &mut GaussHermite::<5>::new())?;
/// assert!((filter.belief().mean()[0] - 1.2).abs() < 0.01);
/// # Ok::<(), elbow::Error>(())
/// ```
pub trait Predictor<T: Real, const N: usize> {
    /// h(state), in the units of eta.
    fn predict(&self, state: &[T; N]) -> T;

    /// `a - b` for two finite values of h or readings of it; an angle takes the shorter way round. Infinite where
    /// it overflows.
    fn difference(&self, a: T, b: T) -> T {
        a - b
    }
}

impl<T: Real, const N: usize, F: Fn(&[T; N]) -> T> Predictor<T, N> for F {
    fn predict(&self, state: &[T; N]) -> T {
        self(state)
    }
}

/// All of these are indices into a state of `N` numbers.
fn check_indices<const N: usize>(indices: &[usize]) -> Result<(), crate::Error> {
    if indices.iter().all(|&index| index < N) { Ok(()) } else { Err(crate::Error::OutOfRange) }
}

/// The number at a checked index.
fn component<T: Real, const N: usize>(state: &[T; N], index: usize) -> T {
    state.get(index).copied().unwrap_or(T::ZERO)
}
