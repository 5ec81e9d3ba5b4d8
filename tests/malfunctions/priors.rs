//! Priors that know nothing, as seen by a sensor that knows: P0/r = 1e18.

use crate::{assert_sound, filter, mean_and_variance, one_sample, read, solver};
use elbow::likelihood::{Bernoulli, Censored, Huber, Likelihood, Normal, Poisson, Quantized, StudentT};
use elbow::{Estimator, Filter, Gaussian, LocalLinearTrend, Real, Sensor, Status};
use std::fmt::Debug;

/// The first reading is the belief: its value and its noise, to the last digits.
fn first_reading<T: Real>(mut estimator: impl Estimator<T>) {
    for std_dev in [1.0, 1e-9, 3e4] {
        let (noise, reading) = (T::from_f64(std_dev * std_dev), T::from_f64(0.3 * std_dev));
        let mut filter = filter::<T>(0.0, 1e18 * std_dev * std_dev);
        let update = read(&mut filter, Normal::new(noise).unwrap(), reading, &mut estimator);
        let (mean, variance) = (filter.belief().mean()[0], filter.belief().variance()[0]);
        let digits = T::from_f64(4.0) * T::EPSILON;
        assert_eq!(update.status(), Status::Accepted);
        assert!((mean - reading).abs() <= digits * T::from_f64(std_dev), "{std_dev:e}: {mean:?}");
        assert!((variance / noise - T::ONE).abs() <= digits, "{std_dev:e}: {variance:?}");
    }
}

#[test]
fn a_normal_sensor_replaces_a_prior_that_knows_nothing() {
    first_reading::<f32>(solver());
    first_reading::<f32>(one_sample());
    first_reading::<f64>(solver());
    first_reading::<f64>(one_sample());
}

/// Every other sensor by `GaussHermite`: within a standard deviation and a half of where the likelihood has its weight
/// once a few readings have agreed.
#[test]
fn every_sensor_finds_its_readings_from_a_prior_that_knows_nothing() {
    fn finds<L: Likelihood<f32> + Clone + Debug>(likelihood: L, reading: L::Reading, at: f32, std_dev: f32) {
        let mut filter = filter::<f32>(0.0, 1e18);
        for _ in 0..20 {
            let _ = read(&mut filter, likelihood.clone(), reading, &mut solver());
        }
        let (mean, variance) = mean_and_variance(&filter);
        let (off, ratio) = ((mean - at).abs() / std_dev, variance.sqrt() / std_dev);
        assert!(off < 1.5 && (0.3..3.0).contains(&ratio), "{likelihood:?}: {mean} {variance}: {off} {ratio}");
    }
    let root = 20.0_f32.sqrt();
    finds(StudentT::new(1.0, 4.0).unwrap(), 37.0, 37.0, 1.0 / root);
    finds(Huber::new(1.0, 1.345).unwrap(), 37.0, 37.0, 1.0 / root);
    finds(Quantized::new(1.0, 0.5).unwrap(), 37.0, 37.0, 0.5 / root);
    finds(Censored::new(1.0, -50.0, 50.0).unwrap(), 37.0, 37.0, 1.0 / root);
    finds(Poisson::new(), 7, 7.0_f32.ln(), 1.0 / 140.0_f32.sqrt());
}

/// By one-sample gradients the belief stays one, and no wider: how good it is from there is in the estimator's docs.
#[test]
fn one_sample_gradients_from_a_prior_that_knows_nothing() {
    fn stays_sound<L: Likelihood<f32> + Clone + Debug>(likelihood: L, reading: L::Reading) {
        let (mut filter, mut estimator) = (filter::<f32>(0.0, 1e18), one_sample());
        for _ in 0..100 {
            let update = read(&mut filter, likelihood.clone(), reading, &mut estimator);
            let most = if L::LOG_CONCAVE { 1.0 } else { 1.55 };
            assert!(update.variance() <= most * update.prior_variance(), "{likelihood:?}: {update:?}");
        }
    }
    stays_sound(StudentT::new(1.0, 1.0).unwrap(), 37.0);
    stays_sound(Huber::new(1.0, 1.345).unwrap(), 37.0);
    stays_sound(Quantized::new(1.0, 0.5).unwrap(), 37.0);
    stays_sound(Censored::new(1.0, -50.0, 50.0).unwrap(), 50.0);
    stays_sound(Poisson::new(), 0);
    stays_sound(Bernoulli::new(), true);
}

/// Level and slope from two readings, against the line through them.
#[test]
fn two_readings_make_a_line() {
    let mut filter = Filter::new(Gaussian::diagonal([0.0_f32, 0.0], [1e18, 1e18]).unwrap());
    let trend = LocalLinearTrend::new([0.0, 0.0]).unwrap();
    let mut sensor = Sensor::linear([1.0, 0.0], Normal::new(1.0).unwrap());
    for reading in [100.0, 130.0] {
        filter.predict_for(&trend, 10.0).unwrap();
        assert_eq!(filter.update(&mut sensor, reading, &mut solver()).unwrap().status(), Status::Accepted);
        assert_sound(filter.belief());
    }
    let (mean, variance) = (filter.belief().mean(), filter.belief().variance());
    assert!((mean[0] - 130.0).abs() < 1e-4 && (mean[1] - 3.0).abs() < 1e-5, "{mean:?}");
    // The slope is the difference of two readings over ten.
    assert!((variance[0] - 1.0).abs() < 1e-5 && (variance[1] / 0.02 - 1.0).abs() < 1e-5, "{variance:?}");
}
