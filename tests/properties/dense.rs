//! Dense matrices in `f64`, the twins of the factored ones.

use crate::support::{self, Scalar, leading, wide};
use elbow::Gaussian;
use proptest::prelude::*;
use std::array;

pub type Matrix<const N: usize> = [[f64; N]; N];

pub fn matrix<const N: usize>(entry: impl Fn(usize, usize) -> f64) -> Matrix<N> {
    array::from_fn(|i| array::from_fn(|j| entry(i, j)))
}

pub fn product<const N: usize>(a: &Matrix<N>, b: &Matrix<N>) -> Matrix<N> {
    matrix(|i, j| (0..N).map(|k| a[i][k] * b[k][j]).sum())
}

/// A P A', its upper triangle that of the lower one: where an entry cancels the two would be rounded apart.
pub fn carried<const N: usize>(a: &Matrix<N>, p: &Matrix<N>) -> Matrix<N> {
    let half = product(a, p);
    matrix(|i, j| dot(&half[i.max(j)], &a[i.min(j)]))
}

pub fn times<const N: usize>(a: &Matrix<N>, x: &[f64; N]) -> [f64; N] {
    array::from_fn(|i| dot(&a[i], x))
}

pub fn dot<const N: usize>(a: &[f64; N], b: &[f64; N]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// By Gauss-Jordan elimination with row exchanges.
pub fn inverse<const N: usize>(a: &Matrix<N>) -> Matrix<N> {
    let (mut left, mut right) = (*a, matrix(|i, j| f64::from(u8::from(i == j))));
    for k in 0..N {
        let pivot = (k..N).max_by(|&i, &j| left[i][k].abs().total_cmp(&left[j][k].abs())).expect("a row");
        left.swap(k, pivot);
        right.swap(k, pivot);
        let scale = left[k][k].recip();
        left[k] = left[k].map(|x| x * scale);
        right[k] = right[k].map(|x| x * scale);
        for i in (0..N).filter(|&i| i != k) {
            let factor = left[i][k];
            for j in 0..N {
                left[i][j] -= factor * left[k][j];
                right[i][j] -= factor * right[k][j];
            }
        }
    }
    right
}

/// A normal distribution of up to four unknowns, by the numbers of its factor.
#[derive(Debug, Clone, Copy)]
pub struct Parts {
    pub mean: [f64; 4],
    pub lower: [[f64; 4]; 4],
    pub pivots: [f64; 4],
}

impl Parts {
    /// The distribution of the first unknowns.
    pub fn gaussian<T: Scalar, const N: usize>(&self) -> Gaussian<T, N> {
        let lower = array::from_fn(|i| leading(&self.lower[i]));
        Gaussian::from_factor(leading(&self.mean), lower, leading(&self.pivots)).expect("a distribution")
    }
}

/// Distributions with means and factors of such entries, and such pivots.
pub fn parts(
    entry: impl Strategy<Value = f64> + Clone,
    pivot: impl Strategy<Value = f64> + Clone,
) -> impl Strategy<Value = Parts> + Clone {
    let lower = support::array::<_, 4>(support::array::<_, 4>(entry.clone()));
    let numbers = (support::array::<_, 4>(entry), lower, support::array::<_, 4>(pivot));
    numbers.prop_map(|(mean, lower, pivots)| Parts { mean, lower, pivots })
}

/// Mean and covariance in `f64`, of the numbers that a belief holds.
#[derive(Debug, Clone, Copy)]
pub struct Dense<const N: usize> {
    pub mean: [f64; N],
    pub covariance: Matrix<N>,
}

impl<const N: usize> Dense<N> {
    pub fn of<T: Scalar>(belief: &Gaussian<T, N>) -> Self {
        let lower = belief.unit_lower().map(|row| wide(&row));
        let pivots = wide(&belief.pivots());
        let covariance = matrix(|i, j| (0..N).map(|k| lower[i][k] * pivots[k] * lower[j][k]).sum());
        Self { mean: wide(belief.mean()), covariance }
    }

    /// Standard deviations of the unknowns.
    pub fn std_dev(&self) -> [f64; N] {
        array::from_fn(|i| self.covariance[i][i].sqrt())
    }

    /// Covariances of the unknowns with a . z, and its variance.
    pub fn along(&self, row: &[f64; N]) -> ([f64; N], f64) {
        let with = times(&self.covariance, row);
        (with, dot(row, &with))
    }

    /// The largest that the rounding of a' P a can be relative to EPSILON: (sum |a_i| sd_i)^2.
    pub fn reach(&self, row: &[f64; N]) -> f64 {
        dot(&row.map(f64::abs), &self.std_dev()).powi(2)
    }
}
