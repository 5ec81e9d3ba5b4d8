//! What a reading was predicted to be: its mean and standard deviation under the belief about eta.
//!
//! Given eta a reading has a mean M(eta) and a variance V(eta), so that under eta ~ N(u, v) it has the mean E M and the
//! variance E V + Var M. Where ln M = eta + const, M is log-normal with the mean m = e^(u + v/2 + const), E M^2 = m^2
//! e^v and Var M = m^2 (e^v - 1); for V = c M + d M^2 (Poisson: 1 and 0; negative binomial: 1 and 1/dispersion; gamma:
//! 0 and 1/shape)
//!
//! ```text
//! variance = m^2 [c/m + d e^v + (e^v - 1)]
//! ```

use crate::real::Real;

/// How far a reading lies from its prediction.
///
/// Source: Bar-Shalom, Li and Kirubarajan (2001), *Estimation with Applications to Tracking and Navigation*, section
/// 5.4.
///
/// ```
/// use elbow::likelihood::{Likelihood, Normal};
/// let innovation = Normal::new(1.0_f32)?.innovation(4.0, 0.0, 3.0).expect("a normal reading has moments");
/// assert_eq!((innovation.value, innovation.std_dev, innovation.normalized()), (4.0, 2.0, 2.0));
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Innovation<T> {
    /// The reading less its predicted mean, in units of the reading.
    pub value: T,
    /// The standard deviation of the reading as predicted, that of eta included, in units of the reading.
    pub std_dev: T,
}

impl<T: Real> Innovation<T> {
    /// Value over standard deviation; between -MAX and MAX where both are finite and the latter is positive.
    ///
    /// ```
    /// let innovation = elbow::likelihood::Innovation { value: -3.0_f32, std_dev: 2.0 };
    /// assert_eq!(innovation.normalized(), -1.5);
    /// ```
    #[must_use]
    pub fn normalized(&self) -> T {
        let ratio = self.value / self.std_dev;
        if ratio > T::MAX {
            T::MAX
        } else if ratio < -T::MAX {
            -T::MAX
        } else {
            ratio
        }
    }

    /// An innovation that can be used: a finite value, and a finite standard deviation above zero.
    pub(crate) fn checked(value: T, std_dev: T) -> Option<Self> {
        let usable = value.is_finite() && std_dev.is_finite() && std_dev > T::ZERO;
        usable.then_some(Self { value, std_dev })
    }

    /// The square root of a sum of two variances, which alone could overflow.
    pub(crate) fn sqrt_of_sum(a: T, b: T) -> T {
        let quarter = T::from_f64(0.25);
        let root = (quarter * a + quarter * b).sqrt();
        root + root
    }

    /// The innovation of a reading whose mean M is log-normal: `mean` = E M, `variance` that of ln M, c = `counting`, d
    /// = `dispersion`. None where the standard deviation overflows.
    pub(crate) fn log_normal(reading: T, mean: T, variance: T, counting: T, dispersion: T) -> Option<Self> {
        // A mean that underflows still has a standard deviation to divide by.
        let mean = mean.max(T::MIN_POSITIVE);
        let excess = variance.exp_m1();
        let relative = counting / mean + (T::ONE + excess) * dispersion + excess;
        Self::checked(reading - mean, mean * relative.sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_stays_finite() {
        let far = Innovation { value: -1e30_f32, std_dev: 1e-30 };
        assert_eq!(far.normalized(), -f32::MAX);
        assert_eq!(Innovation { value: 0.0, ..far }.normalized(), 0.0);
    }

    #[test]
    fn what_cannot_be_used_is_none() {
        for (value, std_dev) in
            [(f32::NAN, 1.0), (1.0, f32::NAN), (f32::INFINITY, 1.0), (1.0, 0.0), (1.0, f32::INFINITY)]
        {
            assert_eq!(Innovation::checked(value, std_dev), None);
        }
        let (largest, exact) = (Innovation::sqrt_of_sum(f32::MAX, f32::MAX), libm::sqrt(2.0 * f64::from(f32::MAX)));
        assert!((f64::from(largest) / exact - 1.0).abs() < 1e-7);
    }
}
