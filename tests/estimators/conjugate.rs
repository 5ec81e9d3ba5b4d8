//! A Gaussian reading: every estimator gives the Kalman update.

use crate::accuracy::Measured;
use crate::cases::{Case, each_row, name, solve};
use crate::csv::Row;
use elbow::estimator::Estimator;
use elbow::likelihood::Likelihood;
use elbow::{GaussHermite, OneSample, Real, Status};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// The error relative to the larger of the posterior deviation and the displacement, which f32 rounds.
struct Conjugate(Measured);

impl Conjugate {
    fn check<T: Real + Into<f64>, L: Likelihood<T>>(
        &mut self,
        row: &Row,
        likelihood: &L,
        reading: L::Reading,
        estimator: &mut impl Estimator<T>,
    ) {
        let answer = solve(row, likelihood, reading, estimator);
        assert!(answer.status == Status::Accepted, "{}", name(row));
        let s = row.number("s");
        let travel = (row.number("u") - row.number("u0")).abs();
        let worst = ((answer.u - row.number("u")).abs() / (s + travel)).max((answer.s - s).abs() / s);
        assert!(self.0.see(["estimators.normal", core::any::type_name::<T>(), "*"], 0.0, worst, || name(row)));
    }
}

impl<T: Real + Into<f64>> Case<T> for Conjugate {
    fn run<L: Likelihood<T> + Copy>(&mut self, row: &Row, likelihood: L, reading: L::Reading) {
        if row.text("likelihood") != "normal" {
            return;
        }
        self.check(row, &likelihood, reading, &mut GaussHermite::<3>::new());
        self.check(row, &likelihood, reading, &mut GaussHermite::<5>::new());
        self.check(row, &likelihood, reading, &mut GaussHermite::<9>::new());
        for samples in [1, 8, 128] {
            for seed in 0..8 {
                let rng = Xoshiro128PlusPlus::seed_from_u64(seed);
                let mut estimator = OneSample::new(rng).with_samples(samples).expect("at least one");
                self.check(row, &likelihood, reading, &mut estimator);
            }
        }
    }
}

#[test]
fn a_gaussian_reading_is_exact_for_every_estimator() {
    let mut conjugate = Conjugate(Measured::default());
    each_row::<f32>(&mut conjugate);
    each_row::<f64>(&mut conjugate);
    conjugate.0.finish();
}
