//! Noise covariances, which may be singular: LDL' with diagonal pivoting.
//!
//! In units of each diagonal entry, the largest part that is left comes first, so that rounding is not amplified;
//! without pivoting 4 to 9 % of random singular matrices of rank two and more would be refused. What is left below 4 N
//! EPSILON of its diagonal is zero, or the matrix is not semidefinite.

use crate::error::Error;
use crate::factor::{check_symmetric, tolerance};
use crate::real::Real;

/// Q = G diag(weights) G': loadings G, and weights of which some may be zero.
pub fn semidefinite<T: Real, const N: usize>(q: &[[T; N]; N]) -> Result<([[T; N]; N], [T; N]), Error> {
    check_symmetric(q)?;
    for i in 0..N {
        if q[i][i] < T::ZERO {
            return Err(Error::NotPositiveDefinite);
        }
    }
    let mut rest = *q;
    let mut loadings = [[T::ZERO; N]; N];
    let mut weights = [T::ZERO; N];
    let mut open = [true; N];
    for column in 0..N {
        let (mut next, mut largest) = (N, tolerance::<T, N>());
        for i in 0..N {
            let share = rest[i][i] / q[i][i];
            // Over a diagonal of -0 what is left below zero is a share of plus infinity.
            if open[i] && rest[i][i] > T::ZERO && share > largest {
                (next, largest) = (i, share);
            }
        }
        // `get` and not an index: a position that a loop has found could panic in the compiler's eyes.
        let Some(&pivot_row) = rest.get(next) else { break };
        let Some(&pivot) = pivot_row.get(next) else { break };
        weights[column] = pivot;
        for i in 0..N {
            if open[i] {
                loadings[i][column] = if i == next { T::ONE } else { pivot_row[i] / pivot };
            }
        }
        for i in 0..N {
            for j in 0..N {
                rest[i][j] -= loadings[i][column] * pivot * loadings[j][column];
            }
            open[i] &= i != next;
        }
    }
    for i in 0..N {
        for j in 0..N {
            let rest = rest[i][j];
            let explained = rest.is_finite() && rest.abs() <= tolerance::<T, N>() * (q[i][i] + q[j][j]);
            if open[i] && open[j] && !explained {
                return Err(Error::NotPositiveDefinite);
            }
        }
    }
    Ok((loadings, weights))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_semidefinite_is_named() {
        let semi = |p: [[f32; 2]; 2]| semidefinite(&p).map(|_| ());
        assert_eq!(semi([[1.0, 2.0], [2.0, 4.0]]), Ok(()));
        assert_eq!(semi([[0.0, 0.0], [0.0, 0.0]]), Ok(()));
        assert_eq!(semi([[0.0, 0.1], [0.1, 4.0]]), Err(Error::NotPositiveDefinite));
        assert_eq!(semi([[0.5, -1.0], [-1.0, -0.0]]), Err(Error::NotPositiveDefinite));
        assert_eq!(semi([[1e-45, -1.0], [-1.0, 0.5]]), Err(Error::NotPositiveDefinite));
        assert_eq!(semi([[1e-45, 0.5], [0.5, f32::MAX]]), Err(Error::NotPositiveDefinite));
        assert_eq!(semi([[1.0, 2.0], [2.0, 3.9]]), Err(Error::NotPositiveDefinite));
        assert_eq!(semi([[-1e-9, 0.0], [0.0, 4.0]]), Err(Error::NotPositiveDefinite));
        assert_eq!(semi([[f32::NAN, 0.0], [0.0, 4.0]]), Err(Error::NotFinite));
    }

    /// Q = A A' of every rank, from a fixed linear congruential sequence: never refused, and given back.
    #[test]
    fn rank_deficient_noise_is_taken_in() {
        let mut state = 1_u32;
        let mut draw = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        };
        for rank in 0..=4 {
            for _ in 0..500 {
                let a: [[f32; 4]; 4] =
                    core::array::from_fn(|_| core::array::from_fn(|k| if k < rank { draw() } else { 0.0 }));
                let q: [[f32; 4]; 4] =
                    core::array::from_fn(|i| core::array::from_fn(|j| (0..4).map(|k| a[i][k] * a[j][k]).sum()));
                let (loadings, weights) = semidefinite(&q).unwrap();
                for i in 0..4 {
                    for j in 0..4 {
                        let back: f32 = (0..4).map(|k| loadings[i][k] * weights[k] * loadings[j][k]).sum();
                        assert!((back - q[i][j]).abs() <= 4e-6 * (q[i][i] + q[j][j]), "rank {rank}: {q:?}");
                    }
                }
            }
        }
    }
}
