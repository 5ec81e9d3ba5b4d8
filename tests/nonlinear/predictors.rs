//! The ready predictors: against closed forms, across the cut of an angle.

use std::f64::consts::{PI, TAU};

use elbow::likelihood::{Normal, Quantized, StudentT};
use elbow::predictor::{Altitude, Bearing, Range};
use elbow::{Error, Filter, GaussHermite, Gaussian, OneSample, Predictor, Sensor, Status};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

fn solver() -> GaussHermite<5> {
    GaussHermite::new()
}

/// ISO 2533:1975, table 1: altitude in metres, pressure in Pa. At 20 km the standard rounds its constants otherwise.
#[test]
fn pressures_are_those_of_the_standard_atmosphere() {
    let air = Altitude::<f64, 1>::new(101_325.0, 0).unwrap();
    let table = [(-1000.0, 113_929.3), (0.0, 101_325.0), (1000.0, 89_874.6), (5000.0, 54_019.9), (11_000.0, 22_632.0)];
    for (altitude, pressure) in table {
        assert!((air.predict(&[altitude]) / pressure - 1.0).abs() < 5e-6, "{altitude}: {}", air.predict(&[altitude]));
    }
    assert!((air.predict(&[20_000.0]) / 5474.9 - 1.0).abs() < 2e-5);
    // Continuous and smooth where the layers meet: the slope is -rho g, a property of the point alone.
    let [below, at, above] = [10_999.0, 11_000.0, 11_001.0].map(|altitude| air.predict(&[altitude]));
    assert!((below - 2.0 * at + above).abs() < 1e-3, "{}", below - 2.0 * at + above);
}

#[test]
fn pressures_in_f32_keep_their_digits() {
    let (narrow, wide) = (Altitude::new(101_325.0_f32, 0).unwrap(), Altitude::new(101_325.0_f64, 0).unwrap());
    let mut worst = 0.0_f64;
    for step in 0..=42_000 {
        let altitude = -1000.0 + step as f32 * 0.5;
        let expected = wide.predict(&[f64::from(altitude)]);
        worst = worst.max((f64::from(narrow.predict(&[altitude])) / expected - 1.0).abs());
    }
    println!("altitude f32: {worst:.2e}");
    assert!(worst < 2.7e-7, "{worst:e}");
    // Far outside the atmosphere the values stay usable or say so.
    assert_eq!(narrow.predict(&[1e9]), 0.0);
    assert_eq!(narrow.predict(&[-1e38]), f32::INFINITY);
}

/// The altitude that a pressure stands for, by the inverse formula.
#[test]
fn a_barometer_finds_its_altitude() {
    for truth in [10.0_f64, 800.0, 4000.0, 9000.0] {
        let pressure = 101_325.0 * (1.0 - 0.0065 / 288.15 * truth).powf(5.255_880);
        let mut filter = Filter::new(Gaussian::diagonal([truth + 80.0, 0.0], [1e4, 1.0]).unwrap());
        let mut barometer = Sensor::nonlinear(Altitude::new(101_325.0, 0).unwrap(), Normal::new(9.0).unwrap());
        let update = filter.update(&mut barometer, pressure, &mut solver()).unwrap();
        assert_eq!(update.status(), Status::Accepted);
        // 3 Pa over the slope of the pressure, which is its own derivative.
        let air = Altitude::<f64, 1>::new(101_325.0, 0).unwrap();
        let slope = (air.predict(&[truth + 1.0]) - air.predict(&[truth - 1.0])) / 2.0;
        let std_dev = filter.belief().variance()[0].sqrt();
        assert!((filter.belief().mean()[0] - truth).abs() < 0.1 * std_dev);
        assert!((std_dev * -slope / 3.0 - 1.0).abs() < 0.01, "{truth}: {std_dev}");
    }
}

#[test]
fn ranges_in_the_plane_and_in_space() {
    let plane = Range::<f32, 4, 2>::new([1.0, 2.0], [2, 0]).unwrap();
    assert_eq!(plane.predict(&[6.0, 99.0, 4.0, 99.0]), 5.0);
    let space = Range::<f64, 3, 3>::new([0.0, 0.0, 1.0], [0, 1, 2]).unwrap();
    assert_eq!(space.predict(&[2.0, 3.0, 7.0]), 7.0);
    let mut worst = 0.0_f64;
    for k in 1..2000_i32 {
        let [x, y, z] = [7, 11, 13].map(|p| f32::from((k * p % 199) as i16) - 99.37);
        let expected = (f64::from(x).powi(2) + f64::from(y).powi(2) + f64::from(z).powi(2)).sqrt();
        let range = Range::<f32, 3, 3>::new([0.0; 3], [0, 1, 2]).unwrap();
        worst = worst.max((f64::from(range.predict(&[x, y, z])) / expected - 1.0).abs());
    }
    println!("range f32: {worst:.2e}");
    assert!(worst < 1e-7, "{worst:e}");
}

#[test]
fn bearings_in_f32_keep_their_digits() {
    let (narrow, wide) = (Bearing::new([0.0_f32; 2], [0, 1]).unwrap(), Bearing::new([0.0_f64; 2], [0, 1]).unwrap());
    let mut worst = 0.0_f64;
    for k in -20_000..20_000_i32 {
        let angle = f64::from(k) * PI / 20_000.0;
        let [x, y] = [(3.7 * angle.cos()) as f32, (3.7 * angle.sin()) as f32];
        let got = f64::from(narrow.predict(&[x, y]));
        worst = worst.max((got - wide.predict(&[f64::from(x), f64::from(y)])).abs());
    }
    println!("bearing f32: {worst:.2e}");
    assert!(worst < 2.5e-7, "{worst:e}");
    assert_eq!(narrow.predict(&[0.0, 0.0]), 0.0);
}

/// The state behind the station is the state before it turned by half a turn, and so is what a reading says of it.
/// Whole turns on the reading change nothing.
#[test]
fn a_bearing_across_the_cut_is_one_off_the_cut() {
    let covariance = [[4.0, 0.5], [0.5, 1.0]];
    for offset in [0.02, -0.02, 0.3] {
        let before = Gaussian::new([10.0, offset * 10.0], covariance).unwrap();
        let behind = Gaussian::new([-10.0, -offset * 10.0], covariance).unwrap();
        let at = || Bearing::new([0.0, 0.0], [0, 1]).unwrap();
        for turns in [-1000.0, -1.0, 0.0, 1.0, 7.0] {
            for reading in [0.05, -0.2, 0.0] {
                let (mut expected, mut got) = (Filter::new(before), Filter::new(behind));
                let mut sensor = Sensor::nonlinear(at(), Normal::new(0.01).unwrap());
                let truth = expected.update(&mut sensor, reading, &mut solver()).unwrap();
                let turned = reading + PI + turns * TAU;
                let update = got.update(&mut sensor, turned, &mut solver()).unwrap();
                assert_turned(&expected, &got);
                assert!((turned - update.prior_mean()).abs() <= PI);
                assert!(
                    (update.normalized_innovation(&sensor, turned) - truth.normalized_innovation(&sensor, reading))
                        .abs()
                        < 1e-9
                );
                let evidence = update.log_evidence(&sensor, turned);
                assert!((evidence - truth.log_evidence(&sensor, reading)).abs() < 1e-9);

                let (mut expected, mut got) = (Filter::new(before), Filter::new(behind));
                let mut sensor = Sensor::nonlinear(at(), StudentT::new(0.1, 4.0).unwrap());
                let _ = expected.update(&mut sensor, reading, &mut solver()).unwrap();
                let _ = got.update(&mut sensor, turned, &mut solver()).unwrap();
                assert_turned(&expected, &got);

                // A compass that shows steps of 0.1 radians.
                let (mut expected, mut got) = (Filter::new(before), Filter::new(behind));
                let mut coarse = Sensor::nonlinear(at(), Quantized::new(0.1, 0.05).unwrap());
                let _ = expected.update(&mut coarse, reading, &mut solver()).unwrap();
                let _ = got.update(&mut coarse, turned, &mut solver()).unwrap();
                assert_turned(&expected, &got);

                let generator = || OneSample::new(Xoshiro128PlusPlus::seed_from_u64(3));
                let (mut expected, mut got) = (Filter::new(before), Filter::new(behind));
                let _ = expected.update(&mut sensor, reading, &mut generator()).unwrap();
                let _ = got.update(&mut sensor, turned, &mut generator()).unwrap();
                assert_turned(&expected, &got);
            }
        }
    }
}

fn assert_turned(expected: &Filter<f64, 2>, got: &Filter<f64, 2>) {
    let (p, q) = (expected.belief().covariance(), got.belief().covariance());
    for i in 0..2 {
        assert!((expected.belief().mean()[i] + got.belief().mean()[i]).abs() < 1e-8);
        assert!((p[i][0] - q[i][0]).abs() < 1e-8 && (p[i][1] - q[i][1]).abs() < 1e-8);
    }
}

#[test]
fn differences_of_angles_take_the_shorter_way() {
    let bearing = Bearing::<f64, 2>::new([0.0, 0.0], [0, 1]).unwrap();
    let difference = |a: f64, b: f64| Predictor::<f64, 2>::difference(&bearing, a, b);
    assert_eq!(difference(0.5, 0.25), 0.25);
    assert!((difference(3.1, -3.1) - (6.2 - TAU)).abs() < 1e-15);
    assert!((difference(-3.1, 3.1) - (TAU - 6.2)).abs() < 1e-15);
    assert!((difference(1.0 + 1e4 * TAU, 0.5) - 0.5).abs() < 1e-10);
    for a in [1e9, 1e20, f64::MAX, -f64::MAX, 3.2, -3.2] {
        assert!(difference(a, 0.0).abs() <= PI, "{a}");
    }
}

#[test]
fn bad_arguments_are_named() {
    assert_eq!(Range::<f32, 2, 2>::new([0.0, 0.0], [0, 2]), Err(Error::OutOfRange));
    assert_eq!(Range::<f32, 2, 2>::new([0.0, f32::NAN], [0, 1]), Err(Error::NotFinite));
    assert_eq!(Bearing::<f32, 2>::new([0.0, 0.0], [usize::MAX, 0]), Err(Error::OutOfRange));
    assert_eq!(Bearing::<f32, 2>::new([f32::INFINITY, 0.0], [1, 0]), Err(Error::NotFinite));
    assert_eq!(Altitude::<f32, 2>::new(101_325.0, 2), Err(Error::OutOfRange));
    assert_eq!(Altitude::<f32, 2>::new(0.0, 0), Err(Error::NotPositive));
    assert_eq!(Altitude::<f32, 2>::new(f32::NAN, 0), Err(Error::NotFinite));
    assert_eq!(Altitude::<f32, 2>::new(1e-40, 0), Err(Error::OutOfRange));
    let sensor = Sensor::nonlinear(|z: &[f32; 1]| z[0], Normal::new(1.0_f32).unwrap());
    assert_eq!(sensor.with_iterations(0).err(), Some(Error::NotPositive));
    assert_eq!(sensor.with_iterations(17).err(), Some(Error::OutOfRange));
    assert_eq!(sensor.with_iterations(16).unwrap().iterations(), 16);
}
