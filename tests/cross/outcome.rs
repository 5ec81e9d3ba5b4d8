//! What a function made of the cross: judged, hashed, and held against the table.

use crate::design::Scalar;
use crate::infinities::is_listed;
use elbow::{Error, Gaussian};
use std::fmt::{Debug, Write};
use std::sync::{Mutex, PoisonError};
use std::{env, fs};

const TABLE: &str = concat!(env!("ELBOW_ROOT"), "/tests/reference/cross.csv");

/// One at a time may rewrite the table.
static WRITING: Mutex<()> = Mutex::new(());

/// FNV-1a, 64 bits: Fowler, Noll and Vo, RFC 9923.
struct Hash(u64);

impl Hash {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
    fn add(&mut self, bits: u64) {
        for byte in bits.to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}

impl Write for Hash {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        text.bytes().for_each(|byte| self.add(byte.into()));
        Ok(())
    }
}

/// Of everything that `Debug` shows: numbers in as many digits as tell them apart, the sign of a zero among them.
pub fn fingerprint(of: &impl Debug) -> u64 {
    let mut hash = Hash::new();
    write!(hash, "{of:?}").expect("a hash takes everything");
    hash.0
}

/// The results of one function in one scalar.
pub struct Outcome<T> {
    function: String,
    arguments: Vec<T>,
    /// Of this row, of all rows, and of one in [`SAMPLE`].
    hash: Hash,
    all: Hash,
    sample: Hash,
    calls: u32,
    accepted: u32,
    refused: u32,
    infinite: bool,
}

/// Debug builds take one row in so many, unless they are told to take all.
const SAMPLE: u32 = 8;

fn takes_all() -> bool {
    !cfg!(debug_assertions) || env::var_os("ELBOW_ALL").is_some()
}

/// Calls a function with every row of a design, and holds what came out against the table.
pub fn cross<T: Scalar, const N: usize>(
    function: &str,
    design: impl Iterator<Item = [T; N]>,
    mut call: impl FnMut([T; N], &mut Outcome<T>),
) {
    let mut outcome = Outcome {
        function: function.to_owned(),
        arguments: Vec::new(),
        hash: Hash::new(),
        all: Hash::new(),
        sample: Hash::new(),
        calls: 0,
        accepted: 0,
        refused: 0,
        infinite: false,
    };
    for row in design {
        let sampled = outcome.calls % SAMPLE == 0;
        outcome.calls += 1;
        if sampled || takes_all() {
            outcome.arguments.clear();
            outcome.arguments.extend(row);
            outcome.hash = Hash::new();
            call(row, &mut outcome);
            outcome.all.add(outcome.hash.0);
            if sampled {
                outcome.sample.add(outcome.hash.0);
            }
        }
    }
    outcome.finish();
}

impl<T: Scalar> Outcome<T> {
    fn fail(&self, what: &str) -> ! {
        panic!("{} of {} at {:?}: {what}", self.function, T::NAME, self.arguments)
    }

    /// Judges; `what` is wrong where it does not hold.
    pub fn holds(&mut self, condition: bool, what: impl Debug) {
        if !condition {
            self.fail(&format!("{what:?}"));
        }
    }

    /// What an `Ok` holds.
    pub fn end<V>(&mut self, result: Result<V, Error>) -> Option<V> {
        match result {
            Ok(value) => {
                self.hash.add(0);
                self.accepted += 1;
                Some(value)
            }
            Err(error) => {
                self.hash.add(1 + error as u64);
                self.refused += 1;
                None
            }
        }
    }

    /// The same of a call that may change its receiver: not where it returns an error.
    pub fn change<V, R: Debug>(
        &mut self,
        receiver: &mut R,
        call: impl FnOnce(&mut R) -> Result<V, Error>,
    ) -> Option<V> {
        let before = fingerprint(receiver);
        let result = call(receiver);
        let after = fingerprint(receiver);
        if let Err(error) = &result {
            self.holds(before == after, ("changed by", error));
        }
        self.hash.add(after);
        self.end(result)
    }

    /// A plain number: NaN for NaN, infinite where that is documented.
    pub fn number(&mut self, x: T) {
        self.figure(None, x);
    }

    /// The same of another function, named, that this one's result is given to.
    pub fn of(&mut self, function: &'static str, x: T) {
        self.figure(Some(function), x);
    }

    fn figure(&mut self, function: Option<&'static str>, x: T) {
        self.hash.add(x.bits());
        let function = function.unwrap_or(&self.function);
        if x != x {
            if !self.arguments.iter().any(|x| x != x) {
                self.fail(&format!("{function} is NaN"));
            }
        } else if !x.is_finite() {
            let sign = if x > T::ZERO { '+' } else { '-' };
            if !is_listed(function, sign) {
                self.fail(&format!("{function} is {x:e}"));
            }
            self.infinite |= function == self.function;
        }
    }

    pub fn numbers(&mut self, x: &[T]) {
        x.iter().for_each(|&x| self.number(x));
    }

    /// A number that an `Ok` holds.
    pub fn finite(&mut self, x: T) {
        self.hash.add(x.bits());
        self.holds(x.is_finite(), x);
    }

    /// A number in this range, its ends included.
    pub fn within(&mut self, x: T, low: f64, high: f64) {
        self.hash.add(x.bits());
        let wide: f64 = x.into();
        self.holds((low..=high).contains(&wide), x);
    }

    /// A variance: a positive normal number.
    pub fn variance(&mut self, x: T) {
        self.hash.add(x.bits());
        self.holds(x.is_finite() && x >= T::MIN_POSITIVE, x);
    }

    /// A belief: finite numbers, positive normal pivots.
    pub fn belief<const N: usize>(&mut self, belief: &Gaussian<T, N>) {
        belief.mean().iter().chain(belief.unit_lower().as_flattened()).for_each(|&x| self.finite(x));
        belief.pivots().iter().for_each(|&d| self.variance(d));
    }

    /// Anything else that counts.
    pub fn note(&mut self, of: &impl Debug) {
        let print = fingerprint(of);
        self.hash.add(print);
    }

    fn finish(self) {
        let all = takes_all();
        let listed = ['+', '-'].into_iter().any(|sign| is_listed(&self.function, sign));
        assert!(!all || self.infinite || !listed || T::NAME == "f64", "{} is never infinite", self.function);
        assert!(!all || self.accepted > 0 || self.refused == 0, "{} refuses everything", self.function);
        let key = format!("{},{},", self.function, T::NAME);
        let line = format!("{key}{},{},{:016x},{:016x}", self.calls, self.accepted, self.all.0, self.sample.0);
        let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
        let table = fs::read_to_string(TABLE).unwrap_or_default();
        let known = table.lines().find(|other| other.starts_with(&key)).unwrap_or_default();
        if !all {
            let sample = known.rsplit(',').next();
            assert_eq!(sample, line.rsplit(',').next(), "{}: other bits than in {known}; {HOW}", self.function);
        } else if env::var_os("ELBOW_ACCEPT").is_some() {
            let others = table.lines().skip(1).filter(|other| !other.starts_with(&key));
            let mut lines: Vec<&str> = others.chain([&*line]).collect();
            lines.sort_unstable();
            let text = format!("function,scalar,calls,accepted,all,sample\n{}\n", lines.join("\n"));
            fs::write(TABLE, text).expect("the table can be written");
        } else {
            assert_eq!(known, line, "other bits; {HOW}");
        }
    }
}

/// What to do about other bits.
const HOW: &str = "if they are meant, ELBOW_ACCEPT=1 cargo test --release --test cross";

/// The test of both scalars.
macro_rules! both {
    ($($name:ident = $check:ident;)*) => {$(
        #[test]
        fn $name() {
            $check::<f32>();
            $check::<f64>();
        }
    )*};
}
pub(crate) use both;
