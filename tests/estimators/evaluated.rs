//! What a solution says of itself: the evaluations that it took, and what a reading without a curvature did.

use std::cell::Cell;

use elbow::likelihood::{Derivatives, Likelihood, StudentT};
use elbow::{Error, Estimator, Filter, GaussHermite, Gaussian, OneSample, Sensor};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// Student-t noise without its closed forms, which counts how often it is asked.
struct Counted {
    noise: StudentT<f64>,
    calls: Cell<u16>,
}

impl Likelihood<f64> for Counted {
    type Reading = f64;
    fn check(&self, _: f64) -> Result<(), Error> {
        Ok(())
    }
    fn log_prob(&self, reading: f64, eta: f64) -> f64 {
        self.noise.log_prob(reading, eta)
    }
    fn derivatives(&self, reading: f64, eta: f64) -> Derivatives<f64> {
        self.calls.set(self.calls.get() + 1);
        self.noise.derivatives(reading, eta)
    }
    fn second_start(&self, reading: f64, _: f64, _: f64) -> Option<f64> {
        Some(reading)
    }
}

#[test]
fn every_evaluation_is_counted_and_no_other() {
    fn assert_counted(estimator: &mut impl Estimator<f64>, name: &str) {
        for reading in [0.0, 0.3, 2.0, 7.0] {
            let counted = Counted { noise: StudentT::new(0.5, 3.0).unwrap(), calls: Cell::new(0) };
            let mut filter = Filter::new(Gaussian::<f64, 1>::standard());
            let mut sensor = Sensor::linear([1.0], counted);
            let update = filter.update(&mut sensor, reading, estimator).unwrap();
            assert_eq!(update.evaluations(), sensor.likelihood().calls.get(), "{name}, {reading}");
        }
    }
    assert_counted(&mut GaussHermite::<3>::new(), "three nodes");
    assert_counted(&mut GaussHermite::<5>::new(), "five nodes");
    assert_counted(&mut GaussHermite::<9>::new(), "nine nodes");
    assert_counted(&mut OneSample::new(Xoshiro128PlusPlus::seed_from_u64(1)), "samples");
}

/// log p = y eta: moves the mean by y v0 and leaves the variance.
struct Push;

impl Likelihood<f64> for Push {
    type Reading = f64;
    const LOG_CONCAVE: bool = true;
    fn check(&self, _: f64) -> Result<(), Error> {
        Ok(())
    }
    fn log_prob(&self, reading: f64, eta: f64) -> f64 {
        reading * eta
    }
    fn derivatives(&self, reading: f64, _: f64) -> Derivatives<f64> {
        Derivatives { first: reading, second: 0.0 }
    }
}

#[test]
fn a_move_without_a_gain_is_an_infinite_innovation() {
    for (reading, expected) in [(0.5, f64::INFINITY), (-0.5, f64::NEG_INFINITY), (0.0, 0.0)] {
        let mut filter = Filter::new(Gaussian::diagonal([1.0], [4.0]).unwrap());
        let mut sensor = Sensor::linear([1.0], Push);
        let update = filter.update(&mut sensor, reading, &mut GaussHermite::<5>::new()).unwrap();
        assert!((update.mean() - 1.0 - 4.0 * reading).abs() < 1e-12 && (update.variance() - 4.0).abs() < 1e-12);
        assert_eq!(update.normalized_innovation(&sensor, reading), expected);
    }
}
