//! What a reading is judged by must not depend on the reading.

use std::cell::Cell;

use elbow::likelihood::Normal;
use elbow::predictor::{Bearing, Range};
use elbow::{Error, Filter, Gate, GaussHermite, Gaussian, Sensor, Status};

/// A sonar that reads zero when it hears nothing, 4.4 standard deviations from its prediction: iterating moves the
/// regression to the beacon, where zero is what one expects.
#[test]
fn a_gate_judges_by_the_prediction_however_often_a_reading_iterates() {
    let prior = Gaussian::diagonal([3.0_f32, 4.0], [4.0, 0.25]).unwrap();
    for iterations in [1, 2, 4, 16] {
        let sonar = Sensor::nonlinear(Range::new([0.0, 0.0], [0, 1]).unwrap(), Normal::new(0.01).unwrap());
        let mut sonar = sonar.with_iterations(iterations).unwrap();
        let (mut filter, mut gate) = (Filter::new(prior), Gate::by_innovation(4.0, 10).unwrap());
        let update = filter.update_gated(&mut sonar, 0.0, &mut GaussHermite::<5>::new(), &mut gate).unwrap();
        assert_eq!((update.status(), filter.belief()), (Status::Gated, &prior), "{iterations}");
        assert!((update.prior_mean() - 5.277).abs() < 1e-3, "{iterations}: {}", update.prior_mean());
    }
}

/// z^2 never reads -100.
#[test]
fn the_impossible_is_outside() {
    for iterations in [1, 2, 4, 16] {
        let power = Sensor::nonlinear(|z: &[f32; 2]| z[0] * z[0], Normal::new(0.01).unwrap());
        let mut power = power.with_iterations(iterations).unwrap();
        let mut filter = Filter::new(Gaussian::diagonal([1.0, 0.0], [0.25, 1.0]).unwrap());
        let mut gate = Gate::by_innovation(5.0, 10).unwrap();
        let update = filter.update_gated(&mut power, -100.0, &mut GaussHermite::<5>::new(), &mut gate).unwrap();
        assert_eq!(update.status(), Status::Gated, "{iterations}");
    }
}

/// Taken in, this reading would leave a belief at which the function overflows. It is outside, not an error, and the
/// function is not asked about the posterior.
#[test]
fn outliers_are_judged_before_they_are_iterated() {
    let calls = Cell::new(0);
    let exponential = |z: &[f32; 1]| {
        calls.set(calls.get() + 1);
        z[0].exp()
    };
    let mut sensor = Sensor::nonlinear(exponential, Normal::new(0.1).unwrap()).with_iterations(4).unwrap();
    let prior = Gaussian::standard();
    let mut filter = Filter::new(prior);
    assert_eq!(filter.update(&mut sensor, 1e3, &mut GaussHermite::<5>::new()), Err(Error::NotFinite));
    let mut gate = Gate::by_innovation(5.0, 10).unwrap();
    calls.set(0);
    let update = filter.update_gated(&mut sensor, 1e3, &mut GaussHermite::<5>::new(), &mut gate).unwrap();
    assert_eq!((update.status(), gate.rejected(), calls.get()), (Status::Gated, 1, 3));
    assert_eq!(filter.belief(), &prior);
}

/// Whole turns fit any number to any direction where a last place is a turn or more.
#[test]
fn angles_without_a_last_place_are_out_of_range() {
    let prior = Gaussian::diagonal([10.0_f32, 10.0], [1.0, 1.0]).unwrap();
    let mut camera = Sensor::nonlinear(Bearing::new([0.0, 0.0], [0, 1]).unwrap(), Normal::new(1e-4).unwrap());
    for reading in [8_388_608.0, -8_388_608.0, 1e8, 1e9, 3e29, f32::MAX] {
        let mut filter = Filter::new(prior);
        assert_eq!(filter.update(&mut camera, reading, &mut GaussHermite::<5>::new()), Err(Error::OutOfRange));
        assert_eq!(filter.belief(), &prior);
    }
    assert!(Filter::new(prior).update(&mut camera, 8_388_607.0, &mut GaussHermite::<5>::new()).is_ok());
}
