//! What it costs to call every sensor Gaussian: simulated readings of a hidden state, filtered once with the sensor's
//! own likelihood and once as a careful Kalman filter would, on the best Gaussian stand-in for each reading.
//!
//! `cargo run --release --example against_gaussian` prints one line per sensor.

use elbow::likelihood::{
    Bernoulli, Censored, Gamma, Huber, LearnedNormal, Likelihood, NegativeBinomial, Normal, Poisson, Probit, Quantized,
    StudentT, VonMises,
};
use elbow::{Dynamics, Error, Filter, GaussHermite, Gaussian, Sensor};
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

const STEPS: usize = 20_000;

/// The hidden state: it returns to its level by `RETURN` a step and spreads by `SPREAD` about it in the long run.
const RETURN: f64 = 0.99;

/// The errors of one filter: the sum of their squares, how many lay beyond two standard deviations.
#[derive(Default)]
struct Errors {
    squares: f64,
    outside: u32,
}

impl Errors {
    fn see(&mut self, filter: &Filter<f64, 1>, state: f64) {
        let (mean, variance) = (filter.belief().mean()[0], filter.belief().variance()[0]);
        self.squares += (state - mean).powi(2);
        self.outside += u32::from((state - mean).powi(2) > 4.0 * variance);
    }

    fn rms(&self) -> f64 {
        (self.squares / STEPS as f64).sqrt()
    }

    fn outside(&self) -> f64 {
        100.0 * f64::from(self.outside) / STEPS as f64
    }
}

/// Simulates readings by `draw`; `gaussian` gives the value and the variance that stand for one at the predicted state.
fn compare<L: Likelihood<f64>>(
    name: &str,
    likelihood: L,
    (level, spread): (f64, f64),
    mut draw: impl FnMut(f64, &mut Xoshiro128PlusPlus) -> L::Reading,
    gaussian: impl Fn(L::Reading, f64) -> (f64, f64),
) -> Result<(), Error> {
    let mut rng = Xoshiro128PlusPlus::seed_from_u64(1);
    let step = spread * (1.0 - RETURN * RETURN).sqrt();
    let dynamics = Dynamics::new([[RETURN]], [[step * step]])?;
    let prior = Gaussian::diagonal([0.0], [spread * spread])?;
    let (mut own, mut kalman) = (Filter::new(prior), Filter::new(prior));
    let mut sensor = Sensor::linear([1.0], likelihood).with_offset(level);
    let (mut estimator, mut state) = (GaussHermite::<9>::new(), 0.0);
    let (mut own_errors, mut kalman_errors) = (Errors::default(), Errors::default());
    for _ in 0..STEPS {
        let noise: f64 = StandardNormal.sample(&mut rng);
        state = RETURN * state + step * noise;
        let reading = draw(level + state, &mut rng);
        own.predict(&dynamics)?;
        kalman.predict(&dynamics)?;
        let _ = own.update(&mut sensor, reading, &mut estimator)?;
        let (value, variance) = gaussian(reading, level + kalman.belief().mean()[0]);
        let mut normal = Sensor::linear([1.0], Normal::new(variance)?).with_offset(level);
        let _ = kalman.update(&mut normal, value, &mut estimator)?;
        own_errors.see(&own, state);
        kalman_errors.see(&kalman, state);
    }
    let (a, b) = (kalman_errors.rms() / spread, own_errors.rms() / spread);
    let (outside_a, outside_b) = (kalman_errors.outside(), own_errors.outside());
    println!("{name:<34} {a:>8.3} {b:>8.3} {:>7.0} % {outside_a:>10.1} % {outside_b:>6.1} %", 100.0 * (1.0 - b / a));
    Ok(())
}

/// From a library's distribution.
fn sampled<D: Distribution<f64>>(distribution: Result<D, impl core::fmt::Debug>, rng: &mut impl Rng) -> f64 {
    distribution.expect("valid parameters").sample(rng)
}

fn normal(mean: f64, std_dev: f64, rng: &mut Xoshiro128PlusPlus) -> f64 {
    sampled(rand_distr::Normal::new(mean, std_dev), rng)
}

fn main() -> Result<(), Error> {
    println!("{:<34} {:>8} {:>8} {:>9} {:>12} {:>8}", "", "error of the state", "", "removed", "beyond 2 sd", "");
    println!("{:<34} {:>8} {:>8} {:>9} {:>12} {:>8}", "sensor", "Gaussian", "own", "by own", "Gaussian", "own");
    compare("Normal", Normal::new(0.25)?, (0.0, 1.0), |eta, rng| normal(eta, 0.5, rng), |y, _| (y, 0.25))?;
    let student = |eta: f64, rng: &mut Xoshiro128PlusPlus| eta + 0.2 * sampled(rand_distr::StudentT::new(3.0), rng);
    compare("StudentT, nu = 3", StudentT::new(0.2, 3.0)?, (0.0, 1.0), student, |y, _| (y, 0.12))?;
    let wrong = |eta: f64, rng: &mut Xoshiro128PlusPlus| {
        let lies = sampled(rand_distr::Uniform::new(0.0, 1.0), rng) < 0.05;
        if lies { eta + sampled(rand_distr::Uniform::new(-5.0, 5.0), rng) } else { normal(eta, 0.2, rng) }
    };
    let all = 0.95 * 0.04 + 0.05 * 25.0 / 3.0;
    compare("StudentT, 1 in 20 wrong by to 5", StudentT::new(0.2, 4.0)?, (0.0, 1.0), wrong, |y, _| (y, all))?;
    // Laplace noise of scale 0.25: Huber's limit for a small threshold.
    let double = |eta: f64, rng: &mut Xoshiro128PlusPlus| {
        let far = sampled(rand_distr::Exp::new(4.0), rng);
        if sampled(rand_distr::Uniform::new(0.0, 1.0), rng) < 0.5 { eta + far } else { eta - far }
    };
    compare("Huber, Laplace noise", Huber::new(0.125, 0.5)?, (0.0, 1.0), double, |y, _| (y, 0.125))?;
    // Who takes the noise for ten times what it is.
    let told = LearnedNormal::new(0.9, 2.0)?.with_forgetting(0.99)?;
    compare("LearnedNormal, told 10 x the noise", told, (0.0, 1.0), |eta, rng| normal(eta, 0.3, rng), |y, _| (y, 0.9))?;
    let rounded = |eta, rng: &mut Xoshiro128PlusPlus| normal(eta, 0.1, rng).round();
    compare("Quantized, noise 0.1 steps", Quantized::new(1.0, 0.1)?, (0.0, 1.0), rounded, |y, _| {
        (y, 0.01 + 1.0 / 12.0)
    })?;
    let clipped = |eta, rng: &mut Xoshiro128PlusPlus| normal(eta, 0.3, rng).clamp(-1.0, 1.0);
    compare("Censored, rails at +-1 sd", Censored::new(0.3, -1.0, 1.0)?, (0.0, 1.0), clipped, |y, _| (y, 0.09))?;
    // A count's logarithm, its variance by the delta method; half a count where there is none.
    let log = |y: u32, extra: f64| (f64::from(y).max(0.5).ln(), 1.0 / f64::from(y).max(0.5) + extra);
    let counts = |eta: f64, rng: &mut Xoshiro128PlusPlus| sampled(rand_distr::Poisson::new(eta.exp()), rng) as u32;
    compare("Poisson, 1 count a window", Poisson::new(), (0.0, 1.0), counts, |y, _| log(y, 0.0))?;
    compare("Poisson, 20 counts a window", Poisson::new(), (3.0, 1.0), counts, |y, _| log(y, 0.0))?;
    let bursts = |eta: f64, rng: &mut Xoshiro128PlusPlus| {
        let rate = sampled(rand_distr::Gamma::new(2.0, eta.exp() / 2.0), rng);
        if rate > 0.0 { sampled(rand_distr::Poisson::new(rate), rng) as u32 } else { 0 }
    };
    compare("NegativeBinomial, dispersion 2", NegativeBinomial::new(2.0)?, (1.0, 1.0), bursts, |y, _| log(y, 0.5))?;
    let waits = |eta: f64, rng: &mut Xoshiro128PlusPlus| sampled(rand_distr::Gamma::new(1.0, eta.exp()), rng);
    // The logarithm of an exponential time has the mean eta - 0.5772 and the variance pi^2/6.
    compare("Gamma, exponential", Gamma::exponential(), (0.0, 1.0), waits, |y, _| (y.ln() + 0.577_215_7, 1.644_934))?;
    let votes = |eta: f64, rng: &mut Xoshiro128PlusPlus| {
        sampled(rand_distr::Bernoulli::new(1.0 / (1.0 + (-eta).exp())).map(|coin| coin.map(f64::from)), rng) == 1.0
    };
    // The extended Kalman filter's working response.
    let working = |yes: bool, eta: f64| {
        let p = 1.0 / (1.0 + (-eta).exp());
        (eta + (f64::from(u8::from(yes)) - p) / (p * (1.0 - p)), 1.0 / (p * (1.0 - p)))
    };
    compare("Bernoulli", Bernoulli::new(), (-1.0, 2.0), votes, working)?;
    let above = |eta, rng: &mut Xoshiro128PlusPlus| normal(eta, 1.0, rng) > 0.0;
    let slope = |yes: bool, eta: f64| {
        let (p, height) =
            (0.5 * libm::erfc(-eta / 2f64.sqrt()), (-0.5 * eta * eta).exp() / std::f64::consts::TAU.sqrt());
        (eta + (f64::from(u8::from(yes)) - p) / height, p * (1.0 - p) / (height * height))
    };
    compare("Probit", Probit::new(), (-1.0, 1.0), above, slope)?;
    // A compass; the Kalman filter takes the nearest turn, and the variance that kappa = 2 gives a small angle.
    let compass = |eta: f64, rng: &mut Xoshiro128PlusPlus| loop {
        let angle = std::f64::consts::PI * (2.0 * sampled(rand_distr::Uniform::new(0.0, 1.0), rng) - 1.0);
        if sampled(rand_distr::Uniform::new(0.0, 1.0), rng) < (2.0 * angle.cos() - 2.0).exp() {
            return eta + angle;
        }
    };
    let turn = |y: f64, eta: f64| (eta + libm::remainder(y - eta, std::f64::consts::TAU), 0.5);
    compare("VonMises, kappa = 2", VonMises::new(2.0)?, (0.0, 2.0), compass, turn)
}
