//! Every estimator on single readings, against the optimum of the scalar ELBO.
//!
//! `tests/reference/scalar_updates*.csv` (written by `estimators.py` beside them) hold the optimum (u, s) for six
//! likelihoods, prior variances from 0.01 to 100 and readings in and far out of range. Errors are in units of the
//! posterior standard deviation: |u - u*| / s* and |s - s*| / s*, the larger of the two.
//! `cargo test --test estimators -- --nocapture` prints the worst for each likelihood and prior variance.

#[path = "common/csv.rs"]
mod csv;

use csv::Row;
use elbow::estimator::Estimator;
use elbow::likelihood::{Bernoulli, Gamma, Likelihood, NegativeBinomial, Normal, Poisson, StudentT};
use elbow::{Filter, GaussHermite, Gaussian, OneSample, Real, Sensor, Status};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use std::collections::BTreeMap;

/// The worst value of each group, for the report and for the bound.
#[derive(Default)]
struct Worst(BTreeMap<String, (f64, String)>);

impl Worst {
    fn see(&mut self, group: String, value: f64, case: &str) {
        let entry = self.0.entry(group).or_insert((-1.0, String::new()));
        if !(value <= entry.0) {
            *entry = (value, case.to_owned());
        }
    }

    /// Prints every group; none may exceed what `allowed` gives it.
    fn finish(&self, title: &str, allowed: impl Fn(&str) -> f64) {
        let mut missed = String::new();
        for (group, (value, case)) in &self.0 {
            let line = format!("{title}, {group}: {value:.2e} of {:.0e} at {case}\n", allowed(group));
            print!("{line}");
            if !(*value <= allowed(group)) {
                missed += &line;
            }
        }
        assert!(!self.0.is_empty() && missed.is_empty(), "beyond the bound:\n{missed}");
    }
}

/// What a test does with one line of the table, whatever its likelihood.
trait Case<T: Real> {
    fn run<L: Likelihood<T> + Copy>(&mut self, row: &Row, likelihood: L, reading: L::Reading);
}

/// A number of the table, all of whose inputs are exact in `f32`.
fn input<T: Real>(row: &Row, column: &str) -> T {
    T::from_f64(row.number(column))
}

fn each_row<T: Real>(case: &mut impl Case<T>) {
    let tables = ["scalar_updates", "scalar_updates_counts"];
    for row in &tables.map(|name| csv::read(&format!("tests/reference/{name}.csv"))).concat() {
        let first = || input(row, "parameter_1");
        match row.text("likelihood") {
            "normal" => case.run(row, Normal::new(first()).expect("variance"), input(row, "reading")),
            "student_t" => {
                let sensor = StudentT::new(first(), input(row, "parameter_2")).expect("scale, degrees of freedom");
                case.run(row, sensor, input(row, "reading"));
            }
            "poisson" => {
                let sensor = Poisson::with_exposure(first()).expect("exposure");
                case.run(row, sensor, row.number("reading") as u32);
            }
            "bernoulli" => case.run(row, Bernoulli::new(), row.text("reading") == "1"),
            "negative_binomial" => {
                let sensor = NegativeBinomial::new(first()).expect("dispersion");
                let sensor = sensor.with_exposure(input(row, "parameter_2")).expect("exposure");
                case.run(row, sensor, row.number("reading") as u32);
            }
            "gamma" => case.run(row, Gamma::new(first()).expect("shape"), input(row, "reading")),
            other => panic!("no such likelihood: {other}"),
        }
    }
}

fn name(row: &Row) -> String {
    let cells = ["likelihood", "parameter_1", "parameter_2", "reading", "u0", "v0"].map(|column| row.text(column));
    cells.join(" ")
}

/// One update in double precision: the mean and the standard deviation of the posterior, and its status.
struct Answer {
    u: f64,
    s: f64,
    status: Status,
}

fn solve<T, L>(row: &Row, likelihood: &L, reading: L::Reading, estimator: &mut impl Estimator<T>) -> Answer
where
    T: Real + Into<f64>,
    L: Likelihood<T>,
{
    let solution = estimator.solve(likelihood, reading, input(row, "u0"), input(row, "v0"));
    let solution = solution.unwrap_or_else(|error| panic!("{error:?} at {}", name(row)));
    let (shift, variance): (f64, f64) = (solution.shift.into(), solution.variance.into());
    Answer { u: row.number("u0") + shift, s: variance.sqrt(), status: solution.status }
}

/// The larger of the errors of mean and standard deviation, in posterior standard deviations.
fn error(row: &Row, answer: &Answer) -> f64 {
    let s = row.number("s");
    ((answer.u - row.number("u")).abs() / s).max((answer.s - s).abs() / s)
}

/// Bernoulli takes nine nodes above v0 = 4, five below; the others five.
fn nodes(row: &Row) -> usize {
    if row.text("likelihood") == "bernoulli" && row.number("v0") > 4.0 { 9 } else { 5 }
}

/// The errors of `GaussHermite`; one that does not converge is infinitely far.
struct Hermite(Worst);

impl<T: Real + Into<f64>> Case<T> for Hermite {
    fn run<L: Likelihood<T> + Copy>(&mut self, row: &Row, likelihood: L, reading: L::Reading) {
        let answer = match nodes(row) {
            9 => solve(row, &likelihood, reading, &mut GaussHermite::<9>::new()),
            _ => solve(row, &likelihood, reading, &mut GaussHermite::<5>::new()),
        };
        let group = format!("{} v0 {:.2}", row.text("likelihood"), row.number("v0"));
        let failed = answer.status == Status::NotConverged;
        self.0.see(group, if failed { f64::INFINITY } else { error(row, &answer) }, &name(row));
    }
}

fn prior_variance(group: &str) -> f64 {
    group.rsplit(' ').next().and_then(|text| text.parse().ok()).expect("a group ends in its v0")
}

/// One per cent of a posterior standard deviation up to v0 = 4, five up to 100; one throughout where no wide belief meets nodes.
fn hermite_bound(group: &str) -> f64 {
    let everywhere = group.starts_with("negative_binomial") || group.starts_with("gamma");
    if everywhere || prior_variance(group) <= 4.0 { 0.01 } else { 0.05 }
}

#[test]
fn gauss_hermite_finds_the_optimum_in_f32() {
    let mut hermite = Hermite(Worst::default());
    each_row::<f32>(&mut hermite);
    hermite.0.finish("f32", hermite_bound);
}

#[test]
fn gauss_hermite_finds_the_optimum_in_f64() {
    let mut hermite = Hermite(Worst::default());
    each_row::<f64>(&mut hermite);
    hermite.0.finish("f64", hermite_bound);
}

fn converges<T: Real, L: Likelihood<T>>(likelihood: &L, reading: L::Reading, mean: T, variance: T) -> bool {
    let solution = GaussHermite::<5>::new().solve(likelihood, reading, mean, variance);
    solution.is_ok_and(|solution| solution.status != Status::NotConverged)
}

/// Denser than the table, and wider: the answers are unknown, but there has to be one.
fn sweep<T: Real>() {
    let variances = [0.01, 0.1, 1.0, 2.0, 4.0, 10.0, 25.0, 100.0, 400.0].map(T::from_f64);
    for variance in variances {
        for nu in [1.0, 2.0, 3.0, 4.0, 10.0, 30.0] {
            let student = StudentT::new(T::ONE, T::from_f64(nu)).expect("a scale");
            for i in 0..=400 {
                let reading = T::from_i32(i) * T::from_f64(0.25);
                assert!(converges(&student, reading, T::ZERO, variance), "nu {nu}, {reading:?}, v0 {variance:?}");
            }
        }
        for i in -60..=60 {
            let mean = T::from_i32(i) * T::from_f64(0.5);
            for count in [0, 1, 2, 3, 10, 100, 10_000, 1_000_000] {
                assert!(converges(&Poisson::new(), count, mean, variance), "{count}, u0 {mean:?}, v0 {variance:?}");
            }
            for (size, count) in [(0.01, 0), (0.01, 1000), (1.0, 0), (1.0, 5), (30.0, 100), (1e6, 0), (1e6, 1_000_000)]
            {
                let counts = NegativeBinomial::new(T::from_f64(size)).expect("a dispersion");
                assert!(converges(&counts, count, mean, variance), "{size} {count}, u0 {mean:?}, v0 {variance:?}");
            }
            for (shape, reading) in [(0.01, 1e-6), (0.3, 1.0), (1.0, 0.0), (1.0, 1e6), (50.0, 1.0), (1e6, 20.0)] {
                let amounts = Gamma::new(T::from_f64(shape)).expect("a shape");
                let reading = T::from_f64(reading);
                assert!(converges(&amounts, reading, mean, variance), "{shape}, u0 {mean:?}, v0 {variance:?}");
            }
            for outcome in [false, true] {
                assert!(converges(&Bernoulli::new(), outcome, mean, variance), "u0 {mean:?}, v0 {variance:?}");
            }
        }
    }
}

#[test]
fn gauss_hermite_always_converges() {
    sweep::<f32>();
    sweep::<f64>();
}

/// The scalar ELBO by the trapezoidal rule; the range is wide because e^eta moves the peak of a Poisson integrand by s^2.
fn elbo<L: Likelihood<f64>>(row: &Row, likelihood: &L, reading: L::Reading, u: f64, s: f64) -> f64 {
    let (u0, v0) = (row.number("u0"), row.number("v0"));
    let scale = if row.text("likelihood") == "student_t" { row.number("parameter_1") } else { 1.0 };
    let step = (scale / s).min(1.0) / 10.0;
    let half = (25.0 / step).ceil() as i32;
    let term = |i: i32| {
        let noise = f64::from(i) * step;
        (-noise * noise / 2.0).exp() * likelihood.log_prob(reading, u + s * noise)
    };
    let expected: f64 = (-half..=half).map(term).sum::<f64>() * step / std::f64::consts::TAU.sqrt();
    let ratio = s * s / v0;
    expected - (ratio + (u - u0) * (u - u0) / v0 - 1.0 - ratio.ln()) / 2.0
}

/// How far the ELBO of an answer lies under the optimum, and whether it beats the alternatives.
struct Shortfall {
    worst: Worst,
    two_optima: usize,
}

impl Case<f64> for Shortfall {
    fn run<L: Likelihood<f64> + Copy>(&mut self, row: &Row, likelihood: L, reading: L::Reading) {
        let at = |u: f64, s: f64| elbo(row, &likelihood, reading, u, s);
        let best = row.number("elbo");
        let own = at(row.number("u"), row.number("s"));
        assert!((own - best).abs() <= 1e-10 * best.abs().max(1.0), "{own} for {best}: {}", name(row));

        let answer = match nodes(row) {
            9 => solve(row, &likelihood, reading, &mut GaussHermite::<9>::new()),
            _ => solve(row, &likelihood, reading, &mut GaussHermite::<5>::new()),
        };
        let reached = at(answer.u, answer.s);
        let prior = at(row.number("u0"), row.number("v0").sqrt());
        let rounding = 1e-12 * best.abs().max(1.0);
        assert!(reached >= prior - rounding, "{reached} is below the prior's {prior}: {}", name(row));
        if !row.text("elbo_other").is_empty() {
            self.two_optima += 1;
            let other = row.number("elbo_other");
            assert!(reached >= other, "{reached} is below the other optimum's {other}: {}", name(row));
        }
        let group = format!("{} v0 {:.2}", row.text("likelihood"), row.number("v0"));
        self.worst.see(group, best - reached, &name(row));
    }
}

/// An error of e posterior deviations costs about e^2 nats: of the mean e^2 / 2, of the deviation e^2.
#[test]
fn gauss_hermite_keeps_the_higher_optimum() {
    let mut shortfall = Shortfall { worst: Worst::default(), two_optima: 0 };
    each_row(&mut shortfall);
    shortfall.worst.finish("nats short", |group| 1.5 * hermite_bound(group).powi(2));
    assert!(shortfall.two_optima >= 14);
}

/// The error relative to the larger of the posterior deviation and the displacement, which f32 rounds.
struct Conjugate(f64);

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
        self.0 = self.0.max(worst);
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
    let (mut single, mut double) = (Conjugate(0.0), Conjugate(0.0));
    each_row::<f32>(&mut single);
    each_row::<f64>(&mut double);
    println!("normal: f32 {:.2e}, f64 {:.2e}", single.0, double.0);
    assert!(single.0 <= 1e-6);
    assert!(double.0 <= 1e-13);
}

/// The ELBO and the log evidence that an update of a filter reports, against the table's, in nats.
#[derive(Default)]
struct Reported {
    elbo: Worst,
    evidence: Worst,
}

impl<T: Real + Into<f64>> Case<T> for Reported {
    fn run<L: Likelihood<T> + Copy>(&mut self, row: &Row, likelihood: L, reading: L::Reading) {
        let prior = Gaussian::diagonal([input(row, "u0")], [input(row, "v0")]).expect("a prior");
        let mut filter = Filter::<T, 1>::new(prior);
        let mut sensor = Sensor::linear([T::ONE], likelihood);
        let update = filter.update(&mut sensor, reading, &mut GaussHermite::<9>::new()).expect("an update");
        let group = format!("{} v0 {:.2}", row.text("likelihood"), row.number("v0"));
        for (worst, column, got) in [
            (&mut self.elbo, "elbo", update.elbo(&sensor, reading).into()),
            (&mut self.evidence, "log_evidence", update.log_evidence(&sensor, reading).into()),
        ] {
            let expected = row.number(column);
            worst.see(group.clone(), (got - expected).abs() / expected.abs().max(1.0), &name(row));
        }
    }
}

#[test]
fn elbo_and_log_evidence_are_reported() {
    let (mut single, mut double) = (Reported::default(), Reported::default());
    each_row::<f32>(&mut single);
    each_row::<f64>(&mut double);
    single.elbo.finish("elbo f32", |group| reported_bound(group, 1e-2));
    double.elbo.finish("elbo f64", |group| reported_bound(group, 1e-2));
    single.evidence.finish("evidence f32", |group| reported_bound(group, 2e-2));
    double.evidence.finish("evidence f64", |group| reported_bound(group, 2e-2));
}

/// Nine nodes see less of a belief that is wide against the likelihood: five times as much above v0 = 4.
fn reported_bound(group: &str, narrow: f64) -> f64 {
    if prior_variance(group) <= 4.0 { narrow } else { 5.0 * narrow }
}

/// The sums of squared errors of one-sample estimates and their number, v0 in units of the scale of Student-t.
struct Sampled {
    samples: u16,
    sums: BTreeMap<String, (f64, f64)>,
}

impl<T: Real + Into<f64>> Case<T> for Sampled {
    fn run<L: Likelihood<T> + Copy>(&mut self, row: &Row, likelihood: L, reading: L::Reading) {
        for seed in 0..16 {
            let rng = Xoshiro128PlusPlus::seed_from_u64(seed);
            let mut estimator = OneSample::new(rng).with_samples(self.samples).expect("at least one");
            let answer = solve(row, &likelihood, reading, &mut estimator);
            assert!(answer.u.is_finite() && answer.s.is_finite() && answer.s > 0.0, "{}", name(row));
            let student = row.text("likelihood") == "student_t";
            let unit = if student { row.number("parameter_1") } else { 1.0 };
            let group = format!("{} v0 {:.2}", row.text("likelihood"), row.number("v0") / (unit * unit));
            let sum = self.sums.entry(group).or_insert((0.0, 0.0));
            *sum = (sum.0 + error(row, &answer).powi(2), sum.1 + 1.0);
        }
    }
}

/// The bounds of filtered sequences hold for single readings too, however far out of range, where the belief is not wide against the likelihood.
#[test]
fn one_sample_is_near_the_optimum() {
    for (samples, bound) in [(1, 0.17), (8, 0.12), (128, 0.03)] {
        let mut sampled = Sampled { samples, sums: BTreeMap::new() };
        each_row::<f32>(&mut sampled);
        for (group, (sum, count)) in &sampled.sums {
            let rms = f64::sqrt(sum / count);
            println!("{samples} samples, {group}: rms {rms:.3}");
            // The gamma rows are the wide ones of Poisson, mirrored, without its large counts.
            let widest = if group.starts_with("student_t") || group.starts_with("gamma") { 1.0 } else { 4.0 };
            assert!(prior_variance(group) > widest || rms <= bound, "{samples} samples, {group}: {rms}");
        }
    }
}

/// The farthest of all one-sample estimates, eight samples each.
struct Farthest(Worst);

impl<T: Real + Into<f64>> Case<T> for Farthest {
    fn run<L: Likelihood<T> + Copy>(&mut self, row: &Row, likelihood: L, reading: L::Reading) {
        let group = format!("{} v0 {:.2}", row.text("likelihood"), row.number("v0"));
        for seed in 0..64 {
            let mut estimator = OneSample::new(Xoshiro128PlusPlus::seed_from_u64(seed));
            let answer = solve(row, &likelihood, reading, &mut estimator);
            self.0.see(group.clone(), error(row, &answer), &name(row));
        }
    }
}

/// However wide the belief and however far the reading.
#[test]
fn one_sample_never_runs_away() {
    let mut farthest = Farthest(Worst::default());
    each_row::<f32>(&mut farthest);
    farthest.0.finish("farthest of 64", |group| if prior_variance(group) <= 4.0 { 1.5 } else { 3.5 });
}
