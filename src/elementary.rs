//! exp, and the square root of a normal number, in `f32`: half of what a maths library takes on a chip.
//!
//! With n = round(x/ln 2) and r = x - n ln 2, |r| <= ln(2)/2,
//!
//! ```text
//! e^x = 2^n (1 + (r + r^2 E(r))),     E(r) = 1/2! + r/3! + r^2/4! + ...
//! ```
//!
//! where n ln 2 is taken away in two parts, the first of them exactly (Cody and Waite 1980), and E comes from
//! `tests/reference/series.py`. The square root is x y + y/2 (x - (x y)^2) with y = 1/sqrt x by two Newton steps from
//! the bit pattern shifted right: no division, and no integer arithmetic of 64 bits. Sums and products alone, so that
//! every target computes the same bits.

use crate::real::{Real, horner};

/// Beyond this, e^x or the pattern of 2^n may not be a normal number.
pub const EXP_BOUND: f32 = 86.0;

/// e^x for |x| <= [`EXP_BOUND`], within one unit in the last place.
#[inline]
pub fn exp(x: f32) -> f32 {
    lifted_exp(x, 0.0)
}

/// e^x for any x, within one unit in the last place: subnormal or infinite where it is as small or large as that.
#[inline]
pub fn exp_of_any(x: f32) -> f32 {
    if x.abs() <= EXP_BOUND { exp(x) } else { exp_beyond(x) }
}

/// e^x for |x| above [`EXP_BOUND`], or NaN: times a power of two that keeps it normal, and back.
#[inline(never)]
fn exp_beyond(x: f32) -> f32 {
    if x != x {
        return x;
    }
    // Of which the exponential is infinite.
    const MOST: f32 = 89.0;
    let (inside, lift, scale) = if x > 0.0 {
        (if x < MOST { x } else { MOST }, -30.0, 1.0 / LOWER)
    } else {
        (if x > LEAST { x } else { LEAST }, 30.0, LOWER)
    };
    lifted_exp(inside, lift) * scale
}

/// Of which the exponential is zero.
const LEAST: f32 = -104.0;

/// 2^-30
const LOWER: f32 = 1.0 / 1_073_741_824.0;

/// e^x for x <= 64, within one unit in the last place: subnormal where it is as small as that, and zero below; zero for
/// NaN.
#[inline(always)]
pub fn exp_to_zero(x: f32) -> f32 {
    lifted_exp(if x > LEAST { x } else { LEAST }, 30.0) * LOWER
}

/// Minus x/ln 2 as a whole number, the `lift` of [`exp_beside`] that brings e^x to about one; for |x| above 256 one
/// that leaves everything to its caller.
#[inline]
pub fn lift(x: f32) -> f32 {
    const SHIFT: f32 = 12_582_912.0;
    if x.abs() <= 256.0 { SHIFT - (x * core::f32::consts::LOG2_E + SHIFT) } else { f32::MIN / 2.0 }
}

/// e^x 2^lift within 1.03 units in the last place, for a `lift` by [`lift`] of a number not below x; nothing where it
/// may not be a normal number.
#[inline(always)]
pub fn exp_beside(x: f32, lift: f32) -> Option<f32> {
    const LEAST: i32 = 12_582_912.0_f32.to_bits() as i32 - 125;
    let shifted = x * core::f32::consts::LOG2_E + (12_582_912.0 + lift);
    // In order below zero, too, as far as that is asked.
    (shifted.to_bits() as i32 >= LEAST).then(|| lifted_exp(x, lift))
}

/// [`exp_beside`] for a number on either side: nothing, too, where it may be above 2^75.
#[inline(always)]
pub fn exp_around(x: f32, lift: f32) -> Option<f32> {
    const LEAST: u32 = 12_582_912.0_f32.to_bits() - 125;
    let shifted = x * core::f32::consts::LOG2_E + (12_582_912.0 + lift);
    (shifted.to_bits().wrapping_sub(LEAST) < 200).then(|| lifted_exp(x, lift))
}

/// e^x 2^lift, where that is a normal number, for a whole `lift`.
#[inline(always)]
fn lifted_exp(x: f32, lift: f32) -> f32 {
    type T = f32;
    // 1.5 * 2^23: adding it rounds to a whole number, which the low bits then hold.
    let shift = 12_582_912.0 + lift;
    const LN_2_HIGH: f32 = 0.693_145_75;
    const LN_2_LOW: f32 = 1.428_606_8e-6;
    let shifted = x * core::f32::consts::LOG2_E + shift;
    let octaves = shifted - shift;
    let r = (x - octaves * LN_2_HIGH) - octaves * LN_2_LOW;
    let tail =
        horner!(r; 0.001_392_691_805_594_8, 0.008_363_767_023_287, 0.041_666_550_162_72, 0.166_665_734_238_6, 0.5);
    let fraction = 1.0 + (r + r * r * tail);
    f32::from_bits(fraction.to_bits().wrapping_add(shifted.to_bits() << 23))
}

/// The square root of a positive normal number, within 0.9 units in the last place; exact where the root is.
#[inline]
pub fn sqrt(x: f32) -> f32 {
    let half = 0.5 * x;
    let mut inverse = f32::from_bits(0x5f37_59df_u32.wrapping_sub(x.to_bits() >> 1));
    inverse *= 1.5 - half * inverse * inverse;
    inverse *= 1.5 - half * inverse * inverse;
    let root = x * inverse;
    root + 0.5 * inverse * (x - root * root)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The worst error in units in the last place, over every pattern that a stride meets.
    fn worst(range: core::ops::Range<f32>, of: impl Fn(f32) -> f32, exact: impl Fn(f64) -> f64) -> f64 {
        (range.start.to_bits()..range.end.to_bits())
            .step_by(997)
            .map(f32::from_bits)
            .map(|x| {
                let (got, expected) = (of(x), exact(f64::from(x)));
                let unit = f64::from(f32::from_bits((expected as f32).to_bits() + 1) - expected as f32);
                (f64::from(got) - expected).abs() / unit
            })
            .fold(0.0, f64::max)
    }

    #[test]
    fn within_a_unit_in_the_last_place() {
        let above = worst(1e-9..EXP_BOUND, exp, libm::exp);
        let below = worst(1e-9..EXP_BOUND, |x| exp(-x), |x| libm::exp(-x));
        let (largest, smallest) =
            (worst(1e-9..88.72, exp_of_any, libm::exp), worst(1e-9..110.0, |x| exp_of_any(-x), |x| libm::exp(-x)));
        assert!(largest < 1.0 && smallest < 1.0, "{largest} {smallest}");
        let to_zero = worst(1e-9..110.0, |x| exp_to_zero(-x), |x| libm::exp(-x));
        let from_zero = worst(1e-9..64.0, exp_to_zero, libm::exp);
        assert!(to_zero < 1.0 && from_zero < 1.0, "{to_zero} {from_zero}");
        let root = worst(f32::MIN_POSITIVE..f32::MAX, sqrt, libm::sqrt);
        assert!(above < 1.0 && below < 1.0 && root < 0.9, "{above} {below} {root}");
    }

    #[test]
    fn beside_a_larger_number_within_1_03_units_in_the_last_place() {
        for largest in [-256.0_f32, -3.3, 0.1, 100.5, 256.0] {
            let lift = lift(largest);
            let got = |below: f32| exp_beside(largest - below, lift).unwrap_or(f32::NAN);
            let exponent = |below: f64| f64::from(largest - below as f32) + f64::from(lift) * core::f64::consts::LN_2;
            let worst = worst(1e-9..85.0, got, |below| libm::exp(exponent(below)));
            assert!(worst < 1.03, "{largest}: {worst}");
            assert!((0.7..1.42).contains(&got(0.0)), "{largest}");
            assert_eq!([90.0, 1e3, 1e30, 1e37].map(|below| exp_beside(largest - below, lift)), [None; 4]);
        }
        assert_eq!([256.1, -256.1, 1e37, -1e37].map(|x| exp_beside(x, lift(x))), [None; 4]);
    }

    #[test]
    fn around_a_number_the_same_until_2_to_the_75th() {
        for centre in [-256.0_f32, -3.3, 0.1, 100.5, 256.0] {
            let lift = lift(centre);
            for step in 0..1360_u16 {
                let below = centre - f32::from(step) * 0.0625;
                assert_eq!(exp_around(below, lift), exp_beside(below, lift));
                let above = centre + f32::from(step) * 0.0625;
                let expected = libm::exp(f64::from(above) + f64::from(lift) * core::f64::consts::LN_2);
                match exp_around(above, lift) {
                    Some(got) => assert!((f64::from(got) / expected - 1.0).abs() < 1.3e-7, "{above}: {got:e}"),
                    None => assert!(above - centre > 51.0, "{above}"),
                }
            }
            let far = [52.5, 90.0, 1e3, 1e7, 1e30, 1e37].map(|gap| [centre + gap, centre - gap]);
            assert_eq!(far.map(|[above, _]| exp_around(above, lift)), [None; 6]);
            assert_eq!(far[1..].iter().filter_map(|&[_, below]| exp_around(below, lift)).count(), 0);
        }
        assert_eq!([256.1, -256.1, 1e37, -1e37].map(|x| exp_around(x, lift(x))), [None; 4]);
        assert_eq!([1e30, 1e37, 0.0, -1e37].map(|x| exp_around(x, lift(300.0))), [None; 4]);
    }

    #[test]
    fn exact_where_the_result_is() {
        assert_eq!(exp(0.0), 1.0);
        let [infinity, below] = [f32::INFINITY, f32::NEG_INFINITY];
        assert_eq!(
            [88.73, 1e30, infinity, -104.0, -1e30, below].map(exp_of_any),
            [infinity, infinity, infinity, 0.0, 0.0, 0.0]
        );
        assert!(exp_of_any(f32::NAN).is_nan());
        assert_eq!([exp_to_zero(0.0), exp_to_zero(-200.0), exp_to_zero(f32::NEG_INFINITY)], [1.0, 0.0, 0.0]);
        for n in 1..4097_u16 {
            let x = f32::from(n);
            assert_eq!(sqrt(x * x), x);
        }
    }
}
