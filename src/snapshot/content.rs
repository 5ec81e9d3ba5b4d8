//! What each type saves: the numbers that its checked constructor takes, and nothing that follows from them.

use super::{Content, Kind, Reader, Snapshot, Writer};
use crate::error::Error;
use crate::filter::Filter;
use crate::gaussian::Gaussian;
use crate::likelihood::Normal;
use crate::local_level::LocalLevel;
use crate::mean_field::MeanField;
use crate::process::RandomWalk;
use crate::real::Real;

/// The mean, then the rows of the factor, each up to its pivot.
impl<T: Real, const N: usize> Content for Gaussian<T, N> {
    const KIND: Kind = Kind::Gaussian;
    type Scalar = T;
    const DIMENSION: usize = N;
    const LEN: usize = T::BYTES * (N + N * (N + 1) / 2);

    fn write(&self, writer: &mut Writer<'_>) {
        writer.numbers(self.mean());
        for (i, row) in self.factor().entries().iter().enumerate() {
            writer.numbers(row.get(..=i).unwrap_or(row));
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let mean = reader.numbers()?;
        let mut lower = [[T::ZERO; N]; N];
        let mut pivots = [T::ZERO; N];
        for i in 0..N {
            for j in 0..i {
                lower[i][j] = reader.number()?;
            }
            pivots[i] = reader.number()?;
        }
        Self::from_factor(mean, lower, pivots)
    }
}

impl<T: Real, const N: usize> Snapshot for Gaussian<T, N> {}

/// The belief is all that a filter holds.
impl<T: Real, const N: usize> Content for Filter<T, N> {
    const KIND: Kind = Gaussian::<T, N>::KIND;
    type Scalar = T;
    const DIMENSION: usize = N;
    const LEN: usize = Gaussian::<T, N>::LEN;

    fn write(&self, writer: &mut Writer<'_>) {
        self.belief().write(writer);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        Gaussian::read(reader).map(Self::new)
    }
}

impl<T: Real, const N: usize> Snapshot for Filter<T, N> {}

/// The mean, then the logarithms of the standard deviations.
impl<T: Real, const N: usize> Content for MeanField<T, N> {
    const KIND: Kind = Kind::MeanField;
    type Scalar = T;
    const DIMENSION: usize = N;
    const LEN: usize = T::BYTES * 2 * N;

    fn write(&self, writer: &mut Writer<'_>) {
        writer.numbers(self.mean());
        writer.numbers(self.log_std_dev());
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        Self::new(reader.numbers()?, reader.numbers()?)
    }
}

impl<T: Real, const N: usize> Snapshot for MeanField<T, N> {}

/// The squares of the settings, whether there has been a reading, and mean and variance of the belief or zeros.
impl<T: Real> Content for LocalLevel<T> {
    const KIND: Kind = Kind::LocalLevel;
    type Scalar = T;
    const DIMENSION: usize = 1;
    const LEN: usize = 4 * T::BYTES + 4;

    fn write(&self, writer: &mut Writer<'_>) {
        writer.numbers(&[self.noise.variance(), self.drift.variance_rate]);
        writer.word(u32::from(self.filter.is_some()));
        match &self.filter {
            Some(filter) => filter.write(writer),
            None => writer.numbers(&[T::ZERO; 2]),
        }
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let (noise, drift) = (Normal::new(reader.number()?)?, RandomWalk::new(reader.number()?)?);
        let filter = match reader.word()? {
            // Nothing but the zeros that were written.
            0 if reader.numbers::<T, 2>()?.iter().all(|number| number.pattern() == 0) => None,
            1 => Some(Filter::read(reader)?),
            _ => return Err(Error::Corrupt),
        };
        Ok(Self { noise, drift, filter })
    }
}

impl<T: Real> Snapshot for LocalLevel<T> {}
