//! Standard normal noise by inversion: one word of the generator, one value.
//!
//! The quantile function of Wichura (1988), algorithm AS 241, applied to a uniform probability p in (0, 1/2] and a
//! sign. Nothing is rejected, so the number of draws is fixed and a stuck generator cannot hang a program; the same
//! words give the same values on every target.

use rand_core::Rng;

use crate::constants::Rational;
use crate::log_ratio::ln;
use crate::real::Real;

/// A value from the standard normal distribution.
///
/// Draws one word: `next_u32` for `f32`, `next_u64` for `f64`. The largest absolute value is 6.34 for `f32`
/// (probability 2^-33 on each side) and 9.16 for `f64` (2^-65).
///
/// # Accuracy
/// The quantile of the drawn probability, within 2.6e-7 relative for `f32` and 5.4e-16 for `f64`.
///
/// Source: Wichura (1988), *Applied Statistics* 37, 477-484, algorithm AS 241 (PPND7, PPND16).
///
/// ```
/// use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};
/// let mut rng = Xoshiro128PlusPlus::seed_from_u64(1);
/// let noise: f32 = elbow::noise::standard_normal(&mut rng);
/// assert!(noise.abs() < 6.4);
/// ```
pub fn standard_normal<T: Real, R: Rng + ?Sized>(rng: &mut R) -> T {
    let (positive, probability, complement) = T::half_uniform(rng);
    let magnitude = upper_quantile(probability, complement);
    if positive { magnitude } else { -magnitude }
}

/// Independent values from the standard normal distribution, drawn in order of index.
///
/// ```
/// use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};
/// let mut rng = Xoshiro128PlusPlus::seed_from_u64(1);
/// let noise: [f32; 3] = elbow::noise::standard_normals(&mut rng);
/// assert!(noise[0] != noise[1]);
/// ```
pub fn standard_normals<T: Real, const N: usize, R: Rng + ?Sized>(rng: &mut R) -> [T; N] {
    let mut noise = [T::ZERO; N];
    for value in &mut noise {
        *value = standard_normal(rng);
    }
    noise
}

/// The point that a standard normal exceeds with this probability, given with its complement to 1/2.
#[inline]
pub(crate) fn upper_quantile<T: Real>(probability: T, complement: T) -> T {
    if complement <= T::from_f64(0.425) {
        return complement * rational(T::QUANTILE_CENTRAL, T::from_f64(0.180_625) - complement * complement);
    }
    let r = (-ln(probability)).sqrt();
    // 32 bits end at r = 4.78.
    if !T::DOUBLE || r <= T::from_f64(5.0) {
        rational(T::QUANTILE_TAIL, r - T::from_f64(1.6))
    } else {
        rational(T::QUANTILE_FAR, r - T::from_f64(5.0))
    }
}

#[inline]
fn rational<T: Real>((numerator, denominator): Rational<T>, x: T) -> T {
    polynomial(numerator, x) / polynomial(denominator, x)
}

#[inline]
fn polynomial<T: Real>(coefficients: &[T], x: T) -> T {
    let mut sum = T::ZERO;
    for &coefficient in coefficients.iter().rev() {
        sum = sum * x + coefficient;
    }
    sum
}
