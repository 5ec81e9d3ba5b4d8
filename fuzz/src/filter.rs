//! A filter of 1, 2 or 4 states through up to 64 operations with any arguments. Of each: an `Err` has changed nothing,
//! bit for bit, an `Ok` has left a valid belief, and the figures of updates, gates and monitors are numbers.

mod operation;
mod reading;

use crate::snapshot::{assert_refused, check};
use crate::values::{assert_valid, belief, bits_of, choice};
use arbitrary::Unstructured;
use elbow::likelihood::LearnedNormal;
use elbow::{Filter, Gate, Monitor, Snapshot};
use operation::Operation;

/// The most operations of a run.
const MOST: usize = 64;

/// How many operations have been taken, and how many refused.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub struct Tally {
    /// Operations that returned `Ok`.
    pub taken: usize,
    /// Operations that returned an `Err`.
    pub refused: usize,
}

/// Everything that keeps a state between operations.
struct Machine<const N: usize> {
    filter: Filter<f32, N>,
    gate: Gate<f32>,
    monitor: Monitor<f32, 16>,
    noise: LearnedNormal<f32>,
    tally: Tally,
}

/// A byte for the dimension, then the first belief and the operations.
pub fn run(bytes: &[u8]) -> Tally {
    let mut input = Unstructured::new(bytes);
    match choice(&mut input, 3) {
        0 => Machine::<2>::new(&mut input).run(&mut input),
        1 => Machine::<1>::new(&mut input).run(&mut input),
        _ => Machine::<4>::new(&mut input).run(&mut input),
    }
}

impl<const N: usize> Machine<N>
where
    Filter<f32, N>: operation::OwnProcesses,
{
    fn new(bytes: &mut Unstructured<'_>) -> Self {
        Self {
            filter: Filter::new(belief(bytes)),
            gate: Gate::by_innovation(5.0, 3).expect("both are positive"),
            monitor: Monitor::new(1e-3).expect("a probability"),
            noise: LearnedNormal::new(1.0, 4.0).expect("both are positive"),
            tally: Tally::default(),
        }
    }

    fn run(mut self, bytes: &mut Unstructured<'_>) -> Tally {
        for _ in 0..MOST {
            if bytes.is_empty() {
                break;
            }
            let operation = Operation::next(bytes);
            let before = (bits_of(self.filter.belief()), self.gate, self.monitor.clone(), self.noise);
            let done = self.apply(operation, bytes);
            let after = format!("{operation:?} {done:?}");
            assert_valid(&self.filter, &after);
            match done {
                Ok(()) => self.tally.taken += 1,
                Err(error) => {
                    assert_eq!(before.0, bits_of(self.filter.belief()), "{after}");
                    assert!(before.2 == self.monitor && before.3 == self.noise, "{after}");
                    assert!(before.1 == self.gate || error == elbow::Error::Diverged, "{after}");
                    self.tally.refused += 1;
                }
            }
        }
        self.tally
    }

    /// Saves everything, restores the same, and nothing once bits are flipped.
    fn save(&mut self, bytes: &mut Unstructured<'_>) {
        let flips = bytes.arbitrary().unwrap_or_default();
        round(&self.filter, flips);
        round(&self.gate, flips);
        round(&self.monitor, flips);
        round(&self.noise, flips);
    }
}

/// One state there and back.
fn round<S: Snapshot + PartialEq + std::fmt::Debug>(state: &S, flips: [u16; 3]) {
    let mut buffer = vec![0; S::SNAPSHOT_LEN];
    state.save(&mut buffer).expect("the buffer is long enough");
    assert_eq!(S::restore(&buffer).as_ref(), Ok(state));
    check::<S>(&buffer, flips);
    assert_refused::<S>(&buffer, flips);
}
