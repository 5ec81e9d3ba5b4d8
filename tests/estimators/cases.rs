//! The lines of the reference tables as readings of the likelihoods that they name.

use crate::csv::{self, Row};
use elbow::estimator::Estimator;
use elbow::likelihood::{
    Bernoulli, Censored, Gamma, Huber, Likelihood, NegativeBinomial, Normal, Poisson, Probit, Quantized, StudentT,
    VonMises,
};
use elbow::{Real, Status};

/// What a test does with one line of the table, whatever its likelihood.
pub trait Case<T: Real> {
    fn run<L: Likelihood<T> + Copy>(&mut self, row: &Row, likelihood: L, reading: L::Reading);
}

/// A number of the table, all of whose inputs are exact in `f32`.
pub fn input<T: Real>(row: &Row, column: &str) -> T {
    T::from_f64(row.number(column))
}

pub fn each_row<T: Real>(case: &mut impl Case<T>) {
    let tables = ["scalar_updates", "scalar_updates_counts", "scalar_updates_intervals", "scalar_updates_closed"];
    for row in tables.map(|name| csv::read(&format!("tests/reference/{name}.csv"))).iter().flatten() {
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
            "quantized" => {
                let sensor = Quantized::new(first(), input(row, "parameter_2")).expect("step, standard deviation");
                let ends = || sensor.with_ends(input(row, "parameter_3"), input(row, "parameter_4")).expect("ends");
                let open = row.text("parameter_3").is_empty();
                case.run(row, if open { sensor } else { ends() }, input(row, "reading"));
            }
            "censored" => {
                let sensor = Censored::new(first(), input(row, "parameter_2"), input(row, "parameter_3"));
                case.run(row, sensor.expect("rails"), input(row, "reading"));
            }
            "probit" => case.run(row, Probit::new(), row.text("reading") == "1"),
            "von_mises" => case.run(row, VonMises::new(first()).expect("kappa"), input(row, "reading")),
            "huber" => {
                let sensor = Huber::new(first(), input(row, "parameter_2")).expect("standard deviation, threshold");
                case.run(row, sensor, input(row, "reading"));
            }
            other => panic!("no such likelihood: {other}"),
        }
    }
}

pub fn name(row: &Row) -> String {
    let cells = ["likelihood", "parameter_1", "parameter_2", "reading", "u0", "v0"].map(|column| row.text(column));
    cells.join(" ")
}

/// One update in double precision: the mean and the standard deviation of the posterior, and its status.
pub struct Answer {
    pub u: f64,
    pub s: f64,
    pub status: Status,
}

pub fn solve<T, L>(row: &Row, likelihood: &L, reading: L::Reading, estimator: &mut impl Estimator<T>) -> Answer
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
pub fn error(row: &Row, answer: &Answer) -> f64 {
    let s = row.number("s");
    ((answer.u - row.number("u")).abs() / s).max((answer.s - s).abs() / s)
}

/// The width over which the likelihood bends: the scale of the noise where there is one.
pub fn scale(row: &Row) -> f64 {
    match row.text("likelihood") {
        "student_t" | "censored" | "huber" => row.number("parameter_1"),
        "von_mises" => row.number("parameter_1").powf(-0.5).min(1.0),
        "quantized" => row.number("parameter_2"),
        _ => 1.0,
    }
}
