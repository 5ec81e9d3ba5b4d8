//! Readings that are wrong: far out, as large as a number can be, stuck, or delivered twice.

use crate::{mean_and_variance, normal, one_sample, read, settled, solver};
use elbow::likelihood::{Bernoulli, Censored, Huber, Likelihood, NegativeBinomial, Poisson, Probit, StudentT};
use elbow::{Error, Estimator, Filter, Gate, Gaussian, Monitor, RandomWalk, Sensor, Status};
use std::fmt::Debug;

/// What a million standard deviations do to the settled belief: how many of its own the mean moves, and the ratio of the
/// variances.
fn outlier<L: Likelihood<f32, Reading = f32> + Clone>(
    likelihood: L,
    estimator: &mut impl Estimator<f32>,
) -> (f32, f32) {
    let mut filter = settled();
    let (_, before) = mean_and_variance(&filter);
    assert_ne!(read(&mut filter, likelihood, 1e6, estimator).status(), Status::NotConverged);
    let (mean, after) = mean_and_variance(&filter);
    (mean / before.sqrt(), after / before)
}

/// A normal sensor believes it: the mean goes along, the variance is what any reading leaves. A Student-t does not hear
/// it, a Huber sensor is moved by its threshold and no further, a gate keeps it out to the bit.
#[test]
fn an_outlier_of_a_million_standard_deviations() {
    for (moved, ratio) in [outlier(normal(1.0), &mut solver()), outlier(normal(1.0), &mut one_sample())] {
        assert!((moved / (1e6 / 1.1 * 0.1_f32.sqrt()) - 1.0).abs() < 1e-5 && (ratio * 1.1 - 1.0).abs() < 1e-6);
    }
    let heavy = StudentT::new(1.0, 4.0).unwrap();
    for (moved, ratio) in [outlier(heavy, &mut solver()), outlier(heavy, &mut one_sample())] {
        assert!(moved.abs() < 1e-5 && (ratio - 1.0).abs() < 1e-5, "{moved} {ratio}");
    }
    let bounded = Huber::new(1.0, 1.345).unwrap();
    for (moved, ratio) in [outlier(bounded, &mut solver()), outlier(bounded, &mut one_sample())] {
        assert!((moved / (1.345 * 0.1_f32.sqrt()) - 1.0).abs() < 1e-5 && ratio == 1.0, "{moved} {ratio}");
    }
    let mut filter = settled();
    let mut gate = Gate::by_innovation(5.0, 10).unwrap();
    let mut sensor = Sensor::linear([1.0], normal(1.0));
    let update = filter.update_gated(&mut sensor, 1e6, &mut solver(), &mut gate).unwrap();
    assert_eq!((update.status(), filter), (Status::Gated, settled()));
}

/// The normal sensor's belief finds back as any Kalman filter's does, by its gain a reading: here a third.
#[test]
fn healthy_readings_undo_an_outlier() {
    let mut filter = settled();
    let walk = RandomWalk::new(0.15_f32).unwrap();
    for step in 0..60 {
        filter.predict_for(&walk, 1.0).unwrap();
        let reading = if step == 10 { 1e6 } else { 0.5 };
        let _ = read(&mut filter, normal(1.0), reading, &mut solver());
    }
    let (mean, _) = mean_and_variance(&filter);
    assert!((mean - 0.5).abs() < 0.05, "{mean}");
}

/// All sensors of counts and switches at the ends of their range, over and over.
#[test]
fn counts_and_switches_at_the_ends_of_their_range() {
    fn ends<L: Likelihood<f32> + Clone + Debug>(likelihood: &L, readings: [L::Reading; 2], farthest: f32) {
        for reading in readings {
            let (mut fixed, mut sampled, mut draws) = (settled(), settled(), one_sample());
            for _ in 0..200 {
                let _ = read(&mut fixed, likelihood.clone(), reading, &mut solver());
                let _ = read(&mut sampled, likelihood.clone(), reading, &mut draws);
            }
            for filter in [fixed, sampled] {
                let (mean, variance) = mean_and_variance(&filter);
                assert!(mean.abs() < farthest && variance <= 0.1, "{likelihood:?} {mean} {variance}");
            }
        }
    }
    // The log of the largest count is 22.2.
    ends(&Poisson::new(), [0, u32::MAX], 22.3);
    ends(&NegativeBinomial::new(4.0).unwrap(), [0, u32::MAX], 22.3);
    ends(&Bernoulli::new(), [false, true], 10.0);
    ends(&Probit::new(), [false, true], 10.0);
}

/// Readings of 3e38 by turns above and below: each is taken in, or is an error and changes nothing; after a reset the
/// filter is as good as new.
#[test]
fn readings_as_large_as_numbers() {
    fn largest<L: Likelihood<f32, Reading = f32> + Clone + Debug>(likelihood: L, estimator: &mut impl Estimator<f32>) {
        for variance in [1e-10_f32, 1.0, 1e10, 1e38] {
            let start = Filter::new(Gaussian::diagonal([0.0_f32], [variance]).unwrap());
            let mut filter = start;
            let mut sensor = Sensor::linear([1.0], likelihood.clone());
            for step in 0..200 {
                let before = filter;
                let reading = if step % 2 == 0 { 3e38 } else { -3e38 };
                match filter.update(&mut sensor, reading, estimator) {
                    Ok(_) => crate::assert_sound(filter.belief()),
                    Err(error) => assert_eq!((error, filter), (Error::OutOfRange, before), "{likelihood:?}"),
                }
            }
            filter.reset(*start.belief());
            assert_eq!(filter, start);
        }
    }
    largest(normal(1.0), &mut solver());
    largest(normal(1.0), &mut one_sample());
    largest(StudentT::new(1.0, 4.0).unwrap(), &mut solver());
    largest(StudentT::new(1.0, 4.0).unwrap(), &mut one_sample());
    largest(Huber::new(1.0, 1.345).unwrap(), &mut solver());
    largest(Huber::new(1.0, 1.345).unwrap(), &mut one_sample());
    largest(Censored::new(1.0, -1e38, 1e38).unwrap(), &mut solver());
    largest(Censored::new(1.0, -1e38, 1e38).unwrap(), &mut one_sample());
}

/// The filter cannot know that a reading is old: the belief settles on it, no surer than by as many healthy readings. A
/// monitor knows at the second repeat.
#[test]
fn a_sensor_that_is_stuck() {
    let walk = RandomWalk::new(0.01_f32).unwrap();
    let (mut stuck, mut healthy) = (settled(), settled());
    let mut monitor = Monitor::<f32, 32>::new(1e-3).unwrap();
    let mut sensor = Sensor::linear([1.0], normal(1.0));
    for step in 0..100_000_u32 {
        stuck.predict_for(&walk, 1.0).unwrap();
        healthy.predict_for(&walk, 1.0).unwrap();
        monitor.elapse(1.0).unwrap();
        let scatter = (step.wrapping_mul(2_654_435_761) >> 8) as f32 / 8_388_608.0 - 1.0;
        let _ = healthy.update(&mut sensor, scatter, &mut solver()).unwrap();
        let update = stuck.update(&mut sensor, 3.25, &mut solver()).unwrap();
        let (innovation, evidence) = (update.normalized_innovation(&sensor, 3.25), update.log_evidence(&sensor, 3.25));
        monitor.record(3.25, innovation, evidence).unwrap();
        assert_eq!(stuck.belief().variance(), healthy.belief().variance());
        assert_eq!(monitor.report().flags.stuck, step >= 2, "{step}");
    }
    // The gain at rest, g^2 = (1 - g) q/r, and the variance g r.
    let (mean, variance) = mean_and_variance(&stuck);
    assert!((mean - 3.25).abs() < 1e-4 && (variance - 0.095_124_9).abs() < 1e-6, "{mean} {variance}");
}

/// A reading that is delivered twice counts as one with half the noise, and k times as one with a k-th of it.
#[test]
fn a_reading_delivered_twice() {
    for copies in [2, 3, 10] {
        let (mut repeated, mut sharper, mut sampled, mut draws) = (settled(), settled(), settled(), one_sample());
        for _ in 0..copies {
            let _ = read(&mut repeated, normal(1.0), 0.8, &mut solver());
            let _ = read(&mut sampled, normal(1.0), 0.8, &mut draws);
        }
        let _ = read(&mut sharper, normal(1.0 / copies as f32), 0.8, &mut solver());
        let (mean, variance) = mean_and_variance(&sharper);
        for filter in [repeated, sampled] {
            let got = mean_and_variance(&filter);
            assert!((got.0 - mean).abs() < 1e-6 * variance.sqrt() && (got.1 / variance - 1.0).abs() < 1e-6, "{got:?}");
        }
    }
}
