//! How fast a log is replayed on this machine, by one core: `cargo run --release --example throughput`.
//!
//! Each line does its work a million times over; the best of five runs counts, for other programs only ever slow it
//! down.

use elbow::likelihood::{Likelihood, Normal, Poisson, StudentT};
use elbow::{Categorical, Dynamics, Error, Estimator, Filter, GaussHermite, Gaussian, LocalLevel, OneSample, Sensor};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use std::hint::black_box;
use std::time::Instant;

const READINGS: u32 = 1_000_000;

/// The shortest time of five, in seconds, that `work` takes for all readings.
fn seconds(mut work: impl FnMut(u32) -> Result<(), Error>) -> Result<f64, Error> {
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let start = Instant::now();
        for i in 0..READINGS {
            work(black_box(i))?;
        }
        best = best.min(start.elapsed().as_secs_f64());
    }
    Ok(best)
}

/// A prediction by a dense model and a reading of the first of `N` states.
fn filter<L: Likelihood<f32>, const N: usize>(
    name: &str,
    likelihood: L,
    reading: impl Fn(u32) -> L::Reading,
    mut estimator: impl Estimator<f32>,
) -> Result<(), Error> {
    let mut filter = Filter::new(Gaussian::diagonal([0.0; N], [1.0; N])?);
    let eye = |scale: f32| core::array::from_fn(|i| core::array::from_fn(|j| if i == j { scale } else { 0.0 }));
    let drift = Dynamics::new(eye(0.999), eye(0.01))?;
    let mut row = [0.0; N];
    row[0] = 1.0;
    let mut sensor = Sensor::linear(row, likelihood);
    let taken = seconds(|i| {
        filter.predict(&drift)?;
        filter.update(&mut sensor, reading(i), &mut estimator).map(drop)
    })?;
    line(name, f64::from(READINGS) / taken);
    Ok(())
}

fn line(name: &str, a_second: f64) {
    println!("{name:<58} {:>8.2} million a second", a_second * 1e-6);
}

fn main() -> Result<(), Error> {
    let value = |i: u32| (i % 201) as f32 * 0.01 - 1.0;
    println!("predictions and readings, f32");
    filter::<_, 1>("  normal, one state", Normal::new(0.3)?, value, GaussHermite::<5>::new())?;
    filter::<_, 2>("  normal, two states", Normal::new(0.3)?, value, GaussHermite::<5>::new())?;
    filter::<_, 4>("  normal, four states", Normal::new(0.3)?, value, GaussHermite::<5>::new())?;
    filter::<_, 1>("  counts, one state", Poisson::new(), |i| i % 5, GaussHermite::<5>::new())?;
    filter::<_, 1>("  Student's t, one state", StudentT::new(0.3, 4.0)?, value, GaussHermite::<5>::new())?;
    let one_sample = OneSample::new(Xoshiro128PlusPlus::seed_from_u64(1));
    filter::<_, 1>("  Student's t, one state, one sample", StudentT::new(0.3, 4.0)?, value, one_sample)?;
    let mut level = LocalLevel::new(0.3_f32, 0.01)?;
    let taken = seconds(|i| level.update(value(i), 1.0).map(drop))?;
    line("  LocalLevel", f64::from(READINGS) / taken);

    println!("discrete KL, f32");
    let p = Categorical::<f32, 256>::from_weights(core::array::from_fn(|i| 1.0 + (i % 7) as f32))?;
    let q = Categorical::<f32, 256>::from_weights(core::array::from_fn(|i| 1.0 + (i % 5) as f32))?;
    let mut sum = 0.0;
    let taken = seconds(|i| {
        // 256 classes at a time.
        sum += if i % 256 == 0 { black_box(&p).kl(black_box(&q)) } else { 0.0 };
        Ok(())
    })?;
    black_box(sum);
    line("  of 256 classes, classes", f64::from(READINGS) / taken);
    Ok(())
}
