//! Sums and products that carry their rounding errors along, and forward substitution built on them.
//!
//! A strongly correlated factor L amplifies every rounding of L^-1 b, by up to the square root of the covariance's
//! condition number; a divergence squares what is left. With each number kept as an unevaluated sum of two (Dekker
//! 1971; Knuth's two-sum) the solution is right to the last digit of one.

use crate::factor::Factor;
use crate::log_ratio::two_difference;
use crate::real::Real;
use crate::unrolled::unrolled_to_four;

/// high + low, low within half a unit in the last place of high.
#[derive(Clone, Copy)]
struct Wide<T> {
    high: T,
    low: T,
}

impl<T: Real> Wide<T> {
    /// a - b.
    #[inline(always)]
    fn difference(a: T, b: T) -> Self {
        let (high, low) = two_difference(a, b);
        Self { high, low }
    }

    /// self - a x.
    #[inline(always)]
    fn minus_product(self, a: T, x: Self) -> Self {
        let (product, error) = two_product(a, x.high);
        let (high, rest) = two_difference(self.high, product);
        let low = self.low + (rest - (error + a * x.low));
        let sum = high + low;
        Self { high: sum, low: low - (sum - high) }
    }
}

/// a b as a rounded product and what the rounding lost (Dekker 1971, mul12); where the splitting overflows, nothing.
#[inline(always)]
fn two_product<T: Real>(a: T, b: T) -> (T, T) {
    let product = a * b;
    let (a_high, a_low) = split(a);
    let (b_high, b_low) = split(b);
    let error = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    (product, if error.is_finite() { error } else { T::ZERO })
}

/// x as a sum of two numbers of half the digits (Veltkamp).
#[inline(always)]
fn split<T: Real>(x: T) -> (T, T) {
    let scaled = T::SPLITTER * x;
    let high = scaled - (scaled - x);
    (high, x - high)
}

/// L^-1 (a - b).
#[inline]
pub fn solve<T: Real, const N: usize>(factor: &Factor<T, N>, a: &[T; N], b: &[T; N]) -> [T; N] {
    let entries = factor.entries();
    let mut solution = [Wide { high: T::ZERO, low: T::ZERO }; N];
    let mut rounded = *a;
    unrolled_to_four!(for i in 0..N {
        let mut rest = Wide::difference(a[i], b[i]);
        unrolled_to_four!(for j in 0..i {
            rest = rest.minus_product(entries[i][j], solution[j]);
        });
        solution[i] = rest;
        rounded[i] = solution[i].high;
    });
    rounded
}

/// The strictly lower matrix W = L1^-1 (L0 - L1), for which L1^-1 L0 = I + W; zero exactly for equal factors.
#[inline]
pub fn relative_lower<T: Real, const N: usize>(zero: &Factor<T, N>, one: &Factor<T, N>) -> [[T; N]; N] {
    let (zero, one) = (zero.entries(), one.entries());
    let mut relative = [[T::ZERO; N]; N];
    unrolled_to_four!(for j in 0..N {
        // Of column j nothing is left above row j + 1.
        let mut column = [Wide { high: T::ZERO, low: T::ZERO }; N];
        unrolled_to_four!(for i in j.saturating_add(1)..N {
            let mut rest = Wide::difference(zero[i][j], one[i][j]);
            unrolled_to_four!(for k in 0..i {
                if k > j {
                    rest = rest.minus_product(one[i][k], column[k]);
                }
            });
            column[i] = rest;
            relative[i][j] = column[i].high;
        });
    });
    relative
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_lose_nothing() {
        for (a, b) in [(1.000_000_1_f32, 3.333_333_3), (-7.1e10, 1.3e-12), (1.0, 1.0), (0.1, -0.1)] {
            let (product, error) = two_product(a, b);
            assert_eq!(f64::from(product) + f64::from(error), f64::from(a) * f64::from(b));
        }
        assert_eq!(two_product(3e38_f32, 0.5), (1.5e38, 0.0));
    }

    #[test]
    fn substitution_survives_cancellation() {
        // x_1 = 1/3 rounded, x_2 = b_2 - 1e6 x_1: all but the last digits cancel.
        let lower = [[1.0, 0.0], [1e6, 1.0]];
        let factor = Factor::from_parts(&lower, [1.0_f32, 1.0]).unwrap();
        let (first, second) = (1.0_f32 / 3.0, 333_333.34_f32);
        let solved = solve(&factor, &[first, second], &[0.0; 2]);
        let expected = f64::from(second) - 1e6 * f64::from(first);
        assert!((f64::from(solved[1]) / expected - 1.0).abs() < 1e-6);
    }
}
