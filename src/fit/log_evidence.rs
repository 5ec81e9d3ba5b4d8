//! Sums of log evidences that can be compared.

use crate::real::Real;

/// The sum of the log evidences of a log's readings, in nats: compensated, so that a long log in `f32` can be compared
/// with itself under another noise.
///
/// # Accuracy
/// The rounding of the sum itself is below the last digit of its total, for any number of readings to 1/EPSILON
/// (Neumaier 1974, *Zeitschrift fuer Angewandte Mathematik und Mechanik* 54).
///
/// ```
/// let mut sum = elbow::LogEvidence::new();
/// for _ in 0..10_000 {
///     sum.add(-0.1_f32);
/// }
/// assert_eq!(sum.total(), -1000.0);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogEvidence<T> {
    sum: T,
    rest: T,
}

impl<T: Real> LogEvidence<T> {
    /// Of no reading: zero.
    ///
    /// ```
    /// assert_eq!(elbow::LogEvidence::<f32>::new().total(), 0.0);
    /// ```
    #[must_use]
    pub const fn new() -> Self {
        Self { sum: T::ZERO, rest: T::ZERO }
    }

    /// Adds that of one more reading. Infinities and NaN add as they do in plain sums, but that infinities of both signs
    /// make minus infinity: what cannot be stays so.
    ///
    /// ```
    /// let mut sum = elbow::LogEvidence::new();
    /// sum.add(-1.5_f32);
    /// sum.add(f32::NEG_INFINITY);
    /// assert_eq!(sum.total(), f32::NEG_INFINITY);
    /// ```
    pub fn add(&mut self, nats: T) {
        let mut sum = self.sum + nats;
        if sum != sum && nats == nats && self.sum == self.sum {
            sum = -T::INFINITY;
        }
        let part = sum - self.sum;
        let rest = self.rest + ((self.sum - (sum - part)) + (nats - part));
        if rest.is_finite() {
            self.rest = rest;
        }
        self.sum = sum;
    }

    /// The sum in nats; infinite where it overflows.
    ///
    /// ```
    /// let mut sum = elbow::LogEvidence::new();
    /// sum.add(-1.5_f32);
    /// assert_eq!(sum.total(), -1.5);
    /// ```
    #[must_use]
    pub fn total(&self) -> T {
        self.sum + self.rest
    }

    /// How much more than another one.
    pub(super) fn above(&self, other: &Self) -> T {
        (self.sum - other.sum) + (self.rest - other.rest)
    }
}

impl<T: Real> Default for LogEvidence<T> {
    fn default() -> Self {
        Self::new()
    }
}
