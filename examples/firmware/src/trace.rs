//! A line for each thing that elbow computes, with a hash of every bit that came out.

use crate::exercise::{Exercise, Probe};
use elbow::Real;

/// How often each thing is exercised, with other numbers every time.
const ROUNDS: u32 = 24;

/// A scalar whose bits can be hashed and made up.
pub trait Scalar: Real {
    fn canonical(self) -> u64;
    /// From -2 up to 2, in steps of 2^-22.
    fn spread(word: u32) -> Self;
}

impl Scalar for f32 {
    fn canonical(self) -> u64 {
        // A NaN's payload is the one thing in which targets may differ.
        if self.is_nan() { u64::MAX } else { self.to_bits().into() }
    }
    fn spread(word: u32) -> Self {
        (word >> 8) as f32 / (1 << 22) as f32 - 2.0
    }
}

impl Scalar for f64 {
    fn canonical(self) -> u64 {
        if self.is_nan() { u64::MAX } else { self.to_bits() }
    }
    fn spread(word: u32) -> Self {
        (word >> 8) as f64 / (1 << 22) as f64 - 2.0
    }
}

/// Makes up numbers by a linear congruence, and hashes what it is given.
pub struct Hash {
    state: u32,
    hash: u64,
}

impl Hash {
    fn next(&mut self) -> u32 {
        self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.state ^ (self.state >> 16)
    }

    /// FNV-1a, 64 bits: Fowler, Noll and Vo, RFC 9923.
    fn add(&mut self, bits: u64) {
        for byte in bits.to_le_bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

impl<T: Scalar> Probe<T> for Hash {
    fn number(&mut self) -> T {
        let number = T::spread(self.next());
        match self.next() >> 24 {
            0 => T::ZERO,
            1 => -T::ZERO,
            2 => T::MIN_POSITIVE * T::EPSILON,
            3 => T::MAX,
            4 => T::INFINITY,
            5 => T::INFINITY - T::INFINITY,
            6..20 => number * T::from_f64(1e-6),
            20..40 => number * T::from_f64(100.0),
            _ => number,
        }
    }
    fn positive(&mut self) -> T {
        let number = T::spread(self.next()) + T::from_f64(2.0);
        match self.next() >> 24 {
            0 => T::ZERO,
            1 => -T::ONE,
            2 => T::MIN_POSITIVE,
            3..20 => number * T::from_f64(1e-4),
            20..30 => number * T::from_f64(1e4),
            _ => number,
        }
    }
    fn word(&mut self) -> u32 {
        self.next()
    }
    fn take(&mut self, number: T) {
        self.add(number.canonical());
    }
    fn note(&mut self, word: u32) {
        self.add(word.into());
    }
}

/// Calls `line` with the name and the hash of each thing.
pub fn run<T: Scalar>(
    exercises: impl IntoIterator<Item = (&'static str, Exercise<Hash>)>,
    mut line: impl FnMut(&str, u64),
) {
    for (name, exercise) in exercises {
        let mut hash = Hash { state: 1, hash: 0xcbf2_9ce4_8422_2325 };
        for _ in 0..ROUNDS {
            let ended = exercise(&mut hash);
            Probe::<T>::end(&mut hash, ended);
        }
        line(name, hash.hash);
    }
}
