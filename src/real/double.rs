//! `f64`, by libm alone.

use super::{Rng, sealed};

impl sealed::Backend for f64 {
    const DOUBLE: bool = true;
    const HARDWARE: bool = cfg!(target_pointer_width = "64");
    const SPLITTER: Self = 134_217_729.0;
    #[inline]
    fn exp(self) -> Self {
        libm::exp(self)
    }
    #[inline]
    fn exp_in_range(self) -> Self {
        libm::exp(self)
    }
    #[inline]
    fn exp_to_zero(self) -> Self {
        libm::exp(self)
    }
    #[inline]
    fn exp_m1(self) -> Self {
        libm::expm1(self)
    }
    #[inline]
    fn ln_1p(self) -> Self {
        libm::log1p(self)
    }
    #[inline]
    fn sqrt(self) -> Self {
        libm::sqrt(self)
    }
    #[inline]
    fn atan2(self, x: Self) -> Self {
        libm::atan2(self, x)
    }
    format!(core::convert::identity, f64, u64, i64, next_u64);
}
