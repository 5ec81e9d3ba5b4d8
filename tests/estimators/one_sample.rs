//! The stochastic estimator against the optimum of every line of the tables, over seeds.

use crate::accuracy::Measured;
use crate::cases::{Case, each_row, error, name, scale, solve};
use crate::csv::Row;
use elbow::likelihood::Likelihood;
use elbow::{OneSample, Real};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use std::collections::BTreeMap;

/// The sums of squared errors of one-sample estimates and their number, v0 in units of the scale of Student-t, of the
/// noise of a censored or quantized reading.
struct Sampled {
    samples: u16,
    sums: BTreeMap<[String; 2], (f64, f64)>,
}

impl<T: Real + Into<f64>> Case<T> for Sampled {
    fn run<L: Likelihood<T> + Copy>(&mut self, row: &Row, likelihood: L, reading: L::Reading) {
        for seed in 0..16 {
            let rng = Xoshiro128PlusPlus::seed_from_u64(seed);
            let mut estimator = OneSample::new(rng).with_samples(self.samples).expect("at least one");
            let answer = solve(row, &likelihood, reading, &mut estimator);
            assert!(answer.u.is_finite() && answer.s.is_finite() && answer.s > 0.0, "{}", name(row));
            let group = [row.text("likelihood").to_owned(), format!("{:.2}", row.number("v0") / scale(row).powi(2))];
            let sum = self.sums.entry(group).or_insert((0.0, 0.0));
            *sum = (sum.0 + error(row, &answer).powi(2), sum.1 + 1.0);
        }
    }
}

/// The bounds of filtered sequences hold for single readings too, however far out of range, where the belief is not
/// wide against the likelihood.
#[test]
fn one_sample_is_near_the_optimum() {
    let (mut bounded, mut measured) = (0, Measured::default());
    for samples in [1, 8, 128] {
        let mut sampled = Sampled { samples, sums: BTreeMap::new() };
        each_row::<f32>(&mut sampled);
        for ([likelihood, variance], (sum, count)) in &sampled.sums {
            let rms = f64::sqrt(sum / count);
            println!("{samples} samples, {likelihood}, v0 {variance}: rms {rms:.3}");
            let cells = [&format!("one_sample.{likelihood}"), "f32", &samples.to_string()];
            let size = variance.parse().expect("a number");
            bounded += usize::from(measured.see(cells, size, rms, || format!("v0 = {variance}")));
        }
    }
    measured.finish();
    assert!(bounded >= 100, "{bounded} groups with a bound");
}

/// The farthest of all one-sample estimates, eight samples each.
struct Farthest(Measured);

impl<T: Real + Into<f64>> Case<T> for Farthest {
    fn run<L: Likelihood<T> + Copy>(&mut self, row: &Row, likelihood: L, reading: L::Reading) {
        for seed in 0..64 {
            let mut estimator = OneSample::new(Xoshiro128PlusPlus::seed_from_u64(seed));
            let answer = solve(row, &likelihood, reading, &mut estimator);
            let cells = [&format!("one_sample_farthest.{}", row.text("likelihood")), "f32", "*"];
            let at = || format!("{}, seed {seed}", name(row));
            assert!(self.0.see(cells, row.number("v0"), error(row, &answer), at), "no budget for {cells:?}");
        }
    }
}

/// However wide the belief and however far the reading.
#[test]
fn one_sample_never_runs_away() {
    let mut farthest = Farthest(Measured::default());
    each_row::<f32>(&mut farthest);
    farthest.0.finish();
}
