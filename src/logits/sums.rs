//! Sums over many classes in blocks: the roundings on a term's way grow with an eighth of the number of classes.

use crate::real::Real;
use crate::unrolled::at;

/// `K` sums, up to four, over `N` classes in blocks of eight: at most 8 + N/8 roundings lie on a term's way, in place
/// of N.
pub struct Sums<T, const K: usize, const N: usize> {
    blocks: [T; K],
    totals: [T; K],
}

impl<T: Real, const K: usize, const N: usize> Sums<T, K, N> {
    #[inline(always)]
    pub fn new() -> Self {
        Self { blocks: [T::ZERO; K], totals: [T::ZERO; K] }
    }

    /// Adds the terms of a class, of which none comes twice.
    #[inline(always)]
    pub fn add(&mut self, class: usize, terms: [T; K]) {
        if const { N <= 8 } {
            return add(&mut self.totals, &terms);
        }
        add(&mut self.blocks, &terms);
        if class % 8 == 7 {
            add(&mut self.totals, &self.blocks);
            self.blocks = [T::ZERO; K];
        }
    }

    /// Adds the terms of many classes.
    #[inline(always)]
    pub fn add_all(&mut self, values: &[T], terms: impl Fn(T) -> [T; K]) {
        if const { N <= 8 } {
            for &value in values {
                add(&mut self.totals, &terms(value));
            }
            return;
        }
        for values in values.chunks(8) {
            let mut block = [T::ZERO; K];
            for &value in values {
                add(&mut block, &terms(value));
            }
            add(&mut self.totals, &block);
        }
    }

    #[inline(always)]
    pub fn totals(mut self) -> [T; K] {
        if const { N > 8 } {
            add(&mut self.totals, &self.blocks);
        }
        self.totals
    }
}

/// `K` sums, up to four, of terms of two numbers of every class but one: in blocks of eight, of sixteen where that is
/// fewer roundings. The block without the class is in two parts.
#[inline(always)]
pub fn of_others<T: Real, const K: usize, const N: usize>(
    but: usize,
    values: &[T; N],
    others: &[T; N],
    terms: impl Fn(T, T) -> [T; K],
) -> [T; K] {
    let mut totals = [T::ZERO; K];
    if const { N <= 8 } {
        for i in 0..N {
            if i != but {
                add(&mut totals, &terms(values[i], others[i]));
            }
        }
        return totals;
    }
    let mut start = 0;
    while start < N {
        let mut end = (start | const { if N < 128 { 7 } else { 15 } }) + 1;
        if end > N {
            end = N;
        }
        let mut next = end;
        if start <= but && but < end {
            (end, next) = (but, but + 1);
        }
        let (values, others) = (values.get(start..end).unwrap_or_default(), others.get(start..end).unwrap_or_default());
        let mut block = [T::ZERO; K];
        for (&value, &other) in values.iter().zip(others) {
            add(&mut block, &terms(value, other));
        }
        add(&mut totals, &block);
        start = next;
    }
    totals
}

/// Written out, as [`unrolled`](crate::unrolled::unrolled) loops are.
#[inline(always)]
fn add<T: Real, const K: usize>(sums: &mut [T; K], terms: &[T; K]) {
    const { assert!(K <= 4) };
    at!(k = 0, const { K > 0 }, { sums[k] += terms[k] });
    at!(k = 1, const { K > 1 }, { sums[k] += terms[k] });
    at!(k = 2, const { K > 2 }, { sums[k] += terms[k] });
    at!(k = 3, const { K > 3 }, { sums[k] += terms[k] });
}
