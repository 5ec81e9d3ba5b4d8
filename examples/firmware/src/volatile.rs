//! Numbers that the compiler cannot know, for images that are linked and not run.

use crate::exercise::{Exercise, Probe};
use core::ptr::{read_volatile, write_volatile};

/// A number that the compiler knows nothing about, and a place for results that it cannot leave out.
pub struct Volatile(u32);

impl Volatile {
    fn read(&self) -> u32 {
        // SAFETY: a reference is valid for reads.
        unsafe { read_volatile(&self.0) }
    }
    fn write(&mut self, word: u32) {
        // SAFETY: a reference is valid for writes.
        unsafe { write_volatile(&mut self.0, word) }
    }
}

impl Probe<f32> for Volatile {
    fn number(&mut self) -> f32 {
        f32::from_bits(self.read())
    }
    fn positive(&mut self) -> f32 {
        f32::from_bits(self.read())
    }
    fn word(&mut self) -> u32 {
        self.read()
    }
    fn take(&mut self, number: f32) {
        self.write(number.to_bits());
    }
    fn note(&mut self, word: u32) {
        self.write(word);
    }
}

/// Exercises these for ever.
pub fn run<const M: usize>(exercises: [(&str, Exercise<Volatile>); M]) -> ! {
    let mut volatile = Volatile(0);
    loop {
        for (_, exercise) in exercises {
            let ended = exercise(&mut volatile);
            Probe::<f32>::end(&mut volatile, ended);
        }
    }
}
