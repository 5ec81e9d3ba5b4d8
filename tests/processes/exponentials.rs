//! Every process against mpmath's matrix exponential, and the ready ones against the general model.

use crate::accuracy::Measured;
use crate::table::{Bits, Row, Table};
use elbow::{
    ConstantVelocity, Dynamics, IntegratedOrnsteinUhlenbeck, LinearTimeInvariant, LocalLinearTrend, OrnsteinUhlenbeck,
    Process, RandomWalk, Real,
};

fn decimals(row: &Row, column: &str) -> Vec<f64> {
    row.text(column).split_whitespace().map(|cell| cell.parse().expect("a decimal")).collect()
}

/// The errors of one kind of process: as a ready one or as the general model.
struct Errors {
    function: &'static str,
    measured: Measured,
}

impl Errors {
    fn new(function: &'static str) -> Self {
        Self { function, measured: Measured::default() }
    }

    fn note(&mut self, row: &Row, quantity: &str, error: f64, dt: f64) {
        let function = format!("{}.{quantity}", self.function);
        let at = || format!("processes.csv:{}, dt = {dt:e}", row.line);
        let cells = [&function, row.text("scalar"), row.text("process")];
        assert!(self.measured.see(cells, 0.0, error, at), "no budget for {cells:?}");
    }
}

/// The errors of a step: entries relative to the largest that they were on the way, noise to its standard deviations.
/// Below the smallest normal number of the scalar there is nothing to be relative to.
fn compare<T: Real + Bits, const N: usize>(row: &Row, dynamics: &Dynamics<T, N>, errors: &mut Errors) {
    let dt = T::from_hex(row.text("dt")).widen();
    let least = T::MIN_POSITIVE.widen();
    let mut entries = |quantity: &str, got: Vec<f64>| {
        let (expected, scale) = (decimals(row, quantity), decimals(row, &format!("{quantity}_scale")));
        assert_eq!(got.len(), expected.len());
        for ((got, expected), scale) in got.iter().zip(&expected).zip(&scale) {
            let error = if *got == T::nearest(*expected) { 0.0 } else { (got - expected).abs() / scale.max(least) };
            errors.note(row, quantity, error, dt);
        }
    };
    entries("transition", dynamics.transition().as_flattened().iter().map(|x| x.widen()).collect());
    entries("offset", dynamics.offset().iter().map(|x| x.widen()).collect());
    let (got, expected) = (dynamics.noise_covariance().map(|row| row.map(Bits::widen)), decimals(row, "noise"));
    for i in 0..N {
        for j in 0..N {
            let unit = (expected[N * i + i] * expected[N * j + j]).sqrt();
            let error = (got[i][j] - expected[N * i + j]).abs() / unit.max(least / T::EPSILON.widen());
            errors.note(row, "noise", error, dt);
        }
    }
}

/// The model of a row, where it is a general one.
fn general<T: Real + Bits, const N: usize>(row: &Row) -> LinearTimeInvariant<T, N> {
    let square = |column: &str| {
        let list: Vec<T> = row.list(column);
        std::array::from_fn(|i| std::array::from_fn(|j| list[N * i + j]))
    };
    let model = LinearTimeInvariant::new(square("drift"), square("diffusion")).expect("a model");
    model.with_input(row.array("input")).expect("an input")
}

fn check_general<T: Real + Bits, const N: usize>(row: &Row, errors: &mut Errors) {
    let dt = T::from_hex(row.text("dt"));
    compare(row, &general::<T, N>(row).step(dt).expect("a step"), errors);
}

fn general_models<T: Real + Bits>(scalar: &str) {
    let table = Table::read("processes");
    let mut errors = Errors::new("linear_time_invariant");
    for row in table.rows().filter(|row| row.text("scalar") == scalar && !row.text("drift").is_empty()) {
        match row.number("n") as usize {
            1 => check_general::<T, 1>(&row, &mut errors),
            2 => check_general::<T, 2>(&row, &mut errors),
            3 => check_general::<T, 3>(&row, &mut errors),
            4 => check_general::<T, 4>(&row, &mut errors),
            6 => check_general::<T, 6>(&row, &mut errors),
            n => panic!("{n} states"),
        }
    }
    errors.measured.finish();
}

#[test]
fn general_models_move_as_matrix_exponentials_say() {
    general_models::<f32>("f32");
    general_models::<f64>("f64");
}

/// A ready process and the general model of the same equations, both against the exponential.
fn check_ready<T: Real + Bits, const N: usize>(
    row: &Row,
    process: Result<impl Process<T, N>, elbow::Error>,
    (drift, diffusion, input): ([[T; N]; N], [T; N], [T; N]),
    [ready, general]: &mut [Errors; 2],
) {
    let dt = T::from_hex(row.text("dt"));
    compare(row, &process.expect("a process").step(dt).expect("a step"), ready);
    let diffusion = std::array::from_fn(|i| std::array::from_fn(|j| if i == j { diffusion[i] } else { T::ZERO }));
    let model = LinearTimeInvariant::new(drift, diffusion).and_then(|model| model.with_input(input)).expect("a model");
    compare(row, &model.step(dt).expect("a step"), general);
}

fn ready_processes<T: Real + Bits>(scalar: &str) {
    let table = Table::read("processes");
    let mut errors = ["process", "as_general_model"].map(Errors::new);
    let (zero, one) = (T::ZERO, T::ONE);
    let moving = [[zero, one], [zero, zero]];
    for row in table.rows().filter(|row| row.text("scalar") == scalar && row.text("drift").is_empty()) {
        let parameters: Vec<T> = row.list("parameters");
        let (row, errors) = (&row, &mut errors);
        match (row.text("process"), &parameters[..]) {
            ("random_walk", &[rate]) => {
                check_ready(row, RandomWalk::new(rate), ([[zero]], [rate], [zero]), errors);
            }
            ("local_linear_trend", &[level, slope]) => {
                check_ready(row, LocalLinearTrend::new([level, slope]), (moving, [level, slope], [zero; 2]), errors);
            }
            ("constant_velocity", &[density]) => {
                check_ready(row, ConstantVelocity::new(density), (moving, [zero, density], [zero; 2]), errors);
            }
            ("ornstein_uhlenbeck", &[time, variance, level]) => {
                let process = OrnsteinUhlenbeck::new(time, variance).and_then(|process| process.with_level(level));
                let equations = ([[-one / time]], [(variance + variance) / time], [level / time]);
                check_ready(row, process, equations, errors);
            }
            ("integrated_ornstein_uhlenbeck", &[time, variance]) => {
                let process = IntegratedOrnsteinUhlenbeck::new(time, variance);
                let drift = [[zero, one], [zero, -one / time]];
                check_ready(row, process, (drift, [zero, (variance + variance) / time], [zero; 2]), errors);
            }
            (process, _) => panic!("{process}"),
        }
    }
    errors.into_iter().for_each(|errors| errors.measured.finish());
}

#[test]
fn ready_processes_move_as_matrix_exponentials_say() {
    ready_processes::<f32>("f32");
    ready_processes::<f64>("f64");
}
