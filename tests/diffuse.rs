//! One-sample gradients from priors that hide the likelihood: they must neither run away nor lose the reading.

use elbow::likelihood::StudentT;
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
