//! Every likelihood's derivatives over the whole range of eta, tails included: those of `f64` equal differences of its
//! own value, and those of `f32` equal those of its `f64` twin.

use elbow::Real;
use elbow::likelihood::{
    Bernoulli, Censored, Gamma, Huber, LearnedNormal, Likelihood, NegativeBinomial, Normal, Poisson, Probit, Quantized,
    StudentT, VonMises,
};

/// The slope of f at x by five points, whose error is of the order of h^4.
fn slope(f: impl Fn(f64) -> f64, x: f64, h: f64) -> f64 {
    (8.0 * (f(x + h) - f(x - h)) - (f(x + 2.0 * h) - f(x - 2.0 * h))) / (12.0 * h)
}

/// At etas within `reach` of `centre` and, denser, about it; the likelihood bends over `width`.
fn check<R: Copy + std::fmt::Debug, S: Copy>(
    name: &str,
    double: &impl Likelihood<f64, Reading = R>,
    single: &impl Likelihood<f32, Reading = S>,
    (reading, narrow): (R, S),
    (centre, width, reach): (f64, f64, f64),
) {
    for i in -400..=400 {
        let t = f64::from(i) / 400.0;
        // Values that `f32` has, too.
        let eta = f64::from((centre + reach * t * t * t) as f32);
        let h = 1e-3 * width;
        let at = double.derivatives(reading, eta);
        let value = double.log_prob(reading, eta).abs();
        let first = slope(|x| double.log_prob(reading, x), eta, h);
        let second = slope(|x| double.derivatives(reading, x).first, eta, h);
        // Rounding of the value over h, and the fifth derivative's share.
        let unit = 1.0 / width;
        let coarse = |size: f64, scale: f64| 1e-8 * scale + 1e-14 * (size + scale) / h;
        let (bound, bend) =
            (coarse(value, unit + at.first.abs()), coarse(at.first.abs(), unit * unit + at.second.abs()));
        assert!((at.first - first).abs() <= bound, "{name} {reading:?} {eta}: {} for {first}", at.first);
        assert!((at.second - second).abs() <= bend, "{name} {reading:?} {eta}: {} for {second}", at.second);
        let twin = single.derivatives(narrow, eta as f32);
        // One place of eta and of the width, seen through the next derivative, and a few of the result.
        let place = 1.2e-7 * (eta.abs() + centre.abs());
        let third = slope(|x| double.derivatives(reading, x).second, eta, h).abs();
        for (what, got, expected, next) in
            [("first", twin.first, at.first, at.second.abs()), ("second", twin.second, at.second, third)]
        {
            let power = if what == "first" { unit } else { unit * unit };
            let bound = 2e-6 * (expected.abs() + power) + (4.0 * place + 2e-7 * width) * next;
            let error = (f64::from(got) - expected).abs();
            assert!(error <= bound, "{name} {reading:?} {eta}, {what}: {got} for {expected}");
        }
    }
}

/// A likelihood in both scalars, from parameters that both hold exactly.
macro_rules! both {
    ($name:literal, $make:expr, $readings:expr, $shape:expr) => {
        for reading in $readings {
            let (double, single) = ($make, $make);
            check($name, &double, &single, reading, $shape);
        }
    };
}

fn of<T: Real>(value: f64) -> T {
    T::from_f64(value)
}

fn numbers<const N: usize>(values: [f64; N]) -> [(f64, f32); N] {
    values.map(|value| (value, value as f32))
}

#[test]
fn values_with_noise() {
    both!("normal", Normal::new(of(0.25)).unwrap(), numbers([0.5, -40.0]), (0.0, 0.5, 1e3));
    both!("learned", LearnedNormal::new(of(0.25), of(6.0)).unwrap(), numbers([0.5, -40.0]), (0.0, 0.5, 1e3));
    both!("student", StudentT::new(of(0.5), of(1.0)).unwrap(), numbers([0.5, -40.0]), (0.0, 0.5, 1e4));
    both!("student", StudentT::new(of(0.5), of(30.0)).unwrap(), numbers([0.5, -40.0]), (0.0, 0.5, 1e4));
    // Beyond its kinks, and within; not at them, where the second derivative jumps.
    both!("huber", Huber::new(of(0.5), of(1.5)).unwrap(), numbers([1.5]), (1.5, 0.5, 0.7));
    both!("huber", Huber::new(of(0.5), of(1.5)).unwrap(), numbers([1.5]), (1e3, 0.5, 900.0));
    both!("von mises", VonMises::new(of(0.5)).unwrap(), numbers([0.5, -3.0]), (0.0, 1.0, 50.0));
    both!("von mises", VonMises::new(of(16.0)).unwrap(), numbers([0.5, -3.0]), (0.0, 0.25, 50.0));
}

#[test]
fn intervals() {
    both!("quantized", Quantized::new(of(1.0), of(0.25)).unwrap(), numbers([2.0]), (2.0, 0.25, 60.0));
    both!("quantized", Quantized::new(of(1.0), of(4.0)).unwrap(), numbers([2.0]), (2.0, 4.0, 400.0));
    let ended = Quantized::new(0.5, 0.25).and_then(|steps| steps.with_ends(0.0, 2.0)).unwrap();
    let single = Quantized::new(0.5_f32, 0.25).and_then(|steps| steps.with_ends(0.0, 2.0)).unwrap();
    for reading in numbers([0.0, 1.0, 2.0]) {
        check("quantized with ends", &ended, &single, reading, (1.0, 0.25, 50.0));
    }
    both!("censored", Censored::new(of(0.5), of(-1.0), of(2.0)).unwrap(), numbers([-1.0, 0.5, 2.0]), (0.5, 0.5, 100.0));
    both!("probit", Probit::new(), [(true, true), (false, false)], (0.0, 1.0, 200.0));
}

#[test]
fn counts_amounts_and_flags() {
    let counts = [(0_u32, 0_u32), (1, 1), (7, 7), (100_000, 100_000)];
    both!("poisson", Poisson::with_exposure(of(2.0)).unwrap(), counts, (0.0, 1.0, 30.0));
    both!("negative binomial", NegativeBinomial::new(of(0.5)).unwrap(), counts, (0.0, 1.0, 60.0));
    both!("negative binomial", NegativeBinomial::new(of(1e4)).unwrap(), counts, (0.0, 1.0, 30.0));
    both!("gamma", Gamma::new(of(0.5)).unwrap(), numbers([1e-3, 1.0, 1e3]), (0.0, 1.0, 30.0));
    // An `f32` caps the shape times the reading over its mean at 2^58, e^40.
    both!("gamma", Gamma::new(of(64.0)).unwrap(), numbers([1e-3, 1.0, 1e3]), (0.0, 1.0, 28.0));
    both!("bernoulli", Bernoulli::new(), [(true, true), (false, false)], (0.0, 1.0, 80.0));
}
