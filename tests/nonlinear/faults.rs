//! Special values in everything: a named error and an unchanged filter, or a valid belief.

use std::cell::Cell;
use std::fmt::Debug;

use elbow::estimator::Estimator;
use elbow::likelihood::{Bernoulli, Likelihood, Normal, Poisson, StudentT};
use elbow::predictor::{Altitude, Bearing, Range};
use elbow::{Error, Filter, GaussHermite, Gaussian, OneSample, Predictor, Sensor};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

const SPECIAL: [f32; 17] = [
    0.0,
    -0.0,
    1.0,
    -1.0,
    3.5,
    1e-45,
    -1e-40,
    f32::MIN_POSITIVE,
    1e-20,
    1e9,
    -1e20,
    1e37,
    f32::MAX,
    -f32::MAX,
    f32::INFINITY,
    -f32::INFINITY,
    f32::NAN,
];

fn bits<const N: usize>(filter: &Filter<f32, N>) -> Vec<u32> {
    let belief = filter.belief();
    let lower = belief.unit_lower();
    let numbers = belief.mean().iter().chain(lower.as_flattened()).copied().chain(belief.pivots());
    numbers.map(f32::to_bits).collect()
}

/// One update: on an error the same bits, else a belief that its own constructor takes.
fn assert_sound<const N: usize, P: Predictor<f32, N> + Copy + Debug, L: Likelihood<f32> + Copy>(
    start: &Filter<f32, N>,
    predictor: P,
    likelihood: L,
    reading: L::Reading,
    estimator: &mut impl Estimator<f32>,
) where
    L::Reading: Debug,
{
    for iterations in [1, 2, 16] {
        let mut filter = *start;
        let mut sensor = Sensor::nonlinear(predictor, likelihood).with_iterations(iterations).unwrap();
        match filter.update(&mut sensor, reading, estimator) {
            Err(_) => assert_eq!(bits(&filter), bits(start), "{predictor:?} {reading:?}"),
            Ok(update) => {
                let belief = filter.belief();
                let checked = Gaussian::from_factor(*belief.mean(), belief.unit_lower(), belief.pivots());
                assert!(checked.is_ok(), "{predictor:?} {reading:?} from {start:?}: {belief:?}");
                assert!(update.information_gain() >= 0.0, "{predictor:?} {reading:?} from {start:?}: {update:?}");
            }
        }
    }
}

fn all_sensors(start: &Filter<f32, 2>, at: [f32; 2], reading: f32, estimator: &mut impl Estimator<f32>) {
    let (normal, student) = (Normal::new(0.1).unwrap(), StudentT::new(0.1, 4.0).unwrap());
    if let Ok(range) = Range::new(at, [0, 1]) {
        assert_sound(start, range, normal, reading, estimator);
        assert_sound(start, range, student, reading, estimator);
        assert_sound(start, range, Bernoulli::new(), reading > 0.0, estimator);
        assert_sound(start, range, Poisson::new(), reading as u32, estimator);
    }
    if let Ok(bearing) = Bearing::new(at, [1, 0]) {
        assert_sound(start, bearing, normal, reading, estimator);
        assert_sound(start, bearing, student, reading, estimator);
    }
    if let Ok(altitude) = Altitude::new(at[0], 1) {
        assert_sound(start, altitude, normal, reading, estimator);
        assert_sound(start, altitude, student, reading, estimator);
    }
}

#[test]
fn special_values_in_everything() {
    let mut one = OneSample::new(Xoshiro128PlusPlus::seed_from_u64(5)).with_samples(2).unwrap();
    for mean in SPECIAL {
        for variance in SPECIAL {
            let Ok(prior) = Gaussian::diagonal([mean, 1.0], [variance, 2.0]) else { continue };
            for reading in SPECIAL {
                for at in [[0.0, 0.0], [mean, 1.0], [reading, -variance]] {
                    all_sensors(&Filter::new(prior), at, reading, &mut GaussHermite::<3>::new());
                    all_sensors(&Filter::new(prior), at, reading, &mut one);
                }
            }
        }
    }
}

/// A function of one's own that returns special values, at the mean, at one point, everywhere.
#[test]
fn special_values_from_a_function() {
    let start = Filter::new(Gaussian::diagonal([1.0_f32, -1.0], [1.0, 2.0]).unwrap());
    for value in SPECIAL {
        for nth in 0..15 {
            let calls = Cell::new(0);
            let function = |z: &[f32; 2]| {
                calls.set(calls.get() + 1);
                if calls.get() == nth + 1 { value } else { z[0] * z[1] + z[0] }
            };
            let mut filter = start;
            let mut sensor = Sensor::nonlinear(function, Normal::new(0.1).unwrap());
            let result = filter.update(&mut sensor, 2.0, &mut GaussHermite::<5>::new());
            let reached = calls.get() > nth;
            if !value.is_finite() && reached {
                assert_eq!((result, filter), (Err(Error::NotFinite), start), "{value} at call {nth}");
            } else if result.is_err() {
                assert_eq!(filter, start, "{value} at call {nth}");
            } else {
                assert!(filter.belief().mean().iter().all(|x| x.is_finite()));
            }
        }
        let mut filter = start;
        let mut constant = Sensor::nonlinear(|_: &[f32; 2]| value, Normal::new(0.1).unwrap());
        let result = filter.update(&mut constant, 2.0, &mut GaussHermite::<5>::new());
        assert_eq!((result.is_err(), filter), (!value.is_finite(), start));
    }
}

/// A bad reading is refused before the function is asked.
#[test]
fn readings_are_checked_first() {
    let mut filter = Filter::new(Gaussian::<f32, 1>::standard());
    let calls = Cell::new(0);
    let function = |z: &[f32; 1]| {
        calls.set(calls.get() + 1);
        z[0] + 1.0
    };
    let mut sensor = Sensor::nonlinear(function, Normal::new(0.1).unwrap());
    for reading in [f32::NAN, f32::INFINITY] {
        let result = filter.update(&mut sensor, reading, &mut GaussHermite::<5>::new());
        assert_eq!((result, calls.get()), (Err(Error::NotFinite), 0));
    }
}

#[cfg(feature = "micromath")]
#[test]
fn micromath_reads_curves_near_f32() {
    use micromath::F32;
    let mut wide = Filter::new(Gaussian::diagonal([3.0_f32, 400.0], [1.0, 100.0]).unwrap());
    let mut coarse = Filter::new(Gaussian::diagonal([F32(3.0), F32(400.0)], [F32(1.0), F32(100.0)]).unwrap());
    let at = [-1.0_f32, 390.0];
    let noise = [0.04_f32, 1e-3, 9.0];
    let readings = [11.0_f32, 1.3, 96_600.0];
    let mut solver = GaussHermite::<5>::new();
    macro_rules! read {
        ($predictor:expr, $coarse:expr, $i:expr) => {
            let mut sensor = Sensor::nonlinear($predictor.unwrap(), Normal::new(noise[$i]).unwrap());
            let _ = wide.update(&mut sensor, readings[$i], &mut solver).unwrap();
            let mut sensor = Sensor::nonlinear($coarse.unwrap(), Normal::new(F32(noise[$i])).unwrap());
            let _ = coarse.update(&mut sensor, F32(readings[$i]), &mut solver).unwrap();
        };
    }
    read!(Range::new(at, [0, 1]), Range::new(at.map(F32), [0, 1]), 0);
    read!(Bearing::new(at, [0, 1]), Bearing::new(at.map(F32), [0, 1]), 1);
    read!(Altitude::new(101_325.0, 1), Altitude::new(F32(101_325.0), 1), 2);
    for i in 0..2 {
        let std_dev = wide.belief().variance()[i].sqrt();
        let error = (wide.belief().mean()[i] - coarse.belief().mean()[i].0).abs() / std_dev;
        assert!(error < 0.02, "{i}: {error}");
    }
}
