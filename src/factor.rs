//! Covariances as P = L D L', L unit lower triangular, D diagonal: no square root, no loss of definiteness.
//!
//! One array holds both: the pivots D on the diagonal, L below it, zeros above.
//!
//! How it changes by a reading: `factor/condition.rs`; in general, and by a prediction: `factor/change.rs`; of
//! many states: `factor/blocks.rs`.

mod blocks;
mod change;
mod condition;
mod four_columns;

pub use condition::{Conditioned, FEW};

use crate::error::Error;
use crate::real::Real;
use crate::unrolled::unrolled;

/// A covariance as unit lower triangle and pivots.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor<T, const N: usize> {
    entries: [[T; N]; N],
}

impl<T: Real, const N: usize> Factor<T, N> {
    /// From a pivot diagonal alone.
    pub fn diagonal(pivots: [T; N]) -> Self {
        let mut entries = [[T::ZERO; N]; N];
        for i in 0..N {
            entries[i][i] = pivots[i];
        }
        Self { entries }
    }

    /// From a strict lower triangle and pivots; entries of `lower` on and above the diagonal are not read.
    pub fn from_parts(lower: &[[T; N]; N], pivots: [T; N]) -> Result<Self, Error> {
        let mut factor = Self::diagonal(pivots);
        for i in 0..N {
            for j in 0..i {
                factor.entries[i][j] = lower[i][j];
            }
        }
        factor.check()?;
        Ok(factor)
    }

    /// Factors a covariance that is symmetric to rounding; a pivot below 4 N EPSILON of its diagonal
    /// entry is zero to working precision, an error.
    pub fn new(covariance: &[[T; N]; N]) -> Result<Self, Error> {
        check_symmetric(covariance)?;
        let mut entries = [[T::ZERO; N]; N];
        for j in 0..N {
            let mut pivot = covariance[j][j];
            for k in 0..j {
                pivot -= entries[j][k] * entries[j][k] * entries[k][k];
            }
            if !(pivot > tolerance::<T, N>() * covariance[j][j]) {
                return Err(Error::NotPositiveDefinite);
            }
            entries[j][j] = pivot;
            for i in j.saturating_add(1)..N {
                let mut rest = covariance[i][j];
                for k in 0..j {
                    rest -= entries[i][k] * entries[j][k] * entries[k][k];
                }
                entries[i][j] = rest / pivot;
            }
        }
        let factor = Self { entries };
        factor.check()?;
        Ok(factor)
    }

    /// Finite everywhere, and every pivot a positive normal number.
    fn check(&self) -> Result<(), Error> {
        for i in 0..N {
            for j in 0..i {
                if !self.entries[i][j].is_finite() {
                    return Err(Error::NotFinite);
                }
            }
            check_positive(self.entries[i][i])?;
        }
        Ok(())
    }

    /// Row i of L, left of its unit diagonal, is `entries[i][..i]`; the pivot is `entries[i][i]`.
    #[inline(always)]
    pub fn entries(&self) -> &[[T; N]; N] {
        &self.entries
    }

    #[inline(always)]
    pub fn pivots(&self) -> [T; N] {
        let mut pivots = [T::ZERO; N];
        unrolled!(for i in 0..N {
            pivots[i] = self.entries[i][i];
        });
        pivots
    }

    pub fn unit_lower(&self) -> [[T; N]; N] {
        let mut lower = self.entries;
        for i in 0..N {
            lower[i][i] = T::ONE;
        }
        lower
    }

    pub fn covariance(&self) -> [[T; N]; N] {
        let mut covariance = [[T::ZERO; N]; N];
        let lower = self.unit_lower();
        for i in 0..N {
            for j in 0..i.saturating_add(1) {
                let mut sum = T::ZERO;
                for k in 0..j.saturating_add(1).min(N) {
                    sum += lower[i][k] * lower[j][k] * self.entries[k][k];
                }
                let sum = or_infinity(sum);
                covariance[i][j] = sum;
                covariance[j][i] = sum;
            }
        }
        covariance
    }

    /// L x.
    #[inline]
    pub fn lower_times(&self, x: &[T; N]) -> [T; N] {
        let mut product = *x;
        for i in 0..N {
            for j in 0..i {
                product[i] += self.entries[i][j] * x[j];
            }
        }
        product
    }

    /// L'a.
    #[inline(always)]
    pub fn transpose_times(&self, a: &[T; N]) -> [T; N] {
        let mut product = *a;
        unrolled!(for j in 0..N {
            unrolled!(for i in j.saturating_add(1)..N {
                product[j] += self.entries[i][j] * a[i];
            });
        });
        product
    }

    /// The solution x of L x = b.
    #[inline]
    pub fn solve(&self, b: &[T; N]) -> [T; N] {
        let mut x = *b;
        for i in 0..N {
            let mut rest = x[i];
            for j in 0..i {
                rest -= self.entries[i][j] * x[j];
            }
            x[i] = rest;
        }
        x
    }

    /// The solution x of L'x = b.
    #[inline]
    pub fn solve_transpose(&self, b: &[T; N]) -> [T; N] {
        let mut x = *b;
        for i in (0..N).rev() {
            let mut rest = x[i];
            for j in i.saturating_add(1)..N {
                rest -= self.entries[j][i] * x[j];
            }
            x[i] = rest;
        }
        x
    }

    /// P^-1 x.
    pub fn precision_times(&self, x: &[T; N]) -> [T; N] {
        let mut scaled = self.solve(x);
        for i in 0..N {
            scaled[i] /= self.entries[i][i];
        }
        self.solve_transpose(&scaled)
    }

    /// The factor of c P, c >= 1.
    pub fn scaled(&self, c: T) -> Result<Self, Error> {
        let mut scaled = *self;
        for i in 0..N {
            scaled.entries[i][i] *= c;
        }
        scaled.check().map_err(|_| Error::OutOfRange)?;
        Ok(scaled)
    }
}

/// A sum whose intermediates overflowed into inf - inf, or into 0 inf, is as good as infinite.
pub fn or_infinity<T: Real>(value: T) -> T {
    if value == value { value } else { T::INFINITY }
}

/// What is zero against a diagonal entry after N subtractions.
pub fn tolerance<T: Real, const N: usize>() -> T {
    T::from_u32(N as u32) * T::from_f64(4.0) * T::EPSILON
}

/// A finite positive normal number.
pub fn check_positive<T: Real>(value: T) -> Result<(), Error> {
    if !value.is_finite() {
        Err(Error::NotFinite)
    } else if !(value > T::ZERO) {
        Err(Error::NotPositive)
    } else if value < T::MIN_POSITIVE {
        Err(Error::OutOfRange)
    } else {
        Ok(())
    }
}

/// A finite number that is not negative: a time, a rate, a weight.
#[cold]
pub fn check_non_negative<T: Real>(value: T) -> Result<(), Error> {
    if !value.is_finite() {
        Err(Error::NotFinite)
    } else if value < T::ZERO {
        Err(Error::OutOfRange)
    } else {
        Ok(())
    }
}

/// Finite, and symmetric within 16 EPSILON of an entry or of the standard deviations' product, whichever is more.
pub fn check_symmetric<T: Real, const N: usize>(covariance: &[[T; N]; N]) -> Result<(), Error> {
    let mut std_dev = [T::ZERO; N];
    for i in 0..N {
        std_dev[i] = covariance[i][i].abs().sqrt();
    }
    for i in 0..N {
        for j in 0..i.saturating_add(1) {
            let (lower, upper) = (covariance[i][j], covariance[j][i]);
            if !(lower.is_finite() && upper.is_finite()) {
                return Err(Error::NotFinite);
            }
            // Halves, because the difference of two large numbers could overflow.
            let half = T::from_f64(0.5);
            let size = lower.abs().max(upper.abs()).max(std_dev[i] * std_dev[j]);
            if (half * lower - half * upper).abs() > T::from_f64(8.0) * T::EPSILON * size {
                return Err(Error::NotSymmetric);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::semidefinite::semidefinite;

    const P: [[f64; 3]; 3] = [[4.0, 2.0, -1.0], [2.0, 5.0, 0.5], [-1.0, 0.5, 3.0]];

    fn close(a: &[[f64; 3]; 3], b: &[[f64; 3]; 3]) -> bool {
        (0..3).all(|i| (0..3).all(|j| (a[i][j] - b[i][j]).abs() < 1e-13 * (1.0 + b[i][j].abs())))
    }

    #[test]
    fn factor_and_covariance_are_inverse() {
        let factor = Factor::new(&P).unwrap();
        assert!(close(&factor.covariance(), &P));
    }

    #[test]
    fn rank_one_equals_the_dense_formula_down_and_up() {
        let factor = Factor::new(&P).unwrap();
        let a = [0.7, -1.3, 2.1];
        let f = factor.transpose_times(&a);
        let g: [f64; 3] = core::array::from_fn(|i| f[i] * factor.pivots()[i]);
        let variance: f64 = (0..3).map(|i| f[i] * g[i]).sum();
        let pa: [f64; 3] = core::array::from_fn(|i| (0..3).map(|j| P[i][j] * a[j]).sum());
        for posterior in [0.01, 0.9 * variance, 2.5 * variance] {
            let c = (variance - posterior) / (variance * variance);
            let (updated, gain) = factor.rank_one(&f, &g, c, posterior / variance, true);
            let expected = core::array::from_fn(|i| core::array::from_fn(|j| P[i][j] - c * pa[i] * pa[j]));
            assert!(close(&updated.covariance(), &expected));
            assert!((0..3).all(|i| (gain[i] - pa[i]).abs() < 1e-13));
        }
    }

    #[test]
    fn propagate_equals_the_dense_formula() {
        let factor = Factor::new(&P).unwrap();
        let f = [[1.0, 0.5, 0.125], [0.0, 1.0, 0.5], [-0.3, 0.0, 1.0]];
        // Noise on the first two states only, perfectly correlated: semidefinite.
        let q = [[1.0, 2.0, 0.0], [2.0, 4.0, 0.0], [0.0, 0.0, 0.0]];
        let (loadings, weights) = semidefinite(&q).unwrap();
        let got = factor.propagate(&f, &loadings, &weights).unwrap().covariance();
        let expected = core::array::from_fn(|i| {
            core::array::from_fn(|j| {
                let sum: f64 = (0..9).map(|k| f[i][k / 3] * P[k / 3][k % 3] * f[j][k % 3]).sum();
                sum + q[i][j]
            })
        });
        assert!(close(&got, &expected));
    }

    #[test]
    fn solves_invert_products() {
        let factor = Factor::new(&P).unwrap();
        let x = [1.0, -2.0, 0.5];
        let px: [f64; 3] = core::array::from_fn(|i| (0..3).map(|j| P[i][j] * x[j]).sum());
        let back = factor.precision_times(&px);
        assert!((0..3).all(|i| (back[i] - x[i]).abs() < 1e-13));
    }

    #[test]
    fn bad_covariances_are_named() {
        let of = |p: [[f32; 2]; 2]| Factor::new(&p).map(|_| ());
        assert_eq!(of([[1.0, 0.5], [0.4, 1.0]]), Err(Error::NotSymmetric));
        assert_eq!(of([[1.0, 1.0], [1.0, 1.0]]), Err(Error::NotPositiveDefinite));
        assert_eq!(of([[1.0, 2.0], [2.0, 1.0]]), Err(Error::NotPositiveDefinite));
        assert_eq!(of([[1.0, f32::NAN], [f32::NAN, 1.0]]), Err(Error::NotFinite));
        assert_eq!(of([[0.0, 0.0], [0.0, 1.0]]), Err(Error::NotPositiveDefinite));
        assert_eq!(of([[1e-40, 0.0], [0.0, 1.0]]), Err(Error::OutOfRange));
    }
}
