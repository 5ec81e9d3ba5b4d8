//! Functions in `f32` against the same code in `f64`, on 10 000 random inputs that both can hold: more of them, and
//! rougher, than the reference tables have.

use elbow::elbo::{one_sample, one_sample_path};
use elbow::likelihood::Normal;
use elbow::{
    ConstantVelocity, Dynamics, Filter, GaussHermite, Gaussian, LocalLinearTrend, Logits, MeanField, Process, Real,
    Sensor, Status, VectorSensor, bits,
};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

/// How many random inputs each function is given.
const CASES: u32 = 10_000;

struct Inputs(Xoshiro128PlusPlus);

impl Inputs {
    fn new() -> Self {
        Self(Xoshiro128PlusPlus::seed_from_u64(7))
    }

    fn uniform(&mut self, from: f32, to: f32) -> f32 {
        from + (to - from) * (self.0.next_u32() >> 8) as f32 / (1 << 24) as f32
    }

    fn normal<const N: usize>(&mut self) -> [f32; N] {
        elbow::noise::standard_normals(&mut self.0)
    }

    /// Between these powers of ten, evenly in the logarithm.
    fn power(&mut self, from: f32, to: f32) -> f32 {
        10.0_f32.powf(self.uniform(from, to))
    }

    /// A factor with pivots from 1e-2 to 1e2, in both types.
    fn beliefs<const N: usize>(&mut self) -> (Gaussian<f32, N>, Gaussian<f64, N>) {
        let (mean, pivots) = (self.normal(), [(); N].map(|()| self.power(-2.0, 2.0)));
        let mut lower = [[0.0; N]; N];
        for i in 0..N {
            lower[i][i] = 1.0;
            for j in 0..i {
                lower[i][j] = self.uniform(-1.0, 1.0);
            }
        }
        let single = Gaussian::from_factor(mean, lower, pivots).expect("a belief");
        (single, Gaussian::from_factor(wide(mean), lower.map(wide), wide(pivots)).expect("a belief"))
    }
}

fn wide<const N: usize>(numbers: [f32; N]) -> [f64; N] {
    numbers.map(f64::from)
}

fn largest(numbers: impl IntoIterator<Item = f64>) -> f64 {
    numbers.into_iter().fold(0.0, |most, number| number.abs().max(most))
}

/// The largest error in any entry, in units of `scale`.
fn distance<const N: usize>(single: [f32; N], double: [f64; N], scale: f64) -> f64 {
    largest((0..N).map(|i| (f64::from(single[i]) - double[i]) / scale))
}

/// Fails unless every case's error is within what the docs say.
fn within<const K: usize>(allowed: [(&str, f64); K], mut errors: impl FnMut(&mut Inputs) -> [f64; K]) {
    let (mut inputs, mut worst) = (Inputs::new(), [0.0_f64; K]);
    for _ in 0..CASES {
        for (worst, error) in worst.iter_mut().zip(errors(&mut inputs)) {
            assert!(error.is_finite());
            *worst = worst.max(error);
        }
    }
    for ((what, allowed), worst) in allowed.into_iter().zip(worst) {
        println!("{what}: {worst:.2e}");
        assert!(worst <= allowed, "{what}: {worst:e} beyond {allowed:e}");
    }
}

#[test]
fn distributions() {
    within(
        [("bits", 8e-8), ("probabilities", 2.2e-7), ("std_dev", 9e-8), ("MeanField::at", 2.2e-7), ("at", 5e-7)],
        |inputs| {
            let nats = inputs.power(-6.0, 6.0);
            let logits: [f32; 4] = inputs.normal().map(|logit| 12.0 * logit);
            let single = *Logits::new(logits).expect("logits").probabilities().probabilities();
            let double = *Logits::new(wide(logits)).expect("logits").probabilities().probabilities();
            let normal = |i: &usize| single[*i] >= f32::MIN_POSITIVE;
            let probabilities = largest((0..4).filter(normal).map(|i| f64::from(single[i]) / double[i] - 1.0));
            let (mean, log, noise) = (inputs.normal::<1>(), inputs.normal().map(|log| 3.0 * log), inputs.normal());
            let field = MeanField::new(mean, log).expect("a belief");
            let twin = MeanField::new(wide(mean), wide(log)).expect("a belief");
            let term = largest([twin.mean()[0], twin.std_dev()[0] * f64::from(noise[0])]);
            let (belief, double) = inputs.beliefs::<4>();
            let noise_4 = inputs.normal();
            let terms = (0..4).flat_map(|i| (0..4).map(move |j| (i, j)));
            let spread = |(i, j): (usize, usize)| double.unit_lower()[i][j] * double.pivots()[j].sqrt();
            let most = largest(terms.map(|(i, j)| spread((i, j)) * f64::from(noise_4[j])).chain(*double.mean()));
            [
                (f64::from(bits(nats)) / bits(f64::from(nats)) - 1.0).abs(),
                probabilities,
                distance(field.std_dev(), twin.std_dev(), twin.std_dev()[0]),
                distance(field.at(&noise), twin.at(&wide(noise)), term),
                distance(belief.at(&noise_4), double.at(&wide(noise_4)), most),
            ]
        },
    );
}

/// log p(x | z) that is linear in z, so that its own rounding is none.
fn slope<T: Real>(z: &[T; 4]) -> (T, [T; 4]) {
    (-z[0] - z[3], [-T::ONE, T::ZERO, T::ZERO, -T::ONE])
}

#[test]
fn one_sample_bounds() {
    within([("value", 2.5e-7), ("gradient", 6e-7), ("path, value", 6e-7), ("path, gradient", 2e-5)], |inputs| {
        let ((q, twin), noise) = (inputs.beliefs(), inputs.normal());
        let (prior, prior_twin) = (Gaussian::standard(), Gaussian::standard());
        let single = one_sample(&q, &prior, &slope, &noise).expect("a bound");
        let double = one_sample(&twin, &prior_twin, &slope, &wide(noise)).expect("a bound");
        let value = largest([double.reconstruction, double.kl, double.entropy, double.energy()]);
        let gradient = largest(double.gradient.mean.into_iter().chain(double.gradient.log_std_dev));
        let path = one_sample_path(&q, &prior, &slope, &noise).expect("a bound");
        let path_twin = one_sample_path(&twin, &prior_twin, &slope, &wide(noise)).expect("a bound");
        let parts = largest([path_twin.reconstruction, path_twin.entropy, path_twin.entropy + path_twin.kl]);
        let path_gradient = largest(path_twin.gradient.mean.into_iter().chain(path_twin.gradient.log_std_dev));
        [
            (f64::from(single.value()) - double.value()).abs() / value,
            distance(single.gradient.mean, double.gradient.mean, gradient).max(distance(
                single.gradient.log_std_dev,
                double.gradient.log_std_dev,
                gradient,
            )),
            (f64::from(path.value()) - path_twin.value()).abs() / parts,
            distance(path.gradient.mean, path_twin.gradient.mean, path_gradient).max(distance(
                path.gradient.log_std_dev,
                path_twin.gradient.log_std_dev,
                path_gradient,
            )),
        ]
    });
}

#[test]
fn figures_of_an_update() {
    let mut solver = GaussHermite::<5>::new();
    within([("information_gain", 5e-7), ("normalized_innovation", 3e-7), ("squared_innovation", 2e-6)], |inputs| {
        let (variance, noise, [mean, z]) = (inputs.power(-4.0, 4.0), inputs.power(-4.0, 4.0), inputs.normal());
        let reading = mean + z * (variance + noise).sqrt();
        let mut filter = Filter::new(Gaussian::diagonal([mean], [variance]).expect("a belief"));
        let mut twin = Filter::new(Gaussian::diagonal(wide([mean]), wide([variance])).expect("a belief"));
        let mut sensor = Sensor::linear([1.0], Normal::new(noise).expect("a variance"));
        let mut double = Sensor::linear([1.0], Normal::new(f64::from(noise)).expect("a variance"));
        let update = filter.update(&mut sensor, reading, &mut solver).expect("an update");
        let exact = twin.update(&mut double, f64::from(reading), &mut solver).expect("an update");
        let gain = match update.status() {
            Status::Accepted => f64::from(update.information_gain()) / exact.information_gain() - 1.0,
            _ => 0.0,
        };
        let innovation = exact.normalized_innovation(&double, f64::from(reading));
        let normalized = f64::from(update.normalized_innovation(&sensor, reading)) / innovation - 1.0;
        let (rows, r) = ([[1.0, 0.5], [0.0, 1.0]], inputs.uniform(-0.9, 0.9));
        let fix = VectorSensor::new(rows, [[1.0, r], [r, 1.0]]).expect("a sensor");
        let r = f64::from(r);
        let fix_twin = VectorSensor::new(rows.map(wide), [[1.0, r], [r, 1.0]]).expect("a sensor");
        let ((belief, belief_twin), y) = (inputs.beliefs(), inputs.normal());
        let vector = Filter::new(belief).update_vector(&fix, y).expect("an update");
        let exact = Filter::new(belief_twin).update_vector(&fix_twin, wide(y)).expect("an update");
        let squared = exact.squared_innovation();
        [gain.abs(), normalized.abs(), (f64::from(vector.squared_innovation()) - squared).abs() / squared.max(0.1)]
    });
}

#[test]
fn noise_of_the_trends() {
    fn error(single: &Dynamics<f32, 2>, double: &Dynamics<f64, 2>) -> f64 {
        let (single, double) = (single.noise_covariance(), double.noise_covariance());
        let unit = |i: usize, j: usize| (double[i][i] * double[j][j]).sqrt();
        largest([(0, 0), (0, 1), (1, 1)].map(|(i, j)| (f64::from(single[i][j]) - double[i][j]) / unit(i, j)))
    }
    within([("LocalLinearTrend", 3.5e-7), ("ConstantVelocity", 3.5e-7)], |inputs| {
        let (rates, dt) = ([inputs.power(-6.0, 0.0), inputs.power(-6.0, 0.0)], inputs.power(-3.0, 3.0));
        let trend = LocalLinearTrend::new(rates).expect("rates").step(dt).expect("a step");
        let trend_twin = LocalLinearTrend::new(wide(rates)).expect("rates").step(f64::from(dt)).expect("a step");
        let velocity = ConstantVelocity::new(rates[1]).expect("a rate").step(dt).expect("a step");
        let velocity_twin = ConstantVelocity::new(f64::from(rates[1])).expect("a rate").step(f64::from(dt));
        [error(&trend, &trend_twin), error(&velocity, &velocity_twin.expect("a step"))]
    });
}
