//! One-sample gradients from priors that hide the likelihood: they must neither run away nor lose the reading.

use elbow::likelihood::{Bernoulli, Likelihood, Poisson, StudentT};
use elbow::{Estimator, GaussHermite, OneSample};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// The root mean square distance of `OneSample` from the optimum, in posterior standard deviations, over 200 seeds.
fn distance(nu: f32, variance: f32, reading: f32, samples: u16) -> f32 {
    let sensor = StudentT::new(1.0, nu).unwrap();
    let optimum = GaussHermite::<9>::new().solve(&sensor, reading, 0.0, variance).unwrap();
    let mut sum = 0.0;
    for seed in 0..200 {
        let mut estimator = OneSample::new(Xoshiro128PlusPlus::seed_from_u64(seed)).with_samples(samples).unwrap();
        let solution = estimator.solve(&sensor, reading, 0.0, variance).unwrap();
        sum += (solution.shift - optimum.shift).powi(2) / optimum.variance;
        assert!(solution.variance <= 1.55 * variance);
    }
    (sum / 200.0).sqrt()
}

#[test]
fn heavy_tails_do_not_run_away() {
    for nu in [1.0, 2.0, 4.0, 10.0] {
        for variance in [4.0, 100.0, 1e5, 1e10] {
            for reading in [1.0, 20.0, 100.0] {
                for samples in [1, 8, 128] {
                    let rms = distance(nu, variance, reading, samples);
                    assert!(
                        rms < 0.5,
                        "nu {nu}, prior variance {variance:e}, reading {reading}, {samples} samples: {rms}"
                    );
                }
            }
        }
    }
}

/// The worst of 100 seeds: the distance from the optimum in prior standard deviations, and the root mean square one in
/// posterior standard deviations.
fn strays<L: Likelihood<f32>>(sensor: &L, reading: L::Reading, mean: f32, variance: f32, samples: u16) -> (f32, f32) {
    let optimum = GaussHermite::<9>::new().solve(sensor, reading, mean, variance).unwrap();
    let (mut worst, mut sum) = (0.0_f32, 0.0);
    for seed in 0..100 {
        let mut estimator = OneSample::new(Xoshiro128PlusPlus::seed_from_u64(seed)).with_samples(samples).unwrap();
        let distance = estimator.solve(sensor, reading, mean, variance).unwrap().shift - optimum.shift;
        worst = worst.max(distance.abs() / variance.sqrt());
        sum += distance * distance / optimum.variance;
    }
    (worst, (sum / 100.0).sqrt())
}

/// A first count of zero, a first yes: little information, and that from far out.
#[test]
fn first_readings_of_vague_priors_stay_within_reach() {
    for samples in [1, 8, 128] {
        for variance in [4.0, 25.0, 100.0, 1e4, 1e6] {
            let readings = [
                strays(&Bernoulli::new(), true, 0.0, variance, samples),
                strays(&Bernoulli::new(), false, 0.0, variance, samples),
                strays(&Poisson::new(), 0, 0.0, variance, samples),
                strays(&Poisson::new(), 5, 0.0, variance, samples),
            ];
            for (i, (worst, rms)) in readings.into_iter().enumerate() {
                let what = format!("reading {i}, prior variance {variance:e}, {samples} samples: {worst} {rms}");
                assert!(worst < 2.5, "{what}");
                assert!(variance > 100.0 || rms < 1.2, "{what}");
            }
        }
    }
}
