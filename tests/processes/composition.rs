//! What holds for every process: a time step split in two is the whole one, two Gaussian readings come in either order,
//! and a reading that is missing is a prediction.

use elbow::likelihood::Normal;
use elbow::{
    ConstantVelocity, Filter, GaussHermite, Gaussian, IntegratedOrnsteinUhlenbeck, LinearTimeInvariant,
    LocalLinearTrend, OrnsteinUhlenbeck, Process, RandomWalk, Real, Sensor, Snapshot, VectorSensor, noise,
};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// A check of one process, and the roundings it may take.
trait Check<T: Real + Into<f64>> {
    fn run<const N: usize>(&self, name: &str, process: &impl Process<T, N>, roundings: f64);
}

/// Every process there is, with time constants about one; the general model as one of two rates, as an oscillator, and
/// as three states that drive each other.
fn every_process<T: Real + Into<f64>>(check: &impl Check<T>) {
    let t = T::from_f64;
    check.run("random walk", &RandomWalk::new(t(0.3)).expect("a rate"), 2.0);
    check.run("local linear trend", &LocalLinearTrend::new([t(0.3), t(0.2)]).expect("rates"), 4.0);
    check.run("constant velocity", &ConstantVelocity::new(t(0.2)).expect("a density"), 4.0);
    let bias = OrnsteinUhlenbeck::new(t(1.3), t(0.4)).and_then(|bias| bias.with_level(t(-0.7)));
    check.run("ornstein-uhlenbeck", &bias.expect("a process"), 4.0);
    let hover = IntegratedOrnsteinUhlenbeck::new(t(1.3), t(0.4));
    check.run("integrated ornstein-uhlenbeck", &hover.expect("a process"), 4.0);
    let general = |drift: [[f64; 2]; 2], diffusion: [[f64; 2]; 2]| {
        let model = LinearTimeInvariant::new(drift.map(|row| row.map(t)), diffusion.map(|row| row.map(t)));
        model.and_then(|model| model.with_input([t(0.3), t(-0.1)])).expect("a model")
    };
    check.run("two rates", &general([[-30.0, 1.0], [0.5, -0.1]], [[2.0, 0.3], [0.3, 0.5]]), 8.0);
    // An angle of a hundred turns has so many roundings more.
    check.run("oscillator", &general([[0.0, 1.0], [-4.0, -0.1]], [[0.0, 0.0], [0.0, 1.0]]), 100.0);
    let drift = [[-1.2, 0.7, -0.3], [0.4, -0.9, 0.8], [-0.6, 0.2, -0.5]].map(|row| row.map(t));
    let diffusion = [[1.0, 0.3, 0.0], [0.3, 0.5, 0.0], [0.0, 0.0, 0.0]].map(|row| row.map(t));
    check.run("three states", &LinearTimeInvariant::new(drift, diffusion).expect("a model"), 8.0);
}

struct Draws(Xoshiro128PlusPlus);

impl Draws {
    fn new() -> Self {
        Self(Xoshiro128PlusPlus::seed_from_u64(11))
    }

    fn numbers<T: Real, const N: usize>(&mut self) -> [T; N] {
        noise::standard_normals(&mut self.0)
    }

    fn belief<T: Real, const N: usize>(&mut self) -> Gaussian<T, N> {
        let lower = std::array::from_fn(|_| self.numbers());
        let pivots = self.numbers().map(|x: T| T::from_f64(0.1) + x * x);
        Gaussian::from_factor(self.numbers(), lower, pivots).expect("a belief")
    }
}

/// The largest distance of two beliefs in roundings of the scalar: means relative to themselves and the standard
/// deviations, covariances to the standard deviations.
fn roundings<T: Real + Into<f64>, const N: usize>(got: &Gaussian<T, N>, expected: &Gaussian<T, N>) -> f64 {
    let wide = |x: T| -> f64 { x.into() };
    let deviation = expected.variance().map(|variance| wide(variance).sqrt());
    let mut worst = 0.0_f64;
    for i in 0..N {
        let (a, b) = (wide(got.mean()[i]), wide(expected.mean()[i]));
        worst = worst.max((a - b).abs() / (deviation[i] + b.abs()));
        for j in 0..N {
            let apart = (wide(got.covariance()[i][j]) - wide(expected.covariance()[i][j])).abs();
            worst = worst.max(apart / (deviation[i] * deviation[j]));
        }
    }
    worst / wide(T::EPSILON)
}

struct SplitsInTwo;

impl<T: Real + Into<f64>> Check<T> for SplitsInTwo {
    fn run<const N: usize>(&self, name: &str, process: &impl Process<T, N>, most: f64) {
        let mut draws = Draws::new();
        let mut worst = (0.0_f64, 0.0);
        for dt in [1e-9, 1e-6, 1e-3, 0.1, 1.0, 3.0, 10.0, 100.0] {
            for part in [0.5, 0.125, 0.3] {
                let whole = T::from_f64(dt);
                let first = whole * T::from_f64(part);
                let belief = draws.belief::<T, N>();
                let (mut one, mut two) = (Filter::new(belief), Filter::new(belief));
                one.predict_for(process, whole).expect("one step");
                two.predict_for(process, first).expect("the first");
                two.predict_for(process, whole - first).expect("the second");
                let apart = roundings(two.belief(), one.belief());
                if !(apart <= worst.0) {
                    worst = (apart, dt);
                }
            }
        }
        println!("{name}, {} bytes: {:.2} roundings of {most} at dt = {}", size_of::<T>(), worst.0, worst.1);
        assert!(worst.0 <= most, "{name}: {} roundings at dt = {}", worst.0, worst.1);
    }
}

#[test]
fn a_step_split_in_two_is_the_whole_step() {
    every_process::<f32>(&SplitsInTwo);
    every_process::<f64>(&SplitsInTwo);
}

struct IgnoresTheOrder;

impl<T: Real + Into<f64>> Check<T> for IgnoresTheOrder {
    fn run<const N: usize>(&self, name: &str, process: &impl Process<T, N>, _: f64) {
        let mut draws = Draws::new();
        for dt in [1e-3, 0.4, 20.0] {
            let (prior, rows, readings) = (draws.belief(), [draws.numbers(), draws.numbers()], draws.numbers::<T, 2>());
            let take = |order: [usize; 2]| {
                let mut filter = Filter::new(prior);
                for _ in 0..5 {
                    filter.predict_for(process, T::from_f64(dt)).expect("a prediction");
                    for i in order {
                        let normal = Normal::new(T::from_f64([0.5, 2.0][i])).expect("a variance");
                        let mut sensor = Sensor::<_, _>::linear(rows[i], normal);
                        let update = filter.update(&mut sensor, readings[i], &mut GaussHermite::<3>::new());
                        let _ = update.expect("an update");
                    }
                }
                *filter.belief()
            };
            let apart = roundings(&take([0, 1]), &take([1, 0]));
            println!("{name}, dt {dt}: {apart:.2} roundings");
            assert!(apart <= 40.0, "{name}, dt {dt}: {apart} roundings");
        }
    }
}

#[test]
fn two_readings_come_in_either_order() {
    every_process::<f32>(&IgnoresTheOrder);
    every_process::<f64>(&IgnoresTheOrder);
}

struct MissingIsPredicted;

impl<T: Real + Into<f64>> Check<T> for MissingIsPredicted {
    fn run<const N: usize>(&self, name: &str, process: &impl Process<T, N>, most: f64) {
        let mut draws = Draws::new();
        let covariance = [[1.0, 0.6], [0.6, 1.0]].map(|row| row.map(T::from_f64));
        let pair = VectorSensor::new([draws.numbers(), draws.numbers()], covariance).expect("a sensor");
        for dt in [1e-3, 0.4, 20.0].map(T::from_f64) {
            let prior = draws.belief();
            let (mut predicted, mut missed, mut whole) = (Filter::new(prior), Filter::new(prior), Filter::new(prior));
            for _ in 0..4 {
                predicted.predict_for(process, dt).expect("a prediction");
                missed.predict_for(process, dt).expect("a prediction");
                let update = missed.update_vector(&pair, [None, None]).expect("an update");
                assert_eq!((update.observed(), update.log_evidence()), (0, T::ZERO));
            }
            assert_eq!(missed, predicted, "{name}");
            whole.predict_for(process, T::from_f64(4.0) * dt).expect("a prediction");
            let apart = roundings(missed.belief(), whole.belief());
            assert!(apart <= 3.0 * most, "{name}: {apart} roundings");
        }
    }
}

#[test]
fn a_missing_reading_is_a_prediction() {
    every_process::<f32>(&MissingIsPredicted);
    every_process::<f64>(&MissingIsPredicted);
}

struct SleepsUnnoticed;

impl<T: Real + Into<f64>> Check<T> for SleepsUnnoticed {
    fn run<const N: usize>(&self, name: &str, process: &impl Process<T, N>, _: f64) {
        let mut draws = Draws::new();
        let (prior, row) = (draws.belief(), draws.numbers());
        for sleep in 0..6 {
            let (mut straight, mut slept) = (Filter::new(prior), Filter::new(prior));
            for k in 0..6 {
                if k == sleep {
                    let mut bytes = vec![0; Filter::<T, N>::SNAPSHOT_LEN];
                    slept = Filter::restore(slept.save(&mut bytes).expect("room")).expect("a snapshot");
                }
                for filter in [&mut straight, &mut slept] {
                    filter.predict_for(process, T::from_f64(0.4)).expect("a prediction");
                    let mut sensor = Sensor::<_, _>::linear(row, Normal::new(T::ONE).expect("a variance"));
                    let reading = T::from_i32(k - 2);
                    let _ = filter.update(&mut sensor, reading, &mut GaussHermite::<3>::new()).expect("an update");
                }
                assert_eq!(slept, straight, "{name}, slept before {sleep}, at {k}");
            }
        }
    }
}

#[test]
fn a_filter_that_slept_goes_on_with_the_same_bits() {
    every_process::<f32>(&SleepsUnnoticed);
    every_process::<f64>(&SleepsUnnoticed);
}

struct WhitenedIsJoint;

impl<T: Real + Into<f64>> Check<T> for WhitenedIsJoint {
    /// Against the dense update by the inverse of the 2 x 2 innovation covariance, in `f64`.
    fn run<const N: usize>(&self, name: &str, process: &impl Process<T, N>, _: f64) {
        let wide = |x: T| -> f64 { x.into() };
        let mut draws = Draws::new();
        let rows: [[T; N]; 2] = [draws.numbers(), draws.numbers()];
        let noise = [[1.0, 0.6], [0.6, 1.0]];
        let pair = VectorSensor::new(rows, noise.map(|row| row.map(T::from_f64))).expect("a sensor");
        let mut filter = Filter::new(draws.belief());
        for k in 0..8 {
            filter.predict_for(process, T::from_f64(0.4)).expect("a prediction");
            let (mean, covariance) = (filter.belief().mean().map(wide), filter.belief().covariance());
            let readings: [T; 2] = draws.numbers();
            let h = rows.map(|row| row.map(wide));
            let ph: [[f64; 2]; N] = std::array::from_fn(|i| {
                std::array::from_fn(|m| (0..N).map(|j| wide(covariance[i][j]) * h[m][j]).sum())
            });
            let s: [[f64; 2]; 2] = std::array::from_fn(|m| {
                std::array::from_fn(|n| (0..N).map(|i| h[m][i] * ph[i][n]).sum::<f64>() + noise[m][n])
            });
            let determinant = s[0][0] * s[1][1] - s[0][1] * s[1][0];
            let inverse = [[s[1][1], -s[0][1]], [-s[1][0], s[0][0]]].map(|row| row.map(|x| x / determinant));
            let innovation: [f64; 2] =
                std::array::from_fn(|m| wide(readings[m]) - (0..N).map(|i| h[m][i] * mean[i]).sum::<f64>());
            let _ = filter.update_vector(&pair, readings).expect("an update");
            for i in 0..N {
                let gain: [f64; 2] = std::array::from_fn(|n| ph[i][0] * inverse[0][n] + ph[i][1] * inverse[1][n]);
                let moved = mean[i] + gain[0] * innovation[0] + gain[1] * innovation[1];
                let deviation = wide(covariance[i][i]).sqrt();
                let allowed = 64.0 * wide(T::EPSILON);
                let apart = (wide(filter.belief().mean()[i]) - moved).abs() / (deviation + mean[i].abs());
                assert!(apart <= allowed, "{name}, step {k}, mean {i}: {apart:e}");
                for j in 0..N {
                    let expected = wide(covariance[i][j]) - gain[0] * ph[j][0] - gain[1] * ph[j][1];
                    let got = wide(filter.belief().covariance()[i][j]);
                    let apart = (got - expected).abs() / (deviation * wide(covariance[j][j]).sqrt());
                    assert!(apart <= allowed, "{name}, step {k}, covariance {i} {j}: {apart:e}");
                }
            }
        }
    }
}

#[test]
fn whitened_components_are_the_joint_reading() {
    every_process::<f32>(&WhitenedIsJoint);
    every_process::<f64>(&WhitenedIsJoint);
}

/// A level, an input and an offset of dynamics all move the mean of a belief, and nothing else of it.
#[test]
fn offsets_move_the_mean() {
    let start = Gaussian::diagonal([1.0_f64], [4.0]).expect("a belief");
    let tank = LinearTimeInvariant::new([[0.0]], [[0.5]]).and_then(|tank| tank.with_input([2.0])).expect("a model");
    let mut filter = Filter::new(start);
    filter.predict_for(&tank, 3.0).expect("a prediction");
    assert_eq!((filter.belief().mean(), filter.belief().variance()), (&[7.0], [5.5]));
    let bias = OrnsteinUhlenbeck::new(2.0, 3.0).and_then(|bias| bias.with_level(5.0)).expect("a process");
    let mut filter = Filter::new(start);
    filter.predict_for(&bias, 2.0).expect("a prediction");
    let kept = (-1.0_f64).exp();
    assert!((filter.belief().mean()[0] - (5.0 - 4.0 * kept)).abs() < 1e-15);
    assert!((filter.belief().variance()[0] - (3.0 + kept * kept)).abs() < 1e-15);
    filter.predict_for(&bias, 1e9).expect("a prediction");
    assert_eq!(filter.belief(), bias.stationary());
}
