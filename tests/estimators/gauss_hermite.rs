//! The deterministic estimator against the optimum of every line of the tables, and its ELBO against the alternatives'.

use crate::accuracy::Measured;
use crate::cases::{Case, each_row, error, name, scale, solve};
use crate::csv::Row;
use elbow::likelihood::{Likelihood, StudentT};
use elbow::{Estimator, GaussHermite, Real, Status};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// Bernoulli takes nine nodes above v0 = 4, five below; the others five.
fn nodes(row: &Row) -> usize {
    if row.text("likelihood") == "bernoulli" && row.number("v0") > 4.0 { 9 } else { 5 }
}

/// The errors of `GaussHermite`; one that does not converge is infinitely far.
struct Hermite(Measured);

impl<T: Real + Into<f64>> Case<T> for Hermite {
    fn run<L: Likelihood<T> + Copy>(&mut self, row: &Row, likelihood: L, reading: L::Reading) {
        let answer = match nodes(row) {
            9 => solve(row, &likelihood, reading, &mut GaussHermite::<9>::new()),
            _ => solve(row, &likelihood, reading, &mut GaussHermite::<5>::new()),
        };
        let failed = answer.status == Status::NotConverged;
        let error = if failed { f64::INFINITY } else { error(row, &answer) };
        let function = format!("gauss_hermite.{}", row.text("likelihood"));
        let cells = [&function, core::any::type_name::<T>(), "*"];
        assert!(self.0.see(cells, row.number("v0"), error, || name(row)), "no budget for {cells:?}");
    }
}

#[test]
fn gauss_hermite_finds_the_optimum() {
    let mut hermite = Hermite(Measured::default());
    each_row::<f32>(&mut hermite);
    each_row::<f64>(&mut hermite);
    hermite.0.finish();
}

/// The scalar ELBO from the prior N(u0, v0) by the trapezoidal rule, for a likelihood that bends over `scale`; the range
/// is wide because e^eta moves the peak of a Poisson integrand by s^2.
fn elbo<L: Likelihood<f64>>(
    likelihood: &L,
    reading: L::Reading,
    scale: f64,
    (u0, v0): (f64, f64),
    (u, s): (f64, f64),
) -> f64 {
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

/// Judges how far the ELBO of an answer lies under the optimum, and whether it beats the alternatives.
struct Shortfall {
    measured: Measured,
    two_optima: usize,
}

impl Case<f64> for Shortfall {
    fn run<L: Likelihood<f64> + Copy>(&mut self, row: &Row, likelihood: L, reading: L::Reading) {
        // Kinks are beyond the trapezoidal rule, and a log-concave likelihood has one optimum.
        if row.text("likelihood") == "huber" {
            return;
        }
        let prior = (row.number("u0"), row.number("v0"));
        let at = |u: f64, s: f64| elbo(&likelihood, reading, scale(row), prior, (u, s));
        let best = row.number("elbo");
        let own = at(row.number("u"), row.number("s"));
        assert!((own - best).abs() <= 1e-10 * best.abs().max(1.0), "{own} for {best}: {}", name(row));

        let answer = match nodes(row) {
            9 => solve(row, &likelihood, reading, &mut GaussHermite::<9>::new()),
            _ => solve(row, &likelihood, reading, &mut GaussHermite::<5>::new()),
        };
        let reached = at(answer.u, answer.s);
        let unmoved = at(prior.0, prior.1.sqrt());
        let rounding = 1e-12 * best.abs().max(1.0);
        assert!(reached >= unmoved - rounding, "{reached} is below the prior's {unmoved}: {}", name(row));
        if !row.text("elbo_other").is_empty() {
            self.two_optima += 1;
            let other = row.number("elbo_other");
            assert!(reached >= other, "{reached} is below the other optimum's {other}: {}", name(row));
        }
        // An error of e posterior deviations costs about e^2 nats: of the mean e^2 / 2, of the deviation e^2.
        let lost = ((best - reached).max(0.0) / 1.5).sqrt();
        let function = format!("gauss_hermite.{}", row.text("likelihood"));
        assert!(
            self.measured.see([&function, "f64", "*"], row.number("v0"), lost, || name(row)),
            "no budget: {function}"
        );
    }
}

#[test]
fn gauss_hermite_keeps_the_higher_optimum() {
    let mut shortfall = Shortfall { measured: Measured::default(), two_optima: 0 };
    each_row(&mut shortfall);
    shortfall.measured.judge();
    assert!(shortfall.two_optima >= 14);
}

/// Random heavy tails and readings about where two optima are alike: the end is below neither the prior nor the belief
/// that stands on the reading.
#[test]
fn heavy_tails_end_above_both_starts() {
    let mut rng = Xoshiro128PlusPlus::seed_from_u64(1);
    let mut uniform = || f64::from(rng.next_u32()) / 4_294_967_296.0;
    let mut sides = [0, 0];
    for _ in 0..400 {
        let (nu, v0) = (10_f64.powf(0.8 * uniform()), 10_f64.powf(0.6 + 1.4 * uniform()));
        let reading = (1.5 + 2.0 * uniform()) * v0.sqrt();
        let heavy = StudentT::new(1.0, nu).expect("degrees of freedom");
        let at = |u: f64, s: f64| elbo(&heavy, reading, 1.0, (0.0, v0), (u, s));
        let end = GaussHermite::<5>::new().solve(&heavy, reading, 0.0, v0).expect("an update");
        let reached = at(end.shift, end.variance.sqrt());
        let own = (1.0 / (1.0 / v0 + (nu + 1.0) / (nu + 3.0))).sqrt();
        let starts = [at(0.0, v0.sqrt()), at(reading, own)];
        assert!(reached >= starts[0].max(starts[1]), "nu {nu}, v0 {v0}, {reading}: {reached} of {starts:?}");
        sides[usize::from(end.shift > 0.5 * reading)] += 1;
    }
    assert!(sides[0] > 50 && sides[1] > 50, "{sides:?}");
}

/// Scale, nu, reading, prior mean and variance of Student-t readings whose ELBO has an optimum about the prior mean and a
/// better one at the reading, into whose basin only a start near the mode leads.
const TWO_BASINS: [[f64; 5]; 4] = [
    [0.115_147_531, 0.317_566_246, 322.801_239, -71.042_488_1, 41_718.406_25],
    [1.0, 0.300_795_168, 983.308_167, -5.199_934_96, 263_013.843_75],
    [1.0, 0.395_964_622, 242.043_777, 13.814_898_5, 12_438.935_546_875],
    [1.365_155_22, 0.640_496_135, 35.336_914, -4.275_516_03, 320.053_619_4],
];

#[test]
fn the_better_of_two_basins_is_taken() {
    fn gain<T: Real, const Q: usize>(row: [f64; 5]) -> T {
        let [scale, nu, reading, mean, variance] = row.map(T::from_f64);
        let likelihood = StudentT::new(scale, nu).unwrap();
        let solution = GaussHermite::<Q>::new().solve(&likelihood, reading, mean, variance).unwrap();
        assert_eq!(solution.status, Status::Accepted);
        solution.gain
    }
    for row in TWO_BASINS {
        let single = [gain::<f32, 3>(row), gain::<f32, 5>(row), gain::<f32, 9>(row)];
        let double = [gain::<f64, 3>(row), gain::<f64, 5>(row), gain::<f64, 9>(row)];
        assert!(
            single.iter().all(|&gain| gain > 0.9) && double.iter().all(|&gain| gain > 0.9),
            "{single:?} {double:?}"
        );
    }
}
