//! The figures of a window by hand, and special values; `tests/reference/monitor.csv` has more of them, and the bounds.

use elbow::{Error, Monitor};

#[test]
fn the_histogram_is_of_probability_integral_transforms() {
    let mut monitor = Monitor::<f32, 16>::new(0.01).unwrap();
    assert!(monitor.histogram().is_none());
    // Phi(nu) = 1/16, 3/16, ..., 15/16: one in each bin, then again with the signs exchanged.
    let upper = [0.157_310_7_f32, 0.488_776_4, 0.887_146_6, 1.534_120_6];
    for quantile in upper.iter().flat_map(|&x| [x, -x, x, -x]) {
        monitor.record(quantile, quantile, -1.0).unwrap();
    }
    assert_eq!(monitor.histogram().unwrap().probabilities(), &[0.125; 8]);
    let report = monitor.report();
    assert_eq!((report.calibration, report.readings, report.surprise), (0.0, 16, 1.0));
    assert!((report.entropy - 8_f32.ln()).abs() < 1e-6);
    // All in one bin: 2 W ln 8, less Williams's correction 1 + 9/(6 W).
    for _ in 0..16 {
        monitor.record(2.0, 2.0, -1.0).unwrap();
    }
    let report = monitor.report();
    assert!((report.calibration - 32.0 * 8_f32.ln() / (1.0 + 9.0 / 96.0)).abs() < 1e-4, "{report:?}");
    assert_eq!((report.entropy, report.mean, report.mean_square), (0.0, 2.0, 4.0));
    assert!(report.flags.biased && report.flags.miscalibrated && report.flags.noisy && !report.flags.quiet);
}

#[test]
fn what_is_not_a_reading_is_refused() {
    let mut monitor = Monitor::<f32, 16>::new(0.01).unwrap();
    monitor.record(1.0, 0.5, -1.0).unwrap();
    let before = monitor.clone();
    for (reading, innovation, evidence) in [
        (f32::NAN, 0.0, 0.0),
        (f32::INFINITY, 0.0, 0.0),
        (1.0, f32::NAN, 0.0),
        (1.0, 0.0, f32::NAN),
        (1.0, 0.0, f32::INFINITY),
    ] {
        assert_eq!(monitor.record(reading, innovation, evidence), Err(Error::NotFinite));
    }
    for (dt, error) in [(f32::NAN, Error::NotFinite), (f32::INFINITY, Error::NotFinite), (-1.0, Error::OutOfRange)] {
        assert_eq!(monitor.elapse(dt), Err(error));
    }
    assert_eq!(monitor, before);
    for _ in 0..40 {
        monitor.record(f32::MAX, -f32::INFINITY, -f32::INFINITY).unwrap();
        monitor.elapse(f32::MAX).unwrap();
        monitor.elapse(f32::MAX).unwrap();
    }
    let report = monitor.report();
    assert_eq!((report.mean, report.mean_square, report.surprise), (-4.0, 16.0, f32::INFINITY));
    assert_eq!((report.since_last, report.repeats, report.repeat_surprise), (f32::MAX, 39, f32::MAX));
    assert!(report.flags.stuck && report.flags.noisy && !report.flags.silent);
}

#[test]
fn bad_settings_are_named() {
    for (value, error) in [
        (f32::NAN, Error::NotFinite),
        (f32::INFINITY, Error::NotFinite),
        (0.0, Error::NotPositive),
        (-1e-3, Error::NotPositive),
        (1e-45, Error::OutOfRange),
    ] {
        assert_eq!(Monitor::<f32, 16>::new(value), Err(error));
        assert_eq!(Monitor::<f32, 16>::new(0.01).unwrap().with_resolution(value), Err(error));
        assert_eq!(Monitor::<f32, 16>::new(0.01).unwrap().with_longest_gap(value), Err(error));
    }
    for value in [0.99e-6, 0.1001, 1.0] {
        assert_eq!(Monitor::<f32, 16>::new(value), Err(Error::OutOfRange));
    }
}

/// Only the newest `W` readings count, in any order of the ring.
#[test]
fn the_window_slides() {
    let mut monitor = Monitor::<f64, 16>::new(0.01).unwrap();
    for n in 0..100 {
        monitor.record(f64::from(n), f64::from(n % 7) - 3.0, -f64::from(n)).unwrap();
        let newest: Vec<i32> = (0..=n).rev().take(16).collect();
        let mean = newest.iter().map(|&k| f64::from(k % 7) - 3.0).sum::<f64>() / newest.len() as f64;
        let surprise = newest.iter().map(|&k| f64::from(k)).sum::<f64>() / newest.len() as f64;
        let report = monitor.report();
        assert!((report.mean - mean).abs() < 1e-12 && (report.surprise - surprise).abs() < 1e-9);
        assert_eq!(report.readings, newest.len());
    }
}
