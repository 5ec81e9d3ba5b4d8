//! Sums of covariances in factored form, by weighted Gram-Schmidt on rows (Thornton 1976; Bierman 1977, *Factorization
//! Methods for Discrete Sequential Estimation*, VI.4).
//!
//! The covariance is never formed: A diag(a) A' + B diag(b) B' is that of the rows of [A, B] in the inner product with
//! weights (a, b), and the rows less their projections on those above are orthogonal. What comes out is a covariance
//! whatever is rounded, and every row keeps its own relative accuracy.

use crate::real::Real;
use crate::rows::{add_multiple, inner_product};
use crate::unrolled::unrolled;

/// The factor of A diag(a) A' + B diag(b) B', pivots on the diagonal, by weighted Gram-Schmidt on the rows of [A, B].
///
/// Where nothing is left of a row its pivot is zero, or below the smallest normal number, and so is its column.
#[inline]
pub fn orthogonalized<T: Real, const N: usize>(
    mut a: [[T; N]; N],
    a_weights: &[T; N],
    mut b: [[T; N]; N],
    b_weights: &[T; N],
) -> [[T; N]; N] {
    if const { N > 4 } {
        return orthogonalized_row_by_row(a, a_weights, b, b_weights);
    }
    let mut entries = [[T::ZERO; N]; N];
    for i in 0..N {
        let (a_row, b_row) = (a[i], b[i]);
        let (mut a_weighted, mut b_weighted) = (a_row, b_row);
        let mut pivot = T::ZERO;
        unrolled!(for k in 0..N {
            a_weighted[k] = a_row[k] * a_weights[k];
            b_weighted[k] = b_row[k] * b_weights[k];
            pivot += a_row[k] * a_weighted[k] + b_row[k] * b_weighted[k];
        });
        entries[i][i] = pivot;
        if pivot < T::MIN_POSITIVE {
            continue;
        }
        for j in i.saturating_add(1)..N {
            let mut projection = T::ZERO;
            unrolled!(for k in 0..N {
                projection += a[j][k] * a_weighted[k] + b[j][k] * b_weighted[k];
            });
            let coefficient = projection / pivot;
            unrolled!(for k in 0..N {
                a[j][k] -= coefficient * a_row[k];
                b[j][k] -= coefficient * b_row[k];
            });
            entries[j][i] = coefficient;
        }
    }
    entries
}

/// [`orthogonalized`] of many states, in which it is rare: the same sums in less code.
fn orthogonalized_row_by_row<T: Real, const N: usize>(
    mut a: [[T; N]; N],
    a_weights: &[T; N],
    mut b: [[T; N]; N],
    b_weights: &[T; N],
) -> [[T; N]; N] {
    let mut entries = [[T::ZERO; N]; N];
    for i in 0..N {
        let (a_row, b_row) = (a[i], b[i]);
        let (mut a_weighted, mut b_weighted) = (a_row, b_row);
        for (entries, weights) in [(&mut a_weighted, a_weights), (&mut b_weighted, b_weights)] {
            for (entry, &weight) in entries.iter_mut().zip(weights) {
                *entry *= weight;
            }
        }
        let pivot = inner_product(&a_row, &b_row, &a_weighted, &b_weighted);
        entries[i][i] = pivot;
        if pivot < T::MIN_POSITIVE {
            continue;
        }
        for j in i.saturating_add(1)..N {
            let coefficient = inner_product(&a[j], &b[j], &a_weighted, &b_weighted) / pivot;
            add_multiple(&mut a[j], -coefficient, &a_row);
            add_multiple(&mut b[j], -coefficient, &b_row);
            entries[j][i] = coefficient;
        }
    }
    entries
}
