//! Sums over rows, as functions of their own: for what is rare, where one copy in flash serves every dimension.

use crate::real::Real;

/// sum + a'b, from the first product to the last.
#[inline(never)]
pub fn accumulate<T: Real>(mut sum: T, a: &[T], b: &[T]) -> T {
    for (&a, &b) in a.iter().zip(b) {
        sum += a * b;
    }
    sum
}

/// `row` + factor `other`, as far as both go.
#[inline(never)]
pub fn add_multiple<T: Real>(row: &mut [T], factor: T, other: &[T]) {
    for (entry, &other) in row.iter_mut().zip(other) {
        *entry += factor * other;
    }
}

/// a'c + b'd, the sum of pairs of products.
#[inline(never)]
pub fn inner_product<T: Real>(a: &[T], b: &[T], c: &[T], d: &[T]) -> T {
    let mut sum = T::ZERO;
    for (((&a, &b), &c), &d) in a.iter().zip(b).zip(c).zip(d) {
        sum += a * c + b * d;
    }
    sum
}
