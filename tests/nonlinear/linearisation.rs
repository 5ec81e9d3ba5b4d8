//! The update itself: against dense formulas, on linear functions, in any order, at its named ends.

use std::cell::Cell;

use crate::csv;
use elbow::likelihood::{Bernoulli, Normal, StudentT};
use elbow::predictor::Range;
use elbow::{Error, Filter, GaussHermite, Gaussian, OneSample, RandomWalk, Sensor, Status, Update};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

const MEAN: [f64; 3] = [1.0, -0.5, 2.0];
const COVARIANCE: [[f64; 3]; 3] = [[2.0, 0.6, -0.3], [0.6, 1.0, 0.2], [-0.3, 0.2, 0.5]];

fn solver() -> GaussHermite<5> {
    GaussHermite::new()
}

fn prior() -> Filter<f64, 3> {
    Filter::new(Gaussian::new(MEAN, COVARIANCE).unwrap())
}

fn curve(z: &[f64; 3]) -> f64 {
    (z[0] * z[0] + 1.0).sqrt() + z[1] * z[2]
}

/// The largest difference of means and covariances.
fn distance<const N: usize>(a: &Gaussian<f64, N>, b: &Gaussian<f64, N>) -> f64 {
    let (p, q) = (a.covariance(), b.covariance());
    let means = (0..N).map(|i| (a.mean()[i] - b.mean()[i]).abs());
    let entries = (0..N * N).map(|k| (p[k / N][k % N] - q[k / N][k % N]).abs());
    means.chain(entries).fold(0.0, f64::max)
}

/// One iteration by the textbook's formulas on dense moments, with the points from a Cholesky factor of its own.
#[test]
fn one_iteration_equals_the_dense_cubature_update() {
    let mut root = [[0.0; 3]; 3];
    for j in 0..3 {
        for i in j..3 {
            let rest: f64 = COVARIANCE[i][j] - (0..j).map(|k| root[i][k] * root[j][k]).sum::<f64>();
            root[i][j] = if i == j { rest.sqrt() } else { rest / root[j][j] };
        }
    }
    let points: Vec<[f64; 3]> = (0..6)
        .map(|k| {
            let sign = if k < 3 { 3.0_f64.sqrt() } else { -3.0_f64.sqrt() };
            core::array::from_fn(|i| MEAN[i] + sign * root[i][k % 3])
        })
        .collect();
    let mean: f64 = points.iter().map(curve).sum::<f64>() / 6.0;
    let variance: f64 = points.iter().map(|z| (curve(z) - mean).powi(2)).sum::<f64>() / 6.0;
    let cross: [f64; 3] =
        core::array::from_fn(|i| points.iter().map(|z| (z[i] - MEAN[i]) * (curve(z) - mean)).sum::<f64>() / 6.0);
    let (reading, noise) = (0.7, 0.3);
    let innovation = variance + noise;

    let mut filter = prior();
    let mut sensor = Sensor::nonlinear(curve, Normal::new(noise).unwrap()).with_iterations(1).unwrap();
    let update = filter.update(&mut sensor, reading, &mut solver()).unwrap();
    assert!((update.prior_mean() - mean).abs() < 1e-13 && (update.prior_variance() - variance).abs() < 1e-13);
    assert!((update.normalized_innovation(&sensor, reading) - (reading - mean) / innovation.sqrt()).abs() < 1e-13);
    let covariance = filter.belief().covariance();
    for i in 0..3 {
        let expected = MEAN[i] + cross[i] * (reading - mean) / innovation;
        assert!((filter.belief().mean()[i] - expected).abs() < 1e-13);
        for j in 0..3 {
            let expected = COVARIANCE[i][j] - cross[i] * cross[j] / innovation;
            assert!((covariance[i][j] - expected).abs() < 1e-13, "{i} {j}");
        }
    }
}

/// h = z^2 about 2 with variance 1, by hand: points 3 and 1, values 9 and 1, mean 5, c = 4, v0 = 16.
#[test]
fn one_number() {
    let mut filter = Filter::new(Gaussian::diagonal([2.0_f32], [1.0]).unwrap());
    let mut sensor = Sensor::nonlinear(|z: &[f32; 1]| z[0] * z[0], Normal::new(4.0).unwrap());
    sensor = sensor.with_iterations(1).unwrap();
    let update = filter.update(&mut sensor, 7.5, &mut solver()).unwrap();
    assert_eq!((update.prior_mean(), update.prior_variance()), (5.0, 16.0));
    assert!((filter.belief().mean()[0] - 2.5).abs() < 1e-6 && (filter.belief().variance()[0] - 0.2).abs() < 1e-6);
}

/// The second iteration's equations, dense: the regression at the first posterior, carried to the prior.
#[test]
fn the_second_iteration_updates_the_prior() {
    let noise = 0.3;
    let sensor = Sensor::nonlinear(curve, Normal::new(noise).unwrap());
    let (mut once, mut twice) = (prior(), prior());
    let first = once.update(&mut sensor.with_iterations(1).unwrap(), 0.7, &mut solver()).unwrap();
    let second = twice.update(&mut sensor.with_iterations(2).unwrap(), 0.7, &mut solver()).unwrap();
    assert!(distance(once.belief(), twice.belief()) > 0.01);
    // Both are judged by the one prediction.
    assert_eq!((first.prior_mean(), first.prior_variance()), (second.prior_mean(), second.prior_variance()));
    // The regression at the first posterior, from the update of that posterior by an uninformative reading.
    let mut probe = once;
    let local = probe.update(
        &mut Sensor::nonlinear(curve, Normal::new(1e3).unwrap()).with_iterations(1).unwrap(),
        50.0,
        &mut solver(),
    );
    let local = local.unwrap();
    let (m, p) = (*once.belief().mean(), once.belief().covariance());
    // Its gain is c/(v + 1000), so that c = (mean - m)(v + 1000)/(50 - u), and A = P^-1 c.
    let scale = (local.prior_variance() + 1e3) / (50.0 - local.prior_mean());
    let cross: [f64; 3] = core::array::from_fn(|i| (probe.belief().mean()[i] - m[i]) * scale);
    let row = solve(p, cross);
    let dot = |a: &[f64; 3], b: &[f64; 3]| -> f64 { (0..3).map(|i| a[i] * b[i]).sum() };
    let residual = local.prior_variance() - dot(&row, &cross);
    let pa: [f64; 3] = core::array::from_fn(|i| dot(&COVARIANCE[i], &row));
    let offset: [f64; 3] = core::array::from_fn(|i| MEAN[i] - m[i]);
    let (mean, variance) = (local.prior_mean() + dot(&row, &offset), dot(&row, &pa) + residual);
    for i in 0..3 {
        let expected = MEAN[i] + pa[i] * (0.7 - mean) / (variance + noise);
        assert!((twice.belief().mean()[i] - expected).abs() < 1e-10);
        let expected = COVARIANCE[i][i] - pa[i] * pa[i] / (variance + noise);
        assert!((twice.belief().variance()[i] - expected).abs() < 1e-10);
    }
}

/// The solution of p x = b by Cramer's rule.
fn solve(p: [[f64; 3]; 3], b: [f64; 3]) -> [f64; 3] {
    let determinant = |m: [[f64; 3]; 3]| -> f64 {
        (0..3).map(|i| m[0][i] * (m[1][(i + 1) % 3] * m[2][(i + 2) % 3] - m[1][(i + 2) % 3] * m[2][(i + 1) % 3])).sum()
    };
    core::array::from_fn(|k| {
        let mut replaced = p;
        for i in 0..3 {
            replaced[i][k] = b[i];
        }
        determinant(replaced) / determinant(p)
    })
}

#[test]
fn a_linear_function_is_the_linear_sensor_at_any_number_of_iterations() {
    let row = [0.7, -1.3, 2.1];
    let mut expected = prior();
    let mut linear = Sensor::linear(row, StudentT::new(0.5, 4.0).unwrap()).with_offset(0.25);
    let truth = expected.update(&mut linear, 3.0, &mut solver()).unwrap();
    let function = |z: &[f64; 3]| row[0] * z[0] + row[1] * z[1] + row[2] * z[2] + 0.25;
    for iterations in 1..=16 {
        let mut filter = prior();
        let mut sensor = Sensor::nonlinear(function, StudentT::new(0.5, 4.0).unwrap());
        sensor = sensor.with_iterations(iterations).unwrap();
        let update = filter.update(&mut sensor, 3.0, &mut solver()).unwrap();
        assert!(distance(filter.belief(), expected.belief()) < 2e-14, "{iterations}");
        assert!((update.information_gain() - truth.information_gain()).abs() < 1e-13);
        assert!((update.log_evidence(&sensor, 3.0) - truth.log_evidence(&linear, 3.0)).abs() < 1e-13);
        // The points of the posterior find the same line: one more solve ends it.
        assert_eq!(update.evaluations(), truth.evaluations() * iterations.min(2));
    }
}

/// 2N + 1 values for every regression: one at the prior; one at each posterior, of which the last decides.
#[test]
fn the_function_is_asked_as_often_as_the_docs_say() {
    let count = |iterations: u16, bend: f64| {
        let calls = Cell::new(0);
        let function = |z: &[f64; 3]| {
            calls.set(calls.get() + 1);
            z[0] + bend * z[1] * z[1]
        };
        let mut sensor = Sensor::nonlinear(function, Normal::new(0.3).unwrap()).with_iterations(iterations).unwrap();
        let _ = prior().update(&mut sensor, 0.7, &mut solver()).unwrap();
        calls.get()
    };
    assert_eq!([count(1, 0.0), count(2, 0.0), count(16, 0.0)], [7, 14, 14]);
    assert_eq!([count(1, 1.0), count(2, 1.0)], [7, 21]);
    assert!(count(16, 1.0) <= 7 * 17);
    // The mean stays in place, but the width and with it the slope does not.
    let calls = Cell::new(0);
    let cubic = |z: &[f64; 1]| {
        calls.set(calls.get() + 1);
        z[0] + z[0] * z[0] * z[0]
    };
    let mut filter = Filter::new(Gaussian::<f64, 1>::standard());
    let _ = filter.update(&mut Sensor::nonlinear(cubic, Normal::new(1.0).unwrap()), 0.0, &mut solver()).unwrap();
    assert_eq!((calls.get(), filter.belief().mean()), (9, &[0.0]));
}

/// A reading that counted twice would leave 7020 for 13118 after two readings.
#[test]
fn iterations_do_not_count_a_reading_twice() {
    let rows = csv::read("examples/data/nile.csv");
    let run = |iterations: Option<u16>| {
        let mut filter = Filter::new(Gaussian::diagonal([1000.0], [1e5]).unwrap());
        let mut variances = Vec::new();
        for row in &rows {
            let reading = row.number("volume_1e8_m3");
            let noise = Normal::new(15_099.0).unwrap();
            let update: Update<f64> = match iterations {
                None => filter.update(&mut Sensor::linear([1.0], noise), reading, &mut solver()),
                Some(n) => {
                    let sensor = Sensor::nonlinear(|z: &[f64; 1]| z[0], noise).with_iterations(n);
                    filter.update(&mut sensor.unwrap(), reading, &mut solver())
                }
            }
            .unwrap();
            assert_eq!(update.status(), Status::Accepted);
            variances.push(filter.belief().variance()[0]);
            filter.predict_for(&RandomWalk::new(1469.1).unwrap(), 1.0).unwrap();
        }
        variances
    };
    let expected = run(None);
    for iterations in [1, 2, 5] {
        for (got, expected) in run(Some(iterations)).iter().zip(&expected) {
            assert!((got / expected - 1.0).abs() < 1e-12, "{iterations}: {got} for {expected}");
        }
    }
}

/// Two ranges in either order, the more alike the farther the beacons; and exactly so for linear functions.
#[test]
fn the_order_of_sensors_matters_as_the_curves_do() {
    let start = Filter::new(Gaussian::diagonal([0.0, 0.0], [1.0, 2.0]).unwrap());
    let noise = Normal::new(0.25).unwrap();
    let apart = [30.0, 300.0].map(|far| {
        let ranges = [[-0.6 * far, -0.8 * far], [far, 0.0]].map(|beacon| Range::new(beacon, [0, 1]).unwrap());
        let mut sensors = ranges.map(|range| Sensor::nonlinear(range, noise));
        let readings = [far + 0.5, far - 1.0];
        let (mut forth, mut back) = (start, start);
        for i in [0, 1] {
            let _ = forth.update(&mut sensors[i], readings[i], &mut solver()).unwrap();
            let _ = back.update(&mut sensors[1 - i], readings[1 - i], &mut solver()).unwrap();
        }
        distance(forth.belief(), back.belief())
    });
    println!("order: {apart:?}");
    // In inverse proportion to the distance, as the curvature; posterior standard deviations are about 0.47.
    assert!(apart[1] < 0.0025 && (apart[0] / apart[1] - 10.0).abs() < 1.0, "{apart:?}");
    let mut lines =
        [[1.0, 2.0], [-1.0, 0.5]].map(|[a, b]| Sensor::nonlinear(move |z: &[f64; 2]| a * z[0] + b * z[1], noise));
    let (mut forth, mut back) = (start, start);
    for i in [0, 1] {
        let _ = forth.update(&mut lines[i], 60.0 * (1.0 - i as f64), &mut solver()).unwrap();
        let _ = back.update(&mut lines[1 - i], 60.0 * i as f64, &mut solver()).unwrap();
    }
    assert!(distance(forth.belief(), back.belief()) < 1e-12);
}

#[test]
fn one_sample_takes_nonlinear_sensors() {
    let generator = || OneSample::new(Xoshiro128PlusPlus::seed_from_u64(7));
    let sensor = Sensor::nonlinear(curve, Normal::new(0.3).unwrap());
    let (mut expected, mut got) = (prior(), prior());
    let _ = expected.update(&mut { sensor }, 0.7, &mut solver()).unwrap();
    let _ = got.update(&mut { sensor }, 0.7, &mut generator().with_samples(1).unwrap()).unwrap();
    assert!(distance(expected.belief(), got.belief()) < 1e-12, "exact for normal noise");

    let sensor = Sensor::nonlinear(curve, StudentT::new(0.5, 4.0).unwrap());
    let (mut expected, mut got) = (prior(), prior());
    let _ = expected.update(&mut { sensor }, 3.0, &mut solver()).unwrap();
    let _ = got.update(&mut { sensor }, 3.0, &mut generator().with_samples(512).unwrap()).unwrap();
    let shift = (0..3).map(|i| (got.belief().mean()[i] - expected.belief().mean()[i]).abs());
    assert!(shift.fold(0.0, f64::max) < 0.05);
    assert!(distance(got.belief(), prior().belief()) > 0.3, "the reading has moved it");
}

/// The state does not explain all of eta: the scalars' divergence is an upper bound, and not by rounding only.
#[test]
fn the_information_gain_bounds_the_divergence_of_the_states() {
    for reading in [-2.0, 0.7, 1.5, 6.0] {
        for noise in [1e-3, 0.3, 10.0] {
            let mut filter = prior();
            let mut sensor = Sensor::nonlinear(curve, Normal::new(noise).unwrap());
            let update = filter.update(&mut sensor, reading, &mut solver()).unwrap();
            let divergence = filter.belief().kl(prior().belief());
            assert!(update.information_gain() > 1.01 * divergence && divergence > 0.0);
        }
    }
}

/// c = 0 by symmetry, with a residual and without one: nothing is divided, nothing changes.
#[test]
fn symmetry_is_a_named_outcome() {
    let mut one = Filter::new(Gaussian::diagonal([0.0_f32], [2.0]).unwrap());
    let before = one;
    let mut sensor = Sensor::nonlinear(|z: &[f32; 1]| z[0].abs(), Normal::new(0.1).unwrap());
    let update = one.update(&mut sensor, 5.0, &mut solver()).unwrap();
    assert_eq!((update.status(), update.information_gain(), one), (Status::Saturated, 0.0, before));
    assert_eq!(update.prior_variance(), 0.0);

    let mut two = Filter::new(Gaussian::diagonal([0.0_f32, 3.0], [2.0, 1.0]).unwrap());
    let before = two;
    let mut sensor = Sensor::nonlinear(|z: &[f32; 2]| z[0].abs(), Normal::new(0.1).unwrap());
    let update = two.update(&mut sensor, 5.0, &mut solver()).unwrap();
    assert_eq!((update.status(), update.information_gain(), two), (Status::Saturated, 0.0, before));
    assert!(update.prior_variance() > 0.1 && update.mean() == update.prior_mean());
    // Beside the line of symmetry the sensor sees the first number.
    let mut beside = Filter::new(Gaussian::diagonal([1.0_f32, 3.0], [2.0, 1.0]).unwrap());
    let update = beside.update(&mut sensor, 1.5, &mut solver()).unwrap();
    assert!(update.status() == Status::Accepted && beside.belief().variance()[0] < 1.9);

    // A beacon under the mean: as far from each side.
    let mut centred = Filter::new(Gaussian::<f64, 2>::standard());
    let mut beacon = Sensor::nonlinear(Range::new([0.0, 0.0], [0, 1]).unwrap(), Normal::new(0.01).unwrap());
    let update = centred.update(&mut beacon, 1.0, &mut solver()).unwrap();
    assert_eq!((update.status(), *centred.belief()), (Status::Saturated, Gaussian::standard()));
}

/// A curve that is flat at the first posterior: there is nothing to learn from there, and the first posterior stays.
#[test]
fn a_flat_end_keeps_the_first_posterior() {
    let sensor = Sensor::nonlinear(|z: &[f64; 1]| z[0].min(1.0), Normal::new(0.1).unwrap());
    let start = Filter::new(Gaussian::<f64, 1>::standard());
    let (mut once, mut often) = (start, start);
    let first = once.update(&mut sensor.with_iterations(1).unwrap(), 10.0, &mut solver()).unwrap();
    let update = often.update(&mut sensor.with_iterations(16).unwrap(), 10.0, &mut solver()).unwrap();
    assert_eq!((update, often), (first, once));
    assert!(often.belief().mean()[0] > 3.0);
}

#[test]
fn a_curve_too_steep_for_the_scalar_is_out_of_range() {
    let start = Filter::new(Gaussian::<f32, 1>::standard());
    for slope in [1e25, 3e38] {
        let mut filter = start;
        let mut steep = Sensor::nonlinear(move |z: &[f32; 1]| slope * z[0], Normal::new(1.0).unwrap());
        assert_eq!(filter.update(&mut steep, 0.0, &mut solver()), Err(Error::OutOfRange));
        assert_eq!(filter, start);
    }
}

/// Readings of any kind: a switch that closes beyond a radius.
#[test]
fn other_likelihoods_read_curves_too() {
    let mut filter = Filter::new(Gaussian::diagonal([1.0_f32, 0.0], [1.0, 1.0]).unwrap());
    let mut fence = Sensor::nonlinear(|z: &[f32; 2]| z[0] * z[0] + z[1] * z[1] - 4.0, Bernoulli::new());
    let update = filter.update(&mut fence, true, &mut solver()).unwrap();
    assert!(update.status() == Status::Accepted && filter.belief().mean()[0] > 1.2);
}
