//! Gradients: scores are differences of values, gradients of one sample are those of the bound on average, and vanish
//! where the posterior is exact.

use crate::dense::{Dense, Parts, dot, parts};
use crate::setting::{Case, a_case};
use crate::support::{Outcome, array, cases, close, leading, magnitude, wide};
use elbow::elbo::{self, GaussianGradient};
use elbow::likelihood::{
    Bernoulli, Censored, Gamma, Likelihood, NegativeBinomial, Normal, Poisson, Probit, Quantized, StudentT, VonMises,
};
use elbow::{GaussHermite, Gaussian};
use proptest::prelude::*;
use std::array;

/// The slope of f at x by five points, whose error is of the order of h^4.
fn slope(f: impl Fn(f64) -> f64, x: f64, h: f64) -> f64 {
    (8.0 * (f(x + h) - f(x - h)) - (f(x + 2.0 * h) - f(x - 2.0 * h))) / (12.0 * h)
}

/// `width`: over how much of eta the likelihood bends.
fn is_smooth<L: Likelihood<f64>>(likelihood: &L, reading: L::Reading, eta: f64, width: f64) -> Outcome {
    likelihood.check(reading).expect("a reading");
    let h = 1e-3 * width;
    let at = likelihood.derivatives(reading, eta);
    let value = likelihood.log_prob(reading, eta).abs();
    // Rounding of the value over h, and the fifth derivative's share of what bends.
    let bound = |size: f64, scale: f64| 1e-8 * scale + 1e-14 * (size + scale) / h;
    let first = slope(|x| likelihood.log_prob(reading, x), eta, h);
    close(at.first, first, bound(value, 1.0 / width + at.first.abs()), "score")?;
    let second = slope(|x| likelihood.derivatives(reading, x).first, eta, h);
    close(at.second, second, bound(at.first.abs(), 1.0 / (width * width) + at.second.abs()), "curvature")
}

fn scores_are_differences(width: f64, shape: f64, away: f64, reading: f64, count: u32) -> Outcome {
    let eta = reading + away * width;
    is_smooth(&Normal::new(width * width).expect("a variance"), reading, eta, width)?;
    is_smooth(&StudentT::new(width, 0.5 + shape).expect("a scale"), reading, eta, width)?;
    is_smooth(&VonMises::new(1.0 / (width * width)).expect("a concentration"), reading, eta, width.min(1.0))?;
    is_smooth(&Quantized::new(shape, width).expect("a step"), reading, eta, width.min(shape))?;
    for rail in [-50.0, 50.0] {
        is_smooth(&Censored::new(width, -50.0, 50.0).expect("rails"), rail, rail + away * width, width)?;
    }
    is_smooth(&Poisson::with_exposure(shape).expect("an exposure"), count, away, 1.0)?;
    is_smooth(&NegativeBinomial::new(shape).expect("a dispersion"), count, away, 1.0)?;
    is_smooth(&Gamma::new(shape).expect("a shape"), reading.exp(), away, 1.0)?;
    is_smooth(&Bernoulli::new(), count > 3, away, 1.0)?;
    is_smooth(&Probit::new(), count > 3, away, 1.0)
}

/// b . z - |z|^2/2 + c (w . z)^3: value, gradient, and what the value is on average over a belief.
#[derive(Debug, Clone, Copy)]
struct Cubic<const N: usize> {
    linear: [f64; N],
    along: [f64; N],
    weight: f64,
}

impl<const N: usize> Cubic<N> {
    fn at(&self, z: &[f64; N]) -> (f64, [f64; N]) {
        let t = dot(&self.along, z);
        let value = dot(&self.linear, z) - 0.5 * dot(z, z) + self.weight * t * t * t;
        (value, array::from_fn(|i| self.linear[i] - z[i] + 3.0 * self.weight * t * t * self.along[i]))
    }

    fn mean(&self, q: &Gaussian<f64, N>) -> f64 {
        let dense = Dense::of(q);
        let (t, (_, variance)) = (dot(&self.along, &dense.mean), dense.along(&self.along));
        let spread: f64 = (0..N).map(|i| dense.covariance[i][i]).sum();
        dot(&self.linear, &dense.mean) - 0.5 * (dot(&dense.mean, &dense.mean) + spread)
            + self.weight * (t * t * t + 3.0 * t * variance)
    }
}

fn flat<const N: usize>(gradient: &GaussianGradient<f64, N>) -> Vec<f64> {
    let lower = gradient.unit_lower.as_flattened();
    gradient.mean.iter().chain(lower).chain(&gradient.log_std_dev).copied().collect()
}

/// Averages over the 2N points at sqrt N standard deviations are expectations of polynomials to third degree: the bound
/// of a cubic model is met, and its gradient is that of the average bound.
fn is_unbiased<const N: usize>(q: &Parts, prior: &Parts, numbers: &[[f64; 4]; 2], weight: f64) -> Outcome {
    let (q, prior) = (q.gaussian::<f64, N>(), prior.gaussian::<f64, N>());
    let model = Cubic::<N> { linear: leading(&numbers[0]), along: leading(&numbers[1]), weight };
    let bound = |q: &Gaussian<f64, N>| model.mean(q) - q.kl(&prior);
    let share = 1.0 / (2 * N) as f64;
    let (mut value, mut sum) =
        (0.0, GaussianGradient { mean: [0.0; N], unit_lower: [[0.0; N]; N], log_std_dev: [0.0; N] });
    for k in 0..2 * N {
        let sign = if k % 2 == 0 { 1.0 } else { -1.0 } * (N as f64).sqrt();
        let noise = array::from_fn(|i| if i == k / 2 { sign } else { 0.0 });
        let sample = elbo::one_sample(&q, &prior, &|z: &[f64; N]| model.at(z), &noise).expect("a bound");
        value += share * sample.value();
        for i in 0..N {
            sum.mean[i] += share * sample.gradient.mean[i];
            sum.log_std_dev[i] += share * sample.gradient.log_std_dev[i];
            (0..N).for_each(|j| sum.unit_lower[i][j] += share * sample.gradient.unit_lower[i][j]);
        }
    }
    let exact = bound(&q);
    let kl = q.kl(&prior);
    close(value, exact, 1e-12 * (1.0 + exact.abs() + kl + model.mean(&q).abs()), "mean of the samples")?;
    let square: f64 = flat(&sum).iter().map(|g| g * g).sum();
    let rate = 1e-5 / square.sqrt();
    let moved = |rate: f64| {
        let mut q = q;
        q.ascend(&sum, rate).expect("a step");
        bound(&q)
    };
    let rise = (moved(rate) - moved(-rate)) / (2.0 * rate);
    close(rise, square, 1e-7 * (1.0 + square), "slope of the bound")
}

/// Of a quadratic model a pair of opposite samples has the mean's exact gradient, whatever the noise.
fn pairs_are_exact<const N: usize>(q: &Parts, numbers: &[[f64; 4]; 2], noise: &[f64; 4]) -> Outcome {
    let (q, prior) = (q.gaussian::<f64, N>(), Gaussian::standard());
    let model = Cubic::<N> { linear: leading(&numbers[0]), along: [0.0; N], weight: 0.0 };
    let noise: [f64; N] = leading(noise);
    let at = |noise: [f64; N]| {
        elbo::one_sample(&q, &prior, &|z: &[f64; N]| model.at(z), &noise).expect("a bound").gradient.mean
    };
    let (there, back, centre) = (at(noise), at(noise.map(|e| -e)), at([0.0; N]));
    for i in 0..N {
        let size = there[i].abs() + back[i].abs() + 10.0;
        close(0.5 * (there[i] + back[i]), centre[i], 1e-14 * size, "mean of a pair")?;
    }
    Ok(())
}

/// The path gradient of a conjugate model vanishes at its posterior, whatever the noise; that of another q does not.
fn vanishes<const N: usize>(case: &Case, noise: &[f64; 4]) -> Outcome {
    let setting = case.setting::<f64, N>();
    let (posterior, _) = setting.take(&mut GaussHermite::<3>::new());
    let (row, reading) = (setting.row, setting.reading - setting.offset);
    let model = |z: &[f64; N]| {
        let residual = reading - dot(&row, z);
        (-0.5 * residual * residual / setting.noise, row.map(|a| a * residual / setting.noise))
    };
    let gradient = |q: &Gaussian<f64, N>| {
        let bound = elbo::one_sample_path(q, &setting.belief, &model, &leading(noise)).expect("a bound");
        flat(&bound.gradient)
    };
    let (here, elsewhere) = (gradient(&posterior), gradient(&setting.belief));
    // What cancels: the pulls of prior, reading and posterior, in their own units.
    let smallest = wide(&posterior.pivots()).into_iter().fold(f64::INFINITY, f64::min);
    let size = wide(&row).iter().map(|a| a * a).sum::<f64>() / setting.noise + 1.0 / smallest;
    let means = 10.0 + posterior.mean().iter().map(|x| x.abs()).sum::<f64>() + reading.abs();
    for (here, elsewhere) in here.into_iter().zip(elsewhere) {
        close(here, 0.0, 1e-12 * size * means * means * 10.0 + 1e-15 * elsewhere.abs(), "gradient at the posterior")?;
    }
    Ok(())
}

macro_rules! sizes {
    ($check:ident, $($case:expr),+) => {
        $check::<1>($($case),+)?;
        $check::<2>($($case),+)?;
        $check::<3>($($case),+)?;
        $check::<4>($($case),+)?;
    };
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn scores_are_differences_of_values(
        width in magnitude(0.7),
        shape in magnitude(1.0),
        away in -5.0..5.0,
        reading in -3.0..3.0,
        count in 0..40_u32,
    ) {
        scores_are_differences(width, shape, away, reading, count)?;
    }

    #[test]
    fn one_sample_is_unbiased(
        q in parts(-1.0..1.0, magnitude(0.5)),
        prior in parts(-1.0..1.0, magnitude(0.5)),
        numbers in array::<_, 2>(array::<_, 4>(-1.0..1.0)),
        weight in -0.3..0.3,
    ) {
        sizes!(is_unbiased, &q, &prior, &numbers, weight);
    }

    #[test]
    fn opposite_samples_are_exact_on_quadratics(
        q in parts(-1.0..1.0, magnitude(0.5)),
        numbers in array::<_, 2>(array::<_, 4>(-1.0..1.0)),
        noise in array::<_, 4>(-3.0..3.0),
    ) {
        sizes!(pairs_are_exact, &q, &numbers, &noise);
    }

    #[test]
    fn the_path_gradient_vanishes_at_a_conjugate_posterior(case in a_case(), noise in array::<_, 4>(-3.0..3.0)) {
        sizes!(vanishes, &case, &noise);
    }
}
