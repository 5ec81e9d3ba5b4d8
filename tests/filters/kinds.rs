//! A simulated sequence of each kind of reading, against the exact density on a grid.
//!
//! `tests/reference/sequences.csv` is written by `sequences.py` beside it.

use crate::accuracy::Measured;
use crate::csv::{self, Row};
use crate::logs::Step;
use crate::{Distance, one_sample_of};
use core::any::type_name;
use elbow::estimator::Estimator;
use elbow::likelihood::{Censored, Gamma, Huber, Likelihood, NegativeBinomial, Probit, Quantized, VonMises};
use elbow::{Filter, GaussHermite, Gaussian, RandomWalk, Real, Sensor, Status};

/// The variance that the walk gains a step, as `sequences.py` has it.
const RATE: f64 = 0.02;

fn run<T: Real + Into<f64>, L: Likelihood<T> + Copy>(
    rows: &[Row],
    likelihood: L,
    reading: impl Fn(f64) -> L::Reading,
    estimator: &mut impl Estimator<T>,
) -> Vec<Step> {
    let start = Gaussian::diagonal([T::from_f64(rows[0].number("start"))], [T::ONE]).expect("a prior");
    let (mut filter, mut sensor) = (Filter::new(start), Sensor::linear([T::ONE], likelihood));
    let walk = RandomWalk::new(T::from_f64(RATE)).expect("a rate");
    let mut log_evidence = 0.0;
    let mut steps = Vec::new();
    for (i, row) in rows.iter().enumerate() {
        if i > 0 {
            filter.predict_for(&walk, T::ONE).expect("a prediction");
        }
        let reading = reading(row.number("reading"));
        let update = filter.update(&mut sensor, reading, estimator).expect("an update");
        assert!(update.status() != Status::NotConverged, "step {i}");
        log_evidence += update.log_evidence(&sensor, reading).into();
        steps.push(Step { mean: update.mean().into(), variance: update.variance().into(), log_evidence });
    }
    steps
}

fn against_the_grid<T: Real + Into<f64>, L: Likelihood<T> + Copy>(
    kind: &str,
    likelihood: impl Fn([T; 4]) -> L,
    reading: impl Fn(f64) -> L::Reading + Copy,
    measured: &mut Measured,
) {
    let rows = csv::read("tests/reference/sequences.csv");
    let rows: Vec<Row> = rows.into_iter().filter(|row| row.text("kind") == kind).collect();
    assert_eq!(rows.len(), 150, "{kind}");
    let parameter = |column: &str| T::from_f64(rows[0].text(column).parse().unwrap_or(0.0));
    let likelihood = likelihood(["parameter_1", "parameter_2", "parameter_3", "parameter_4"].map(parameter));
    let exact: Vec<Step> = rows
        .iter()
        .map(|row| {
            let [mean, variance, log_evidence] = ["mean", "variance", "log_evidence"].map(|column| row.number(column));
            Step { mean, variance, log_evidence }
        })
        .collect();
    let steps = run(&rows, likelihood, reading, &mut GaussHermite::<5>::new());
    let distance = Distance::new(&format!("{kind}, exact"), &steps, &exact);
    distance.note(&format!("filter.{kind}_exact"), type_name::<T>(), measured);
    let best = run(&rows, likelihood, reading, &mut GaussHermite::<9>::new());
    for seed in 1..=4 {
        let sampled = run(&rows, likelihood, reading, &mut one_sample_of(seed));
        let distance = Distance::new(&format!("{kind}, sampled"), &sampled, &best);
        distance.note(&format!("filter.{kind}_sampled"), type_name::<T>(), measured);
    }
}

/// In both scalars.
macro_rules! against_the_grid {
    ($kind:literal, $likelihood:expr, $reading:expr) => {{
        let mut measured = Measured::default();
        against_the_grid::<f32, _>($kind, $likelihood, $reading, &mut measured);
        against_the_grid::<f64, _>($kind, $likelihood, $reading, &mut measured);
        measured.finish();
    }};
}

fn number<T: Real>(value: f64) -> T {
    T::from_f64(value)
}

#[test]
fn quantized() {
    against_the_grid!("quantized", |[a, b, ..]| Quantized::new(a, b).expect("steps"), number);
    let ended = |numbers: [f32; 4]| {
        let [step, std_dev, lowest, highest] = numbers;
        Quantized::new(step, std_dev).and_then(|steps| steps.with_ends(lowest, highest)).expect("ends")
    };
    let mut measured = Measured::default();
    against_the_grid::<f32, _>("quantized_ends", ended, number, &mut measured);
    measured.finish();
}

#[test]
fn censored() {
    against_the_grid!("censored", |[a, b, c, _]| Censored::new(a, b, c).expect("rails"), number);
}

#[test]
fn negative_binomial() {
    against_the_grid!(
        "negative_binomial",
        |[a, b, ..]| NegativeBinomial::new(a).and_then(|counts| counts.with_exposure(b)).expect("a dispersion"),
        |y| y as u32
    );
}

#[test]
fn gamma() {
    against_the_grid!("gamma", |[a, ..]| Gamma::new(a).expect("a shape"), number);
}

#[test]
fn huber() {
    against_the_grid!("huber", |[a, b, ..]| Huber::new(a, b).expect("noise"), number);
}

#[test]
fn probit() {
    against_the_grid!("probit", |_| Probit::new(), |y| y == 1.0);
}

#[test]
fn von_mises() {
    against_the_grid!("von_mises", |[a, ..]| VonMises::new(a).expect("a concentration"), number);
}
