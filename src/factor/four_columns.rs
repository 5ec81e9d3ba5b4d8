//! How a reading with normal noise changes a factor of many states: four columns at a time, whose numbers are loaded once
//! for all rows, in loops that do not depend on how far the compiler writes them out.
//!
//! What is computed is said in `condition.rs`. Of a number of states that four does not divide the last columns, in which
//! there is little below the diagonal, are taken one by one.

use super::{Conditioned, Factor};
use crate::all_finite::AllAbove;
use crate::real::Real;
use crate::unrolled::unrolled;

impl<T: Real, const N: usize> Factor<T, N> {
    /// The first of the columns that are taken one by one.
    const SINGLE: usize = N - N % 4;

    /// [`condition`](Self::condition) for many states.
    #[inline(always)]
    pub fn condition_by_blocks(&mut self, row: &[T; N], noise: T) -> Conditioned<T, N> {
        let f = self.transpose_times_by_blocks(row);
        let mut normal = AllAbove::new();
        let (mut slopes, mut weighted) = (f, f);
        let (mut variance, mut sum, mut inverse) = (-T::ZERO, noise, T::ZERO);
        for j in (0..N).rev() {
            let pivot = self.entries[j][j];
            let product = pivot * f[j];
            slopes[j] = f[j] * inverse;
            let below = sum;
            variance += f[j] * product;
            sum += f[j] * product;
            inverse = T::ONE / sum;
            self.entries[j][j] = pivot * (below * inverse);
            normal.see(self.entries[j][j], T::MIN_POSITIVE);
            // No zero below zero: then a zero of either sign can be added without a change.
            weighted[j] = T::ZERO + product;
        }
        let mut covariance = weighted;
        for i in (Self::SINGLE..N).rev() {
            for j in (Self::SINGLE..i).rev() {
                take(&mut self.entries[i][j], slopes[j], weighted[j], &mut covariance[i]);
            }
        }
        for start in (0..N / 4).rev().map(|block| 4 * block) {
            let (slopes, weighted) = (four(&slopes, start), four(&weighted, start));
            let (mut block, mut sums) = (self.block(start), four(&covariance, start));
            block.take_columns(&slopes, &weighted, &mut sums);
            self.put_block(start, &block);
            put_four(&mut covariance, start, sums);
            for i in start.saturating_add(4)..N {
                let (mut entries, mut sum) = (four(&self.entries[i], start), covariance[i]);
                take(&mut entries[3], slopes[3], weighted[3], &mut sum);
                take(&mut entries[2], slopes[2], weighted[2], &mut sum);
                take(&mut entries[1], slopes[1], weighted[1], &mut sum);
                take(&mut entries[0], slopes[0], weighted[0], &mut sum);
                put_four(&mut self.entries[i], start, entries);
                covariance[i] = sum;
            }
        }
        Conditioned { covariance, variance, sum, inverse, normal }
    }

    /// L'a.
    #[inline(always)]
    fn transpose_times_by_blocks(&self, a: &[T; N]) -> [T; N] {
        let mut product = *a;
        for start in (0..N / 4).map(|block| 4 * block) {
            let mut sums = self.block(start).transpose_times(&four(a, start));
            for i in start.saturating_add(4)..N {
                let entries = four(&self.entries[i], start);
                sums[0] += entries[0] * a[i];
                sums[1] += entries[1] * a[i];
                sums[2] += entries[2] * a[i];
                sums[3] += entries[3] * a[i];
            }
            put_four(&mut product, start, sums);
        }
        for i in Self::SINGLE..N {
            for j in Self::SINGLE..i {
                product[j] += self.entries[i][j] * a[i];
            }
        }
        product
    }

    /// The columns of L, from the last one to the first.
    #[inline(always)]
    fn take_columns(&mut self, slopes: &[T; N], weighted: &[T; N], sums: &mut [T; N]) {
        unrolled!(for i in 0..N {
            unrolled!(for j in (0..i).rev() {
                take(&mut self.entries[i][j], slopes[j], weighted[j], &mut sums[i]);
            });
        });
    }

    /// The factor of four states from one on, given those before.
    #[inline(always)]
    fn block(&self, start: usize) -> Factor<T, 4> {
        let mut entries = [[T::ZERO; 4]; 4];
        if let Some(rows) = self.entries.get(start..).and_then(|rows| rows.first_chunk::<4>()) {
            entries = [four(&rows[0], start), four(&rows[1], start), four(&rows[2], start), four(&rows[3], start)];
        }
        Factor { entries }
    }

    /// Takes its entries below the diagonal over.
    #[inline(always)]
    fn put_block(&mut self, start: usize, block: &Factor<T, 4>) {
        if let Some(rows) = self.entries.get_mut(start..).and_then(|rows| rows.first_chunk_mut::<4>()) {
            put_four(&mut rows[1], start, block.entries[1]);
            put_four(&mut rows[2], start, block.entries[2]);
            put_four(&mut rows[3], start, block.entries[3]);
        }
    }
}

/// An entry of L, and the sum of its row.
#[inline(always)]
fn take<T: Real>(entry: &mut T, slope: T, weighted: T, sum: &mut T) {
    let old = *entry;
    *entry = old - slope * *sum;
    *sum += old * weighted;
    // Zero, or not a number.
    if const { T::HARDWARE } {
        *sum += T::ZERO * *entry;
    }
}

/// Four numbers from one on, which are there.
#[inline(always)]
fn four<T: Real>(numbers: &[T], start: usize) -> [T; 4] {
    numbers.get(start..).and_then(|numbers| numbers.first_chunk()).copied().unwrap_or([T::ZERO; 4])
}

#[inline(always)]
fn put_four<T: Real>(numbers: &mut [T], start: usize, four: [T; 4]) {
    if let Some(numbers) = numbers.get_mut(start..).and_then(|numbers| numbers.first_chunk_mut()) {
        *numbers = four;
    }
}
