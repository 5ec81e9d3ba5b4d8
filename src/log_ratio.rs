//! The scalar kernels that every divergence is built on, without cancellation.
//!
//! For positive p and q the ratio is split as q/p = 2^k r with r in [1/sqrt 2, sqrt 2], and with s = (r - 1)/(r + 1)
//!
//! ```text
//! ln(q/p) = k ln 2 + 2 atanh s = k ln 2 + 2 s + t,     t = 2 s^3 (1/3 + s^2/5 + s^4/7 + ...),   |s| < 0.1716
//! ```
//!
//! so that a quantity of second order in q - p is left once its first-order part is removed in algebra, not in
//! rounding. With k = 0, q - p is exact (Sterbenz) and
//!
//! ```text
//! p ln(p/q) - p + q = s (q - p) - p t          a square less at most 7 % of itself
//! ```

use crate::real::{Real, horner};

/// ln(q/p) in three parts.
struct LogRatio<T> {
    /// The power of two between q and p.
    exponent: i32,
    /// (r - 1)/(r + 1).
    half_slope: T,
    /// 2 atanh s - 2 s.
    tail: T,
}

impl<T: Real> LogRatio<T> {
    #[inline(always)]
    fn new(p: T, q: T) -> Self {
        let (mantissa_p, exponent_p) = p.split();
        let (mut mantissa_q, exponent_q) = q.split();
        let mut exponent = exponent_q.wrapping_sub(exponent_p);
        let root = T::from_f64(core::f64::consts::SQRT_2);
        if mantissa_q > mantissa_p * root {
            mantissa_q *= T::from_f64(0.5);
            exponent = exponent.wrapping_add(1);
        } else if mantissa_q * root < mantissa_p {
            mantissa_q += mantissa_q;
            exponent = exponent.wrapping_sub(1);
        }
        let half_slope = (mantissa_q - mantissa_p) / (mantissa_q + mantissa_p);
        Self { exponent, half_slope, tail: tail(half_slope) }
    }

    /// (q - p)/(q + p) and its tail, for ratios between 1/2 and 2: there q - p is exact, and what is left of it once
    /// its first-order part is gone keeps its digits.
    #[inline(always)]
    fn near(&self) -> Option<(T, T)> {
        match self.exponent {
            0 => Some((self.half_slope, self.tail)),
            1 | -1 => {
                // With r = (1 + s)/(1 - s), (2r - 1)/(2r + 1) = (1 + 3s)/(3 + s), and its mirror image for r/2.
                let s = if self.exponent > 0 { self.half_slope } else { -self.half_slope };
                let three = T::from_f64(3.0);
                let wide = (T::ONE + three * s) / (three + s);
                if s > T::ZERO {
                    return None;
                }
                let wide = if self.exponent > 0 { wide } else { -wide };
                Some((wide, long_tail(wide)))
            }
            _ => None,
        }
    }

    #[inline(always)]
    fn value(&self) -> T {
        let fraction = self.half_slope + self.half_slope + self.tail;
        T::from_i32(self.exponent) * T::LN_2 + fraction
    }
}

/// 2 atanh s - 2 s for |s| < 0.1716.
#[inline(always)]
fn tail<T: Real>(s: T) -> T {
    let square = s * s;
    let sum = if T::DOUBLE {
        horner!(square; 1.0 / 25.0, 1.0 / 23.0, 1.0 / 21.0, 1.0 / 19.0, 1.0 / 17.0, 1.0 / 15.0, 1.0 / 13.0, 1.0 / 11.0,
            1.0 / 9.0, 1.0 / 7.0, 1.0 / 5.0, 1.0 / 3.0)
    } else {
        horner!(square; 1.0 / 11.0, 1.0 / 9.0, 1.0 / 7.0, 1.0 / 5.0, 1.0 / 3.0)
    };
    (s + s) * square * sum
}

/// The same for |s| <= 1/3.
#[inline]
fn long_tail<T: Real>(s: T) -> T {
    let square = s * s;
    let sum = if T::DOUBLE {
        horner!(square; 1.0 / 37.0, 1.0 / 35.0, 1.0 / 33.0, 1.0 / 31.0, 1.0 / 29.0, 1.0 / 27.0, 1.0 / 25.0, 1.0 / 23.0,
            1.0 / 21.0, 1.0 / 19.0, 1.0 / 17.0, 1.0 / 15.0, 1.0 / 13.0, 1.0 / 11.0, 1.0 / 9.0, 1.0 / 7.0, 1.0 / 5.0,
            1.0 / 3.0)
    } else {
        horner!(square; 1.0 / 19.0, 1.0 / 17.0, 1.0 / 15.0, 1.0 / 13.0, 1.0 / 11.0, 1.0 / 9.0, 1.0 / 7.0, 1.0 / 5.0,
            1.0 / 3.0)
    };
    (s + s) * square * sum
}

/// ln(q/p) for positive finite p and q; zero exactly for equal ones.
#[inline]
pub fn ln_ratio<T: Real>(p: T, q: T) -> T {
    LogRatio::new(p, q).value()
}

/// ln x: minus infinity at zero, NaN below it.
#[inline]
pub fn ln<T: Real>(x: T) -> T {
    if x > T::ZERO && x < T::INFINITY {
        ln_ratio(T::ONE, x)
    } else if x == T::ZERO {
        -T::INFINITY
    } else if x < T::ZERO {
        T::ZERO / T::ZERO
    } else {
        x
    }
}

/// ln(1 + x) for x > -1, relative to its own size near zero.
#[cfg(feature = "micromath")]
pub fn ln_1p<T: Real>(x: T) -> T {
    if x > T::from_f64(-0.25) && x < T::from_f64(0.375) {
        let slope = x / (T::from_f64(2.0) + x);
        slope + slope + tail(slope)
    } else {
        ln(T::ONE + x)
    }
}

/// p ln(p/q) - p + q, one term of the generalized divergence: never negative, zero exactly for p = q.
///
/// For p, q >= 0 and finite: 0 ln 0 = 0, and infinity where q = 0 < p.
#[inline]
pub fn divergence_term<T: Real>(p: T, q: T) -> T {
    if p == T::ZERO {
        return q;
    }
    if q == T::ZERO {
        return T::INFINITY;
    }
    let ratio = LogRatio::new(p, q);
    match ratio.near() {
        Some((half_slope, tail)) => half_slope * (q - p) - p * tail,
        None => (q - p) - p * ratio.value(),
    }
}

/// r - 1 - ln r for r = q/p, positive normal p and q: never negative, zero exactly for p = q, infinite on overflow.
#[inline]
pub fn ratio_term<T: Real>(p: T, q: T) -> T {
    let ratio = LogRatio::new(p, q);
    let excess = (q - p) / p;
    match ratio.near() {
        Some((half_slope, tail)) => half_slope * excess - tail,
        None => excess - ratio.value(),
    }
}

/// u - ln(1 + u) for |u| <= 1/2: never negative, zero exactly at zero.
#[inline]
pub fn u_minus_ln_1p<T: Real>(u: T) -> T {
    let half_slope = u / (T::from_f64(2.0) + u);
    half_slope * u - long_tail(half_slope)
}

/// -p ln q: the contribution of a class of probability p to a cross-entropy.
///
/// For p, q >= 0 and finite: zero for p = 0, infinity where q = 0 < p.
#[inline]
pub fn surprisal_term<T: Real>(p: T, q: T) -> T {
    if p == T::ZERO {
        T::ZERO
    } else if q == T::ZERO {
        T::INFINITY
    } else {
        p * ln_ratio(q, T::ONE)
    }
}

/// exp(x) - 1 - x: never negative, relative to its own size near zero, infinite on overflow.
#[inline]
pub fn exp_m1_minus<T: Real>(x: T) -> T {
    if x.abs() < T::from_f64(0.5) {
        // x^2 (1/2! + x/3! + x^2/4! + ...)
        let sum = if T::DOUBLE {
            horner!(x; 1.0 / 20_922_789_888_000.0, 1.0 / 1_307_674_368_000.0, 1.0 / 87_178_291_200.0, 1.0 / 6_227_020_800.0,
                1.0 / 479_001_600.0, 1.0 / 39_916_800.0, 1.0 / 3_628_800.0, 1.0 / 362_880.0, 1.0 / 40_320.0,
                1.0 / 5_040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 1.0 / 2.0)
        } else {
            horner!(x; 1.0 / 40_320.0, 1.0 / 5_040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 1.0 / 2.0)
        };
        x * x * sum
    } else if x < T::INFINITY {
        x.exp_m1() - x
    } else {
        x
    }
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
                assert!((f64::from(ln_ratio(p, q)) - expected).abs() <= 1.5e-7 * expected.abs(), "{p:e} {q:e}");
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
