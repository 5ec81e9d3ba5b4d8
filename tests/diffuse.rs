//! One-sample gradients from priors that hide the likelihood: they must neither run away nor lose the reading.

#[path = "common/accuracy.rs"]
mod accuracy;
#[path = "common/csv.rs"]
mod csv;

use accuracy::Measured;
use elbow::likelihood::{Bernoulli, Likelihood, Poisson, StudentT};
use elbow::{Estimator, GaussHermite, OneSample};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

const SEEDS: u64 = 200;

/// How far estimates of one reading stray from the optimum.
struct Strays {
    /// The farthest, in prior standard deviations.
    farthest: f32,
    /// The root mean square, in posterior standard deviations.
    rms: f32,
    /// The widest posterior variance, in prior variances.
    widest: f32,
}

impl Strays {
    fn new<L: Likelihood<f32>>(sensor: &L, reading: L::Reading, variance: f32, samples: u16) -> Self {
        let optimum = GaussHermite::<9>::new().solve(sensor, reading, 0.0, variance).unwrap();
        let (mut farthest, mut sum, mut widest) = (0.0_f32, 0.0, 0.0_f32);
        for seed in 0..SEEDS {
            let mut estimator = OneSample::new(Xoshiro128PlusPlus::seed_from_u64(seed)).with_samples(samples).unwrap();
            let solution = estimator.solve(sensor, reading, 0.0, variance).unwrap();
            let distance = solution.shift - optimum.shift;
            farthest = farthest.max(distance.abs() / variance.sqrt());
            sum += distance * distance / optimum.variance;
            widest = widest.max(solution.variance / variance);
        }
        Self { farthest, rms: (sum / SEEDS as f32).sqrt(), widest }
    }

    fn note(&self, name: &str, variance: f32, samples: u16, measured: &mut Measured) {
        let function = format!("one_sample_vague.{name}");
        let at = || format!("v0 = {variance:e}, {samples} samples");
        let size = variance.into();
        assert!(measured.see([&function, "f32", "farthest"], size, f64::from(self.farthest), at));
        assert!(measured.see([&function, "f32", "widest"], size, f64::from(self.widest), at));
        measured.see([&function, "f32", &samples.to_string()], size, f64::from(self.rms), at);
    }
}

/// The likelihood is narrow against every belief here, and its mode far from the prior's.
#[test]
fn heavy_tails_do_not_run_away() {
    let mut measured = Measured::default();
    for nu in [1.0, 2.0, 4.0, 10.0] {
        let sensor = StudentT::new(1.0, nu).unwrap();
        for variance in [4.0, 100.0, 1e5, 1e10] {
            for reading in [1.0, 20.0, 100.0] {
                for samples in [1, 8, 128] {
                    Strays::new(&sensor, reading, variance, samples).note(
                        "student_t",
                        variance,
                        samples,
                        &mut measured,
                    );
                }
            }
        }
    }
    measured.finish();
}

/// A first count of zero, a first yes: little information, and that from far out.
#[test]
fn first_readings_of_vague_priors_stay_within_reach() {
    let mut measured = Measured::default();
    for samples in [1, 8, 128] {
        for variance in [4.0, 25.0, 100.0, 1e4, 1e6] {
            for outcome in [false, true] {
                Strays::new(&Bernoulli::new(), outcome, variance, samples).note(
                    "bernoulli",
                    variance,
                    samples,
                    &mut measured,
                );
            }
            Strays::new(&Poisson::new(), 0, variance, samples).note("poisson_zero", variance, samples, &mut measured);
            Strays::new(&Poisson::new(), 5, variance, samples).note("poisson_five", variance, samples, &mut measured);
        }
    }
    measured.finish();
}

/// Where two optima have nearly the same ELBO, the mode that looks higher need not be the better one's.
#[test]
fn between_two_optima() {
    let mut measured = Measured::default();
    for samples in [1, 8, 128] {
        for (nu, variance, reading) in [(1.0, 100.0, 27.75), (2.0, 25.0, 16.25), (4.0, 25.0, 22.5)] {
            let sensor = StudentT::new(1.0, nu).unwrap();
            Strays::new(&sensor, reading, variance, samples).note("between_optima", variance, samples, &mut measured);
        }
    }
    measured.finish();
}
