//! Filters along the real logs, against the Kalman filter and against exact grid filters.
//!
//! `tests/reference/filters.csv` (written by `filters.py` beside it, which states the models) holds the beliefs after
//! every reading. `cargo test --test filters -- --nocapture` prints the distances.

#[path = "common/accuracy.rs"]
mod accuracy;
#[path = "common/csv.rs"]
mod csv;
#[path = "filters/dynamics.rs"]
mod dynamics;
#[path = "filters/kinds.rs"]
mod kinds;
#[path = "filters/logs.rs"]
mod logs;
#[path = "filters/one_sample.rs"]
mod one_sample;
#[path = "filters/widening.rs"]
mod widening;

use accuracy::Measured;
use core::any::type_name;
use elbow::likelihood::{Likelihood, Normal};
use elbow::{Dynamics, Filter, GaussHermite, Gaussian, OneSample, RandomWalk, Real, Sensor};
use logs::{Log, Step};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// The beliefs of one filter of the reference, with their steps.
fn reference(name: &str) -> Vec<(usize, Step)> {
    let rows = csv::read("tests/reference/filters.csv");
    let rows = rows.iter().filter(|row| row.text("filter") == name);
    rows.map(|row| {
        let [mean, variance, log_evidence] = ["mean", "variance", "log_evidence"].map(|column| row.number(column));
        (row.number("step") as usize, Step { mean, variance, log_evidence })
    })
    .collect()
}

/// How far one sequence of beliefs lies from another, in the other's posterior standard deviations.
struct Distance {
    /// The largest, and its step.
    worst: (f64, usize),
    rms: f64,
    /// Of the standard deviations, relative, and its step.
    spread: (f64, usize),
    /// Of the log evidence of the whole log, in nats.
    evidence: f64,
}

impl Distance {
    fn new(name: &str, steps: &[Step], others: &[Step]) -> Self {
        assert!(steps.len() == others.len() && !steps.is_empty(), "{name}: {} steps", steps.len());
        let (mut worst, mut sum, mut spread) = ((0.0_f64, 0), 0.0, (0.0_f64, 0));
        for (i, (step, other)) in steps.iter().zip(others).enumerate() {
            let error = (step.mean - other.mean).abs() / other.variance.sqrt();
            worst = if error <= worst.0 { worst } else { (error, i) };
            sum += error * error;
            let wide = ((step.variance / other.variance).sqrt() - 1.0).abs();
            spread = if wide <= spread.0 { spread } else { (wide, i) };
        }
        let rms = (sum / steps.len() as f64).sqrt();
        let last = steps.len() - 1;
        let evidence = (steps[last].log_evidence - others[last].log_evidence).abs();
        println!("{name}: mean {:.2e} sd, rms {rms:.2e}, sd {:.2e}, evidence {evidence:.2e} nats", worst.0, spread.0);
        Self { worst, rms, spread, evidence }
    }

    /// Notes the figures of `filter` that the budget has a line for.
    fn note(&self, filter: &str, scalar: &str, measured: &mut Measured) {
        let step = |(_, i): (f64, usize)| format!("step {}", i + 1);
        let figures = [
            ("worst", self.worst.0, step(self.worst)),
            ("rms", self.rms, String::new()),
            ("sd", self.spread.0, step(self.spread)),
            ("log_evidence", self.evidence, String::new()),
        ];
        let seen = figures.map(|(figure, value, at)| measured.see([filter, scalar, figure], 0.0, value, || at));
        assert!(seen.contains(&true), "no budget for {filter} {scalar}");
    }
}

fn steps_of(name: &str) -> Vec<Step> {
    reference(name).into_iter().map(|(_, step)| step).collect()
}

/// Eight samples a reading.
fn one_sample_of(seed: u64) -> OneSample<Xoshiro128PlusPlus> {
    OneSample::new(Xoshiro128PlusPlus::seed_from_u64(seed))
}

/// One sample a reading: exact where the reading is Gaussian.
fn one_sample() -> OneSample<Xoshiro128PlusPlus> {
    one_sample_of(1).with_samples(1).expect("one")
}

/// The figures that textbooks print for these variances; the last variance is that of the next year's level.
#[test]
fn nile_gives_the_published_figures() {
    let (exact, mut measured) = (steps_of("nile_kalman").split_off(1), Measured::default());
    for steps in [logs::nile::<f64>().run(&mut GaussHermite::<5>::new()), logs::nile::<f64>().run(&mut one_sample())] {
        let last = steps.last().expect("a step");
        assert!((last.mean - 798.370).abs() < 5e-4, "{}", last.mean);
        assert!((last.variance + 1469.1 - 5501.26).abs() < 5e-3, "{}", last.variance);
        assert!((last.log_evidence - -632.5456).abs() < 5e-5, "{}", last.log_evidence);
        Distance::new("nile f64, Kalman filter", &steps, &exact).note("filter.nile", "f64", &mut measured);
    }
    for steps in [logs::nile::<f32>().run(&mut GaussHermite::<5>::new()), logs::nile::<f32>().run(&mut one_sample())] {
        Distance::new("nile f32, Kalman filter", &steps, &exact).note("filter.nile", "f32", &mut measured);
    }
    measured.finish();
}

/// From the textbook's prior N(0, 1e7) the evidence of all but the first reading is that of a Kalman filter by its own formulas.
#[test]
fn nile_from_the_textbook_prior() {
    let rows = csv::read("examples/data/nile.csv");
    let readings: Vec<f64> = rows.iter().map(|row| row.number("volume_1e8_m3")).collect();
    let (mut mean, mut variance, mut evidence) = (0.0, 1e7, 0.0);
    let mut filter = Filter::new(Gaussian::diagonal([0.0], [1e7]).expect("a prior"));
    let mut gauge = Sensor::linear([1.0], Normal::new(15_099.0).expect("a variance"));
    let mut sum = 0.0;
    for (i, &reading) in readings.iter().enumerate() {
        if i > 0 {
            variance += 1469.1;
            filter.predict_for(&RandomWalk::new(1469.1).expect("a rate"), 1.0).expect("a step");
        }
        let (innovation, spread) = (reading - mean, variance + 15_099.0);
        mean += variance / spread * innovation;
        variance -= variance * variance / spread;
        let update = filter.update(&mut gauge, reading, &mut one_sample()).expect("an update");
        if i > 0 {
            evidence -= 0.5 * ((std::f64::consts::TAU * spread).ln() + innovation * innovation / spread);
            sum += update.log_evidence(&gauge, reading);
        }
    }
    assert!((evidence - -632.544).abs() < 5e-4, "{evidence}");
    assert!((sum - evidence).abs() < 1e-9, "{sum} for {evidence}");
}

/// The exact density says what a Gaussian belief costs, the best Gaussian what the nodes add to that.
fn against_the_grid<T: Real + Into<f64>, L: Likelihood<T> + Copy>(log: &Log<T, L>, measured: &mut Measured) {
    let steps = log.run(&mut GaussHermite::<5>::new());
    for other in ["exact", "gaussian"] {
        let name = format!("{}_{other}", log.name);
        Distance::new(&name, &steps, &steps_of(&name)).note(&format!("filter.{name}"), type_name::<T>(), measured);
    }
}

#[test]
fn coal_follows_the_exact_density() {
    let mut measured = Measured::default();
    against_the_grid(&logs::coal::<f32>(), &mut measured);
    against_the_grid(&logs::coal::<f64>(), &mut measured);
    measured.finish();
}

#[test]
fn seattle_follows_the_exact_density() {
    let mut measured = Measured::default();
    against_the_grid(&logs::seattle::<f32>(), &mut measured);
    against_the_grid(&logs::seattle::<f64>(), &mut measured);
    measured.finish();
}

#[test]
fn nile_with_heavy_tails_follows_the_exact_density() {
    let mut measured = Measured::default();
    against_the_grid(&logs::nile_t::<f32>(), &mut measured);
    against_the_grid(&logs::nile_t::<f64>(), &mut measured);
    measured.finish();
}

/// A level, a slope and a pair that turns once a year, weekly, as `filters.py` states it.
fn seasonal<T: Real>() -> (Filter<T, 4>, Dynamics<T, 4>) {
    let dt = 7.0 / 365.25;
    // Sine and cosine of TAU dt, written out: not every machine's have the same bits.
    let (wave, turn) = (0.120_126_165_182_350_5, 0.992_758_633_525_079_3);
    let transition = [[1.0, dt, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, turn, wave], [0.0, 0.0, -wave, turn]];
    let (level, slope, pair) = (0.5, 0.0625, 0.25);
    let mut noise = [[0.0; 4]; 4];
    noise[0][0] = level * dt + slope * dt * dt * dt / 3.0;
    noise[0][1] = slope * dt * dt / 2.0;
    noise[1][0] = noise[0][1];
    noise[1][1] = slope * dt;
    noise[2][2] = pair * dt;
    noise[3][3] = pair * dt;
    let prior = Gaussian::diagonal([-24.0, 1.0, 0.0, 0.0].map(T::from_f64), [25.0, 1.0, 9.0, 9.0].map(T::from_f64));
    let week = Dynamics::new(transition.map(|row| row.map(T::from_f64)), noise.map(|row| row.map(T::from_f64)));
    (Filter::new(prior.expect("a prior")), week.expect("a step"))
}

/// Weekly CO2 above 340 ppm: the level after every week, missing ones too.
fn co2<T: Real + Into<f64>>() -> Vec<Step> {
    let (mut filter, week) = seasonal::<T>();
    let row = [1.0, 0.0, 1.0, 0.0].map(T::from_f64);
    let mut sensor = Sensor::linear(row, Normal::new(T::from_f64(0.25)).expect("a variance"));
    let (mut log_evidence, mut steps) = (0.0, Vec::new());
    for (i, line) in csv::read("examples/data/co2.csv").iter().enumerate() {
        if i > 0 {
            filter.predict(&week).expect("a prediction");
        }
        if !line.text("co2_ppm").is_empty() {
            let reading = T::from_f64(line.number("co2_ppm") - 340.0);
            let update = filter.update(&mut sensor, reading, &mut GaussHermite::<3>::new()).expect("an update");
            log_evidence += update.log_evidence(&sensor, reading).into();
        }
        let (mean, variance) = (filter.belief().mean()[0].into(), filter.belief().variance()[0].into());
        steps.push(Step { mean, variance, log_evidence });
    }
    steps
}

#[test]
fn co2_equals_the_dense_kalman_filter() {
    let (double, single) = (co2::<f64>(), co2::<f32>());
    let (mut weeks, mut measured) = (0, Measured::default());
    for (week, exact) in reference("co2_kalman") {
        let step = &double[week];
        let name = format!("co2, week {week}, Kalman filter");
        Distance::new(&name, std::slice::from_ref(step), &[exact]).note("filter.co2", "f64", &mut measured);
        weeks += 1;
    }
    assert!(weeks == 24);
    Distance::new("co2, f32 to f64", &single, &double).note("filter_f32.co2", "f32", &mut measured);
    measured.finish();
}

/// The distance of f32 from f64 along a log.
fn rounding<L: Likelihood<f32> + Copy, M: Likelihood<f64> + Copy>(
    single: &Log<f32, L>,
    double: &Log<f64, M>,
    measured: &mut Measured,
) {
    let nodes = &mut GaussHermite::<5>::new();
    let name = format!("{}, f32 to f64", single.name);
    let distance = Distance::new(&name, &single.run(nodes), &double.run(nodes));
    distance.note(&format!("filter_f32.{}", single.name), "f32", measured);
}

#[test]
fn f32_follows_f64() {
    let mut measured = Measured::default();
    rounding(&logs::nile(), &logs::nile(), &mut measured);
    rounding(&logs::coal(), &logs::coal(), &mut measured);
    rounding(&logs::seattle(), &logs::seattle(), &mut measured);
    rounding(&logs::nile_t(), &logs::nile_t(), &mut measured);
    measured.finish();
}
