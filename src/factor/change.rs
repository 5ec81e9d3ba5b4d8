//! How a factor changes.
//!
//! A rank-one change P - c (Pa)(Pa)' is Bierman's (1976, *Automatica* 12), mirrored for a lower factor:
//! with f = L'a, g = Df and t_j = t_(j+1) + c f_j g_j taken from the last row up, starting from t_(N+1) = 1 - c a'Pa,
//!
//! ```text
//! d_j <- d_j t_(j+1)/t_j,     column j of L <- column j - (c f_j/t_(j+1)) sum_(i > j) g_i column i
//! ```
//!
//! For c > 0 every t is a sum of positive terms, and t_1 is one.
//!
//! A prediction F P F' + Q is formed and factored again where that loses no more than a digit, which is where every
//! pivot keeps a 32nd of its diagonal entry: half the work of weighted Gram-Schmidt on the rows of [F L, G]
//! (`gram_schmidt.rs`), by which it is done everywhere else, for beliefs in which some states are nearly known from
//! others.

use super::Factor;
use crate::all_finite::{AllAbove, AllFinite};
use crate::error::Error;
use crate::gram_schmidt::orthogonalized;
use crate::real::Real;
use crate::rows::add_multiple;
use crate::unrolled::{unrolled, unrolled_to_five, unrolled_to_sixteen};

/// The share of a diagonal entry that its pivot must keep for the digits lost in their difference to be bearable.
pub(super) const LEAST_SHARE: f64 = 1.0 / 32.0;

/// Of a number that is not negative: not below `least`.
#[inline(always)]
fn above<T: Real>(value: T, least: T) -> bool {
    let mut above = AllAbove::new();
    above.see(value, least);
    above.holds()
}

/// A pivot keeps its share of the diagonal entry. Of few states, where the share and the least normal number are added
/// up, that sum; it is the larger of the two unless both are next to that number.
#[inline(always)]
fn keeps<T: Real>(pivot: T, share: T, few: bool) -> bool {
    let is_far = || above(pivot, T::MIN_POSITIVE * T::from_f64(8.0) / T::EPSILON);
    pivot >= share && (!few || is_far() || keeps_both(pivot, share))
}

/// The first two rows, if there are so many.
#[inline(always)]
fn copy_pair<T: Real, const N: usize>(to: Option<&mut [[T; N]]>, from: Option<&[[T; N]]>) {
    let (to, from) = (to.and_then(<[_]>::first_chunk_mut::<2>), from.and_then(<[_]>::first_chunk));
    if let (Some(to), Some(from)) = (to, from) {
        *to = *from;
    }
}

/// A function of its own, or the sum would be computed every time.
#[cold]
#[inline(never)]
fn keeps_both<T: Real>(pivot: T, share: T) -> bool {
    pivot >= T::MIN_POSITIVE + share
}

impl<T: Real, const N: usize> Factor<T, N> {
    /// What [`check`](Self::check) lets pass; `finite` has seen what else must be.
    #[inline(always)]
    pub fn is_valid(&self, mut finite: AllFinite<T>) -> bool {
        unrolled!(for i in 0..N {
            unrolled!(for j in 0..i {
                finite.see(self.entries[i][j]);
            });
            if !self.entries[i][i].is_positive_normal() {
                return false;
            }
        });
        finite.holds()
    }

    /// Looks whether every entry of L is finite.
    #[inline(always)]
    pub fn see(&self, finite: &mut AllFinite<T>) {
        unrolled!(for i in 0..N {
            unrolled!(for j in 0..i {
                finite.see(self.entries[i][j]);
            });
        });
    }

    /// Takes over another factor; without the zeros, where entries are moved one by one.
    #[inline(always)]
    pub fn replace(&mut self, other: &Self) {
        if const { N > 8 } {
            *self = *other;
            return;
        }
        unrolled!(for i in 0..N {
            unrolled!(for j in 0..=i {
                self.entries[i][j] = other.entries[i][j];
            });
        });
    }

    /// Becomes a copy of another, by loads and stores of several registers each, which the compiler writes out for up
    /// to sixteen numbers. A loop would be made one call that copies word by word.
    #[inline(always)]
    pub fn copy_rows(&mut self, other: &Self) {
        unrolled_to_sixteen!(for i in 0..N {
            let begins_pair = const { N <= 8 } && i & 1 == 0;
            if begins_pair && i.saturating_add(1) < N {
                copy_pair(self.entries.get_mut(i..), other.entries.get(i..));
            } else if begins_pair || const { N > 8 } {
                self.entries[i] = other.entries[i];
            }
        });
    }

    /// A copy made in this way.
    #[inline(always)]
    pub fn copied_by_rows(&self) -> Self {
        let mut copy = Self { entries: [[T::ZERO; N]; N] };
        copy.copy_rows(self);
        copy
    }

    /// The factor of P - c (Pa)(Pa)' and the vector Pa, from f = L'a, g = Df, the coefficient c and 1 - c a'Pa > 0.
    ///
    /// `c < 0` adds, which only `widens` allows for. To be checked: what overflows is infinite or NaN.
    #[inline(always)]
    pub fn rank_one(&self, f: &[T; N], g: &[T; N], c: T, remainder: T, widens: bool) -> (Self, [T; N]) {
        // Arrays start as copies of one another: a loop that fills them would keep them in memory.
        let mut slopes = *f;
        unrolled!(for j in 0..N {
            slopes[j] = c * f[j];
        });
        // t_j; the first is one, whatever rounding says.
        let mut sums = *f;
        let mut sum = remainder;
        if widens && c < T::ZERO {
            unrolled!(for j in (0..N).rev() {
                // Falls to one: rounding must not carry it below.
                sum = if j > 0 { (sum + slopes[j] * g[j]).max(T::ONE) } else { T::ONE };
                sums[j] = sum;
            });
        } else {
            unrolled!(for j in (0..N).rev() {
                sum = if j > 0 { sum + slopes[j] * g[j] } else { T::ONE };
                sums[j] = sum;
            });
        }
        let mut updated = *self;
        let mut gain = *g;
        let mut inverses = *f;
        unrolled!(for j in (0..N).rev() {
            inverses[j] = if j > 0 { T::ONE / sums[j] } else { T::ONE };
            let next = j.saturating_add(1);
            let below = sums.get(next).map_or(remainder, |sum| *sum);
            updated.entries[j][j] = self.entries[j][j] * (below * inverses[j]);
            let factor = slopes[j] * inverses.get(next).map_or(T::ONE, |inverse| *inverse);
            unrolled!(for i in j.saturating_add(1)..N {
                updated.entries[i][j] = self.entries[i][j] - factor * gain[i];
                gain[i] += self.entries[i][j] * g[j];
            });
        });
        (updated, gain)
    }

    /// What [`refactored`](Self::refactored) returns is valid: one or two states, in floats that are the target's own.
    pub const CHECKS_AS_IT_GOES: bool = T::HARDWARE && N <= 2;

    /// The factor of F P F' + Q, by forming it and factoring it again, where that costs no more than a digit: where
    /// every pivot keeps a good part of its diagonal entry. To be checked, unless it
    /// [checks as it goes](Self::CHECKS_AS_IT_GOES), the new mean too: what overflows is infinite or NaN.
    #[inline(always)]
    pub fn refactored(&self, transition: &[[T; N]; N], noise: &[[T; N]; N], mean: &[T; N]) -> Option<Self> {
        let mut entries = self.entries;
        // The rows of F L, and of F L D.
        let (mut carried, mut weighted) = (*transition, *transition);
        unrolled_to_five!(for i in 0..N {
            carried[i] = self.transpose_times(&transition[i]);
            unrolled!(for k in 0..N {
                weighted[i][k] = carried[i][k] * self.entries[k][k];
            });
            // The row of the covariance, and then of the new triangle times the new pivots.
            let mut row = noise[i];
            unrolled_to_five!(for j in 0..=i {
                unrolled!(for k in 0..N {
                    row[j] += carried[j][k] * weighted[i][k];
                });
                if j < i {
                    unrolled_to_five!(for k in 0..j {
                        row[j] -= row[k] * entries[j][k];
                    });
                }
            });
            let mut pivot = row[i];
            unrolled_to_five!(for j in 0..i {
                let entry = row[j] / entries[j][j];
                pivot -= row[j] * entry;
                entries[i][j] = entry;
            });
            let share = if i > 0 { row[i] * T::from_f64(LEAST_SHARE) } else { T::ZERO };
            if const { !Self::CHECKS_AS_IT_GOES } {
                if i > 0 && !keeps(pivot, share, const { N <= 2 }) {
                    return None;
                }
            } else if i == 0 && const { N > 1 } {
                if !above(pivot, T::MIN_POSITIVE) {
                    return None;
                }
            } else {
                // Both bounds in one, of which the larger is all that is left but next to the least normal number; and
                // zero times what is not finite is NaN, as is the zero that a pivot leaves of itself. With finite pivots
                // every entry is finite.
                let mut least = T::MIN_POSITIVE + share;
                let zero = pivot - pivot;
                least += mean[i] * zero;
                if i > 0 {
                    least += entries[0][0] * zero;
                    least += mean[0] * zero;
                }
                if !(pivot >= least) {
                    return None;
                }
            }
            entries[i][i] = pivot;
        });
        Some(Self { entries })
    }

    /// The factor of F P F' + G diag(weights) G'.
    pub fn propagate(&self, transition: &[[T; N]; N], loadings: &[[T; N]; N], weights: &[T; N]) -> Result<Self, Error> {
        let mut carried = *transition;
        for i in 0..N {
            if const { N <= 4 } {
                carried[i] = self.transpose_times(&transition[i]);
                continue;
            }
            for k in 0..N {
                add_multiple(&mut carried[i][..k], transition[i][k], &self.entries[k]);
            }
        }
        let result = Self { entries: orthogonalized(carried, &self.pivots(), *loadings, weights) };
        if const { N > 4 } {
            // The same, in a loop: it is rare.
            return result.check().map_err(|_| Error::OutOfRange).map(|()| result);
        }
        if result.is_valid(AllFinite::new()) { Ok(result) } else { Err(Error::OutOfRange) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Targets with and without a floating-point unit refuse the same pivots.
    #[test]
    fn few_states_are_judged_by_one_sum() {
        let least = f32::MIN_POSITIVE;
        for shift in 0..60 {
            let share = least * f32::from_bits((127 + shift) << 23);
            for share in [share, share.next_up(), 1.7 * share, share.next_down()] {
                let both = least + share;
                for pivot in [share, share.next_up(), share + 0.5 * least, both.next_down(), both, both.next_up()] {
                    assert_eq!(keeps(pivot, share, true), pivot >= both, "{pivot:e} {share:e}");
                }
            }
        }
        assert!(keeps(least, 0.0, true) && !keeps(least.next_down(), 0.0, true));
        assert!(keeps(8.0 * least, 8.0 * least, false) && !keeps(8.0 * least, 8.0 * least, true));
        assert!(keeps(1.0_f32, 1.0, false) && !keeps(1.0_f32, 1.0_f32.next_up(), false));
    }
}
