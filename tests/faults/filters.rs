//! Filters: an error leaves every bit as it was.

use crate::{SPECIAL, assert_valid, bits_of, rng};
use elbow::likelihood::{Normal, Poisson, StudentT};
use elbow::{
    ConstantVelocity, Dynamics, Error, Filter, GaussHermite, Gaussian, LocalLinearTrend, OneSample, Process,
    RandomWalk, Sensor, Status,
};

/// Runs every filter method with special arguments; an error must leave every bit as it was.
fn filter_cross(start: Gaussian<f32, 2>) {
    let mut ok = 0;
    let mut step = |filter: &mut Filter<f32, 2>, what: &str, act: &mut dyn FnMut(&mut Filter<f32, 2>) -> bool| {
        let before = bits_of(filter.belief());
        if act(filter) {
            ok += 1;
            assert_valid(filter.belief(), what);
        } else {
            assert_eq!(before, bits_of(filter.belief()), "{what}");
        }
        *filter = Filter::new(start);
    };
    let mut filter = Filter::new(start);
    for a in SPECIAL {
        step(&mut filter, &format!("shift {a:e}"), &mut |f| f.shift(&[1.0, a]).is_ok());
        for b in SPECIAL {
            let name = format!("{a:e} {b:e} from {start:?}");
            if let Ok(trend) = LocalLinearTrend::new([b.abs(), 0.5]) {
                step(&mut filter, &name, &mut |f| f.predict_for(&trend, a).is_ok());
            }
            if let Ok(dynamics) = Dynamics::new([[a, b], [0.0, 1.0]], [[1.0, 0.0], [0.0, 0.0]]) {
                step(&mut filter, &name, &mut |f| f.predict(&dynamics).is_ok());
            }
            for reading in SPECIAL {
                let mut normal = Sensor::linear([a, 1.0], Normal::new(0.1).unwrap()).with_offset(b);
                let mut heavy = Sensor::linear([a, b], StudentT::new(0.1, 4.0).unwrap());
                let mut count = Sensor::linear([a, b], Poisson::<f32>::new());
                step(&mut filter, &name, &mut |f| {
                    f.update(&mut normal, reading, &mut GaussHermite::<5>::new()).is_ok()
                });
                step(&mut filter, &name, &mut |f| f.update(&mut normal, reading, &mut OneSample::new(rng())).is_ok());
                step(&mut filter, &name, &mut |f| f.update(&mut heavy, reading, &mut GaussHermite::<3>::new()).is_ok());
                step(&mut filter, &name, &mut |f| {
                    f.update(&mut count, reading.abs() as u32, &mut OneSample::new(rng())).is_ok()
                });
            }
        }
    }
    assert!(ok > 1000, "{ok}");
}

#[test]
fn a_filter_keeps_every_bit_on_an_error() {
    filter_cross(Gaussian::new([1.0, -0.5], [[2.0, 0.3], [0.3, 1.0]]).unwrap());
    filter_cross(Gaussian::diagonal([1e30, 0.0], [1e38, 1e-37]).unwrap());
    filter_cross(Gaussian::diagonal([0.0, 3e38], [f32::MIN_POSITIVE, f32::MAX]).unwrap());
}

#[test]
fn time_steps_are_checked_and_zero_changes_nothing() {
    let mut filter = Filter::new(Gaussian::new([1.0_f32, 2.0], [[2.0, 0.3], [0.3, 1.0]]).unwrap());
    let before = bits_of(filter.belief());
    let trend = ConstantVelocity::new(0.1).unwrap();
    for (dt, error) in [
        (f32::NAN, Error::NotFinite),
        (f32::INFINITY, Error::NotFinite),
        (-1.0, Error::OutOfRange),
        (-1e-45, Error::OutOfRange),
    ] {
        assert_eq!(filter.predict_for(&trend, dt), Err(error));
        assert_eq!(trend.step(dt).err(), Some(error));
        let mut belief = *filter.belief();
        assert_eq!((trend.advance(&mut belief, dt), bits_of(&belief)), (Err(error), before.clone()));
        assert_eq!(RandomWalk::new(1.0).unwrap().step(dt).err(), Some(error));
    }
    for dt in [0.0, -0.0] {
        assert_eq!(filter.predict_for(&trend, dt), Ok(()));
    }
    assert_eq!(before, bits_of(filter.belief()));
    assert_eq!(filter.predict_for(&trend, f32::MAX), Err(Error::OutOfRange));
    assert_eq!(before, bits_of(filter.belief()));
}

#[test]
fn a_sensor_that_sees_nothing_is_saturated() {
    let mut filter = Filter::new(Gaussian::<f32, 2>::standard());
    let before = bits_of(filter.belief());
    let mut blind = Sensor::linear([0.0, 0.0], Normal::new(1.0).unwrap());
    let update = filter.update(&mut blind, 3.0, &mut GaussHermite::<5>::new()).unwrap();
    assert_eq!(update.status(), Status::Saturated);
    assert_eq!((update.information_gain(), update.normalized_innovation(&blind, 3.0)), (0.0, 3.0));
    assert!((update.log_evidence(&blind, 3.0) + 4.5 + 0.918_938_5).abs() < 1e-6);
    assert_eq!(update.elbo(&blind, 3.0), update.log_evidence(&blind, 3.0));
    assert_eq!(before, bits_of(filter.belief()));
}

#[test]
fn a_belief_saturates_instead_of_drifting() {
    let mut filter = Filter::new(Gaussian::diagonal([0.25_f32], [1.0]).unwrap());
    let mut sensor = Sensor::linear([1.0], Normal::new(1e7).unwrap());
    let before = bits_of(filter.belief());
    let update = filter.update(&mut sensor, 900.0, &mut GaussHermite::<5>::new()).unwrap();
    assert_eq!(update.status(), Status::Saturated);
    assert_eq!((update.mean(), update.variance(), update.information_gain()), (0.25, 1.0, 0.0));
    // The innovation is still that of the reading.
    assert!((update.normalized_innovation(&sensor, 900.0) - 0.284_526).abs() < 1e-5);
    assert_eq!(before, bits_of(filter.belief()));
    // A reading that is far out moves the mean by more than its share of the variance, and is taken in.
    let update = filter.update(&mut sensor, 1e6, &mut OneSample::new(rng())).unwrap();
    assert_eq!(update.status(), Status::Accepted);
    assert!((filter.belief().mean()[0] - 0.35).abs() < 1e-6);
}
