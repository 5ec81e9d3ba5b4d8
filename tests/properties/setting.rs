//! One reading of a random belief through a random row, and what its roundings are relative to.

use crate::dense::{Dense, Parts, dot, parts};
use crate::support::{Outcome, Scalar, array, close, epsilon, leading, magnitude, wide};
use elbow::likelihood::{Likelihood, Normal};
use elbow::{Estimator, Filter, Gaussian, Linear, OneSample, Sensor, Update};
use proptest::prelude::*;
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// A belief, and a reading of it.
#[derive(Debug, Clone, Copy)]
pub struct Case {
    pub parts: Parts,
    pub row: [f64; 4],
    pub offset: f64,
    /// Variance of the noise relative to that of eta.
    pub noise: f64,
    /// The reading's distance from its prediction, in standard deviations of the two.
    pub surprise: f64,
}

/// A row that sees the first unknown, by a tenth or more.
pub fn a_row() -> impl Strategy<Value = [f64; 4]> + Clone {
    array::<_, 4>(-2.0..2.0).prop_map(|[first, rest @ ..]: [f64; 4]| {
        let [a, b, c] = rest;
        [first + 0.1_f64.copysign(first), a, b, c]
    })
}

pub fn a_case() -> impl Strategy<Value = Case> {
    let numbers = (parts(-1.0..1.0, magnitude(1.0)), a_row(), -2.0..2.0, magnitude(3.0), -3.0..3.0);
    numbers.prop_map(|(parts, row, offset, noise, surprise)| Case { parts, row, offset, noise, surprise })
}

/// The same case in the numbers of a scalar.
pub struct Setting<T, const N: usize> {
    pub belief: Gaussian<T, N>,
    pub row: [T; N],
    pub offset: T,
    pub noise: T,
    pub reading: T,
}

impl Case {
    pub fn setting<T: Scalar, const N: usize>(&self) -> Setting<T, N> {
        let belief = self.parts.gaussian::<T, N>();
        let row = leading(&self.row);
        let dense = Dense::of(&belief);
        let (_, variance) = dense.along(&wide(&row));
        let predicted = dot(&wide(&row), &dense.mean) + self.offset;
        let noise = self.noise * variance;
        let reading = T::from_f64(predicted + self.surprise * (variance + noise).sqrt());
        Setting { belief, row, offset: T::from_f64(self.offset), noise: T::from_f64(noise), reading }
    }
}

impl<T: Scalar, const N: usize> Setting<T, N> {
    pub fn sensor(&self) -> Sensor<Linear<T, N>, Normal<T>> {
        Sensor::linear(self.row, Normal::new(self.noise).expect("a variance")).with_offset(self.offset)
    }

    /// What the update says of the reading it came from.
    pub fn normalized_innovation(&self, update: &Update<T>) -> T {
        update.normalized_innovation(&self.sensor(), self.reading)
    }

    pub fn take(&self, estimator: &mut impl Estimator<T>) -> (Gaussian<T, N>, Update<T>) {
        let normal = Normal::new(self.noise).expect("a variance");
        self.take_with(normal, self.reading, estimator)
    }

    pub fn take_with<L: Likelihood<T>>(
        &self,
        likelihood: L,
        reading: L::Reading,
        estimator: &mut impl Estimator<T>,
    ) -> (Gaussian<T, N>, Update<T>) {
        let mut filter = Filter::new(self.belief);
        let mut sensor = Sensor::linear(self.row, likelihood).with_offset(self.offset);
        let update = filter.update(&mut sensor, reading, estimator).expect("an update");
        (*filter.belief(), update)
    }

    /// Roundings of a posterior relative to the prior's standard deviations: those of N products, and of a'Pa where it
    /// cancels.
    pub fn roundings(&self) -> f64 {
        let (dense, row) = (Dense::of(&self.belief), wide(&self.row));
        let (_, variance) = dense.along(&row);
        2.0 * (N as f64 + 1.0) * (1.0 + dense.reach(&row) / (variance + self.noise.wide()))
    }
}

pub fn sampler(samples: u16) -> OneSample<Xoshiro128PlusPlus> {
    OneSample::new(Xoshiro128PlusPlus::seed_from_u64(5)).with_samples(samples).expect("samples")
}

/// Beliefs apart by so many EPSILON, in standard deviations of the prior, with the size of the numbers that a mean is a
/// sum of.
pub fn agree<T: Scalar, const N: usize>(
    got: &Gaussian<T, N>,
    expected: &Dense<N>,
    prior: &Dense<N>,
    roundings: f64,
    size: f64,
) -> Outcome {
    let (got, unit) = (Dense::of(got), prior.std_dev());
    for i in 0..N {
        let tolerance = epsilon::<T>() * (roundings * unit[i] * (1.0 + size) + 2.0 * prior.mean[i].abs());
        close(got.mean[i], expected.mean[i], tolerance, "mean")?;
        for j in 0..N {
            let tolerance = epsilon::<T>() * roundings * unit[i] * unit[j];
            close(got.covariance[i][j], expected.covariance[i][j], tolerance, "covariance")?;
        }
    }
    Ok(())
}

/// Of an innovation: the numbers that it is a difference of, in standard deviations of the reading.
pub fn innovation_size<T: Scalar, const N: usize>(setting: &Setting<T, N>) -> f64 {
    let (dense, row) = (Dense::of(&setting.belief), wide(&setting.row));
    let (_, variance) = dense.along(&row);
    let terms: f64 = (0..N).map(|i| (row[i] * dense.mean[i]).abs()).sum();
    let offset: f64 = setting.offset.wide();
    let reading: f64 = setting.reading.wide();
    (terms + offset.abs() + reading.abs()) / (variance + setting.noise.wide()).sqrt()
}
