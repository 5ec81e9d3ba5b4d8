//! Likelihoods whose curvature cancels the prior's, or is the same in both directions, or overflows; and two modes of
//! which the higher density is not the larger mass.

use std::cell::Cell;

use elbow::likelihood::{Derivatives, Expectations, Likelihood};
use elbow::{Error, Estimator, GaussHermite, OneSample};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// log p = h eta^2/2 + eta, which no prior of a variance above 1/h holds; of E[h eps^2] it tells what makes the solver's
/// curvatures [`bend`](Self::bend) along both directions.
struct Rising {
    curvature: f64,
    bend: fn(f64) -> f64,
}

impl Likelihood<f64> for Rising {
    type Reading = ();
    fn check(&self, (): ()) -> Result<(), Error> {
        Ok(())
    }
    fn log_prob(&self, (): (), eta: f64) -> f64 {
        0.5 * self.curvature * eta * eta + eta
    }
    fn derivatives(&self, (): (), eta: f64) -> Derivatives<f64> {
        Derivatives { first: self.curvature * eta + 1.0, second: self.curvature }
    }
    fn expectations(&self, (): (), mean: f64, std_dev: f64) -> Option<Expectations<f64>> {
        Some(Expectations {
            first: self.curvature * mean + 1.0,
            first_noise: self.curvature * std_dev,
            second: self.curvature,
            second_noise: 0.0,
            second_noise_squared: (self.bend)(std_dev),
        })
    }
}

/// Beyond the sixteen steps to a mode of the density, each of one standard deviation or more.
#[test]
fn a_curvature_of_nothing_is_climbed() {
    let flat = Rising { curvature: 1.0, bend: |_| 1.0 };
    let solution = GaussHermite::<5>::new().solve(&flat, (), 0.0, 1.0).unwrap();
    assert!(solution.shift > 100.0, "{solution:?}");
}

#[test]
fn equal_curvatures_are_climbed() {
    let round = Rising { curvature: 2.0, bend: |std_dev| 2.0 + 1.0 / (std_dev * std_dev) };
    let solution = GaussHermite::<5>::new().solve(&round, (), 0.0, 1.0).unwrap();
    assert!(solution.shift > 1e6, "{solution:?}");
}

/// log p = -e^eta without its closed forms.
struct Exponential;

impl Likelihood<f32> for Exponential {
    type Reading = ();
    const LOG_CONCAVE: bool = true;
    fn check(&self, (): ()) -> Result<(), Error> {
        Ok(())
    }
    fn log_prob(&self, (): (), eta: f32) -> f32 {
        -eta.exp()
    }
    fn derivatives(&self, (): (), eta: f32) -> Derivatives<f32> {
        Derivatives { first: -eta.exp(), second: -eta.exp() }
    }
}

#[test]
fn derivatives_that_overflow_are_out_of_range() {
    assert_eq!(GaussHermite::<5>::new().solve(&Exponential, (), 200.0, 1.0), Err(Error::OutOfRange));
    assert!(GaussHermite::<5>::new().solve(&Exponential, (), 20.0, 1.0).is_ok());
}

/// Expectations that take a Newton step of one standard deviation from everywhere, and overflow in the last of forty.
struct Endless {
    gradients: Cell<u32>,
}

impl Likelihood<f64> for Endless {
    type Reading = ();
    fn check(&self, (): ()) -> Result<(), Error> {
        Ok(())
    }
    fn log_prob(&self, (): (), _: f64) -> f64 {
        0.0
    }
    fn derivatives(&self, (): (), _: f64) -> Derivatives<f64> {
        Derivatives { first: 0.0, second: 0.0 }
    }
    fn expectations(&self, (): (), mean: f64, std_dev: f64) -> Option<Expectations<f64>> {
        self.gradients.set(self.gradients.get() + 1);
        let last = self.gradients.get() == 40;
        Some(Expectations {
            first: if last { f64::INFINITY } else { mean + 1.0 / std_dev },
            first_noise: std_dev - 1.0 / std_dev,
            second: if last { f64::INFINITY } else { 0.0 },
            second_noise: 0.0,
            second_noise_squared: 0.0,
        })
    }
}

#[test]
fn expectations_that_overflow_at_last_are_out_of_range() {
    let endless = Endless { gradients: Cell::new(0) };
    assert_eq!(GaussHermite::<5>::new().solve(&endless, (), 0.0, 1.0), Err(Error::OutOfRange));
    assert_eq!(endless.gradients.get(), 40);
}

/// A parabola of curvature 100 about 2, its top at 5.3, where eta is above a half; elsewhere one of 0.01 about -1.
struct TwoModes;

impl Likelihood<f64> for TwoModes {
    type Reading = ();
    fn check(&self, (): ()) -> Result<(), Error> {
        Ok(())
    }
    fn log_prob(&self, (): (), eta: f64) -> f64 {
        if eta > 0.5 { 5.3 - 50.0 * (eta - 2.0) * (eta - 2.0) } else { -0.005 * (eta + 1.0) * (eta + 1.0) }
    }
    fn derivatives(&self, (): (), eta: f64) -> Derivatives<f64> {
        if eta > 0.5 {
            Derivatives { first: -100.0 * (eta - 2.0), second: -100.0 }
        } else {
            Derivatives { first: -0.01 * (eta + 1.0), second: -0.01 }
        }
    }
    fn start(&self, (): (), _: f64, _: f64) -> f64 {
        2.0
    }
    fn second_start(&self, (): (), _: f64, _: f64) -> Option<f64> {
        Some(-0.1)
    }
}

/// By Laplace's approximation the narrow one has e^(5.3 - 2 - ln(101)/2) = 2.7, the broad one 1.0.
#[test]
fn samples_are_drawn_at_the_mode_of_more_evidence() {
    for seed in 0..5 {
        let mut estimator = OneSample::new(Xoshiro128PlusPlus::seed_from_u64(seed));
        let solution = estimator.solve(&TwoModes, (), 0.0, 1.0).unwrap();
        assert!((solution.shift - 1.98).abs() < 0.1 && solution.variance < 0.02, "{solution:?}");
    }
}
