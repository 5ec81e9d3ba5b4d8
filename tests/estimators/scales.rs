//! Units are nobody's business: all lengths times a power of two give the same solution in these units, by the same
//! work. To the bit, but for the choice between two ends of equal ELBO, whose values the unit has rounded.

use elbow::likelihood::{Censored, Huber, LearnedNormal, Likelihood, Normal, Quantized, StudentT};
use elbow::{Error, Estimator, GaussHermite, OneSample, Solution};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

fn solve<L: Likelihood<f64, Reading = f64>>(
    likelihood: Result<L, Error>,
    unit: f64,
    (reading, mean, variance): (f64, f64, f64),
    estimator: &mut impl Estimator<f64>,
) -> Solution<f64> {
    let likelihood = likelihood.expect("a likelihood");
    let solution = estimator.solve(&likelihood, unit * reading, unit * mean, unit * unit * variance);
    let solution = solution.expect("a solution");
    Solution { shift: solution.shift / unit, variance: solution.variance / (unit * unit), ..solution }
}

fn assert_same(got: &Solution<f64>, expected: &Solution<f64>, what: &str) {
    assert_eq!((got.evaluations, got.status), (expected.evaluations, expected.status), "{what}");
    let apart = (got.shift - expected.shift).abs() / expected.variance.sqrt();
    assert!(apart < 1e-8 && (got.variance / expected.variance - 1.0).abs() < 1e-8, "{what}: {got:?} {expected:?}");
}

/// At three scales, by every estimator, near and far.
fn assert_scales<L: Likelihood<f64, Reading = f64>>(name: &str, of: impl Fn(f64) -> Result<L, Error>) {
    for reading in [0.25, 1.5, 4.0, 30.0] {
        for variance in [0.01, 0.7, 5.0, 90.0] {
            let setting = (reading, -0.3, variance);
            for unit in [2.0_f64.powi(-30), 0.125, 2.0_f64.powi(21)] {
                let what = format!("{name}, unit {unit:e}, {setting:?}");
                let hermite = &mut GaussHermite::<5>::new();
                let expected = solve(of(1.0), 1.0, setting, hermite);
                assert_same(&solve(of(unit), unit, setting, hermite), &expected, &what);
                let sample = || OneSample::new(Xoshiro128PlusPlus::seed_from_u64(7));
                let expected = solve(of(1.0), 1.0, setting, &mut sample());
                assert_same(&solve(of(unit), unit, setting, &mut sample()), &expected, &format!("{what}, sampled"));
            }
        }
    }
}

#[test]
fn solutions_scale_with_their_units() {
    assert_scales("normal", |unit| Normal::new(0.5 * unit * unit));
    assert_scales("student_t", |unit| StudentT::new(0.5 * unit, 3.0));
    assert_scales("student_t, wide tails", |unit| StudentT::new(0.1 * unit, 1.0));
    assert_scales("learned normal", |unit| LearnedNormal::new(0.5 * unit * unit, 6.0));
    assert_scales("huber", |unit| Huber::new(0.5 * unit, 1.5));
    assert_scales("quantized", |unit| Quantized::new(unit, 0.25 * unit));
    assert_scales("censored", |unit| Censored::new(0.5 * unit, -2.0 * unit, 3.0 * unit));
}
