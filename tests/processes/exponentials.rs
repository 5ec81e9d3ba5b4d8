//! Every process against mpmath's matrix exponential, and the ready ones against the general model.

use crate::accuracy::Measured;
use crate::table::{Bits, Row, Table};
use elbow::{
    ConstantVelocity, Dynamics, Filter, Gaussian, IntegratedOrnsteinUhlenbeck, LinearTimeInvariant, LocalLinearTrend,
    OrnsteinUhlenbeck, Process, RandomWalk, Real,
};

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
        let (expected, scale) = (row.decimals(quantity), row.decimals(&format!("{quantity}_scale")));
        assert_eq!(got.len(), expected.len());
        for ((got, expected), scale) in got.iter().zip(&expected).zip(&scale) {
            let error = if *got == T::nearest(*expected) { 0.0 } else { (got - expected).abs() / scale.max(least) };
            errors.note(row, quantity, error, dt);
        }
    };
    entries("transition", dynamics.transition().as_flattened().iter().map(|x| x.widen()).collect());
    entries("offset", dynamics.offset().iter().map(|x| x.widen()).collect());
    let (got, expected) = (dynamics.noise_covariance().map(|row| row.map(Bits::widen)), row.decimals("noise"));
    for i in 0..N {
        for j in 0..N {
            let unit = (expected[N * i + i] * expected[N * j + j]).sqrt();
            let error = (got[i][j] - expected[N * i + j]).abs() / unit.max(least / T::EPSILON.widen());
            errors.note(row, "noise", error, dt);
        }
    }
}

/// The errors of a belief that a process has moved: means relative to their largest term or standard deviation,
/// covariances to the standard deviations.
fn advance<T: Real + Bits, const N: usize>(row: &Row, process: &impl Process<T, N>, errors: &mut Errors) {
    let mut entries = row.list::<T>("lower").into_iter();
    let mut lower = [[T::ZERO; N]; N];
    for (i, line) in lower.iter_mut().enumerate() {
        line[..i].fill_with(|| entries.next().expect("an entry of the triangle"));
    }
    let mut belief = Gaussian::from_factor(row.array("mean"), lower, row.array("pivots")).expect("a belief");
    let dt = T::from_hex(row.text("dt"));
    let mut filter = Filter::new(belief);
    process.advance(&mut belief, dt).expect("a belief");
    filter.predict_for(process, dt).expect("a belief");
    assert_eq!(filter.belief(), &belief, "line {}", row.line);
    let (expected, scale) = (row.decimals("advanced_mean"), row.decimals("advanced_mean_scale"));
    for i in 0..N {
        errors.note(row, "advance_mean", (belief.mean()[i].widen() - expected[i]).abs() / scale[i], dt.widen());
    }
    let (got, expected) = (belief.covariance(), row.decimals("advanced"));
    let at = |i: usize, j: usize| expected[i * (i + 1) / 2 + j];
    for i in 0..N {
        for j in 0..=i {
            let unit = at(i, i).sqrt() * at(j, j).sqrt();
            errors.note(row, "advance_covariance", (got[i][j].widen() - at(i, j)).abs() / unit, dt.widen());
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
    let model = general::<T, N>(row);
    compare(row, &model.step(dt).expect("a step"), errors);
    advance(row, &model, errors);
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
    let process = process.expect("a process");
    compare(row, &process.step(dt).expect("a step"), ready);
    advance(row, &process, ready);
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
