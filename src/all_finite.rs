//! Whether many numbers are finite, in one test.

use crate::real::Real;

/// What is known of the numbers seen so far.
///
/// Zero times a finite number is zero, else NaN, so that one multiply-accumulate an entry and one comparison at the end
/// do where there is a floating-point unit; without one, integer tests of the bits are far cheaper. Both say the same.
#[derive(Clone, Copy)]
pub struct AllFinite<T> {
    sum: T,
    holds: bool,
}

impl<T: Real> AllFinite<T> {
    #[inline(always)]
    pub fn new() -> Self {
        // Not 0, to which the first product would have to be added.
        Self { sum: -T::ZERO, holds: true }
    }

    /// With another number in the sum, which is then to be below zero as [`holds_below`](Self::holds_below) asks: one
    /// comparison for both. For targets with a floating-point unit.
    #[inline(always)]
    pub fn added_to(self, sum: T) -> Self {
        Self { sum: sum + self.sum, holds: true }
    }

    #[inline(always)]
    pub fn holds_below(self) -> bool {
        self.sum < T::ZERO
    }

    #[inline(always)]
    pub fn see(&mut self, value: T) {
        if const { T::HARDWARE } {
            self.sum += value * T::ZERO;
        } else {
            self.holds &= value.is_finite();
        }
    }

    #[inline(always)]
    pub fn holds(self) -> bool {
        if const { T::HARDWARE } { self.sum == T::ZERO } else { self.holds }
    }
}

/// Whether none of the positive finite numbers seen so far is below a least one, in one test of them all.
///
/// Patterns of positive numbers are in their order, so that the sign of a difference tells.
#[derive(Clone, Copy)]
pub struct AllAbove {
    signs: u32,
}

impl AllAbove {
    #[inline(always)]
    pub fn new() -> Self {
        Self { signs: 0 }
    }

    /// `value` is not below `least`.
    #[inline(always)]
    pub fn see<T: Real>(&mut self, value: T, least: T) {
        self.signs |= value.steps_above(least);
    }

    #[inline(always)]
    pub fn holds(self) -> bool {
        self.signs < 1 << 31
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_in_the_sum_is_to_be_below_zero() {
        let mut finite = AllFinite::new();
        finite.see(-3.0_f32);
        let holds =
            |finite: AllFinite<f32>| [-1.0, -1e-30, 0.0, 1e-30, f32::NAN].map(|sum| finite.added_to(sum).holds_below());
        assert_eq!(holds(finite), [true, true, false, false, false]);
        finite.see(f32::INFINITY);
        assert_eq!(holds(finite), [false; 5]);
    }
}
