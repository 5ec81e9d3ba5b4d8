//! What comes out of each thing that elbow computes, over fixed inputs: the first results bit by bit, all of them as a
//! hash.
//!
//! ```text
//! Categorical:
//!     0      0x0 3dbf65ee 3e1e3781 3f1f8d47 3d6eb6e2 3d9ae48d 3f9e2eb6 400f6d3c
//!     8 3f5bfb2e      NaN      0x0
//! d4fdbdca9bc453d4 Categorical, 11 results
//! ```
//!
//! A row starts with the position of its first result. A result is a number, as its bits, or a word with `0x` before
//! it: how a call ended (0 for well), a count, a flag. Every NaN is `NaN`. Inputs are the same for every target and
//! build; some are not finite or refused on purpose.
//!
//! Where a chip prints something else than the `.out` file beside the image, the first row that differs has the first
//! result that differs. Where the rows agree and only a hash does not, raise `PRINTED`: the output of an emulated chip,
//! `cargo firmware trace`, then holds more to compare with.

use crate::exercise::{Exercise, Probe};
use core::fmt::{Arguments, Write as _};
use elbow::Real;
use heapless::String;

/// How often each thing is exercised, with other numbers every time.
const ROUNDS: u32 = 24;

/// How many results of each thing are printed. All are hashed.
const PRINTED: u32 = 128;

/// Hexadecimal digits of the numbers in a row.
const ROW: usize = 64;

/// A scalar whose bits can be hashed and made up.
pub trait Scalar: Real {
    /// Hexadecimal digits of its bits.
    const DIGITS: usize;
    /// Its bits; none of a NaN, the payload of which is the one thing in which targets may differ.
    fn bits(self) -> Option<u64>;
    /// From -2 up to 2, in steps of 2^-22.
    fn spread(word: u32) -> Self;
}

impl Scalar for f32 {
    const DIGITS: usize = 8;
    fn bits(self) -> Option<u64> {
        (!self.is_nan()).then(|| self.to_bits().into())
    }
    fn spread(word: u32) -> Self {
        (word >> 8) as f32 / (1 << 22) as f32 - 2.0
    }
}

impl Scalar for f64 {
    const DIGITS: usize = 16;
    fn bits(self) -> Option<u64> {
        (!self.is_nan()).then(|| self.to_bits())
    }
    fn spread(word: u32) -> Self {
        (word >> 8) as f64 / (1 << 22) as f64 - 2.0
    }
}

/// Makes up numbers by a linear congruence; hashes the results, and prints the first of them if it can print.
pub struct Trace<'a> {
    state: u32,
    /// Of all the results.
    pub hash: u64,
    /// How many there were.
    results: u32,
    /// What is not printed yet; room for a row of the longest words.
    row: String<{ ROW + 48 }>,
    print: Option<&'a mut dyn FnMut(&str)>,
}

impl<'a> Trace<'a> {
    /// One that prints by calling `print` with each line, its end included.
    pub fn new(print: Option<&'a mut dyn FnMut(&str)>) -> Self {
        Self { state: 0, hash: 0, results: 0, row: String::new(), print }
    }

    /// Exercises one thing, always with the same numbers.
    pub fn exercise<T: Scalar>(&mut self, exercise: Exercise<Self>) {
        (self.state, self.hash, self.results) = (1, 0xcbf2_9ce4_8422_2325, 0);
        for _ in 0..ROUNDS {
            let ended = exercise(self);
            Probe::<T>::end(self, ended);
        }
    }

    fn next(&mut self) -> u32 {
        self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        self.state ^ (self.state >> 16)
    }

    /// FNV-1a, 64 bits: Fowler, Noll and Vo, RFC 9923.
    fn hash(&mut self, bits: u64) {
        for byte in bits.to_le_bytes() {
            self.hash = (self.hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// Prints a result as a row's next or a new row's first.
    fn show(&mut self, digits: usize, result: Arguments) {
        if self.print.is_some() && self.results < PRINTED {
            if (self.results as usize).is_multiple_of(ROW / digits) {
                self.end_line();
                let position = self.results;
                self.write(format_args!("{position:5}"));
            }
            self.write(format_args!(" {result}"));
        }
        self.results += 1;
    }

    fn write(&mut self, text: Arguments) {
        // Nothing longer than the row has room for is written.
        _ = self.row.write_fmt(text);
    }

    /// Prints what was written, all at once: a call by semihosting stops the processor.
    fn end_line(&mut self) {
        if let Some(print) = self.print.as_mut().filter(|_| !self.row.is_empty()) {
            _ = self.row.push('\n');
            print(&self.row);
        }
        self.row.clear();
    }
}

impl<T: Scalar> Probe<T> for Trace<'_> {
    fn number(&mut self) -> T {
        let number = T::spread(self.next());
        match self.next() >> 24 {
            0 => T::ZERO,
            1 => -T::ZERO,
            2 => T::MIN_POSITIVE * T::EPSILON,
            3 => T::MAX,
            4 => T::INFINITY,
            5 => T::INFINITY * T::ZERO,
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
        self.hash(number.bits().unwrap_or(u64::MAX));
        match number.bits() {
            Some(bits) => self.show(T::DIGITS, format_args!("{bits:0width$x}", width = T::DIGITS)),
            None => self.show(T::DIGITS, format_args!("{:>width$}", "NaN", width = T::DIGITS)),
        }
    }
    fn note(&mut self, word: u32) {
        self.hash(word.into());
        self.show(T::DIGITS, format_args!("{word:#width$x}", width = T::DIGITS));
    }
}

/// Calls `print` with the text of each thing's trace, line by line.
pub fn run<'a, T: Scalar>(
    exercises: impl IntoIterator<Item = (&'static str, Exercise<Trace<'a>>)>,
    print: &'a mut dyn FnMut(&str),
) {
    let mut trace = Trace::new(Some(print));
    for (name, exercise) in exercises {
        trace.write(format_args!("{name}:"));
        trace.end_line();
        trace.exercise::<T>(exercise);
        trace.end_line();
        let (hash, results) = (trace.hash, trace.results);
        trace.write(format_args!("{hash:016x} {name}, {results} results"));
        trace.end_line();
    }
}
