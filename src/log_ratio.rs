//! The scalar kernels that every divergence is built on, without cancellation.
//!
//! For positive p and q the ratio is split as q/p = 2^k r, and with s = (r - 1)/(r + 1)
//!
//! ```text
//! ln(q/p) = k ln 2 + 2 atanh s = k ln 2 + 2 s + 2 s^3 S(s^2),     S(x) = 1/3 + x/5 + x^2/7 + ...
//! ```
//!
//! so that a quantity of second order in q - p is left once its first-order part is removed in algebra, not in
//! rounding. Within a factor of two k = 0, |s| < 1/3, q - p is exact (Sterbenz) and
//!
//! ```text
//! p ln(p/q) - p + q = s [(q - p) - 2 p s^2 S(s^2)]          the second part at most 12 % of the first
//! ```
//!
//! Farther apart nothing cancels. k is read off the difference of the two bit patterns, which is the logarithm of the
//! ratio to 9 %. The polynomials for S come from `tests/reference/series.py`.

use crate::real::{Real, horner};

/// 2 S(x) for x <= 1/9.
#[inline(always)]
pub fn double_tail<T: Real>(x: T) -> T {
    if T::DOUBLE {
        horner!(x; 2.0 * 0.078_152_889_004_614_252, 2.0 * 0.037_460_718_977_753_837, 2.0 * 0.054_225_891_974_400_074,
            2.0 * 0.058_671_395_306_515_987, 2.0 * 0.066_675_893_157_246_279, 2.0 * 0.076_922_719_824_302_746,
            2.0 * 0.090_909_099_489_813_572, 2.0 * 0.111_111_110_991_183_85, 2.0 * 0.142_857_142_858_000_5,
            2.0 * 0.199_999_999_999_997_61, 2.0 / 3.0)
    } else {
        horner!(x; 2.0 * 0.134_257_490_1, 2.0 * 0.141_183_099_03, 2.0 * 0.200_037_803_22, 2.0 * 0.333_333_201_68)
    }
}

/// S(x) for x <= 1/25, where it weighs little.
#[inline(always)]
fn short_tail<T: Real>(x: T) -> T {
    if T::DOUBLE {
        horner!(x; 0.068_020_078_535_620_387, 0.066_051_802_425_663_099, 0.076_944_173_389_009_575,
            0.090_908_692_273_615_128, 0.111_111_115_189_036_21, 0.142_857_142_836_695_95, 0.200_000_000_000_039,
            1.0 / 3.0)
    } else {
        horner!(x; 0.149_778_021_58, 0.199_895_088_57, 0.333_333_566_9)
    }
}

/// k ln 2 + 2 atanh s for |s| <= 1/5.
#[inline(always)]
pub fn logarithm<T: Real>(octaves: i32, s: T) -> T {
    let (double, square) = (s + s, s * s);
    T::from_i32(octaves) * T::LN_2 + (double + double * (square * short_tail(square)))
}

/// (q - p)/(q + p): what atanh takes to half of ln(q/p).
#[inline(always)]
pub fn half_slope<T: Real>(p: T, q: T) -> T {
    (q - p) / (q + p)
}

/// ln(q/p) for positive normal p and q, p from 2 `MIN_POSITIVE` to `MAX`/8; zero exactly for equal ones.
#[inline]
pub fn ln_ratio<T: Real>(p: T, q: T) -> T {
    let octaves = T::octaves(p, q);
    logarithm(octaves, half_slope(p, q.scaled(octaves.wrapping_neg())))
}

/// ln x: minus infinity at zero, NaN below it.
#[inline]
pub fn ln<T: Real>(x: T) -> T {
    if x.is_positive_normal() { ln_of_normal(x) } else { ln_of_rest(x) }
}

/// ln x for positive normal x.
#[inline(always)]
pub fn ln_of_normal<T: Real>(x: T) -> T {
    let (mantissa, octaves) = x.centred();
    logarithm(octaves, half_slope(T::ONE, mantissa))
}

/// ln x for x that is not positive and normal.
#[cold]
#[inline(never)]
fn ln_of_rest<T: Real>(x: T) -> T {
    if x == T::ZERO {
        -T::INFINITY
    } else if x > T::ZERO && x < T::INFINITY {
        ln_ratio_of_any(T::ONE, x)
    } else if x < T::ZERO {
        T::ZERO / T::ZERO
    } else {
        x
    }
}

/// ln(q/p) for positive finite p and q, subnormal ones too; zero exactly for equal ones.
#[cold]
#[inline(never)]
fn ln_ratio_of_any<T: Real>(p: T, q: T) -> T {
    let ((of_p, octaves_p), (of_q, octaves_q)) = (p.split(), q.split());
    ln_ratio(of_p, of_q) + T::from_i32(octaves_q.wrapping_sub(octaves_p)) * T::LN_2
}

/// ln(1 + x) for x > -1, relative to its own size near zero.
#[cfg(feature = "micromath")]
pub fn ln_1p<T: Real>(x: T) -> T {
    if x > T::from_f64(-0.25) && x < T::from_f64(0.375) {
        logarithm(0, x / (T::from_f64(2.0) + x))
    } else {
        ln(T::ONE + x)
    }
}

/// p ln(p/q) - p + q, one term of the generalized divergence: never negative, zero exactly for p = q.
///
/// For p, q >= 0 and finite: 0 ln 0 = 0, and infinity where q = 0 < p.
#[inline]
pub fn divergence_term<T: Real>(p: T, q: T) -> T {
    if T::is_within_octave(p, q) {
        let s = half_slope(p, q);
        let square = s * s;
        s * ((q - p) - p * square * double_tail(square))
    } else if p >= T::MIN_POSITIVE + T::MIN_POSITIVE && q.is_positive_normal() {
        (q - p) - p * ln_ratio(p, q)
    } else {
        rare_divergence_term(p, q)
    }
}

/// The same where one of the two is zero or subnormal, and digits beyond the smallest number are nobody's.
#[cold]
#[inline(never)]
fn rare_divergence_term<T: Real>(p: T, q: T) -> T {
    if p == T::ZERO {
        q
    } else if q == T::ZERO {
        T::INFINITY
    } else {
        ((q - p) - p * ln_ratio_of_any(p, q)).max(T::ZERO)
    }
}

/// r - 1 - ln r for r = q/p, positive normal p and q: never negative, zero exactly for p = q, infinite on overflow.
#[inline]
pub fn ratio_term<T: Real>(p: T, q: T) -> T {
    if !T::is_within_octave(p, q) {
        return far_ratio_term(p, q);
    }
    let s = half_slope(p, q);
    let square = s * s;
    s * ((q - p) / p - square * double_tail(square))
}

/// The same farther apart; a function of its own, or both would be computed and one chosen.
#[inline(never)]
fn far_ratio_term<T: Real>(p: T, q: T) -> T {
    let four = T::from_f64(4.0);
    let least = four * T::MIN_POSITIVE;
    // Near the smallest normal number the bit patterns do not tell what is close.
    if p < least && q < least && p + q > T::ZERO {
        ratio_term(four * p, four * q)
    } else if p < least {
        (q - p) / p - ln_ratio_of_any(p, q)
    } else if p >= T::MAX / (four + four) {
        // Near the largest the sum of the two overflows.
        let eighth = T::from_f64(0.125);
        if q > T::ONE && q < T::INFINITY {
            ratio_term(eighth * p, eighth * q)
        } else {
            (q - p) / p - ln_ratio_of_any(p, q)
        }
    } else {
        (q - p) / p - ln_ratio(p, q)
    }
}

/// u - ln(1 + u) for |u| <= 1/2: never negative, zero exactly at zero.
#[inline]
pub fn u_minus_ln_1p<T: Real>(u: T) -> T {
    let s = u / (T::from_f64(2.0) + u);
    let square = s * s;
    s * (u - square * double_tail(square))
}

/// -p ln q: the contribution of a class of probability p to a cross-entropy.
///
/// For p, q >= 0 and finite: zero for p = 0, infinity where q = 0 < p.
#[inline]
pub fn surprisal_term<T: Real>(p: T, q: T) -> T {
    if q.is_positive_normal() {
        -(p * ln_of_normal(q))
    } else if p == T::ZERO {
        T::ZERO
    } else {
        -(p * ln_of_rest(q))
    }
}

/// exp(x) - 1 - x: never negative, relative to its own size near zero, infinite on overflow.
#[inline]
pub fn exp_m1_minus<T: Real>(x: T) -> T {
    if x.abs() <= T::ONE {
        near_exp_m1_minus(x)
    } else if x < T::INFINITY {
        (x.exp() - T::ONE) - x
    } else {
        x
    }
}

/// The same for x <= 64.
#[inline(always)]
pub fn bounded_exp_m1_minus<T: Real>(x: T) -> T {
    if x.abs() <= T::ONE { near_exp_m1_minus(x) } else { (x.exp_to_zero() - T::ONE) - x }
}

/// The same for |x| <= 1: x^2 (1/2! + x/3! + x^2/4! + ...).
#[inline(always)]
fn near_exp_m1_minus<T: Real>(x: T) -> T {
    let sum = if T::DOUBLE {
        horner!(x; 1.579484405651758e-16, 2.8466037099749953e-15, 4.7791694211110392e-14, 7.64654746625834e-13, 1.1470748459377173e-11, 1.6059049564727489e-10, 2.0876756972726899e-9, 2.5052108355133427e-8, 2.7557319224031328e-7, 2.7557319224076846e-6, 2.4801587301587229e-5, 0.00019841269841269697, 0.0013888888888888889, 0.0083333333333333334, 0.041666666666666667, 0.16666666666666667, 0.5)
    } else {
        horner!(x; 2.8062802582276946e-6, 2.5358512244639758e-5, 0.00019838101968683889, 0.0013885396911807102, 0.0083333396759170609, 0.041666736595237458, 0.16666666646842134, 0.49999999781421684)
    };
    x * x * sum
}

/// (sinh x - x)/x = x^2/3! + x^4/5! + ... for x^2 <= 9/16, of x^2.
#[inline(always)]
pub fn sinh_tail<T: Real>(square: T) -> T {
    let sum = if T::DOUBLE {
        horner!(square; 1.6188591349645103e-10, 2.5051287564594897e-8, 2.7557321619452371e-6, 0.00019841269838110786, 0.0083333333333348567, 0.16666666666666665)
    } else {
        horner!(square; 0.00020075127268666869, 0.0083328392349858777, 0.16666668211161788)
    };
    square * sum
}

/// a - b as a rounded difference and what the rounding lost (Knuth's two-sum).
#[inline(always)]
pub fn two_difference<T: Real>(a: T, b: T) -> (T, T) {
    let difference = a - b;
    let of_b = a - difference;
    let of_a = difference + of_b;
    (difference, (a - of_a) + (of_b - b))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The literal forms in f64, good where the ratio is far from one.
    #[test]
    fn far_ratios_equal_the_literal_forms() {
        for p in [1e-40_f32, 3e-39, 1e-30, 0.003, 0.4, 1.0, 7.0, 1e30] {
            for q in [2e-42_f32, 1e-38, 1e-12, 0.0011, 0.19, 2.5, 3e33] {
                let (x, y) = (f64::from(p), f64::from(q));
                let expected = x * libm::log(x / y) - x + y;
                let error = (f64::from(divergence_term(p, q)) - expected).abs();
                assert!(error <= 4e-7 * expected + 2e-45, "{p:e} {q:e}: {error:e} of {expected:e}");
                let expected = libm::log(y / x);
                let got =
                    if p < f32::MIN_POSITIVE || q < f32::MIN_POSITIVE { ln_ratio_of_any(p, q) } else { ln_ratio(p, q) };
                assert!((f64::from(got) - expected).abs() <= 1.5e-7 * expected.abs(), "{p:e} {q:e}");
            }
        }
    }

    /// Ratios of zeros, of infinities and of both are answered too: scaling them would not bring them into the range.
    #[test]
    fn ratios_without_a_value_end() {
        let ends = [0.0, f32::from_bits(1), f32::MAX, f32::INFINITY, f32::NAN];
        for p in ends {
            for q in ends {
                let got = ratio_term(p, q);
                assert!(!(got < 0.0), "{p:e} {q:e}: {got:e}");
                assert!(p != q || p > 0.0 && p.is_finite() || got.is_nan(), "{p:e} {q:e}: {got:e}");
            }
        }
    }

    /// Against the series in u = q/p - 1, whose first four terms are exact to 1e-13 at |u| < 1e-3.
    #[test]
    fn near_ratios_equal_the_series() {
        for p in [1.0_f32, 0.3, 1.7e-4, 2.9e-20] {
            for step in 1..200_u32 {
                let q = f32::from_bits(p.to_bits() + step * step);
                let u = f64::from(q) / f64::from(p) - 1.0;
                let series = u * u * (0.5 - u * (1.0 / 3.0 - u * (0.25 - u * 0.2)));
                for (got, expected) in
                    [(f64::from(divergence_term(p, q)), f64::from(p) * series), (f64::from(ratio_term(p, q)), series)]
                {
                    assert!((got - expected).abs() <= 4e-7 * expected, "{p:e} {q:e}: {got:e} for {expected:e}");
                }
            }
            assert_eq!(divergence_term(p, p), 0.0);
            assert_eq!(ratio_term(p, p), 0.0);
        }
    }

    /// A power of two that is common to p and q changes nothing, down to the smallest normal number.
    #[test]
    fn ratios_do_not_depend_on_the_scale() {
        for step in 0..3000_u32 {
            let q = 0.4 + step as f32 * 1e-3;
            let least = 4.0 * f32::MIN_POSITIVE;
            let (small, unit) = (ratio_term(0.25 * least, q * least), ratio_term(0.25, q));
            assert!((small - unit).abs() <= 2e-7 * unit, "{q}: {small:e} for {unit:e}");
            let (small, unit) = (divergence_term(0.25 * least, q * least), divergence_term(0.25, q));
            assert!((small / least - unit).abs() <= 4e-7 * unit + 1.2e-7, "{q}: {small:e} for {unit:e}");
            let (large, unit) =
                (ratio_term(f32::MAX / q.max(1.0), f32::MAX / q.max(1.0) * q.min(1.0)), ratio_term(1.0, q.min(1.0)));
            assert!((large - unit).abs() <= 1e-6 * unit, "{q}: {large:e} for {unit:e}");
            let close = f32::from_bits(f32::MIN_POSITIVE.to_bits() + step);
            assert!(ratio_term(f32::MIN_POSITIVE, close) >= 0.0 && ratio_term(close, f32::MIN_POSITIVE) >= 0.0);
            assert!(divergence_term(close, f32::MIN_POSITIVE) >= 0.0, "{close:e}");
            assert!(divergence_term(f32::MIN_POSITIVE, close) >= 0.0, "{close:e}");
        }
    }

    #[test]
    fn exp_m1_minus_is_relative_to_itself() {
        let mut x = -0.7_f64;
        while x < 0.7 {
            let series =
                x * x * (0.5 + x / 6.0 * (1.0 + x / 4.0 * (1.0 + x / 5.0 * (1.0 + x / 6.0 * (1.0 + x / 7.0)))));
            if x.abs() < 0.02 {
                assert!((exp_m1_minus(x) - series).abs() <= 1e-13 * series, "{x}");
            }
            let single = f64::from(exp_m1_minus(x as f32));
            let twin = exp_m1_minus(f64::from(x as f32));
            assert!((single - twin).abs() <= 5e-7 * twin, "{x}: {single:e} for {twin:e}");
            x += 0.000_37;
        }
        assert_eq!(exp_m1_minus(0.0_f32), 0.0);
        assert_eq!(exp_m1_minus(200.0_f32), f32::INFINITY);
        assert_eq!(exp_m1_minus(f32::INFINITY), f32::INFINITY);
    }

    #[test]
    fn zeros_are_defined() {
        assert_eq!(divergence_term(0.0_f32, 0.25), 0.25);
        assert_eq!(divergence_term(0.0_f32, 0.0), 0.0);
        assert_eq!(divergence_term(0.25_f32, 0.0), f32::INFINITY);
        assert_eq!(surprisal_term(0.0_f32, 0.0), 0.0);
        assert_eq!(surprisal_term(0.5_f32, 0.0), f32::INFINITY);
        assert_eq!(ln(0.0_f64), f64::NEG_INFINITY);
        assert!(ln(-1.0_f64).is_nan());
    }
}
