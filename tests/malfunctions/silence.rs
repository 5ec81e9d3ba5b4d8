//! Sensors that say nothing for days.

use crate::{assert_sound, normal, solver};
use elbow::likelihood::Poisson;
use elbow::{
    ConstantVelocity, Filter, Gaussian, IntegratedOrnsteinUhlenbeck, LocalLevel, LocalLinearTrend, OrnsteinUhlenbeck,
    Process, RandomWalk, Sensor,
};

const DAYS: f32 = 3.0 * 86_400.0;

/// Days in one step and by the second end at the same belief, but for the roundings of a quarter of a million steps;
/// the next reading is taken in.
fn falls_silent<const N: usize>(process: &impl Process<f32, N>, most: f32) {
    let mut start = Filter::new(Gaussian::diagonal([0.5; N], [0.1; N]).unwrap());
    let mut row = [0.0; N];
    row[0] = 1.0;
    let mut sensor = Sensor::linear(row, normal(1.0));
    let _ = start.update(&mut sensor, 0.4, &mut solver()).unwrap();
    let (mut at_once, mut by_seconds) = (start, start);
    at_once.predict_for(process, DAYS).unwrap();
    for _ in 0..DAYS as u32 {
        by_seconds.predict_for(process, 1.0).unwrap();
    }
    let (one, many) = (at_once.belief(), by_seconds.belief());
    for i in 0..N {
        let (variance, steps) = (one.variance()[i], many.variance()[i]);
        assert!((steps / variance - 1.0).abs() < most, "{i}: {variance} {steps}");
        assert!((many.mean()[i] - one.mean()[i]).abs() < most * variance.sqrt(), "{i}: {one:?} {many:?}");
    }
    let prior = one.variance()[0];
    let update = at_once.update(&mut sensor, 2.0, &mut solver()).unwrap();
    assert_sound(at_once.belief());
    assert!((update.variance() * (1.0 + 1.0 / prior) - 1.0).abs() < 1e-6, "{update:?}");
}

#[test]
fn days_without_a_reading() {
    falls_silent::<1>(&RandomWalk::new(1e-4).unwrap(), 1e-2);
    falls_silent::<2>(&LocalLinearTrend::new([1e-4, 1e-6]).unwrap(), 1e-2);
    falls_silent::<2>(&ConstantVelocity::new(1e-6).unwrap(), 1e-2);
    falls_silent::<1>(&OrnsteinUhlenbeck::new(60.0, 0.5).unwrap(), 1e-2);
    falls_silent::<2>(&IntegratedOrnsteinUhlenbeck::new(60.0, 0.5).unwrap(), 1e-2);
}

/// Noise below half an EPSILON of the variance rounds away, however often it is added: a clock that ticks faster than the
/// state moves predicts once for many ticks.
#[test]
fn noise_below_the_last_digit_of_a_variance_is_lost() {
    let walk = RandomWalk::new(1e-9_f32).unwrap();
    let start = Filter::new(Gaussian::diagonal([0.0_f32], [0.1]).unwrap());
    let (mut at_once, mut by_seconds) = (start, start);
    at_once.predict_for(&walk, DAYS).unwrap();
    for _ in 0..DAYS as u32 {
        by_seconds.predict_for(&walk, 1.0).unwrap();
    }
    assert_eq!(by_seconds, start);
    assert!((at_once.belief().variance()[0] / (0.1 + 1e-9 * DAYS) - 1.0).abs() < 1e-6);
}

/// A rate that nobody watched for days may be anything: the first count says which, and no belief overflows.
#[test]
fn counts_after_days_of_silence() {
    let walk = RandomWalk::new(1e-3_f32).unwrap();
    for count in [0_u32, 1, 40, 1_000_000] {
        let mut filter = Filter::new(Gaussian::diagonal([1.0_f32], [0.1]).unwrap());
        filter.predict_for(&walk, DAYS).unwrap();
        let mut geiger = Sensor::linear([1.0], Poisson::new());
        let update = filter.update(&mut geiger, count, &mut solver()).unwrap();
        assert_sound(filter.belief());
        let (mean, variance) = (filter.belief().mean()[0], filter.belief().variance()[0]);
        if count == 0 {
            assert!(mean < 0.0 && variance < update.prior_variance());
        } else {
            // About the log of the count, with a variance of one over it.
            assert!((mean - (count as f32).ln()).abs() < 1.0 / (count as f32).sqrt(), "{count}: {mean}");
            assert!((variance * count as f32 - 1.0).abs() < 0.7, "{count}: {variance}");
        }
    }
}

/// A level that was last seen days ago takes the next reading nearly as it is.
#[test]
fn a_level_that_was_last_seen_days_ago() {
    let mut level = LocalLevel::new(0.5_f32, 0.02).unwrap();
    for reading in [21.3, 20.4, 21.1] {
        let _ = level.update(reading, 10.0).unwrap();
    }
    let smooth = level.update(5.0, DAYS).unwrap();
    // The prior variance is 0.02^2 of 259 200 s: 104.
    assert!((smooth - 5.0).abs() < 0.05 && (level.std_dev() - 0.5).abs() < 1e-3, "{smooth} {}", level.std_dev());
}
