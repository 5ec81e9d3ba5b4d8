//! Special values in every argument of every public function: a named error with everything unchanged bit for bit, or a
//! result that is valid; plain numbers are NaN only for NaN input and infinite only where the docs say so.

#[path = "faults/constructors.rs"]
mod constructors;
#[path = "faults/estimators.rs"]
mod estimators;
#[path = "faults/filters.rs"]
mod filters;
#[path = "faults/likelihoods.rs"]
mod likelihoods;
#[path = "common/stuck.rs"]
mod stuck;

use elbow::Gaussian;
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

const SPECIAL: [f32; 20] = [
    f32::NAN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    0.0,
    -0.0,
    1e-45,
    -1e-45,
    1e-39,
    f32::MIN_POSITIVE,
    1e-20,
    1.0 - f32::EPSILON / 2.0,
    1.0,
    1.0 + f32::EPSILON,
    -1.0,
    20.0,
    -90.0,
    1e10,
    1e20,
    f32::MAX,
    f32::MIN,
];

fn rng() -> Xoshiro128PlusPlus {
    Xoshiro128PlusPlus::seed_from_u64(3)
}

/// Every bit of a belief.
fn bits_of<const N: usize>(belief: &Gaussian<f32, N>) -> Vec<u32> {
    let lower = belief.unit_lower();
    belief.mean().iter().chain(lower.iter().flatten()).chain(&belief.pivots()).map(|x| x.to_bits()).collect()
}

fn assert_valid<const N: usize>(belief: &Gaussian<f32, N>, what: &str) {
    let lower = belief.unit_lower();
    assert!(belief.mean().iter().chain(lower.iter().flatten()).all(|x| x.is_finite()), "{what}: {belief:?}");
    assert!(belief.pivots().iter().all(|d| d.is_normal() && *d > 0.0), "{what}: {belief:?}");
}
