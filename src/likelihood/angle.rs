//! Angles: the difference of two modulo a turn, its sine and versine.
//!
//! The turn is taken away in two stages, of 2^12 turns (`f64`: 2^26) and of one, each by a difference whose rounding
//! errors are carried along: 2 pi is the sum of four parts, of which the first three have 11 (26) bits, so that their
//! products with the number of turns are exact (Cody and Waite 1980, *Software Manual for the Elementary Functions*,
//! ch. 8). What 63 (134) bits of 2 pi leave out is below 2^-39 (2^-80) for every difference below 1/EPSILON; beyond it
//! one last place is a radian or more.
//!
//! A quarter of what is left is at most pi/4, where Taylor's series of sine and cosine are short, and is doubled twice:
//!
//! ```text
//! sin 2q = 2 sin q cos q,     cos 2q = 1 - 2 sin^2 q,     versine 1 - cos d = 2 sin^2(d/2)
//! ```
//!
//! so that the versine of a small angle keeps its digits where 1 - cos d would lose them.

use crate::log_ratio::two_difference;
use crate::real::{Real, horner};

/// The least magnitude of an angle that is none: 1/EPSILON, 8.4e6 for `f32`, 4.5e15 for `f64`.
#[inline]
pub fn limit<T: Real>() -> T {
    T::ONE / T::EPSILON
}

/// The nearest whole number, for |x| below 1/(4 EPSILON).
#[inline]
fn nearest<T: Real>(x: T) -> T {
    let shift = T::from_f64(1.5) * limit();
    (x + shift) - shift
}

/// a - b less whole turns, within half a turn of zero (`f32`: and 1e-3 rad); none where the difference is 1/EPSILON or
/// more.
pub fn difference<T: Real>(a: T, b: T) -> Option<T> {
    let (mut high, mut low) = two_difference(a, b);
    if !(high.abs() < limit()) {
        return None;
    }
    let (many, parts) = if T::DOUBLE {
        let [first, second] = [T::from_f64(6.283185243606567), T::from_f64(6.357301884918343e-8)];
        let [third, fourth] = [T::from_f64(2.4492935728214377e-16), T::from_f64(2.54732686540438e-24)];
        (T::from_f64(67_108_864.0), [first, second, third, fourth])
    } else {
        let [first, second] = [T::from_f64(6.28125), T::from_f64(0.0019350051879882812)];
        let [third, fourth] = [T::from_f64(3.019813448190689e-7), T::from_f64(1.0253376273028358e-11)];
        (T::from_f64(4096.0), [first, second, third, fourth])
    };
    for turn in [many, T::ONE] {
        let count = nearest(high * (T::from_f64(1.0 / core::f64::consts::TAU) / turn)) * turn;
        if count == T::ZERO {
            continue;
        }
        for part in parts {
            let (left, error) = two_difference(high, count * part);
            high = left;
            low += error;
        }
        (high, low) = two_difference(high, -low);
    }
    Some(high + low)
}

/// sin d and 1 - cos d.
#[derive(Clone, Copy)]
pub struct Angle<T> {
    pub sine: T,
    pub versine: T,
}

impl<T: Real> Angle<T> {
    /// Of a [`difference`].
    pub fn new(d: T) -> Self {
        let q = T::from_f64(0.25) * d;
        let square = q * q;
        let (sine, cosine) = if T::DOUBLE {
            (
                horner!(square; 1.0 / 355_687_428_096_000.0, -1.0 / 1_307_674_368_000.0, 1.0 / 6_227_020_800.0,
                    -1.0 / 39_916_800.0, 1.0 / 362_880.0, -1.0 / 5040.0, 1.0 / 120.0, -1.0 / 6.0),
                horner!(square; -1.0 / 6_402_373_705_728_000.0, 1.0 / 20_922_789_888_000.0, -1.0 / 87_178_291_200.0,
                    1.0 / 479_001_600.0, -1.0 / 3_628_800.0, 1.0 / 40_320.0, -1.0 / 720.0, 1.0 / 24.0, -0.5),
            )
        } else {
            (
                horner!(square; 1.0 / 362_880.0, -1.0 / 5040.0, 1.0 / 120.0, -1.0 / 6.0),
                horner!(square; -1.0 / 3_628_800.0, 1.0 / 40_320.0, -1.0 / 720.0, 1.0 / 24.0, -0.5),
            )
        };
        let (sine, cosine) = (q + q * square * sine, T::ONE + square * cosine);
        // Of d/2.
        let twice = sine + sine;
        let (sine, cosine) = (twice * cosine, T::ONE - twice * sine);
        let twice = sine + sine;
        Self { sine: twice * cosine, versine: twice * sine }
    }

    /// cos d
    #[inline]
    pub fn cosine(&self) -> T {
        T::ONE - self.versine
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against libm's, whose reduction is exact for every double.
    #[test]
    fn sines_are_those_of_libm() {
        let mut worst = [0.0_f64; 3];
        for k in -40_000..40_000_i32 {
            let x = f64::from(k) * 1.234_567e-3 * libm::exp(f64::from(k.rem_euclid(97)) * 0.3);
            let Some(d) = difference(x, 0.0) else { continue };
            let angle = Angle::new(d);
            worst[0] = worst[0].max((angle.sine - libm::sin(x)).abs());
            let half = libm::sin(0.5 * x);
            worst[1] = worst[1].max((angle.versine - 2.0 * half * half).abs());
            let x = x as f32;
            let Some(d) = difference(x, 0.0) else { continue };
            assert!(d.abs() < 3.143, "{x}: {d}");
            worst[2] = worst[2].max((f64::from(Angle::new(d).sine) - libm::sin(f64::from(x))).abs());
        }
        assert!(worst[0] < 7e-16 && worst[1] < 1.4e-15 && worst[2] < 3.6e-7, "{worst:?}");
    }

    #[test]
    fn a_difference_keeps_what_rounding_would_lose() {
        for k in 1..2000_u16 {
            // Up to 2002 turns: the rounded difference has lost up to 5e-4.
            let (a, b) = (0.001_f32 * f32::from(k), 6.29_f32 * f32::from(k));
            let exact = f64::from(a) - f64::from(b);
            let got = f64::from(difference(a, b).unwrap());
            let error = libm::remainder(got - exact, core::f64::consts::TAU);
            assert!(got.abs() < 3.143 && error.abs() < 3e-7, "{k}: {got} for {exact}");
        }
    }

    #[test]
    fn an_angle_without_a_last_place_is_none() {
        assert!(difference(8.4e6_f32, 0.0).is_none() && difference(0.0, f32::MAX).is_none());
        assert!(difference(f32::MAX, f32::MIN).is_none() && difference(f32::NAN, 0.0).is_none());
        assert!(difference(8.3e6_f32, 0.0).is_some());
    }
}
