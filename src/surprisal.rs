//! Cross-entropies against one distribution that stays the same: its logarithms are taken once.

use crate::categorical::Categorical;
use crate::log_ratio::surprisal_term;
use crate::real::Real;

/// The surprisals -ln q of a fixed discrete distribution q over `N` classes, in nats.
///
/// For a detector that holds every new histogram against the same reference: a product and a sum a class, 4
/// instructions on a Cortex-M4F in place of 32. To keep it across a reset keep q, and make it again.
///
/// ```
/// use elbow::{Categorical, Surprisal};
/// let usual = Categorical::new([0.5_f32, 0.25, 0.25])?;
/// let reference = Surprisal::new(&usual);
/// let today = Categorical::from_weights([3.0, 4.0, 9.0])?;
/// assert_eq!(reference.cross_entropy(&today), today.cross_entropy(&usual));
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Surprisal<T, const N: usize> {
    values: [T; N],
}

impl<T: Real, const N: usize> Surprisal<T, N> {
    /// The surprisals of q.
    ///
    /// ```
    /// use elbow::{Categorical, Surprisal};
    /// let sure = Surprisal::new(&Categorical::new([1.0_f32, 0.0])?);
    /// assert_eq!(sure.values(), &[0.0, f32::INFINITY]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn new(q: &Categorical<T, N>) -> Self {
        let mut values = *q.probabilities();
        for value in &mut values {
            // Zero for one, not its negative.
            *value = T::ZERO + surprisal_term(T::ONE, *value);
        }
        Self { values }
    }

    /// -ln q of every class, in nats; infinite where q is zero.
    ///
    /// ```
    /// use elbow::{Categorical, Surprisal};
    /// let fair = Surprisal::new(&Categorical::new([0.5_f64, 0.5])?);
    /// assert_eq!(fair.values(), &[core::f64::consts::LN_2; 2]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn values(&self) -> &[T; N] {
        &self.values
    }

    /// H(p, q) = -sum p ln q, in nats; infinite where q is zero and p is not.
    ///
    /// It is what [`Categorical::cross_entropy`] gives, bit for bit. The divergence H(p, q) - H(p) keeps no digits
    /// where p is close to q: [`Categorical::kl`] does.
    ///
    /// # Accuracy
    /// Relative error up to 4.8e-7 for `f32`, 8.9e-16 for `f64`, with 2 to 64 classes.
    ///
    /// ```
    /// use elbow::{Categorical, Surprisal};
    /// let reference = Surprisal::new(&Categorical::new([0.5_f32, 0.5])?);
    /// assert!((reference.cross_entropy(&Categorical::new([1.0, 0.0])?) - 2.0_f32.ln()).abs() < 1e-6);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn cross_entropy(&self, p: &Categorical<T, N>) -> T {
        let mut total = T::ZERO;
        let (mut rest, mut surprisals) = (&p.probabilities()[..], &self.values[..]);
        // In fours, which spares the counting.
        while let (Some((&[a, b, c, d], rest_of_p)), Some((&[s, t, u, v], rest_of_q))) =
            (rest.split_first_chunk(), surprisals.split_first_chunk())
        {
            total += a * s;
            total += b * t;
            total += c * u;
            total += d * v;
            (rest, surprisals) = (rest_of_p, rest_of_q);
        }
        for (&p, &surprisal) in rest.iter().zip(surprisals) {
            total += p * surprisal;
        }
        if total == total { total.max(T::ZERO) } else { self.where_both_are_zero(p) }
    }

    /// The same where q is zero with p: 0 ln 0 = 0.
    #[cold]
    #[inline(never)]
    fn where_both_are_zero(&self, p: &Categorical<T, N>) -> T {
        let mut total = T::ZERO;
        for (&p, &surprisal) in p.probabilities().iter().zip(&self.values) {
            if p > T::ZERO {
                total += p * surprisal;
            }
        }
        total.max(T::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_cross_entropy_to_the_bit() {
        let weights = [
            [3.0_f32, 1.0, 0.0, 0.5, 2.0],
            [1.0, 2.0, 0.0, 1e-39, 0.3],
            [0.0, 0.0, 7.0, 0.0, 0.0],
            [1e-30, 1.0, 1.0, 9.0, 4.0],
        ];
        let beliefs = weights.map(|weights| Categorical::from_weights(weights).unwrap());
        for p in &beliefs {
            for q in &beliefs {
                assert_eq!(Surprisal::new(q).cross_entropy(p).to_bits(), p.cross_entropy(q).to_bits(), "{p:?} {q:?}");
            }
        }
    }
}
