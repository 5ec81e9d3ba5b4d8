//! The scalar of the `micromath` crate: its exponential and a root from its guess, and elbow's own elsewhere.

use super::{Real, Rng, sealed};
use micromath::F32;

real!(F32, F32, f32);

impl sealed::Backend for F32 {
    const DOUBLE: bool = false;
    const HARDWARE: bool = f32::HARDWARE;
    const COARSE_EXP: bool = true;
    const SPLITTER: Self = F32(4097.0);
    /// micromath's series on the magnitude: three times as accurate as below zero, and inside the range where its
    /// exponent arithmetic holds.
    #[inline]
    fn exp(self) -> Self {
        if self > Self::LN_MAX {
            Self::INFINITY
        } else if self >= Self::ZERO {
            F32::exp(self)
        } else if self >= -Self::LN_MAX {
            Self::ONE / F32::exp(-self)
        } else if self < Self::ZERO {
            Self::ZERO
        } else {
            self
        }
    }
    #[inline]
    fn exp_in_range(self) -> Self {
        sealed::Backend::exp(self)
    }
    #[inline]
    fn exp_to_zero(self) -> Self {
        sealed::Backend::exp(self)
    }
    #[inline]
    fn exp_m1(self) -> Self {
        if self.abs() < F32(0.5) {
            self + crate::log_ratio::exp_m1_minus(self)
        } else {
            sealed::Backend::exp(self) - Self::ONE
        }
    }
    /// By elbow's own logarithm: micromath's is off by up to 0.118 below one.
    #[inline]
    fn ln_1p(self) -> Self {
        crate::log_ratio::ln_1p(self)
    }
    /// micromath's guess (6 % off) and one step of Heron's; subnormal numbers, on which the guess fails, times 2^24
    /// first.
    #[inline]
    fn sqrt(self) -> Self {
        if self >= Self::MIN_POSITIVE {
            let guess = F32::sqrt(self);
            F32(0.5) * (guess + self / guess)
        } else if self > Self::ZERO {
            sealed::Backend::sqrt(self * F32(16_777_216.0)) * F32(1.0 / 4096.0)
        } else if self == Self::ZERO {
            self
        } else {
            F32(f32::NAN)
        }
    }
    /// By libm: micromath's is off by up to 3e-3, more than a bearing's noise, and is NaN at the origin.
    #[inline]
    fn atan2(self, x: Self) -> Self {
        F32(libm::atan2f(self.0, x.0))
    }
    format!(F32, f32, u32, i32, next_u32);
}
