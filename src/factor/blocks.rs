//! A prediction of many states: F P F' + Q and its factor, by blocks of two rows by two columns.
//!
//! A block's four sums of products share what they load, two numbers of either row for four products, where one sum
//! alone loads two for one. In place in one array: first F L, a pair of rows after the other; then, from the last pair
//! up, (F L) D (F L)' + Q, for which a pair needs the rows of F L above it alone; then, from the first pair down, its
//! factor. Of an odd number of rows the first one stands alone. Every entry's sum is taken in the order of
//! [`Factor::refactored`], so that both find the same bits.

use super::Factor;
use super::change::LEAST_SHARE;
use crate::all_finite::AllFinite;
use crate::real::Real;
use crate::unrolled::unrolled;

impl<T: Real, const N: usize> Factor<T, N> {
    /// Whether predictions are taken by blocks: for many states, in floats that are the target's own.
    pub const BY_BLOCKS: bool = T::HARDWARE && N > 5;

    /// Fills the rows of the factor of F P F' + Q, if every pivot keeps a good part of its diagonal entry. It is valid
    /// if what `finite` has seen is.
    #[inline(always)]
    pub fn refactor_by_blocks(
        &self,
        rows: &mut [[T; N]; N],
        transition: &[[T; N]; N],
        noise: &[[T; N]; N],
        finite: &mut AllFinite<T>,
    ) -> bool {
        self.carry(rows, transition);
        self.square(rows, noise);
        Self::eliminate(rows, finite)
    }

    /// Takes over the rows of another factor.
    #[inline(always)]
    pub fn take_rows(&mut self, rows: &[[T; N]; N]) {
        if const { N <= 8 } {
            return self.copy_rows(&Self { entries: *rows });
        }
        // Without the last column, in which the last row alone has an entry: all of it would be a call that copies word
        // by word.
        for (old, new) in self.entries.iter_mut().zip(rows) {
            if let (Some((_, old)), Some((_, new))) = (old.split_last_mut(), new.split_last()) {
                old.copy_from_slice(new);
            }
        }
        if let (Some(old), Some(new)) = (self.entries.last_mut(), rows.last()) {
            *old = *new;
        }
    }

    /// F L.
    #[inline(always)]
    fn carry(&self, rows: &mut [[T; N]; N], transition: &[[T; N]; N]) {
        let (single, pairs) = rows.as_rchunks_mut::<2>();
        if let ([row], [first, ..]) = (single, transition.as_slice()) {
            *row = self.transpose_times(first);
        }
        for ([upper, lower], [first, second]) in pairs.iter_mut().zip(transition.as_rchunks::<2>().1) {
            (*upper, *lower) = (*first, *second);
            self.carry_pair(upper, lower);
        }
    }

    /// From two rows of F to those of F L, each sum in the place of its first term.
    #[inline(always)]
    fn carry_pair(&self, upper: &mut [T; N], lower: &mut [T; N]) {
        if const { N <= 8 } {
            unrolled!(for k in 0..N {
                unrolled!(for m in k.saturating_add(1)..N {
                    upper[k] += self.entries[m][k] * upper[m];
                    lower[k] += self.entries[m][k] * lower[m];
                });
            });
            return;
        }
        // Four columns at a time; the rest of them is short.
        for block in 0..N / 4 {
            let k = 4 * block;
            if k + 3 >= N {
                break;
            }
            let (mut a, mut b, mut c, mut d) = (upper[k], upper[k + 1], upper[k + 2], upper[k + 3]);
            let (mut e, mut f, mut g, mut h) = (lower[k], lower[k + 1], lower[k + 2], lower[k + 3]);
            let second = self.entries[k + 1][k];
            a += second * b;
            e += second * f;
            let third = &self.entries[k + 2];
            a += third[k] * c;
            e += third[k] * g;
            b += third[k + 1] * c;
            f += third[k + 1] * g;
            let fourth = &self.entries[k + 3];
            a += fourth[k] * d;
            e += fourth[k] * h;
            b += fourth[k + 1] * d;
            f += fourth[k + 1] * h;
            c += fourth[k + 2] * d;
            g += fourth[k + 2] * h;
            for m in k + 4..N {
                let (entries, x, y) = (&self.entries[m], upper[m], lower[m]);
                a += entries[k] * x;
                b += entries[k + 1] * x;
                c += entries[k + 2] * x;
                d += entries[k + 3] * x;
                e += entries[k] * y;
                f += entries[k + 1] * y;
                g += entries[k + 2] * y;
                h += entries[k + 3] * y;
            }
            (upper[k], upper[k + 1], upper[k + 2], upper[k + 3]) = (a, b, c, d);
            (lower[k], lower[k + 1], lower[k + 2], lower[k + 3]) = (e, f, g, h);
        }
        for k in N - N % 4..N {
            for m in k + 1..N {
                upper[k] += self.entries[m][k] * upper[m];
                lower[k] += self.entries[m][k] * lower[m];
            }
        }
    }

    /// From F L to the lower triangle of F P F' + Q, zeros above it.
    #[inline(always)]
    fn square(&self, rows: &mut [[T; N]; N], noise: &[[T; N]; N]) {
        let noises = noise.as_rchunks::<2>().1;
        let (single, pairs) = rows.as_rchunks_mut::<2>();
        for pair in (0..pairs.len()).rev() {
            let (above, rest) = pairs.split_at_mut(pair);
            let ([[upper, lower], ..], Some([q, r])) = (rest, noises.get(pair)) else { break };
            let i = 2 * pair + N % 2;
            let next = i + 1;
            if next >= N {
                break;
            }
            // The rows of F L D.
            let (mut v, mut w) = (*upper, *lower);
            let (mut first, mut beside, mut second) = (q[i], r[i], r[next]);
            unrolled!(for k in 0..N {
                v[k] = upper[k] * self.entries[k][k];
                w[k] = lower[k] * self.entries[k][k];
                first += upper[k] * v[k];
                beside += upper[k] * w[k];
                second += lower[k] * w[k];
            });
            (*upper, *lower) = (self.entries[i], self.entries[next]);
            (upper[i], lower[i], lower[next]) = (first, beside, second);
            if let [x] = &*single {
                let (mut a, mut c) = (q[0], r[0]);
                unrolled!(for k in 0..N {
                    a += x[k] * v[k];
                    c += x[k] * w[k];
                });
                (upper[0], lower[0]) = (a, c);
            }
            for (block, [x, y]) in above.iter().enumerate() {
                let j = 2 * block + N % 2;
                let right = j + 1;
                if right >= N {
                    break;
                }
                let (mut a, mut b, mut c, mut d) = (q[j], q[right], r[j], r[right]);
                if const { N <= 8 } {
                    unrolled!(for k in 0..N {
                        a += x[k] * v[k];
                        b += y[k] * v[k];
                        c += x[k] * w[k];
                        d += y[k] * w[k];
                    });
                } else {
                    for (((&x, &y), &v), &w) in x.iter().zip(y).zip(&v).zip(&w) {
                        a += x * v;
                        b += y * v;
                        c += x * w;
                        d += y * w;
                    }
                }
                (upper[j], upper[right], lower[j], lower[right]) = (a, b, c, d);
            }
        }
        if let ([row], [noise, ..]) = (single, noise.as_slice()) {
            let mut sum = noise[0];
            unrolled!(for k in 0..N {
                sum += row[k] * (row[k] * self.entries[k][k]);
            });
            *row = self.entries[0];
            row[0] = sum;
        }
    }

    /// From the lower triangle of a covariance to its factor, if every pivot keeps its share of the diagonal entry.
    #[inline(always)]
    fn eliminate(rows: &mut [[T; N]; N], finite: &mut AllFinite<T>) -> bool {
        let (single, pairs) = rows.as_rchunks_mut::<2>();
        if let [row] = &*single {
            finite.see(row[0]);
            if !(row[0] >= T::MIN_POSITIVE) {
                return false;
            }
        }
        for pair in 0..pairs.len() {
            let (above, rest) = pairs.split_at_mut(pair);
            let [[upper, lower], ..] = rest else { break };
            let i = 2 * pair + N % 2;
            let next = i + 1;
            if next >= N {
                break;
            }
            // The rows of the new triangle times the new pivots; the pivots, and what is left between the two rows.
            let (mut v, mut w) = (*upper, *lower);
            let (mut first, mut beside, mut second) = (v[i], w[i], w[next]);
            if let [x] = &*single {
                (upper[0], lower[0]) = (v[0] / x[0], w[0] / x[0]);
                first -= v[0] * upper[0];
                beside -= w[0] * upper[0];
                second -= w[0] * lower[0];
                finite.see(upper[0]);
                finite.see(lower[0]);
            }
            for (block, [x, y]) in above.iter().enumerate() {
                let j = 2 * block + N % 2;
                let right = j + 1;
                if right >= N {
                    break;
                }
                let (mut a, mut b, mut c, mut d) = (v[j], v[right], w[j], w[right]);
                if const { N <= 8 } {
                    'left: {
                        unrolled!(for k in 0..N {
                            if k % 2 == N % 2 && k >= j {
                                break 'left;
                            }
                            a -= x[k] * v[k];
                            b -= y[k] * v[k];
                            c -= x[k] * w[k];
                            d -= y[k] * w[k];
                        });
                    }
                } else {
                    for (((&x, &y), &v), &w) in x.iter().zip(y).zip(&v).zip(&w).take(j) {
                        a -= x * v;
                        b -= y * v;
                        c -= x * w;
                        d -= y * w;
                    }
                }
                b -= y[j] * a;
                d -= y[j] * c;
                (v[j], v[right], w[j], w[right]) = (a, b, c, d);
                let (x, y) = (x[j], y[right]);
                let entries = [a / x, b / y, c / x, d / y];
                (upper[j], upper[right], lower[j], lower[right]) = (entries[0], entries[1], entries[2], entries[3]);
                first -= a * entries[0];
                first -= b * entries[1];
                beside -= c * entries[0];
                beside -= d * entries[1];
                second -= c * entries[2];
                second -= d * entries[3];
                finite.see(entries[0]);
                finite.see(entries[1]);
                finite.see(entries[2]);
                finite.see(entries[3]);
            }
            let least = T::from_f64(LEAST_SHARE);
            if !(first >= T::MIN_POSITIVE) || i > 0 && !(first >= v[i] * least) {
                return false;
            }
            let entry = beside / first;
            second -= beside * entry;
            if !(second >= T::MIN_POSITIVE && second >= w[next] * least) {
                return false;
            }
            finite.see(first);
            finite.see(entry);
            finite.see(second);
            (upper[i], lower[i], lower[next]) = (first, entry, second);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A prior, dense F and Q; the smaller `own` is, the less of a diagonal entry is left of its pivot.
    fn model<const N: usize>(own: f32) -> (Factor<f32, N>, [[f32; N]; N], [[f32; N]; N]) {
        let (mut entries, mut transition, mut noise) = ([[0.0; N]; N], [[0.0; N]; N], [[0.0; N]; N]);
        for i in 0..N {
            for j in 0..N {
                transition[i][j] = ((7 * i + 3 * j) % 11) as f32 / 11.0 - 0.4;
                noise[i][j] = own * (-0.37 * i.abs_diff(j) as f32).exp();
                if j < i {
                    entries[i][j] = ((3 * i + 5 * j) % 13) as f32 / 13.0 - 0.5;
                }
            }
            entries[i][i] = 0.3 + ((5 * i) % 7) as f32;
            transition[i][i] += 1.0;
        }
        entries[0][0] = 1e5;
        (Factor { entries }, transition, noise)
    }

    /// The bits of `refactored`, or neither; says which.
    fn agrees<const N: usize>(own: f32) -> bool {
        let (prior, transition, noise) = model::<N>(own);
        let expected = prior.refactored(&transition, &noise, &[0.0; N]);
        let (mut rows, mut finite) = ([[7.0; N]; N], AllFinite::new());
        let kept = prior.refactor_by_blocks(&mut rows, &transition, &noise, &mut finite);
        assert_eq!(kept, expected.is_some(), "{N} {own}");
        let Some(expected) = expected else { return false };
        assert!(finite.holds());
        let mut taken = prior;
        taken.take_rows(&rows);
        let bits = |factor: &Factor<f32, N>| factor.entries.map(|row| row.map(f32::to_bits));
        assert_eq!(bits(&taken), bits(&expected), "{N} {own}");
        true
    }

    #[test]
    fn blocks_find_the_bits_of_single_entries() {
        let both = |agrees: fn(f32) -> bool| {
            let kept = [1e-3, 1.0, 1e3, 1e5, 1e7].map(agrees);
            assert!(kept[4] && !kept[0], "{kept:?}");
        };
        both(agrees::<6>);
        both(agrees::<7>);
        both(agrees::<8>);
        both(agrees::<9>);
        both(agrees::<10>);
        both(agrees::<11>);
        both(agrees::<12>);
        both(agrees::<15>);
        both(agrees::<16>);
        both(agrees::<17>);
        both(agrees::<18>);
    }

    /// Wherever the number is that is not finite, or the pivot that is not positive.
    #[test]
    fn what_is_no_factor_is_refused() {
        for i in 0..9 {
            let (prior, transition, mut noise) = model::<9>(1e7);
            for bad in [f32::INFINITY, f32::NAN, -1e9] {
                noise[i][i] = bad;
                let (mut rows, mut finite) = ([[0.0; 9]; 9], AllFinite::new());
                let kept = prior.refactor_by_blocks(&mut rows, &transition, &noise, &mut finite);
                assert!(!kept || !finite.holds(), "{i} {bad}");
            }
        }
    }
}
