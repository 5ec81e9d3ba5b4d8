//! Everything that a monitor remembers, as plain numbers: to be written down, and taken up again after a check.

use super::{Entry, MOST, Monitor};
use crate::error::Error;
use crate::real::Real;

/// What a monitor has seen.
#[derive(Clone, Copy)]
pub struct Memory<T, const W: usize> {
    /// How many of the entries are readings, oldest first; the rest are zeros.
    pub readings: usize,
    pub entries: [Entry<T>; W],
    pub last: Option<T>,
    pub repeats: u32,
    pub repeat_surprise: T,
    pub since_last: T,
}

impl<T: Real, const W: usize> Monitor<T, W> {
    /// All of it but the settings.
    pub(crate) fn memory(&self) -> Memory<T, W> {
        let empty = Entry { innovation: T::ZERO, log_evidence: T::ZERO, repeated: false };
        let mut entries = [empty; W];
        for (entry, seen) in entries.iter_mut().zip(&self.window) {
            *entry = *seen;
        }
        Memory {
            readings: self.window.len(),
            entries,
            last: self.last,
            repeats: self.repeats,
            repeat_surprise: self.repeat_surprise,
            since_last: self.since_last,
        }
    }

    /// A monitor with these settings that goes on from there; [`Error::OutOfRange`] unless a monitor
    /// could have come to these numbers.
    pub(crate) fn resumed(mut self, memory: &Memory<T, W>) -> Result<Self, Error> {
        let amount = |value: T| value >= T::ZERO && value.is_finite();
        let seen = memory.readings > 0;
        let consistent = memory.readings <= W
            && memory.last.is_some() == seen
            && memory.last.is_none_or(|last| last.is_finite())
            && (memory.repeats > 0 || memory.repeat_surprise == T::ZERO)
            && (seen || memory.repeats == 0)
            && amount(memory.repeat_surprise)
            && amount(memory.since_last);
        if !consistent {
            return Err(Error::OutOfRange);
        }
        self.reset();
        for entry in memory.entries.iter().take(memory.readings) {
            if !(entry.innovation.abs() <= T::from_f64(MOST) && entry.log_evidence.is_finite()) {
                return Err(Error::OutOfRange);
            }
            self.push(*entry);
        }
        self.last = memory.last;
        self.repeats = memory.repeats;
        self.repeat_surprise = memory.repeat_surprise;
        self.since_last = memory.since_last;
        Ok(self)
    }
}
