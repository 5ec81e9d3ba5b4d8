//! Likelihoods whose second derivative is kept secret, against the same with it.

use crate::accuracy::Measured;
use crate::cases::{Answer, Case, each_row, name, scale, solve};
use crate::csv::Row;
use elbow::likelihood::{Derivatives, FromScore, Likelihood, Poisson, Score, VonMises};
use elbow::{Error, GaussHermite, OneSample, Real, Status};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// The required methods of a likelihood and its start; no closed forms.
#[derive(Clone, Copy)]
struct Bare<L>(L);

impl<T: Real, L: Likelihood<T>> Likelihood<T> for Bare<L> {
    type Reading = L::Reading;
    const LOG_CONCAVE: bool = L::LOG_CONCAVE;
    fn check(&self, reading: L::Reading) -> Result<(), Error> {
        self.0.check(reading)
    }
    fn log_prob(&self, reading: L::Reading, eta: T) -> T {
        self.0.log_prob(reading, eta)
    }
    fn derivatives(&self, reading: L::Reading, eta: T) -> Derivatives<T> {
        self.0.derivatives(reading, eta)
    }
}

impl<T: Real, L: Likelihood<T>> Score<T> for Bare<L> {
    type Reading = L::Reading;
    const LOG_CONCAVE: bool = L::LOG_CONCAVE;
    fn check(&self, reading: L::Reading) -> Result<(), Error> {
        self.0.check(reading)
    }
    fn location(&self, reading: L::Reading) -> Option<T> {
        self.0.location(reading)
    }
    fn log_prob(&self, reading: L::Reading, eta: T) -> T {
        self.0.log_prob(reading, eta)
    }
    fn score(&self, reading: L::Reading, eta: T) -> T {
        self.0.derivatives(reading, eta).first
    }
}

/// How far the answers without the second derivative lie from those with it, in posterior standard deviations.
struct Distance {
    /// Of the width over which the score bends.
    step: f64,
    measured: Measured,
}

impl Distance {
    fn see<T>(&mut self, row: &Row, estimator: &str, exact: &Answer, ours: &Answer) {
        let error = (exact.u - ours.u).abs().max((exact.s - ours.s).abs()) / exact.s;
        let cells = [&format!("from_score.{estimator}"), core::any::type_name::<T>(), &self.step.to_string()];
        assert!(self.measured.see(cells, row.number("v0"), error, || name(row)), "no budget for {cells:?}");
    }
}

/// Smooth in the score, unimodal, not so narrow that both answers depend on where the nodes fall, and within three
/// prior standard deviations: there is no `start` to go farther.
fn fits(row: &Row) -> bool {
    let smooth = ["normal", "student_t", "bernoulli", "probit", "poisson", "gamma", "negative_binomial", "von_mises"];
    let travel = (row.number("u") - row.number("u0")).abs();
    let near = row.number("v0") <= 1.01 * scale(row).powi(2) && travel <= 3.0 * row.number("v0").sqrt();
    smooth.contains(&row.text("likelihood")) && near && row.text("elbo_other").is_empty()
}

impl<T: Real + Into<f64>> Case<T> for Distance {
    fn run<L: Likelihood<T> + Copy>(&mut self, row: &Row, likelihood: L, reading: L::Reading) {
        if !fits(row) {
            return;
        }
        // The score of a count bends over 1/sqrt(count) about its mode.
        let width = scale(row).min(row.number("s"));
        let bare = Bare(likelihood);
        let wrapped = FromScore::new(bare, T::from_f64(self.step * width)).expect("a step");
        let exact = solve(row, &bare, reading, &mut GaussHermite::<5>::new());
        let ours = solve(row, &wrapped, reading, &mut GaussHermite::<5>::new());
        assert!(ours.status == exact.status || ours.status == Status::Accepted, "{}", name(row));
        self.see::<T>(row, "gauss_hermite", &exact, &ours);
        let sample = || OneSample::new(Xoshiro128PlusPlus::seed_from_u64(7));
        let (exact, ours) = (solve(row, &bare, reading, &mut sample()), solve(row, &wrapped, reading, &mut sample()));
        self.see::<T>(row, "one_sample", &exact, &ours);
    }
}

#[test]
fn a_score_alone_is_enough() {
    let mut distance = Distance { step: 0.0, measured: Measured::default() };
    for step in [1e-3, 1e-2, 0.1] {
        distance.step = step;
        each_row::<f32>(&mut distance);
        each_row::<f64>(&mut distance);
    }
    distance.measured.finish();
}

/// What brings an angle to the nearest turn.
#[test]
fn a_score_tells_the_place_of_its_reading() {
    let compass = FromScore::new(Bare(VonMises::new(4.0_f64).expect("a compass")), 1e-3).expect("a step");
    assert_eq!(compass.location(1.25), Some(1.25));
    let count = FromScore::new(Bare(Poisson::<f64>::new()), 1e-3).expect("a step");
    assert_eq!(count.location(3), None);
}
