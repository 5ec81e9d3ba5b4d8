//! Discrete distributions by their logits, computed without leaving log space; their divergence in `logits/kl.rs`
//! and `logits/apart.rs`.

mod apart;
mod kl;
mod mode;
mod sums;

use crate::categorical::Categorical;
use crate::error::Error;
use crate::log_ratio::two_difference;
use crate::real::Real;
use sums::Sums;

/// What logits weigh: their exponentials, in units of one not far from the exponential of the largest.
///
/// e^a = 2^n e^r needs no difference to the largest logit: n less the n of the largest is exact, and so is r, where a
/// difference would be rounded in units of the larger of the two. The logits that are too large or too far below the
/// largest for that are taken by the difference, with its rounding error.
#[derive(Clone, Copy)]
struct Weights<T, const N: usize> {
    largest: T,
    lift: T,
    /// What the largest weighs.
    unit: T,
}

impl<T: Real, const N: usize> Weights<T, N> {
    /// Of fewer classes the exponential of the largest logit costs more than the differences.
    const MANY: bool = N >= 8;

    #[inline(always)]
    fn below(largest: T) -> Self {
        let lift = largest.lift();
        let unit = if Self::MANY { largest.exp_beside(lift).unwrap_or(T::ONE) } else { T::ONE };
        Self { largest, lift, unit }
    }

    #[inline(always)]
    fn of(self, logit: T) -> T {
        if Self::MANY {
            match logit.exp_beside(self.lift) {
                Some(weight) => weight,
                None => self.unit * distant_weight(logit, self.largest),
            }
        } else {
            weight(logit, self.largest)
        }
    }

    /// The same of a logit that may be far above `largest`, or infinity.
    #[inline(always)]
    fn around(self, logit: T) -> T {
        match logit.exp_around(self.lift) {
            Some(weight) => weight,
            None if logit - self.largest > T::from_f64(60.0) => T::INFINITY,
            None => self.unit * distant_weight(logit, self.largest),
        }
    }
}

/// What a logit weighs relative to the largest: exp(logit - largest).
#[inline(always)]
fn weight<T: Real>(logit: T, largest: T) -> T {
    let (difference, error) = two_difference(logit, largest);
    exp_of_sum(difference, error)
}

/// The same out of a loop's way, whose constants then stay in registers.
#[cold]
#[inline(never)]
fn distant_weight<T: Real>(logit: T, largest: T) -> T {
    let (difference, error) = two_difference(logit, largest);
    rare_exp_of_sum(difference, error)
}

/// e^(x + error) for x <= 64 and an error in its last digit.
#[inline(always)]
fn exp_of_sum<T: Real>(x: T, error: T) -> T {
    let exponential = x.exp_to_zero();
    exponential + exponential * error
}

#[cold]
#[inline(never)]
fn rare_exp_of_sum<T: Real>(x: T, error: T) -> T {
    exp_of_sum(x, error)
}

/// The element at a position that is known to exist, without a bounds check that could panic.
#[inline(always)]
fn at<T: Real>(values: &[T], position: usize) -> T {
    values.get(position).copied().unwrap_or(T::ZERO)
}

/// A distribution over `N` classes, as logits: unnormalised log probabilities, p = softmax(a).
///
/// The methods are those of [`Categorical`], without its loss of small probabilities and of small differences: through
/// a softmax in `f32` a divergence of 1e-3 can already be off by 56 times.
///
/// # Accuracy
/// [Every figure](crate::accuracy#logits). Sums are in blocks: at most 8 + `N`/8 roundings lie on a term's way. They
/// add up where classes weigh the same. In `f32` hill climbing over logits of a few groups of classes alike found
/// relative errors up to
///
/// | classes | 4 | 7 | 8 | 16 | 64 | 256 |
/// |---|---|---|---|---|---|---|
/// | [`kl`](Self::kl) | 8.1e-7 | 9.9e-7 | 2.0e-6 | 3.6e-6 | 4.2e-6 | 8.7e-6 |
/// | [`cross_entropy`](Self::cross_entropy) | 4.4e-7 | 6.2e-7 | 7.4e-7 | 9.6e-7 | 1.4e-6 | 3.8e-6 |
/// | [`entropy`](Self::entropy) | 3.9e-7 | 5.3e-7 | 5.9e-7 | 7.4e-7 | 9.6e-7 | 2.2e-6 |
/// | [`log_sum_exp`](Self::log_sum_exp) | 4.2e-7 | 7.1e-7 | 9.1e-7 | 1.2e-6 | 1.8e-6 | 4.1e-6 |
/// | [`probabilities`](Self::probabilities) | 2.5e-7 | 3.7e-7 | 4.4e-7 | 7.4e-7 | 1.1e-6 | 2.1e-6 |
///
/// Where all classes but one weigh the same, divergences of 8, 16, 64 and 256 classes are within 7.8e-7, 8.3e-7, 1.2e-6
/// and 2.4e-6; where all are at random, of any spread, within 6.1e-7 for 8 to 256.
///
/// ```
/// use elbow::Logits;
/// let before = Logits::new([10.0_f32, 9.0, -80.0])?;
/// let after = Logits::new([10.001_f32, 9.0, -80.0])?;
/// assert!((before.kl(&after) / 9.83e-8 - 1.0).abs() < 1e-2);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Logits<T, const N: usize> {
    values: [T; N],
}

impl<T: Real, const N: usize> Logits<T, N> {
    /// A distribution from finite logits of absolute value up to `MAX / 32`, so that no difference of two differences
    /// overflows. `N = 0` does not compile.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::OutOfRange`].
    ///
    /// ```
    /// use elbow::{Error, Logits};
    /// assert_eq!(Logits::new([f32::NEG_INFINITY, 0.0]), Err(Error::NotFinite));
    /// ```
    pub fn new(values: [T; N]) -> Result<Self, Error> {
        const { assert!(N > 0, "a distribution needs at least one class") };
        for value in values {
            if !value.is_finite() {
                return Err(Error::NotFinite);
            }
            if value.abs() > T::MAX * T::from_f64(1.0 / 32.0) {
                return Err(Error::OutOfRange);
            }
        }
        Ok(Self { values })
    }

    /// The logits in nats, as given.
    ///
    /// ```
    /// assert_eq!(elbow::Logits::new([1.0_f32, 2.0])?.values(), &[1.0, 2.0]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn values(&self) -> &[T; N] {
        &self.values
    }

    /// The position of the largest logit, and the logit.
    #[inline(always)]
    fn mode(&self) -> (usize, T) {
        if Weights::<T, N>::MANY {
            return mode::of(&self.values);
        }
        let (mut mode, mut largest) = (0, -T::INFINITY);
        for (i, &logit) in self.values.iter().enumerate() {
            if logit > largest {
                (mode, largest) = (i, logit);
            }
        }
        (mode, largest)
    }

    /// The position of the largest logit, and the weights beside it.
    #[inline(never)]
    fn peak(&self) -> (usize, Weights<T, N>) {
        let (mode, largest) = self.mode();
        (mode, Weights::below(largest))
    }

    /// The logits before and after the one at a position.
    #[inline(always)]
    fn others(&self, position: usize) -> [&[T]; 2] {
        let (before, rest) = self.values.split_at_checked(position).unwrap_or_default();
        [before, rest.get(1..).unwrap_or_default()]
    }

    /// A power of two that keeps a sum of `N` differences of logits finite.
    #[inline(always)]
    fn share() -> T {
        T::from_f64(const { 1.0 / N.next_power_of_two() as f64 })
    }

    /// ln sum exp(a) in nats: the log normaliser.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#logits).
    /// Error up to 9.1e-7 for `f32`, 1.2e-15 for `f64`, relative to the larger of the result and the largest logit, for
    /// up to eight classes; [of more](Self#accuracy). The worst have the largest logit a little below zero, so that the
    /// result is smaller than what it is above that.
    ///
    /// ```
    /// let a = elbow::Logits::new([1000.0_f32, 1000.0])?;
    /// assert!((a.log_sum_exp() - 1000.693_1).abs() < 1e-3);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn log_sum_exp(&self) -> T {
        let (largest, excess) = self.normalizer();
        largest + excess
    }

    /// The largest logit, and by how much ln sum exp(a) is above it.
    #[inline(always)]
    fn normalizer(&self) -> (T, T) {
        let (mode, largest) = self.mode();
        let weights = Weights::<T, N>::below(largest);
        let mut sums = Sums::<T, 1, N>::new();
        for part in self.others(mode) {
            sums.add_all(part, |logit| [weights.of(logit)]);
        }
        let [rest] = sums.totals();
        (largest, (rest / weights.unit).ln_1p())
    }

    /// softmax(a) = exp(a) / sum exp(a); what is below the smallest number becomes zero.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#logits). Relative error up to 2.5e-7 for `f32` and four classes, 4.4e-7 for
    /// eight, as long as a probability is a normal number; [of more classes](Self#accuracy).
    ///
    /// ```
    /// let p = elbow::Logits::new([3.0_f32, 3.0])?.probabilities();
    /// assert_eq!(p.probabilities(), &[0.5, 0.5]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn probabilities(&self) -> Categorical<T, N> {
        let (mode, largest) = self.mode();
        let weights = Weights::<T, N>::below(largest);
        let (mut probabilities, mut sums) = ([weights.unit; N], Sums::<T, 1, N>::new());
        for i in 0..N {
            if i != mode {
                probabilities[i] = weights.of(self.values[i]);
                sums.add(i, [probabilities[i]]);
            }
        }
        let [rest] = sums.totals();
        let total = weights.unit + rest;
        for value in &mut probabilities {
            *value /= total;
        }
        Categorical::normalized(probabilities)
    }

    /// H(p), in nats, between zero and ln N; it keeps its digits where one class is nearly certain.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#logits). Relative error up to 7.4e-7 for `f32`, 1.3e-15 for `f64`, for up to 16
    /// classes and entropies above 1e-30; [of more](Self#accuracy).
    ///
    /// ```
    /// let sure = elbow::Logits::new([0.0_f32, -30.0])?;
    /// assert!((sure.entropy() / 2.9e-12 - 1.0).abs() < 1e-2);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn entropy(&self) -> T {
        let (mode, largest) = self.mode();
        let weights = Weights::<T, N>::below(largest);
        let mut sums = Sums::<T, 2, N>::new();
        for part in self.others(mode) {
            sums.add_all(part, |logit| {
                let weight = weights.of(logit);
                [weight, weight * (largest - logit)]
            });
        }
        let [rest, moment] = sums.totals();
        (rest / weights.unit).ln_1p() + moment / (weights.unit + rest)
    }

    /// H(p, q) = ln sum exp(b) - sum p b, in nats, p = softmax of `self`, q = softmax of `other`.
    ///
    /// Finite, since a softmax is zero nowhere.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#logits). Relative error up to 6.2e-7 for `f32` and seven classes, 6.4e-16 for
    /// `f64` and four, for logits to +-1e4 and as long as it is above 1e-30; [of more](Self#accuracy).
    ///
    /// ```
    /// let (p, q) = (elbow::Logits::new([0.0_f32, 0.0])?, elbow::Logits::new([5.0_f32, 5.0])?);
    /// assert!((p.cross_entropy(&q) - 2.0_f32.ln()).abs() < 1e-6);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn cross_entropy(&self, other: &Self) -> T {
        if Weights::<T, N>::MANY {
            return self.cross_entropy_of_many(other);
        }
        let ((mode, largest), (others_mode, others_largest)) = (self.mode(), other.mode());
        let (weights, others_weights) = (Weights::<T, N>::below(largest), Weights::<T, N>::below(others_largest));
        let mut sums = Sums::<T, 3, N>::new();
        for i in 0..N {
            let (mut weight, mut terms) = (weights.unit, [T::ZERO; 3]);
            if i != mode {
                weight = weights.of(self.values[i]);
                terms[0] = weight;
            }
            if i != others_mode {
                terms[1] = others_weights.of(other.values[i]);
                terms[2] = weight * (Self::share() * (others_largest - other.values[i]));
            }
            sums.add(i, terms);
        }
        let [rest, others_rest, moment] = sums.totals();
        let total = weights.unit + rest;
        (others_rest / others_weights.unit).ln_1p() + moment / (total * Self::share())
    }

    /// The same in one pass, without the class of p's mode, whose weight is known. Where q's mode is another one, its
    /// weight is taken off the sum again: digits that are lost there do not count beside the gap of q at p's mode.
    #[inline(always)]
    fn cross_entropy_of_many(&self, other: &Self) -> T {
        let ((mode, weights), (others_mode, others_weights)) = (self.peak(), other.peak());
        let others_largest = others_weights.largest;
        let share_of_gap = |others_logit: T| Self::share() * (others_largest - others_logit);
        let [rest, mut others_rest, mut moment] =
            sums::of_others(mode, &self.values, &other.values, |logit, others_logit| {
                let weight = weights.of(logit);
                [weight, others_weights.of(others_logit), weight * share_of_gap(others_logit)]
            });
        if mode != others_mode {
            let others_logit = at(&other.values, mode);
            let weight = distant_weight(others_logit, others_largest);
            others_rest = (others_rest - others_weights.unit) + others_weights.unit * weight;
            moment += weights.unit * share_of_gap(others_logit);
        }
        let total = weights.unit + rest;
        (others_rest / others_weights.unit).ln_1p() + moment / (total * Self::share())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each of which is half of the last digit of the first one.
    #[test]
    fn many_small_weights_add_up() {
        let mut a = [-17.0_f32; 256];
        a[0] = 0.0;
        let b = core::array::from_fn(|i| if i == 255 { -90.0 } else { -(i as f32) });
        let (p, q) = (Logits::new(a).unwrap(), Logits::new(b).unwrap());
        let (x, y) = (Logits::new(a.map(f64::from)).unwrap(), Logits::new(b.map(f64::from)).unwrap());
        for (single, double) in [(p.cross_entropy(&q), x.cross_entropy(&y)), (p.entropy(), x.entropy())] {
            assert!((f64::from(single) / double - 1.0).abs() < 1e-6, "{single:e} {double:e}");
        }
    }

    /// q's weight at p's mode takes the place of that of its own mode.
    #[test]
    fn modes_apart_keep_their_digits() {
        for gap in [0.0_f32, 1e-3, 0.7, 5.0, 40.0, 95.0, 1e4] {
            let a: [f32; 16] = core::array::from_fn(|i| if i == 3 { 0.5 } else { (i * 5 % 7) as f32 * -0.25 });
            let b: [f32; 16] = core::array::from_fn(|i| if i == 12 { gap } else { (i * 3 % 11) as f32 * -0.5 });
            let single = Logits::new(a).unwrap().cross_entropy(&Logits::new(b).unwrap());
            let (x, y) = (Logits::new(a.map(f64::from)).unwrap(), b.map(f64::from));
            let (p, most) = (x.probabilities(), y.iter().fold(f64::MIN, |most, &logit| most.max(logit)));
            let normalizer = most + libm::log(y.iter().map(|logit| libm::exp(logit - most)).sum::<f64>());
            let expected: f64 = p.probabilities().iter().zip(&y).map(|(p, logit)| p * (normalizer - logit)).sum();
            assert!((f64::from(single) / expected - 1.0).abs() < 3e-7, "{gap}: {single:e} {expected:e}");
        }
    }

    #[test]
    fn extreme_logits_stay_finite() {
        let bound = f32::MAX / 32.0;
        let p = Logits::new([bound, -bound, 0.0]).unwrap();
        let q = Logits::new([-bound, bound, 0.0]).unwrap();
        for value in [p.kl(&q), p.cross_entropy(&q), p.entropy(), p.log_sum_exp(), q.kl(&p)] {
            assert!(value.is_finite() && value >= 0.0, "{value}");
        }
        // The differences of many classes, each of a sixteenth of the largest number, add up to more than that number.
        let mut values = [-bound; 64];
        values[..32].fill(bound);
        let (p, q) = (Logits::new(values).unwrap(), Logits::new(values.map(|value| -value)).unwrap());
        for value in [p.kl(&q), p.cross_entropy(&q), q.kl(&p), q.cross_entropy(&p)] {
            assert!((value / (2.0 * bound) - 1.0).abs() < 1e-6, "{value}");
        }
        assert_eq!(Logits::new([f32::MAX]), Err(Error::OutOfRange));
        assert_eq!(Logits::new([f32::NAN]), Err(Error::NotFinite));
    }
}
