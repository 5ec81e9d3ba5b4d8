//! A state that stands still under a sensor that goes on reading it.

use super::{Noise, assert_sound, report, steps};
use elbow::likelihood::{Normal, Poisson};
use elbow::{Filter, GaussHermite, Gaussian, OneSample, Sensor, Status};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use std::time::Instant;

const TRUTH: f64 = 0.7;

/// After 1/(8 EPSILON) = 2^20 readings one more removes less than 8 EPSILON of the variance: from there on they are
/// [`Status::Saturated`], the belief stays to the bit, its variance 8 EPSILON of the noise's.
#[test]
fn in_f32_a_standing_state_saturates_after_2_to_the_20_readings() {
    let start = Instant::now();
    let count = steps(1_200_000, 1_000_000_000);
    let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [1e4]).unwrap());
    let mut sensor = Sensor::linear([1.0], Normal::new(1.0).unwrap());
    let (mut noise, mut first_saturated, mut resting) = (Noise(1), 0, None);
    for step in 1..=count {
        let reading = (TRUTH + noise.triangular()) as f32;
        let update = filter.update(&mut sensor, reading, &mut GaussHermite::<3>::new()).unwrap();
        if update.status() == Status::Saturated && resting.is_none() {
            (first_saturated, resting) = (step, Some(*filter.belief()));
        }
        assert!(resting.is_none_or(|belief| belief == *filter.belief()), "moved at {step}");
    }
    let belief = resting.expect("saturated");
    let (error, variance) = (f64::from(belief.mean()[0]) - TRUTH, f64::from(belief.variance()[0]));
    let (least, deviations) = (8.0 * f64::from(f32::EPSILON), error / variance.sqrt());
    report("standing, f32", count, start, &format!("saturated at {first_saturated}, mean {deviations:.2} sd off"));
    assert!((first_saturated as f64 * least - 1.0).abs() < 0.01, "{first_saturated}");
    assert!((variance / least - 1.0).abs() < 0.01, "{variance}");
    assert!(deviations.abs() < 3.0, "{deviations}");
}

/// In `f64` a thousand million readings are not a millionth of the way there: the mean is their average and the variance
/// theirs over their number, each but for half an EPSILON a reading.
#[test]
fn in_f64_a_standing_state_is_the_average() {
    let start = Instant::now();
    let count = steps(500_000, 1_000_000_000);
    let mut filter = Filter::new(Gaussian::diagonal([0.0_f64], [1e4]).unwrap());
    let mut sensor = Sensor::linear([1.0], Normal::new(1.0).unwrap());
    let (mut noise, mut sum) = (Noise(1), 0.0);
    for _ in 0..count {
        let scatter = noise.triangular();
        sum += scatter;
        let update = filter.update(&mut sensor, TRUTH + scatter, &mut GaussHermite::<3>::new()).unwrap();
        assert_eq!(update.status(), Status::Accepted);
    }
    let precision = count as f64 + 1e-4;
    let expected = (TRUTH * count as f64 + sum) / precision;
    let error = (filter.belief().mean()[0] - expected) * precision.sqrt();
    let variance = filter.belief().variance()[0] * precision - 1.0;
    report("standing, f64", count, start, &format!("mean {error:.1e} sd off, variance {variance:.1e}, relative"));
    let roundings = 0.5 * f64::EPSILON * count as f64;
    assert!(error.abs() < roundings && variance.abs() < roundings, "{error:e} {variance:e}");
}

/// Counts by one-sample gradients, and four numbers seen by turns: valid at every step, and where the truth is.
#[test]
fn counts_and_four_numbers_stand_still() {
    let start = Instant::now();
    let count = steps(20_000, 10_000_000);
    let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [4.0]).unwrap());
    let mut sensor = Sensor::linear([1.0], Poisson::new());
    let mut estimator = OneSample::new(Xoshiro128PlusPlus::seed_from_u64(1)).with_samples(1).unwrap();
    let (mut noise, mut sum) = (Noise(1), 0.0);
    for step in 0..count {
        // Uniform on 0 to 4: a mean of two.
        let reading = (noise.word() >> 32) as u32 % 5;
        sum += f64::from(reading);
        let _ = filter.update(&mut sensor, reading, &mut estimator).unwrap();
        assert_sound(filter.belief(), &format!("count {step}"));
    }
    let (mean, variance) = (f64::from(filter.belief().mean()[0]), f64::from(filter.belief().variance()[0]));
    // The posterior of a log rate: about the log of the average, with a variance of one over the sum, until a reading
    // at the rate of two removes less than 8 EPSILON of it.
    let error = (mean - (sum / count as f64).ln()) / variance.sqrt();
    let ratio = variance * sum.min(2.0 / (8.0 * f64::from(f32::EPSILON)));
    report(
        "standing, counts",
        count,
        start,
        &format!("mean {error:.2} sd off, variance {ratio:.3} of what it should be"),
    );
    assert!(error.abs() < 3.0 && (ratio - 1.0).abs() < 0.1, "{error} {ratio}");

    let start = Instant::now();
    let truth = [0.7, -1.3, 20.0, 0.01];
    let mut filter = Filter::new(Gaussian::diagonal([0.0_f32; 4], [1e4; 4]).unwrap());
    for step in 0..count {
        let turn = (step % 4) as usize;
        let row: [f32; 4] = std::array::from_fn(|i| if i == turn { 1.0 } else { 0.25 });
        let seen: f64 = (0..4).map(|i| f64::from(row[i]) * truth[i]).sum();
        let mut sensor = Sensor::linear(row, Normal::new(1.0).unwrap());
        let reading = (seen + noise.triangular()) as f32;
        let _ = filter.update(&mut sensor, reading, &mut GaussHermite::<3>::new()).unwrap();
        assert_sound(filter.belief(), &format!("four {step}"));
    }
    let (mean, variance) = (filter.belief().mean(), filter.belief().variance());
    let errors: [f64; 4] = std::array::from_fn(|i| (f64::from(mean[i]) - truth[i]) / f64::from(variance[i]).sqrt());
    report("standing, four numbers", count, start, &format!("means {errors:.2?} sd off"));
    assert!(errors.iter().all(|error| error.abs() < 4.0), "{errors:?}");
}
