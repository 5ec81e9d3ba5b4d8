//! Prediction: against dense matrices, in one step and in two, and over no time at all.

use elbow::{ConstantVelocity, Dynamics, Filter, Gaussian, LocalLinearTrend, Process, RandomWalk, Real, noise};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

type Matrix<const N: usize> = [[f64; N]; N];

fn product<const N: usize>(a: &Matrix<N>, b: &Matrix<N>) -> Matrix<N> {
    std::array::from_fn(|i| std::array::from_fn(|j| (0..N).map(|k| a[i][k] * b[k][j]).sum()))
}

fn transposed<const N: usize>(a: &Matrix<N>) -> Matrix<N> {
    std::array::from_fn(|i| std::array::from_fn(|j| a[j][i]))
}

fn sum<const N: usize>(a: &Matrix<N>, b: &Matrix<N>) -> Matrix<N> {
    std::array::from_fn(|i| std::array::from_fn(|j| a[i][j] + b[i][j]))
}

fn absolute<const N: usize>(a: &Matrix<N>) -> Matrix<N> {
    a.map(|row| row.map(f64::abs))
}

/// F P F' + Q.
fn propagated<const N: usize>(transition: &Matrix<N>, prior: &Matrix<N>, noise: &Matrix<N>) -> Matrix<N> {
    sum(&product(&product(transition, prior), &transposed(transition)), noise)
}

/// The largest difference of two covariances, each in units of sqrt(unit_ii unit_jj).
fn difference<const N: usize>(a: &Matrix<N>, b: &Matrix<N>, unit: &Matrix<N>) -> f64 {
    let pairs = (0..N).flat_map(|i| (0..N).map(move |j| (i, j)));
    pairs.map(|(i, j)| (a[i][j] - b[i][j]).abs() / (unit[i][i] * unit[j][j]).sqrt()).fold(0.0, f64::max)
}

struct Noise(Xoshiro128PlusPlus);

impl Noise {
    fn matrix<const N: usize>(&mut self) -> Matrix<N> {
        std::array::from_fn(|_| noise::standard_normals(&mut self.0))
    }

    /// A belief whose standard deviations span four decades.
    fn belief<const N: usize>(&mut self) -> Gaussian<f64, N> {
        let pivots = std::array::from_fn(|i| 10.0_f64.powi(2 - 2 * (i as i32 % 5)));
        let mean = noise::standard_normals(&mut self.0);
        Gaussian::from_factor(mean, self.matrix(), pivots).expect("a belief")
    }

    /// A covariance of this rank, of small integers, so that it is semidefinite to the last bit.
    fn covariance<const N: usize>(&mut self, rank: usize) -> Matrix<N> {
        let mut root: Matrix<N> = self.matrix().map(|row: [f64; N]| row.map(f64::round));
        root.iter_mut().enumerate().for_each(|(i, row)| {
            row[i] = 1.0;
            row[i + 1..].fill(0.0);
        });
        let pivots: [f64; N] = std::array::from_fn(|i| if (i * 7 + rank) % N < rank { 2.0 } else { 0.0 });
        let scaled = root.map(|row| std::array::from_fn(|i| row[i] * pivots[i]));
        product(&scaled, &transposed(&root))
    }
}

/// F mu and F P F' + Q for noise of every rank, the predicted one being used for the next prediction.
fn dense<const N: usize>() {
    let mut noise = Noise(Xoshiro128PlusPlus::seed_from_u64(N as u64));
    for round in 0..200 {
        let (belief, transition) = (noise.belief::<N>(), noise.matrix::<N>());
        let covariance = noise.covariance::<N>(round % (N + 1));
        let dynamics = Dynamics::new(transition, covariance).expect("dynamics");
        let mut filter = Filter::new(belief);
        filter.predict(&dynamics).expect("a prediction");

        let prior = belief.covariance();
        let expected = propagated(&transition, &prior, &covariance);
        // Terms that cancel carry their rounding into the sum.
        let terms = propagated(&absolute(&transition), &absolute(&prior), &absolute(&covariance));
        let apart = difference(&filter.belief().covariance(), &expected, &terms);
        assert!(apart < 1e-14, "N = {N}, round {round}: covariance {apart:e}");
        for (i, row) in transition.iter().enumerate() {
            let terms = row.iter().zip(belief.mean()).map(|(a, b)| a * b);
            let scale = 1.0 + terms.clone().map(f64::abs).sum::<f64>();
            let apart = (filter.belief().mean()[i] - terms.sum::<f64>()).abs();
            assert!(apart <= 1e-15 * scale, "N = {N}, round {round}: mean {apart:e}");
        }
    }
}

#[test]
fn prediction_equals_dense_matrices() {
    dense::<1>();
    dense::<2>();
    dense::<3>();
    dense::<4>();
    dense::<6>();
}

/// One step of dt equals two that add up to it.
fn two_steps<const N: usize>(process: &impl Process<f64, N>, name: &str) {
    let mut noise = Noise(Xoshiro128PlusPlus::seed_from_u64(7));
    for dt in [1e-6, 0.01, 1.0, 7.0, 1e4] {
        for part in [0.5, 0.125] {
            let belief = noise.belief::<N>();
            let (mut one, mut two) = (Filter::new(belief), Filter::new(belief));
            one.predict_for(process, dt).expect("one step");
            two.predict_for(process, part * dt).expect("the first");
            two.predict_for(process, (1.0 - part) * dt).expect("the second");
            let covariance = one.belief().covariance();
            let apart = difference(&two.belief().covariance(), &covariance, &covariance);
            assert!(apart < 1e-12, "{name}, dt {dt}: covariance {apart:e}");
            for i in 0..N {
                let (a, b) = (one.belief().mean()[i], two.belief().mean()[i]);
                assert!((a - b).abs() <= 1e-12 * one.belief().variance()[i].sqrt(), "{name}, dt {dt}: {a} {b}");
            }
        }
    }
}

#[test]
fn one_step_equals_two() {
    two_steps(&RandomWalk::new(0.3).expect("a rate"), "random walk");
    two_steps(&LocalLinearTrend::new([0.3, 0.02]).expect("rates"), "local linear trend");
    two_steps(&LocalLinearTrend::new([0.3, 0.0]).expect("rates"), "local linear trend, fixed slope");
    two_steps(&ConstantVelocity::new(0.7).expect("a density"), "constant velocity");
}

/// The noise that a process adds over a time, by hand: integrals of F(t) diag(rates) F(t)'.
#[test]
fn the_noise_of_each_process() {
    fn added<const N: usize>(process: &impl Process<f64, N>, transition: &Matrix<N>) -> Matrix<N> {
        let belief = Gaussian::<f64, N>::standard();
        let mut filter = Filter::new(belief);
        filter.predict_for(process, 3.0).expect("a prediction");
        let moved = product(transition, &transposed(transition));
        sum(&filter.belief().covariance(), &moved.map(|row| row.map(|x| -x)))
    }
    let moving = [[1.0, 3.0], [0.0, 1.0]];
    let walk = added(&RandomWalk::new(0.25).expect("a rate"), &[[1.0]]);
    assert!(difference(&walk, &[[0.75]], &walk) < 1e-14);
    let trend = added(&LocalLinearTrend::new([0.5, 2.0]).expect("rates"), &moving);
    assert!(difference(&trend, &[[19.5, 9.0], [9.0, 6.0]], &trend) < 1e-14, "{trend:?}");
    let velocity = added(&ConstantVelocity::new(2.0).expect("a density"), &moving);
    assert!(difference(&velocity, &[[18.0, 9.0], [9.0, 6.0]], &velocity) < 1e-14, "{velocity:?}");
}

/// Every bit of a belief, through an exact widening.
fn bits<T: Real + Into<f64>, const N: usize>(belief: &Gaussian<T, N>) -> Vec<u64> {
    let numbers = belief.mean().iter().chain(belief.pivots().iter()).copied().collect::<Vec<T>>();
    let factor = belief.unit_lower();
    let numbers = numbers.into_iter().chain(factor.into_iter().flatten());
    numbers.map(|x| -> f64 { x.into() }).map(f64::to_bits).collect()
}

fn no_time<T: Real + Into<f64>, const N: usize>(process: &impl Process<T, N>) {
    let mut noise = Noise(Xoshiro128PlusPlus::seed_from_u64(5));
    for round in 0..50 {
        let drawn = noise.belief::<N>();
        let single = |x: f64| T::from_f64(x);
        let mut mean = drawn.mean().map(single);
        if round == 0 {
            mean[0] = single(-0.0);
        }
        let factor = drawn.unit_lower().map(|row| row.map(single));
        let belief = Gaussian::from_factor(mean, factor, drawn.pivots().map(single)).expect("a belief");
        let before = bits(&belief);
        for dt in [0.0, -0.0] {
            let mut filter = Filter::new(belief);
            filter.predict_for(process, single(dt)).expect("a prediction");
            assert!(bits(filter.belief()) == before, "N = {N}, round {round}, predict_for");
            // The dynamics of no time are the identity, which a general prediction rounds.
            filter.predict(&process.step(single(dt)).expect("a step")).expect("a prediction");
            let widened = |belief: &Gaussian<T, N>| belief.covariance().map(|row| row.map(|x| -> f64 { x.into() }));
            let covariance = widened(&belief);
            let apart = difference(&widened(filter.belief()), &covariance, &covariance);
            let epsilon: f64 = T::EPSILON.into();
            assert!(
                apart <= 4.0 * epsilon && filter.belief().mean() == belief.mean(),
                "N = {N}, round {round}, predict"
            );
        }
    }
}

#[test]
fn no_time_changes_no_bit() {
    fn processes<T: Real + Into<f64>>() {
        let rate = T::from_f64(0.3);
        no_time(&RandomWalk::new(rate).expect("a rate"));
        no_time(&LocalLinearTrend::new([rate, rate]).expect("rates"));
        no_time(&ConstantVelocity::new(rate).expect("a density"));
    }
    processes::<f32>();
    processes::<f64>();
}

/// Two rows that are nearly the same leave the second state known from the first to a part in 4e6 of its variance: the
/// covariance, formed in `f32`, has nothing left of that.
#[test]
fn a_prediction_along_nearly_one_direction_keeps_what_is_across() {
    let step = 1.0 / 1024.0;
    let across = Dynamics::new([[1.0_f32, 1.0], [1.0, 1.0 + step]], [[0.0; 2]; 2]).expect("dynamics");
    let mut filter = Filter::new(Gaussian::diagonal([0.0_f32; 2], [1e6; 2]).expect("a belief"));
    filter.predict(&across).expect("a prediction");
    // The determinant of F is the step: 1e12 step^2 = d1 d2, d1 = 2e6.
    let expected = 0.5e6 * step * step;
    let [_, pivot] = filter.belief().pivots();
    assert!((pivot / expected - 1.0).abs() < 1e-6, "{pivot} for {expected}");
}

/// A pivot of the smallest normal number is a direction like any other: what is known from it stays so.
#[test]
fn the_smallest_normal_pivot_keeps_its_column() {
    let least = f32::MIN_POSITIVE;
    let lower = [[1.0, 0.0], [10.0, 1.0]];
    let mut filter = Filter::new(Gaussian::from_factor([0.0; 2], lower, [least; 2]).expect("a belief"));
    let standstill = Dynamics::new([[1.0, 0.0], [0.0, 1.0]], [[0.0; 2]; 2]).expect("dynamics");
    filter.predict(&standstill).expect("a prediction");
    assert_eq!((filter.belief().unit_lower(), filter.belief().pivots()), (lower, [least; 2]));
}
