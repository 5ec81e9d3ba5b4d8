//! What breaks around a filter, and what the filter then does: sensors that lie, stick, repeat or fall silent, priors that
//! know nothing, generators that are stuck, memory that is cut off in the middle of a write. The outcomes are those of
//! the table "What can go wrong" in the crate's documentation.

#[path = "malfunctions/generator.rs"]
mod generator;
#[path = "malfunctions/memory.rs"]
mod memory;
#[path = "malfunctions/priors.rs"]
mod priors;
#[path = "malfunctions/readings.rs"]
mod readings;
#[path = "malfunctions/silence.rs"]
mod silence;
#[path = "common/stuck.rs"]
mod stuck;

use elbow::likelihood::{Likelihood, Normal};
use elbow::{Estimator, Filter, GaussHermite, Gaussian, OneSample, Real, Sensor, Update};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

fn one_sample() -> OneSample<Xoshiro128PlusPlus> {
    OneSample::new(Xoshiro128PlusPlus::seed_from_u64(5))
}

fn filter<T: Real>(mean: f64, variance: f64) -> Filter<T, 1> {
    Filter::new(Gaussian::diagonal([T::from_f64(mean)], [T::from_f64(variance)]).unwrap())
}

/// One reading of the only number of a state, which must leave a belief that its own constructor takes.
fn read<T: Real, L: Likelihood<T>>(
    filter: &mut Filter<T, 1>,
    likelihood: L,
    reading: L::Reading,
    estimator: &mut impl Estimator<T>,
) -> Update<T> {
    let update = filter.update(&mut Sensor::linear([T::ONE], likelihood), reading, estimator).unwrap();
    assert_sound(filter.belief());
    update
}

fn assert_sound<T: Real, const N: usize>(belief: &Gaussian<T, N>) {
    let checked = Gaussian::from_factor(*belief.mean(), belief.unit_lower(), belief.pivots());
    assert!(checked.is_ok(), "{belief:?}");
}

fn normal(variance: f32) -> Normal<f32> {
    Normal::new(variance).unwrap()
}

/// A belief of N(0, 1) about a sensor with noise of one, after it has settled: each reading has a tenth of the say.
fn settled() -> Filter<f32, 1> {
    filter(0.0, 0.1)
}

fn mean_and_variance(filter: &Filter<f32, 1>) -> (f32, f32) {
    (filter.belief().mean()[0], filter.belief().variance()[0])
}

fn solver() -> GaussHermite<5> {
    GaussHermite::new()
}
