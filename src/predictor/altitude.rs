//! Air pressure at an altitude in the International Standard Atmosphere (ISO 2533:1975).
//!
//! With the temperature falling by L = 6.5 K per kilometre from T0 = 288.15 K, up to h1 = 11 km, the hydrostatic
//! equation of an ideal gas of molar mass M gives
//!
//! ```text
//! p = p0 (1 - L h/T0)^(g M/(R L)),     g M/(R L) = 9.80665 * 0.028964420/(8.31432 * 0.0065) = 5.255880
//! ```
//!
//! and above, at the constant T1 = 216.65 K, p = p1 exp(-(h - h1) g M/(R T1)), R T1/(g M) = 6341.62 m.

use super::{Predictor, check_indices, component};
use crate::error::Error;
use crate::factor::check_positive;
use crate::real::Real;

/// L/T0, per metre.
const LAPSE: f64 = 0.0065 / 288.15;
/// g M/(R L), with ISO 2533's R* = 8.31432 J/(mol K).
const EXPONENT: f64 = 9.80665 * 0.028_964_420 / (8.31432 * 0.0065);
/// The top of the troposphere, in metres.
const TROPOPAUSE: f64 = 11_000.0;
/// R T1/(g M), in metres.
const SCALE_HEIGHT: f64 = 216.65 * 8.31432 / (9.80665 * 0.028_964_420);

/// The air pressure in Pa at a geopotential altitude in metres above sea level (16 m less than the geometric one at 10
/// km), which is one of the `N` numbers of the state: a barometer as a sensor of altitude.
///
/// The atmosphere is the International Standard one (ISO 2533:1975): exact to 11 km by definition, isothermal above.
/// The sea-level pressure of the day shifts it (a change of 100 Pa is 8 m); where it drifts, give it a state of its own
/// and write the function.
///
/// # Accuracy
/// [Every figure](crate::accuracy#predictor).
/// Within 2.7e-7 of the pressure for `f32` from -1 to 20 km, which is 2 mm. With `micromath::F32` so below 4 km, within
/// 7.6e-4 above.
///
/// ```
/// use elbow::{Filter, GaussHermite, Gaussian, Sensor, likelihood::Normal, predictor::Altitude};
/// let mut filter = Filter::new(Gaussian::diagonal([500.0_f32, 0.0], [1e4, 1.0])?); // metres, metres per second
/// let mut barometer = Sensor::nonlinear(Altitude::new(101_325.0, 0)?, Normal::new(9.0)?); // 3 Pa
/// let _ = filter.update(&mut barometer, 89_874.6, &mut GaussHermite::<5>::new())?;
/// assert!((filter.belief().mean()[0] - 1000.0).abs() < 0.5);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Altitude<T, const N: usize> {
    pub(crate) sea_level_pressure: T,
    pub(crate) index: usize,
}

impl<T: Real, const N: usize> Altitude<T, N> {
    /// From the pressure at sea level, in Pa, and where the altitude stands in the state.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`], [`Error::OutOfRange`] for the pressure;
    /// [`Error::OutOfRange`] for an index that is not below `N`.
    ///
    /// ```
    /// use elbow::{Predictor, predictor::Altitude};
    /// assert_eq!(Altitude::new(101_325.0_f32, 0)?.predict(&[0.0]), 101_325.0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn new(sea_level_pressure: T, index: usize) -> Result<Self, Error> {
        check_positive(sea_level_pressure)?;
        check_indices::<N>(&[index])?;
        Ok(Self { sea_level_pressure, index })
    }
}

impl<T: Real, const N: usize> Predictor<T, N> for Altitude<T, N> {
    /// Infinite where it overflows, far below the ground.
    fn predict(&self, state: &[T; N]) -> T {
        let altitude = component(state, self.index);
        let top = T::from_f64(TROPOPAUSE);
        let inside = if altitude > top { top } else { altitude };
        let mut exponent = T::from_f64(EXPONENT) * (-(T::from_f64(LAPSE) * inside)).ln_1p();
        if altitude > top {
            exponent += (top - altitude) / T::from_f64(SCALE_HEIGHT);
        }
        // Near sea level exp_m1 is the better one with `micromath::F32`.
        if exponent.abs() < T::from_f64(0.5) {
            self.sea_level_pressure + self.sea_level_pressure * exponent.exp_m1()
        } else {
            self.sea_level_pressure * exponent.exp()
        }
    }
}
