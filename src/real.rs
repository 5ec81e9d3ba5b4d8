//! The scalar types, and the only place that names a maths library.
//!
//! The backend is the type: `f32` and `f64` use `libm` on every target, the desk too, so that all compute the same
//! bits. For `f32`, exp and the root are the crate's own (`elementary.rs`, `rest_of_sqrt.rs`).
//! [`micromath::F32`](https://docs.rs/micromath) (feature `micromath`) trades accuracy for size.

use core::fmt::Debug;
use core::ops::{Add, AddAssign, Div, DivAssign, Mul, MulAssign, Neg, Sub, SubAssign};

use rand_core::Rng;

use crate::constants::Constants;
use crate::elementary;
use crate::rest_of_sqrt::rest_of_sqrt;

/// A polynomial in `x`, coefficients from the highest power down, each a constant of the scalar `T` at the place of
/// use: a loop over an array of literals would be converted from `f64` at run time where the compiler does not unroll
/// it.
macro_rules! horner {
    ($x:expr; $first:expr $(, $rest:expr)* $(,)?) => {{
        let mut sum = T::from_f64($first);
        $(sum = sum * $x + T::from_f64($rest);)*
        sum
    }};
}
pub(crate) use horner;

/// A scalar that elbow computes in: `f32`, `f64`, or `micromath::F32` with the feature `micromath`.
///
/// The trait is sealed. Accuracy figures in these docs are for `f32` and `f64`. With `micromath::F32` everything built
/// on logarithms of ratios (discrete and Gaussian KL, entropies, cross-entropies) keeps the `f32` figures, because
/// elbow computes those logarithms itself. What micromath computes has these relative errors, at most:
///
/// | | |
/// |---|---|
/// | exponentials (softmax, rates, standard deviations of a mean field, decays over half a time constant or more); zero and infinite beyond +-88.72 | 7.6e-4 |
/// | KL of logits and of mean fields | 5e-3 |
/// | square roots (drawing from a Gaussian, normalized innovation) | 1.8e-3 |
///
/// Filters along 500 readings stay within 0.2 % of a standard deviation of those in `f32`, and have the same bits with
/// [`Normal`](crate::likelihood::Normal) readings and [`GaussHermite`](crate::GaussHermite).
///
/// ```
/// fn clipped_square<T: elbow::Real>(x: T) -> T {
///     (x * x).min(T::from_f64(100.0))
/// }
/// assert_eq!((clipped_square(3.0_f32), clipped_square(30.0_f64)), (9.0, 100.0));
/// ```
#[diagnostic::on_unimplemented(
    message = "elbow does not compute in `{Self}`",
    label = "not `f32`, `f64` or `micromath::F32`",
    note = "write numbers with a point (`1.0`, not `1`) and name the type once, as in `type Scalar = f32`; \
            `micromath::F32` needs the feature `micromath`"
)]
pub trait Real:
    Copy
    + Debug
    + PartialEq
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + DivAssign
    + Constants
    + sealed::Backend
    + 'static
{
    /// Zero.
    const ZERO: Self;
    /// One.
    const ONE: Self;
    /// The distance from one to the next larger number.
    const EPSILON: Self;
    /// The smallest positive normal number.
    const MIN_POSITIVE: Self;
    /// The largest finite number.
    const MAX: Self;
    /// Positive infinity.
    const INFINITY: Self;
    /// ln 2.
    const LN_2: Self;
    /// The natural logarithm of the largest finite number, less 7e-4.
    const LN_MAX: Self;

    /// The nearest number to a literal; meant for constants, which the compiler folds.
    fn from_f64(value: f64) -> Self;
    /// The nearest number to an unsigned integer.
    fn from_u32(value: u32) -> Self;
    /// The nearest number to a signed integer.
    fn from_i32(value: i32) -> Self;
    /// The absolute value.
    fn abs(self) -> Self;
    /// Neither NaN nor infinite.
    fn is_finite(self) -> bool;

    /// The larger of two; the other one where one is NaN.
    #[inline(always)]
    fn max(self, other: Self) -> Self {
        if self > other || other != other { self } else { other }
    }
    /// The smaller of two; the other one where one is NaN.
    #[inline(always)]
    fn min(self, other: Self) -> Self {
        if self < other || other != other { self } else { other }
    }
}

pub(crate) mod sealed {
    use super::Rng;

    /// What elbow needs of a scalar and its maths library, and does not promise to its users.
    pub trait Backend: Copy {
        /// 53 bits of precision, not 24: series take more terms.
        const DOUBLE: bool;
        /// 2^k + 1 with k half the digits, rounded up: splits a number into two halves.
        const SPLITTER: Self;
        fn exp(self) -> Self;
        /// The exponential has far fewer digits than this scalar, and its square still fewer.
        const COARSE_EXP: bool = false;
        /// e^self for an absolute value up to [`EXP_BOUND`](super::elementary::EXP_BOUND), 86.
        fn exp_in_range(self) -> Self;
        /// e^self for a number up to 64; where many are wanted, faster than [`exp`](Self::exp), which has to call a
        /// function near and beyond the ends of the range.
        fn exp_to_zero(self) -> Self;
        /// What many exponentials of numbers up to this one are taken [beside](Self::exp_beside).
        #[inline]
        fn lift(self) -> Self {
            self
        }
        /// e^self times a power of two that `lift` stands for; nothing where this scalar has no fast way to it.
        #[inline(always)]
        fn exp_beside(self, _lift: Self) -> Option<Self> {
            None
        }
        /// The same for a number on either side of the one that `lift` is of; nothing where that may overflow, too.
        #[inline(always)]
        fn exp_around(self, _lift: Self) -> Option<Self> {
            None
        }
        fn exp_m1(self) -> Self;
        fn ln_1p(self) -> Self;
        fn sqrt(self) -> Self;
        /// [`sqrt`](Self::sqrt) of a positive normal number, without a case for any other.
        #[inline(always)]
        fn sqrt_of_normal(self) -> Self {
            self.sqrt()
        }
        /// The angle of (x, self) from the first axis, in [-pi, pi]; zero for (0, 0).
        fn atan2(self, x: Self) -> Self;
        /// Mantissa in [1, 2) and exponent of a positive finite number, subnormal ones included.
        fn split(self) -> (Self, i32);
        /// Mantissa in [1/sqrt 2, sqrt 2] and exponent of a positive normal number.
        fn centred(self) -> (Self, i32);
        /// log2(q/p) as a whole number for positive normal p and q, such that q/p over that power of two is within 2/3
        /// to 3/2; p from 2 `MIN_POSITIVE` on, that q over that power is normal, too.
        fn octaves(p: Self, q: Self) -> i32;
        /// 1/2 <= q/p < 2, both normal and p + q finite, of numbers that are not negative; false for a p below 2
        /// `MIN_POSITIVE` or above a quarter of the largest number.
        fn is_within_octave(p: Self, q: Self) -> bool;
        /// [`is_within_octave`](Self::is_within_octave) of normal numbers whose range is known.
        fn is_near(p: Self, q: Self) -> bool;
        /// At least `least`, of numbers that are not negative.
        fn reaches(self, least: Self) -> bool;
        /// self 2^exponent, where both are positive normal numbers.
        fn scaled(self, exponent: i32) -> Self;
        /// 2^exponent for an exponent that gives a normal number.
        fn power_of_two(exponent: i32) -> Self;
        /// The target computes in this type by instructions of its own.
        const HARDWARE: bool;
        /// A finite positive number that is not subnormal.
        fn is_positive_normal(&self) -> bool;
        /// The difference of two positive numbers' bit patterns, the last 32 bits of an `f64` dropped: of a number below
        /// `least` it has the highest bit.
        fn steps_above(self, least: Self) -> u32;
        /// Neither NaN nor infinite, and not closer to zero than `least`.
        fn is_finite_from(&self, least: Self) -> bool;
        /// The size of its bit pattern in bytes: 4 or 8.
        const BYTES: usize;
        /// The bit pattern in the low `BYTES` bytes.
        fn pattern(self) -> u64;
        /// The number of this bit pattern; bits above it are not read.
        fn from_pattern(pattern: u64) -> Self;
        /// One word of the generator as a number c in (-1/2, 1/2), uniform, and p = 1/2 - |c|, each to its own last
        /// digit.
        fn centred_uniform<R: Rng + ?Sized>(rng: &mut R) -> (Self, Self);
    }
}

macro_rules! real {
    ($type:ty, $wrap:expr, $inner:ident) => {
        impl Real for $type {
            const ZERO: Self = $wrap(0.0);
            const ONE: Self = $wrap(1.0);
            const EPSILON: Self = $wrap($inner::EPSILON);
            const MIN_POSITIVE: Self = $wrap($inner::MIN_POSITIVE);
            const MAX: Self = $wrap($inner::MAX);
            const INFINITY: Self = $wrap($inner::INFINITY);
            const LN_2: Self = $wrap(core::$inner::consts::LN_2);
            const LN_MAX: Self = $wrap(($inner::MAX_EXP as $inner - 0.001) * core::$inner::consts::LN_2);

            #[inline(always)]
            fn from_f64(value: f64) -> Self {
                $wrap(value as $inner)
            }
            #[inline(always)]
            fn from_u32(value: u32) -> Self {
                $wrap(value as $inner)
            }
            #[inline(always)]
            fn from_i32(value: i32) -> Self {
                $wrap(value as $inner)
            }
            #[inline(always)]
            fn abs(self) -> Self {
                $wrap($inner::from_bits(self.to_bits() << 1 >> 1))
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                // By its bits: one comparison of integers, without a floating-point unit too.
                self.to_bits() << 1 < $inner::INFINITY.to_bits() << 1
            }
        }
    };
}

/// `split`, `power_of_two`, `centred_uniform`, `is_positive_normal` and the bit patterns themselves for an IEEE format,
/// over its bit patterns.
macro_rules! format {
    ($wrap:expr, $inner:ident, $bits:ident, $signed:ident, $word:ident) => {
        #[inline(always)]
        fn is_positive_normal(&self) -> bool {
            const LEAST: $bits = $inner::MIN_POSITIVE.to_bits();
            self.to_bits().wrapping_sub(LEAST) < $inner::INFINITY.to_bits() - LEAST
        }
        #[inline(always)]
        fn steps_above(self, least: Self) -> u32 {
            (self.to_bits().wrapping_sub(least.to_bits()) >> ($bits::BITS - 32)) as u32
        }
        #[inline(always)]
        fn is_finite_from(&self, least: Self) -> bool {
            let least = least.to_bits() << 1;
            (self.to_bits() << 1).wrapping_sub(least) < ($inner::INFINITY.to_bits() << 1) - least
        }
        const BYTES: usize = size_of::<$bits>();
        #[inline(always)]
        fn pattern(self) -> u64 {
            u64::from(self.to_bits())
        }
        #[inline(always)]
        fn from_pattern(pattern: u64) -> Self {
            $wrap($inner::from_bits(pattern as $bits))
        }
        #[inline(always)]
        fn split(self) -> (Self, i32) {
            const FRACTION: u32 = $inner::MANTISSA_DIGITS - 1;
            const ONE: $bits = $inner::to_bits(1.0);
            const MASK: $bits = (1 << FRACTION) - 1;
            let mut bits = self.to_bits();
            let mut exponent = 1 - $inner::MAX_EXP;
            if bits <= MASK {
                let shift = bits.leading_zeros().saturating_sub($bits::BITS - 1 - FRACTION);
                bits = bits.wrapping_shl(shift);
                exponent = exponent.wrapping_add(1).wrapping_sub(shift as i32);
            } else {
                exponent = exponent.wrapping_add((bits >> FRACTION) as i32);
            }
            ($wrap($inner::from_bits((bits & MASK) | ONE)), exponent)
        }
        #[inline(always)]
        fn centred(self) -> (Self, i32) {
            const FRACTION: u32 = $inner::MANTISSA_DIGITS - 1;
            const LEAST: $bits = $inner::to_bits(core::$inner::consts::FRAC_1_SQRT_2);
            let bits = self.to_bits();
            let octaves = (bits.wrapping_sub(LEAST) as $signed) >> FRACTION;
            ($wrap($inner::from_bits(bits.wrapping_sub((octaves as $bits) << FRACTION))), octaves as i32)
        }
        #[inline(always)]
        fn octaves(p: Self, q: Self) -> i32 {
            const FRACTION: u32 = $inner::MANTISSA_DIGITS - 1;
            let apart = q.to_bits().wrapping_sub(p.to_bits()) as $signed;
            (apart.wrapping_add(1 << (FRACTION - 1)) >> FRACTION) as i32
        }
        #[inline(always)]
        fn is_within_octave(p: Self, q: Self) -> bool {
            const OCTAVE: $bits = 1 << ($inner::MANTISSA_DIGITS - 1);
            let (p, q) = (p.to_bits(), q.to_bits());
            const RANGE: $bits = $inner::INFINITY.to_bits() - 4 * OCTAVE;
            q.wrapping_sub(p).wrapping_add(OCTAVE) < 2 * OCTAVE && p.wrapping_sub(2 * OCTAVE) < RANGE
        }
        #[inline(always)]
        fn is_near(p: Self, q: Self) -> bool {
            const OCTAVE: $bits = 1 << ($inner::MANTISSA_DIGITS - 1);
            q.to_bits().wrapping_sub(p.to_bits()).wrapping_add(OCTAVE) < 2 * OCTAVE
        }
        #[inline(always)]
        fn reaches(self, least: Self) -> bool {
            self.to_bits() as $signed >= least.to_bits() as $signed
        }
        #[inline(always)]
        fn scaled(self, exponent: i32) -> Self {
            let shift = (exponent as $bits) << ($inner::MANTISSA_DIGITS - 1);
            $wrap($inner::from_bits(self.to_bits().wrapping_add(shift)))
        }
        #[inline(always)]
        fn power_of_two(exponent: i32) -> Self {
            let biased = exponent.wrapping_add($inner::MAX_EXP - 1) as $bits;
            $wrap($inner::from_bits(biased << ($inner::MANTISSA_DIGITS - 1)))
        }
        #[inline(always)]
        fn centred_uniform<R: Rng + ?Sized>(rng: &mut R) -> (Self, Self) {
            const HALF: $bits = 1 << ($bits::BITS - 1);
            const SCALE: $inner = 0.5 / HALF as $inner;
            let word = rng.$word();
            // The first half of the words mirrors the second one.
            let steps = if word < HALF { word ^ HALF } else { !word };
            let centred = (steps as $signed as $inner + 0.5) * SCALE;
            let probability = ((word & (HALF - 1)) as $inner + 0.5) * SCALE;
            ($wrap(centred), $wrap(probability))
        }
    };
}

real!(f32, core::convert::identity, f32);
real!(f64, core::convert::identity, f64);

impl sealed::Backend for f32 {
    const DOUBLE: bool = false;
    const HARDWARE: bool = cfg!(any(target_abi = "eabihf", target_pointer_width = "64"));
    const SPLITTER: Self = 4097.0;
    #[inline]
    fn exp(self) -> Self {
        elementary::exp_of_any(self)
    }
    #[inline]
    fn exp_in_range(self) -> Self {
        elementary::exp(self)
    }
    #[inline(always)]
    fn exp_to_zero(self) -> Self {
        elementary::exp_to_zero(self)
    }
    #[inline]
    fn lift(self) -> Self {
        elementary::lift(self)
    }
    #[inline(always)]
    fn exp_beside(self, lift: Self) -> Option<Self> {
        elementary::exp_beside(self, lift)
    }
    #[inline(always)]
    fn exp_around(self, lift: Self) -> Option<Self> {
        elementary::exp_around(self, lift)
    }
    #[inline]
    fn exp_m1(self) -> Self {
        libm::expm1f(self)
    }
    #[inline]
    fn ln_1p(self) -> Self {
        libm::log1pf(self)
    }
    #[inline]
    fn sqrt(self) -> Self {
        if self.is_positive_normal() { elementary::sqrt(self) } else { rest_of_sqrt(self) }
    }
    #[inline(always)]
    fn sqrt_of_normal(self) -> Self {
        elementary::sqrt(self)
    }
    #[inline]
    fn atan2(self, x: Self) -> Self {
        libm::atan2f(self, x)
    }
    format!(core::convert::identity, f32, u32, i32, next_u32);
}

mod double;
#[cfg(feature = "micromath")]
mod micro;
