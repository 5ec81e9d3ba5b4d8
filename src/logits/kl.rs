//! The divergence of distributions by their logits.
//!
//! With p = softmax(a), q = softmax(b), d = b - a and c = d - sum p d (so that sum p c = 0),
//!
//! ```text
//! KL(p||q) = ln sum p e^c = ln(1 + sum p (e^c - 1 - c))
//! ```
//!
//! where every term is non-negative and of second order in d. An error in the mean of d enters in second order only.
//! The differences carry their rounding errors along, so that a common offset of the logits costs no digits. Of many
//! classes that are far apart there is a shorter way (`apart.rs`).

use super::{Logits, Sums, Weights, at, exp_of_sum, rare_exp_of_sum};
use crate::log_ratio::{bounded_exp_m1_minus, two_difference};
use crate::real::Real;

impl<T: Real, const N: usize> Logits<T, N> {
    /// KL(p||q), in nats, p = softmax of `self`, q = softmax of `other`; never negative, zero exactly for equal logits,
    /// and for logits that differ by an exactly representable constant. Finite.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#logits). Relative error up to 9.9e-7 for `f32` and seven classes, 9.5e-16 for
    /// `f64` and four, for logits to +-1e4 and divergences above 1e-30; [of more classes](Self#accuracy). Of two
    /// classes 1.4e-5 was found, where `other` has a common offset in the hundreds or more and what is left of the
    /// differences happens to be below a hundredth of the last digit of its logits.
    ///
    /// ```
    /// let a = elbow::Logits::new([1.0_f32, 2.0, 3.0])?;
    /// let shifted = elbow::Logits::new([1001.0_f32, 1002.0, 1003.0])?;
    /// assert_eq!(a.kl(&shifted), 0.0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn kl(&self, other: &Self) -> T {
        let (mode, largest) = self.mode();
        let others_mode = at(&other.values, mode);
        // Of few classes the attempt costs more than it spares.
        if Weights::<T, N>::MANY
            && self.looks_apart(other, largest, others_mode)
            && let Some(divergence) = self.kl_apart(other, mode, largest, others_mode)
        {
            return divergence;
        }
        self.kl_near(other, mode, largest, others_mode)
    }

    /// The same for p's mode, its logit and q's logit there, at any distance.
    #[inline(never)]
    pub(super) fn kl_near(&self, other: &Self, mode: usize, largest: T, others_mode: T) -> T {
        let (mode_difference, mode_error) = two_difference(others_mode, largest);
        let own = Weights::<T, N>::below(largest);
        let (mut weights, mut differences) = ([own.unit; N], [T::ZERO; N]);
        let mut sums = Sums::<T, 2, N>::new();
        for i in 0..N {
            if i != mode {
                let weight = own.of(self.values[i]);
                let (rounded, error) = two_difference(other.values[i], self.values[i]);
                let difference = (rounded - mode_difference) + (error - mode_error);
                sums.add(i, [weight, weight * (Self::share() * difference)]);
                weights[i] = weight;
                differences[i] = difference;
            }
        }
        let [rest, moment] = sums.totals();
        let total = own.unit + rest;
        let mean = moment / (total * Self::share());

        // The exponent of the gap of q to the mode, its error, and c from both gaps.
        let far = |i: usize| {
            let (exponent, error) = other.exponent(i, others_mode, mean);
            let (gap, gap_error) = two_difference(at(&self.values, i), largest);
            (exponent, error, (exponent - gap) + (error - gap_error))
        };
        // total sum p (e^c - 1 - c), and total sum p c, which the rounding of the mean leaves.
        let mut sums = Sums::<T, 2, N>::new();
        for i in 0..N {
            let c = differences[i] - mean;
            if c < T::from_f64(4.0) {
                sums.add(i, [weights[i] * bounded_exp_m1_minus(c), weights[i] * (Self::share() * c)]);
                continue;
            }
            // From here on e^c and c are taken from the gaps, because the difference is rounded in units of itself.
            let (exponent, error, exact) = far(i);
            if exponent > T::from_f64(60.0) {
                for j in i..N {
                    sums.add(j, [T::ZERO, weights[j] * (Self::share() * far(j).2)]);
                }
                let [_, residual] = sums.totals();
                let level = (rest / own.unit).ln_1p() + residual / (total * Self::share());
                return other.log_sum_exp_beyond(others_mode, mean) - level;
            }
            let exp = if Weights::<T, N>::MANY { rare_exp_of_sum } else { exp_of_sum };
            let mass = exp(exponent, error);
            let term = (own.unit * mass - weights[i] * (T::ONE + exact)).max(T::ZERO);
            sums.add(i, [term, weights[i] * (Self::share() * exact)]);
        }
        let [sum, residual] = sums.totals();
        let excess = sum / total;
        let first_order = residual / (total * Self::share()) * (excess / (T::ONE + excess));
        (excess.ln_1p() - first_order).max(T::ZERO)
    }

    /// A logit less one of this distribution and less a number, and the rounding error of that.
    #[inline(always)]
    fn exponent(&self, i: usize, mode: T, mean: T) -> (T, T) {
        let (gap, gap_error) = two_difference(at(&self.values, i), mode);
        let (exponent, error) = two_difference(gap, mean);
        (exponent, gap_error + error)
    }

    /// ln sum exp of those, where it is large, because q has mass that p has not.
    #[cold]
    #[inline(never)]
    fn log_sum_exp_beyond(&self, mode: T, mean: T) -> T {
        let mut largest = -T::INFINITY;
        for i in 0..N {
            largest = largest.max(self.exponent(i, mode, mean).0);
        }
        let mut sums = Sums::<T, 1, N>::new();
        for i in 0..N {
            let (exponent, error) = self.exponent(i, mode, mean);
            // More is the error of a number which it does not change.
            let error = error.min(T::ONE).max(-T::ONE);
            sums.add(i, [((exponent - largest) + error).exp_to_zero()]);
        }
        let [sum] = sums.totals();
        largest + (sum - T::ONE).ln_1p()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_divergence_of_the_probabilities() {
        let (a, b) = ([0.3_f64, -1.2, 2.5, 0.0], [0.1_f64, 1.4, -2.0, 0.7]);
        let (p, q) = (Logits::new(a).unwrap(), Logits::new(b).unwrap());
        let (x, y) = (p.probabilities(), q.probabilities());
        assert!((p.kl(&q) - x.kl(&y)).abs() < 1e-14);
        assert!((p.entropy() - x.entropy()).abs() < 1e-14);
        assert!((p.cross_entropy(&q) - x.cross_entropy(&y)).abs() < 1e-14);
    }

    #[test]
    fn disjoint_mass_gives_the_distance_in_logits() {
        // p sits on class 0, q on class 1: KL = 2000 + ln(1 + e^-2000) twice over.
        let (p, q) = (Logits::new([1000.0_f32, -1000.0]).unwrap(), Logits::new([-1000.0_f32, 1000.0]).unwrap());
        assert_eq!(p.kl(&q), 2000.0);
        assert_eq!(p.entropy(), 0.0);
    }

    /// Both ways to a divergence, and where one takes over from the other.
    #[test]
    fn holds_to_double_precision_at_any_distance() {
        let mut word = 7_u32;
        let mut draw = || {
            word = word.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (word >> 8) as f32 * (2.0 / 16_777_216.0) - 1.0
        };
        let mut worst = [0.0_f64; 3];
        for round in 0..20_000_u32 {
            // Ranges from 0.03 to 300, distances and common offsets from a thousandth of that to all of it.
            let range = 0.03 * libm::powf(10.0, (round % 41) as f32 * 0.1);
            let distance = range * libm::powf(10.0, (round % 31) as f32 * -0.1);
            let offset = range * libm::powf(10.0, (round % 29) as f32 * -0.1);
            let a: [f32; 9] = core::array::from_fn(|_| range * draw());
            let b = a.map(|logit| logit + distance * draw() + offset);
            let (p, q) = (Logits::new(a).unwrap(), Logits::new(b).unwrap());
            let (x, y) = (Logits::new(a.map(f64::from)).unwrap(), Logits::new(b.map(f64::from)).unwrap());
            let pairs = [(p.kl(&q), x.kl(&y)), (p.entropy(), x.entropy()), (p.cross_entropy(&q), x.cross_entropy(&y))];
            for (worst, (single, double)) in worst.iter_mut().zip(pairs) {
                if double > 1e-30 {
                    *worst = worst.max((f64::from(single) / double - 1.0).abs());
                }
            }
        }
        assert!(worst[0] <= 1e-6 && worst[1] <= 4e-7 && worst[2] <= 4e-7, "{worst:?}");
    }

    /// The gaps to the mode are rounded before they are subtracted, each by half a last digit: their errors are
    /// subtracted too.
    #[test]
    fn the_rounding_of_the_gaps_is_taken_back() {
        let (a, b) = ([-46.851_086_f32, -125.772_46], [-5.568_844_f32, -80.317_28]);
        let single = Logits::new(a).unwrap().kl(&Logits::new(b).unwrap());
        let double = Logits::new(a.map(f64::from)).unwrap().kl(&Logits::new(b.map(f64::from)).unwrap());
        assert!((f64::from(single) / double - 1.0).abs() < 1e-7, "{single:e} {double:e}");
    }

    /// Where q has mass that p has not, the rounding of the mean of the differences, some forty times the divergence
    /// here, is taken back too.
    #[test]
    fn a_divergence_beyond_the_exponential_keeps_its_digits() {
        let mut errors = [0.0_f64; 30];
        for (step, error) in errors.iter_mut().enumerate() {
            let a: [f32; 64] = core::array::from_fn(|i| if i == 0 { 0.5 } else { (i * 37 % 61) as f32 * 0.008 });
            let mut b: [f32; 64] = core::array::from_fn(|i| (i * 53 % 59) as f32 * 3.7);
            b[0] = -9000.0 - 317.0 * step as f32;
            let single = Logits::new(a).unwrap().kl(&Logits::new(b).unwrap());
            let double = Logits::new(a.map(f64::from)).unwrap().kl(&Logits::new(b.map(f64::from)).unwrap());
            *error = (f64::from(single) / double - 1.0).abs();
        }
        assert!(errors.iter().all(|&error| error < 5e-7), "{errors:?}");
    }

    /// The mean of the differences is many times the divergence, and so its rounding, which the result must not keep.
    #[test]
    fn a_divergence_that_one_class_holds_keeps_its_digits() {
        fn worst<const N: usize>() -> f64 {
            let mut worst = 0.0_f64;
            for step in 0..37 {
                let mut a: [f32; N] = core::array::from_fn(|i| ((i * 37 % 101) as f32 - 50.0) * 2e-4);
                a[0] = 0.02;
                let mut b = a;
                b[0] -= libm::powf(10.0, step as f32 * 0.12);
                let single = Logits::new(a).unwrap().kl(&Logits::new(b).unwrap());
                let double = Logits::new(a.map(f64::from)).unwrap().kl(&Logits::new(b.map(f64::from)).unwrap());
                worst = worst.max((f64::from(single) / double - 1.0).abs());
            }
            worst
        }
        let errors = [worst::<2>(), worst::<7>(), worst::<8>(), worst::<16>(), worst::<64>(), worst::<256>()];
        for (error, allowed) in errors.iter().zip([5e-7, 6e-7, 7e-7, 1e-6, 4e-6, 1.5e-5]) {
            assert!(*error <= allowed, "{errors:?}");
        }
    }
}
