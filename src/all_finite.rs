//! Whether many numbers are finite, in one test.

use crate::real::Real;

/// What is known of the numbers seen so far.
///
/// Zero times a finite number is zero, else NaN, so that one multiply-accumulate an entry and one comparison at the end
/// do where there is a floating-point unit; without one, integer tests of the bits are far cheaper. Both say the same.
#[derive(Clone, Copy)]
pub struct AllFinite<T> {
    sum: T,
    zero: T,
    holds: bool,
}

impl<T: Real> AllFinite<T> {
    #[inline(always)]
    pub fn new() -> Self {
        // Not 0, to which the first product would have to be added.
        Self { sum: -T::ZERO, zero: T::ZERO, holds: true }
    }

    /// A sum that is to stay below a bound, as [`holds_below`](Self::holds_below) asks: one comparison for both. For
    /// targets with a floating-point unit.
    #[inline(always)]
    pub fn added_to(sum: T) -> Self {
        Self { sum, zero: T::ZERO, holds: true }
    }

    /// Zero is from here on what a number leaves of itself, which needs no constant: NaN where that is not finite. Some
    /// number is to be seen after it.
    #[inline(always)]
    pub fn begin_with(&mut self, first: T) {
        self.zero = first - first;
    }

    #[inline(always)]
    pub fn holds_below(self, bound: T) -> bool {
        self.sum < bound
    }

    #[inline(always)]
    pub fn see(&mut self, value: T) {
        if const { T::HARDWARE } {
            self.sum += value * self.zero;
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
    fn a_sum_is_to_stay_below_its_bound() {
        let holds = |numbers: [f32; 2]| {
            [-1.0, 1.5, 2.0, 2.5, f32::NAN].map(|sum| {
                let mut finite = AllFinite::added_to(sum);
                finite.begin_with(numbers[0]);
                finite.see(numbers[1]);
                finite.holds_below(2.0)
            })
        };
        assert_eq!(holds([-3.0, f32::MAX]), [true, true, false, false, false]);
        assert_eq!(holds([0.0, -0.0]), [true, true, false, false, false]);
        for bad in [f32::INFINITY, -f32::INFINITY, f32::NAN] {
            assert_eq!([holds([bad, 1.0]), holds([1.0, bad]), holds([bad, 0.0])], [[false; 5]; 3]);
        }
    }
}
