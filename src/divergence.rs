//! One class's part of a discrete divergence: p ln(p/q) - p + q, of probabilities.
//!
//! The forms are those at the top of `log_ratio.rs`. That of any two numbers there has to ask whether they are near the
//! largest number too; of probabilities one comparison each is enough. Where one is subnormal the logarithm is that of
//! the ratio of both times a power of two, which is the same ratio.

use crate::log_ratio::{double_tail, half_slope, ln_ratio, logarithm};
use crate::real::Real;

/// From here on the power of two of p's ratio to a normal q is read off the bit patterns.
#[inline(always)]
fn least<T: Real>() -> T {
    T::MIN_POSITIVE + T::MIN_POSITIVE
}

/// The form within an octave; s = (q - p)/(q + p).
#[inline(always)]
fn near<T: Real>(p: T, q: T, s: T) -> T {
    let square = s * s;
    s * ((q - p) - p * square * double_tail(square))
}

/// p ln(p/q) - p + q for p and q from zero to two: never negative, zero exactly for p = q; 0 ln 0 = 0, and infinity
/// where q = 0 < p.
#[inline(always)]
pub fn term<T: Real>(p: T, q: T) -> T {
    if T::is_near(p, q) && p.reaches(least()) {
        return near(p, q, half_slope(p, q));
    }
    let (mut of_p, mut of_q) = (p, q);
    if !(p.reaches(least()) && q.reaches(T::MIN_POSITIVE)) {
        if p == T::ZERO {
            return q;
        }
        if q == T::ZERO {
            return T::INFINITY;
        }
        let lift = (T::ONE + T::ONE) / T::EPSILON;
        (of_p, of_q) = (p * lift, q * lift);
    }
    (q - p) - p * ln_ratio(of_p, of_q)
}

/// [`term`] of many pairs, in the same bits, without branches where all are normal: for processors that compute several
/// at a time.
#[inline(always)]
pub fn terms<T: Real, const M: usize>(p: &[T; M], q: &[T; M]) -> [T; M] {
    let mut normal = true;
    for i in 0..M {
        normal &= p[i].reaches(least()) & q[i].reaches(T::MIN_POSITIVE);
    }
    if !normal {
        return terms_of_any(p, q);
    }
    let mut terms = *q;
    for i in 0..M {
        let (p, q) = (p[i], q[i]);
        let is_near = T::is_near(p, q);
        let octaves = if is_near { 0 } else { T::octaves(p, q) };
        let s = half_slope(p, q.scaled(octaves.wrapping_neg()));
        let far = (q - p) - p * logarithm(octaves, s);
        terms[i] = if is_near { near(p, q, s) } else { far };
    }
    terms
}

/// [`terms`] one by one.
#[cold]
#[inline(never)]
fn terms_of_any<T: Real, const M: usize>(p: &[T; M], q: &[T; M]) -> [T; M] {
    let mut terms = *q;
    for i in 0..M {
        terms[i] = term(p[i], q[i]);
    }
    terms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::log_ratio::divergence_term;

    /// A pseudorandom pattern below 2^24.
    fn draws() -> impl FnMut() -> u32 {
        let mut word = 1_u32;
        move || {
            word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            word >> 8
        }
    }

    /// Across all exponents; close together; a few octaves apart; with zeros and subnormal numbers.
    fn pairs(round: u32, draw: &mut impl FnMut() -> u32) -> ([f32; 8], [f32; 8]) {
        let p = core::array::from_fn(|_| f32::from_bits(draw() << 6));
        let q = p.map(|p| match round % 4 {
            0 => f32::from_bits(draw() << 6),
            1 => f32::from_bits(p.to_bits().saturating_add(draw() & 0xff)),
            2 => p * (0.25 + draw() as f32 * 3e-7),
            _ => f32::from_bits(draw() >> (draw() & 15)),
        });
        (p, q)
    }

    #[test]
    fn many_terms_have_the_bits_of_one() {
        let mut draw = draws();
        for round in 0..20_000 {
            let (p, q) = pairs(round, &mut draw);
            let terms = terms(&p, &q);
            for i in 0..8 {
                assert_eq!(terms[i].to_bits(), term(p[i], q[i]).to_bits(), "{:e} {:e}", p[i], q[i]);
            }
        }
    }

    /// Of which a sweep of every `f32` tells the error.
    #[test]
    fn normal_numbers_give_the_bits_of_the_divergence_of_any_two() {
        let mut draw = draws();
        for round in 0..20_000 {
            let (p, q) = pairs(round, &mut draw);
            for (p, q) in p.into_iter().zip(q) {
                if p >= 2.0 * f32::MIN_POSITIVE && q >= f32::MIN_POSITIVE {
                    assert_eq!(term(p, q).to_bits(), divergence_term(p, q).to_bits(), "{p:e} {q:e}");
                }
            }
        }
    }

    /// Half a unit of the smallest number, and no sign, whatever the rounding of the logarithm.
    #[test]
    fn subnormal_numbers_are_right_to_their_last_place() {
        let mut draw = draws();
        let unit = f64::from(f32::from_bits(1));
        for round in 0..60_000_u32 {
            let p = f32::from_bits(draw() >> (draw() & 15));
            let q = f32::from_bits(match round % 3 {
                0 => draw() >> (draw() & 15),
                1 => p.to_bits().wrapping_add(draw() & 7),
                _ => draw() << 6,
            });
            for (p, q) in [(p, q), (q, p)] {
                let got = term(p, q);
                let (x, y) = (f64::from(p), f64::from(q));
                if x > 0.0 && y > 0.0 {
                    let expected = x * libm::log(x / y) + (y - x);
                    let error = (f64::from(got) - expected).abs();
                    assert!(got >= 0.0 && error <= 4e-7 * expected + 1.5 * unit, "{p:e} {q:e}: {got:e} {expected:e}");
                }
                assert!(p != q || got == 0.0, "{p:e} {q:e}: {got:e}");
            }
        }
        // 6 - 1 - ln 6 = 3.2
        assert_eq!(term(f32::from_bits(1), f32::from_bits(6)), f32::from_bits(3));
        assert_eq!(term(f32::from_bits(1), 0.0), f32::INFINITY);
        assert_eq!(term(0.0, f32::from_bits(1)), f32::from_bits(1));
        assert_eq!(term(0.0_f32, 0.0), 0.0);
    }
}
