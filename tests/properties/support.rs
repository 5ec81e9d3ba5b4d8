//! What the properties share: the seed, a comparison, and the numbers that cases are made of.

use elbow::Real;
use proptest::array::UniformArrayStrategy;
use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestCaseError};
use std::array;

/// A property holds for a case, or says where it does not.
pub type Outcome = Result<(), TestCaseError>;

/// `f32` and `f64`.
pub trait Scalar: Real {
    /// The least larger number.
    fn next(self) -> Self;
    /// Exactly, in `f64`.
    fn wide(self) -> f64;
}

impl Scalar for f32 {
    fn next(self) -> Self {
        self.next_up()
    }
    fn wide(self) -> f64 {
        self.into()
    }
}

impl Scalar for f64 {
    fn next(self) -> Self {
        self.next_up()
    }
    fn wide(self) -> f64 {
        self
    }
}

/// So many cases, the same ones in every run.
pub fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { cases: count, failure_persistence: None, rng_seed: RngSeed::Fixed(1), ..ProptestConfig::default() }
}

/// The check for both scalars.
macro_rules! both {
    ($check:ident, $($case:expr),+) => {
        $check::<f32>($($case),+)?;
        $check::<f64>($($case),+)?;
    };
}

/// The check for both scalars and one to four unknowns.
macro_rules! every_size {
    ($check:ident, $($case:expr),+) => {
        $check::<f32, 1>($($case),+)?;
        $check::<f32, 2>($($case),+)?;
        $check::<f32, 3>($($case),+)?;
        $check::<f32, 4>($($case),+)?;
        $check::<f64, 1>($($case),+)?;
        $check::<f64, 2>($($case),+)?;
        $check::<f64, 3>($($case),+)?;
        $check::<f64, 4>($($case),+)?;
    };
}
pub(crate) use {both, every_size};

/// Within the tolerance, or both infinite.
pub fn close(got: f64, expected: f64, tolerance: f64, what: &str) -> Outcome {
    let apart = (got - expected).abs();
    prop_assert!(
        got == expected || expected.is_finite() && apart <= tolerance,
        "{}: {:e} for {:e}, {:e} apart where {:e} is allowed",
        what,
        got,
        expected,
        apart,
        tolerance
    );
    Ok(())
}

/// Not above the bound by more than the tolerance.
pub fn at_most(got: f64, bound: f64, tolerance: f64, what: &str) -> Outcome {
    prop_assert!(got <= bound + tolerance, "{}: {:e} above {:e} by more than {:e}", what, got, bound, tolerance);
    Ok(())
}

/// EPSILON of a scalar.
pub fn epsilon<T: Scalar>() -> f64 {
    T::EPSILON.wide()
}

/// An array of independent draws.
pub fn array<S: Strategy, const N: usize>(of: S) -> UniformArrayStrategy<S, [S::Value; N]> {
    UniformArrayStrategy::new(of)
}

/// Multiples of `1/parts` from `-bound` to `bound`.
pub fn grid(bound: i32, parts: i32) -> impl Strategy<Value = f64> + Clone {
    (-bound * parts..=bound * parts).prop_map(move |k| f64::from(k) / f64::from(parts))
}

/// Positive numbers over so many decades to either side of one.
pub fn magnitude(decades: f64) -> impl Strategy<Value = f64> + Clone {
    (-decades..decades).prop_map(|power| 10.0_f64.powf(power))
}

/// Numbers of the scalar.
pub fn narrow<T: Scalar, const N: usize>(values: &[f64; N]) -> [T; N] {
    values.map(T::from_f64)
}

/// The first of the numbers, in the scalar.
pub fn leading<T: Scalar, const N: usize>(values: &[f64; 4]) -> [T; N] {
    array::from_fn(|i| T::from_f64(values[i]))
}

/// Exact in `f64`.
pub fn wide<T: Scalar, const N: usize>(values: &[T; N]) -> [f64; N] {
    values.map(Scalar::wide)
}
