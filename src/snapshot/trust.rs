//! What gates, monitors and sensors that learn save.

use super::{Content, Kind, Reader, Snapshot, Writer};
use crate::error::Error;
use crate::gate::{Criterion, Gate};
use crate::likelihood::LearnedNormal;
use crate::monitor::{Entry, Memory, Monitor};
use crate::real::Real;

/// Which figure it looks at, its threshold, its limit and its counts.
impl<T: Real> Content for Gate<T> {
    const KIND: Kind = Kind::Gate;
    type Scalar = T;
    const DIMENSION: usize = 1;
    const LEN: usize = T::BYTES + 16;

    fn write(&self, writer: &mut Writer<'_>) {
        let (which, threshold) = match self.criterion {
            Criterion::Innovation(most) => (0, most),
            Criterion::LogEvidence(least) => (1, least),
        };
        writer.word(which);
        writer.numbers(&[threshold]);
        writer.word(self.limit);
        writer.word(self.rejected_in_a_row);
        writer.word(self.rejected);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let (which, threshold, limit) = (reader.word()?, reader.number()?, reader.word()?);
        let gate = match which {
            0 => Self::by_innovation(threshold, limit)?,
            1 => Self::by_log_evidence(threshold, limit)?,
            _ => return Err(Error::Corrupt),
        };
        gate.resumed(reader.word()?, reader.word()?)
    }
}

impl<T: Real> Snapshot for Gate<T> {}

/// The guess, its weight, forgetting and floor as learnt so far.
impl<T: Real> Content for LearnedNormal<T> {
    const KIND: Kind = Kind::LearnedNormal;
    type Scalar = T;
    const DIMENSION: usize = 1;
    const LEN: usize = 4 * T::BYTES;

    fn write(&self, writer: &mut Writer<'_>) {
        writer.numbers(&[self.variance(), self.readings(), self.forgetting(), self.floor()]);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let [variance, readings, forgetting, floor] = reader.numbers()?;
        let learned = Self::new(variance, readings)?.with_forgetting(forgetting)?.with_floor(floor)?;
        // More readings than it can remember are not what was saved.
        if learned.readings() == readings { Ok(learned) } else { Err(Error::Corrupt) }
    }
}

impl<T: Real> Snapshot for LearnedNormal<T> {}

/// The settings, the last reading and its repeats, the time since, and the window, oldest first: innovations, log
/// evidences, and a bit for each entry that repeats the one before.
impl<T: Real, const W: usize> Content for Monitor<T, W> {
    const KIND: Kind = Kind::Monitor;
    type Scalar = T;
    const DIMENSION: usize = W;
    const LEN: usize = T::BYTES * (6 + 2 * W) + 12 + 4 * W.div_ceil(32);

    fn write(&self, writer: &mut Writer<'_>) {
        let memory = self.memory();
        writer.numbers(&[self.false_alarm, self.resolution, self.longest_gap]);
        writer.numbers(&[memory.last.unwrap_or(T::ZERO), memory.repeat_surprise, memory.since_last]);
        writer.word(u32::from(memory.last.is_some()));
        writer.word(memory.repeats);
        writer.word(memory.readings as u32);
        for entry in &memory.entries {
            writer.numbers(&[entry.innovation, entry.log_evidence]);
        }
        for entries in memory.entries.chunks(32) {
            writer.word(entries.iter().rev().fold(0, |bits, entry| bits << 1 | u32::from(entry.repeated)));
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let [false_alarm, resolution, longest_gap] = reader.numbers()?;
        let [last, repeat_surprise, since_last]: [T; 3] = reader.numbers()?;
        let last = match reader.word()? {
            0 if last.pattern() == 0 => None,
            1 => Some(last),
            _ => return Err(Error::Corrupt),
        };
        let (repeats, readings) = (reader.word()?, reader.word()? as usize);
        let mut entries = [Entry { innovation: T::ZERO, log_evidence: T::ZERO, repeated: false }; W];
        for entry in &mut entries {
            (entry.innovation, entry.log_evidence) = (reader.number()?, reader.number()?);
        }
        let mut spare = 0;
        for entries in entries.chunks_mut(32) {
            let mut bits = reader.word()?;
            for entry in entries {
                entry.repeated = bits & 1 == 1;
                bits >>= 1;
            }
            spare |= bits;
        }
        // Nothing but the zeros that were written behind the window's readings.
        let blank =
            |entry: &Entry<T>| entry.innovation.pattern() == 0 && entry.log_evidence.pattern() == 0 && !entry.repeated;
        if spare != 0 || !entries.iter().skip(readings).all(blank) {
            return Err(Error::Corrupt);
        }
        let memory = Memory { readings, entries, last, repeats, repeat_surprise, since_last };
        Self::new(false_alarm)?.with_resolution(resolution)?.with_longest_gap(longest_gap)?.resumed(&memory)
    }
}

impl<T: Real, const W: usize> Snapshot for Monitor<T, W> {}
