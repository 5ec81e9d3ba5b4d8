//! The divergence of distributions that are far apart, by their logits.
//!
//! With a and b counted from p's mode, and W = sum e^a,
//!
//! ```text
//! KL(p||q) = ln sum e^b - ln sum e^a - sum e^a (b - a) / W
//! ```
//!
//! takes one pass and one exponential of each logit. Every part has few roundings of its own size, and so has the
//! result where it is no smaller than a quarter of the parts, and of the entropy: b and a have roundings in units of
//! themselves, and the entropy is what those of a weigh.

use super::{Logits, Weights, sums};
use crate::real::Real;

impl<T: Real, const N: usize> Logits<T, N> {
    /// Whether a divergence by [`kl_apart`](Self::kl_apart) is worth the attempt, as far as eight classes tell: one of
    /// them differs by more than two nats from p's mode.
    #[inline(always)]
    pub(super) fn looks_apart(&self, other: &Self, largest: T, others_mode: T) -> bool {
        self.values
            .iter()
            .zip(&other.values)
            .take(8)
            .any(|(&logit, &others_logit)| ((others_logit - others_mode) - (logit - largest)).abs() > T::from_f64(2.0))
    }

    /// KL(p||q) for p's mode, its logit and q's logit there; nothing where digits would be lost, or a sum of gaps of
    /// logits overflows.
    #[inline(always)]
    pub(super) fn kl_apart(&self, other: &Self, mode: usize, largest: T, others_mode: T) -> Option<T> {
        let (own, others) = (Weights::<T, N>::below(largest), Weights::<T, N>::below(others_mode));
        let terms = |logit: T, others_logit: T| {
            let weight = own.of(logit);
            let (gap, others_gap) = (logit - largest, others_logit - others_mode);
            [weight, others.around(others_logit), weight * gap, weight * (others_gap - gap)]
        };
        let [rest, others_rest, gaps, moment] = sums::of_others(mode, &self.values, &other.values, terms);
        let total = own.unit + rest;
        let (excess, others_excess) = ((rest / own.unit).ln_1p(), (others_rest / others.unit).ln_1p());
        let (entropy, mean) = (excess - gaps / total, moment / total);
        let divergence = (others_excess - excess) - mean;
        let least = T::from_f64(0.25) * entropy.max(others_excess + excess + mean.abs());
        (divergence > least).then_some(divergence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// p in sixteen classes, q a number of nats off by turns.
    fn pair(distance: f32) -> [Logits<f32, 16>; 2] {
        let a: [f32; 16] = core::array::from_fn(|i| (i * 7 % 5) as f32 * 0.5);
        let b = core::array::from_fn(|i| a[i] + if i % 2 == 0 { distance } else { 0.0 });
        [a, b].map(|logits| Logits::new(logits).unwrap())
    }

    fn apart(p: &Logits<f32, 16>, q: &Logits<f32, 16>) -> Option<f32> {
        let (mode, largest) = p.mode();
        p.kl_apart(q, mode, largest, q.values[mode])
    }

    #[test]
    fn both_ways_agree_where_there_are_two() {
        let mut both = 0;
        for step in 1..400_u16 {
            let [p, q] = pair(f32::from(step) * 0.25 - 50.0);
            let (mode, largest) = p.mode();
            let near = p.kl_near(&q, mode, largest, q.values[mode]);
            if let Some(apart) = apart(&p, &q) {
                assert!((apart / near - 1.0).abs() < 1e-6, "{step}: {apart} {near}");
                both += 1;
            }
        }
        assert!(both > 200, "{both}");
    }

    #[test]
    fn nothing_where_digits_would_be_lost() {
        for distance in [0.0, 0.1, 1.0] {
            let [p, q] = pair(distance);
            assert_eq!(apart(&p, &q), None);
            assert!(!p.looks_apart(&q, 2.0, q.values[p.mode().0]));
        }
        // Of the logits too large to add up, and where q has mass far above p's mode.
        let bound = f32::MAX / 32.0;
        let [a, b] = [bound, -bound].map(|first| core::array::from_fn(|i| if i % 2 == 0 { first } else { -first }));
        let [p, q] = [a, b].map(|logits| Logits::<f32, 16>::new(logits).unwrap());
        assert_eq!(apart(&p, &q), None);
        assert!((p.kl(&q) / (2.0 * bound) - 1.0).abs() < 1e-6);
    }
}
