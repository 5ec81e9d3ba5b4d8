//! What the update of an iterated sensor tells: its move from what was foreseen before the reading came.

use elbow::likelihood::Normal;
use elbow::{Error, Filter, GaussHermite, Gaussian, Real, Sensor};

fn solver() -> GaussHermite<5> {
    GaussHermite::new()
}

/// A sensor that reads five more beyond a point: the regression at the posterior has the slope of the one at the prior
/// and another mean.
#[test]
fn a_jump_is_part_of_the_move() {
    for start in [0.0, 1.0, -3.0] {
        let jump = |z: &[f64; 1]| start + if z[0] > 4.0 { z[0] + 5.0 } else { z[0] };
        let mut sensor = Sensor::nonlinear(jump, Normal::new(2.0).unwrap());
        let mut filter = Filter::new(Gaussian::diagonal([0.0], [2.0]).unwrap());
        let update = filter.update(&mut sensor, start + 16.0, &mut solver()).unwrap();
        assert!((filter.belief().mean()[0] - 5.5).abs() < 1e-12, "{:?}", filter.belief());
        assert!((update.prior_mean() - start).abs() < 1e-12 && (update.mean() - start - 10.5).abs() < 1e-12);
        assert!((update.prior_variance() - 2.0).abs() < 1e-12 && (update.variance() - 1.0).abs() < 1e-12);
    }
}

/// The gain is not taken from the rounded variances where nothing but the iteration made it again.
#[test]
fn a_small_gain_keeps_the_digits_of_its_information() {
    fn gain<T: Real>(noise: f64, iterations: u16) -> T {
        let mut filter = Filter::new(Gaussian::diagonal([T::ZERO], [T::from_f64(1.1_f32.into())]).unwrap());
        let sensor = Sensor::nonlinear(|z: &[T; 1]| z[0], Normal::new(T::from_f64(noise)).unwrap());
        let mut sensor = sensor.with_iterations(iterations).unwrap();
        filter.update(&mut sensor, T::ZERO, &mut GaussHermite::<5>::new()).unwrap().information_gain()
    }
    for noise in [1e3, 1e4, 1e5, 5e5] {
        for iterations in [1, 2, 5] {
            let (single, double) = (f64::from(gain::<f32>(noise, iterations)), gain::<f64>(noise, iterations));
            assert!((single / double - 1.0).abs() < 1e-5, "{noise:e}, {iterations}: {single:e} for {double:e}");
        }
    }
}

/// A cube root gets steeper the nearer the belief comes to zero, until what was foreseen overflows: not a belief that is
/// not finite, and not the fault of a number that the caller gave.
#[test]
fn a_regression_that_overflows_is_out_of_range() {
    let prior = Gaussian::diagonal([0.0_f32], [1e38]).unwrap();
    let mut filter = Filter::new(prior);
    let root = Sensor::nonlinear(|z: &[f32; 1]| z[0].cbrt(), Normal::new(1e-2).unwrap());
    let mut root = root.with_iterations(16).unwrap();
    assert_eq!(filter.update(&mut root, 0.0, &mut solver()), Err(Error::OutOfRange));
    assert_eq!(filter.belief(), &prior);
}
