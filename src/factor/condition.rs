//! How a reading with normal noise changes a factor.
//!
//! It is the rank-one change of `change.rs` with c = 1/S, S = a'Pa + r, and every t times S, so that t_(N+1) is the
//! noise r: with f = L'a, g = Df and t_j = t_(j+1) + f_j g_j taken from the last column to the first,
//!
//! ```text
//! d_j <- d_j t_(j+1)/t_j,     column j of L <- column j - (f_j/t_(j+1)) sum_(i > j) g_i column i
//! ```
//!
//! and t_1 = S (Bierman 1976, *Automatica* 12). The vector Pa is what the last sum has become. Of more than eight states
//! in `four_columns.rs`.

use super::Factor;
use crate::all_finite::AllAbove;
use crate::real::Real;
use crate::unrolled::unrolled;

/// Up to so many states a posterior is held in registers until it is known to be one.
pub const FEW: usize = 4;

/// What [`Factor::condition`] finds on its way. With a floating-point unit and more than [`FEW`] states, an entry of L
/// that is not finite makes a number of `covariance`, S or 1/S such a one; else the entries are to be looked at.
pub struct Conditioned<T, const N: usize> {
    /// Pa, that of the state and eta.
    pub covariance: [T; N],
    /// a'Pa, at most S.
    pub variance: T,
    /// S, and 1/S.
    pub sum: T,
    pub inverse: T,
    /// The new pivots.
    pub normal: AllAbove,
}

impl<T: Real, const N: usize> Factor<T, N> {
    /// Becomes that of P - (Pa)(Pa)'/S, which a reading of eta = a.z with noise r leaves, for S = a'Pa + r > 0. To be
    /// checked by all that it returns; none where a pivot has become too small.
    #[inline(always)]
    pub fn condition(&mut self, row: &[T; N], noise: T) -> Option<Conditioned<T, N>> {
        if const { N <= 8 } {
            self.condition_by_columns(row, noise)
        } else {
            Some(self.condition_by_blocks(row, noise))
        }
    }

    /// Each entry is read once.
    #[inline(always)]
    fn condition_by_columns(&mut self, row: &[T; N], noise: T) -> Option<Conditioned<T, N>> {
        let many = const { T::HARDWARE && N > FEW };
        let mut normal = AllAbove::new();
        let mut covariance = *row;
        let (mut variance, mut sum, mut inverse) = (-T::ZERO, noise, T::ZERO);
        unrolled!(for j in (0..N).rev() {
            let mut f = row[j];
            unrolled!(for i in j.saturating_add(1)..N {
                f += self.entries[i][j] * row[i];
            });
            let pivot = self.entries[j][j];
            let weighted = pivot * f;
            let slope = f * inverse;
            let below = sum;
            variance += f * weighted;
            sum += f * weighted;
            inverse = T::ONE / sum;
            // At most the old one for a normal 1/S: sums and products round monotonically, and x (1/x) to one at most.
            self.entries[j][j] = pivot * (below * inverse);
            normal.see(self.entries[j][j], T::MIN_POSITIVE);
            covariance[j] = weighted;
            unrolled!(for i in j.saturating_add(1)..N {
                let entry = self.entries[i][j];
                self.entries[i][j] = entry - slope * covariance[i];
                covariance[i] += entry * weighted;
                // Zero, or not a number: in a sum that is needed next, or the entry would be kept for later.
                if many && j > 0 {
                    sum += T::ZERO * self.entries[i][j];
                } else if many {
                    inverse += T::ZERO * self.entries[i][j];
                }
            });
            // Between one column and the next, or the compiler would keep numbers of both in more registers than there
            // are.
            if many && j.saturating_add(1) < N {
                if !normal.holds() {
                    return None;
                }
                normal = AllAbove::new();
            }
        });
        Some(Conditioned { covariance, variance, sum, inverse, normal })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By either way the factor is that of `rank_one`, and what is found on the way is right: else a filter would take
    /// every reading by the slower way that needs none of it.
    fn agrees<const N: usize>() {
        let (mut entries, mut row) = ([[0.0_f64; N]; N], [0.0; N]);
        for i in 0..N {
            row[i] = [0.5, -0.25, 1.0, 0.75, 2.0][i % 5];
            entries[i][i] = 1.0 + ((5 * i) % 7) as f64;
            for j in 0..i {
                entries[i][j] = 0.125 * ((3 * i + 5 * j) % 11) as f64 - 0.6;
            }
        }
        let (prior, noise) = (Factor { entries }, 0.5);
        let f = prior.transpose_times(&row);
        let (mut g, mut variance) = (f, 0.0);
        for j in 0..N {
            g[j] *= entries[j][j];
            variance += g[j] * f[j];
        }
        let sum = variance + noise;
        let (expected, covariance) = prior.rank_one(&f, &g, 1.0 / sum, noise / sum, false);
        let by_blocks = |factor: &mut Factor<_, N>, row: &_, noise| Some(factor.condition_by_blocks(row, noise));
        for condition in [Factor::condition_by_columns, by_blocks] {
            let mut posterior = prior;
            let found = condition(&mut posterior, &row, noise).unwrap();
            assert!((found.variance / variance - 1.0).abs() < 1e-14 && (found.sum / sum - 1.0).abs() < 1e-14);
            assert!((found.inverse * sum - 1.0).abs() < 1e-14 && found.normal.holds());
            for i in 0..N {
                assert!((found.covariance[i] - covariance[i]).abs() < 1e-12, "{N}: {i}");
                for j in 0..=i {
                    let difference = posterior.entries[i][j] - expected.entries[i][j];
                    assert!(difference.abs() < 1e-13, "{N}: {i} {j} {difference:e}");
                }
            }
        }
    }

    #[test]
    fn both_ways_are_the_rank_one_change() {
        agrees::<1>();
        agrees::<3>();
        agrees::<8>();
        agrees::<9>();
        agrees::<11>();
        agrees::<16>();
        agrees::<18>();
    }

    /// Entries of L that are zero, and stay it, are finite.
    #[test]
    fn independent_states_stay_independent() {
        let (mut entries, mut row) = ([[0.0_f32; 9]; 9], [0.0; 9]);
        for (i, line) in entries.iter_mut().enumerate() {
            line[i] = 2.0;
        }
        row[4] = 1.0;
        let mut posterior = Factor { entries };
        let found = posterior.condition(&row, 2.0).unwrap();
        let mut covariance = [0.0; 9];
        covariance[4] = 2.0;
        assert_eq!(found.covariance, covariance);
        entries[4][4] = 1.0;
        assert_eq!(posterior.entries, entries);
    }
}
