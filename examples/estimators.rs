//! Four ways up the same ELBO, and what each reading of the likelihood buys.
//!
//! A yes from a sensor that was thought to say no: eta ~ N(-3, 4), p(yes | eta) = 1/(1 + e^-eta). The belief N(u, s^2)
//! that maximises the ELBO has no closed form. With z = u + s eps (Kingma and Welling 2014, section 2.4) its gradient
//! is
//!
//! ```text
//! one sample:  (1, s eps) d ln p(y|z)/dz - gradient of KL(q||p) in closed form    (Kingma and Welling 2014, eq. 7)
//! path:        (1, s eps) d[ln p(y|z) + ln p(z) - ln q(z)]/dz                     (Roeder, Wu and Duvenaud 2017, eq. 8)
//! Gauss-Hermite: the first with E[f(eps)] = sum w_i f(eps_i), then Newton
//! ```
//!
//! in (u, ln s). The first two are unbiased and noisy: a constant rate ends in a cloud whose size the rate decides, a
//! rate that falls as 1/k ends in an error that falls as 1/sqrt(k) (Robbins and Monro 1951). The path's noise is the
//! lesser, none at all where q is the posterior. `OneSample` averages the path's natural gradients, starts from the
//! mode and has no rate to choose; `GaussHermite` has no noise and cannot do better than its nodes.
//!
//! `cargo run --release --example estimators` counts and draws `target/estimators/estimators.svg`.

mod plot;

use elbow::elbo::{GaussianGradient, one_sample, one_sample_path};
use elbow::likelihood::{Bernoulli, Likelihood};
use elbow::{Error, Estimator, GaussHermite, Gaussian, OneSample, noise::standard_normals};
use plot::{Axis, COLORS, Curve, Panel};
use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};

const SEEDS: u64 = 100;
const SENSOR: Bernoulli = Bernoulli::new();
/// Mean and variance before the yes.
const PRIOR: (f64, f64) = (-3.0, 4.0);

type Belief = Gaussian<f64, 1>;
/// Evaluations of the likelihood, mean and standard deviation.
type Fit = Result<(f64, f64, f64), Error>;
/// From an effort and a seed.
type Run<'a> = &'a dyn Fn(u32, u64) -> Fit;

fn yes(z: &[f64; 1]) -> (f64, [f64; 1]) {
    (SENSOR.log_prob(true, z[0]), [SENSOR.derivatives(true, z[0]).first])
}

fn gradient(path: bool, q: &Belief, prior: &Belief, noise: &[f64; 1]) -> Result<GaussianGradient<f64, 1>, Error> {
    let bound = if path { one_sample_path(q, prior, &yes, noise) } else { one_sample(q, prior, &yes, noise) };
    Ok(bound?.gradient)
}

/// Where the ELBO is greatest, by its gradient averaged over a fine grid of eps at a rate of 0.3.
fn optimum() -> Fit {
    let prior = Belief::diagonal([PRIOR.0], [PRIOR.1])?;
    let mut q = prior;
    for _ in 0..2000 {
        let start = q;
        for eps in (-120..=120).map(|k| f64::from(k) * 0.05) {
            q.ascend(&gradient(false, &start, &prior, &[eps])?, 0.015 * Belief::standard().log_prob(&[eps]).exp())?;
        }
    }
    Ok((f64::INFINITY, q.mean()[0], q.variance()[0].sqrt()))
}

/// From the prior, with so many gradients.
fn climb(path: bool, rate: fn(f64) -> f64, gradients: u32, seed: u64) -> Fit {
    let prior = Belief::diagonal([PRIOR.0], [PRIOR.1])?;
    let (mut q, mut rng) = (prior, Xoshiro128PlusPlus::seed_from_u64(seed));
    for k in 0..gradients {
        q.ascend(&gradient(path, &q, &prior, &standard_normals(&mut rng))?, rate(f64::from(k)))?;
    }
    Ok((f64::from(gradients), q.mean()[0], q.variance()[0].sqrt()))
}

fn solve(mut estimator: impl Estimator<f64>) -> Fit {
    let solution = estimator.solve(&SENSOR, true, PRIOR.0, PRIOR.1)?;
    Ok((f64::from(solution.evaluations), PRIOR.0 + solution.shift, solution.variance.sqrt()))
}

fn samples(count: u32, seed: u64) -> Fit {
    solve(OneSample::new(Xoshiro128PlusPlus::seed_from_u64(seed)).with_samples(count as u16)?)
}

fn nodes(k: u32, _: u64) -> Fit {
    [solve(GaussHermite::<3>::new()), solve(GaussHermite::<5>::new()), solve(GaussHermite::<9>::new())][k as usize]
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [blue, vermilion, green, purple, grey] = COLORS;
    let (_, mean, std_dev) = optimum()?;
    println!("A yes where eta ~ N(-3, 4): the ELBO is greatest at {mean:.6} +- {std_dev:.6}\n");
    println!("distance of (mean, sd) from there in posterior sd, rms of {SEEDS} seeds, at likelihood evaluations");
    let powers = || (0..7).map(|k| 1 << (2 * k)).collect();
    let ways: [(&str, _, Vec<u32>, Run); 5] = [
        ("plain SGD, rate 0.2", grey, powers(), &|n, seed| climb(false, |_| 0.2, n, seed)),
        ("one sample, 2/(8 + k)", vermilion, powers(), &|n, seed| climb(false, |k| 2.0 / (8.0 + k), n, seed)),
        ("path, 2/(8 + k)", blue, powers(), &|n, seed| climb(true, |k| 2.0 / (8.0 + k), n, seed)),
        ("OneSample", green, powers(), &samples),
        ("GaussHermite, 3, 5, 9 nodes", purple, vec![0, 1, 2], &nodes),
    ];
    let mut curves = Vec::new();
    for (name, color, efforts, run) in ways {
        let mut curve = Curve { dot: 16, ..Curve::new(name, color, vec![]) };
        print!("{name:<28}");
        for effort in efforts {
            let (mut square, mut cost) = (0.0, 0.0);
            for seed in 0..SEEDS {
                let (evaluations, u, s) = run(effort, seed)?;
                square += ((u - mean).powi(2) + (s - std_dev).powi(2)) / (std_dev * std_dev) / SEEDS as f64;
                cost += evaluations / SEEDS as f64;
            }
            curve.points.push((cost, square.sqrt()));
            print!("{:>8.1e} at {cost:<4.0}", square.sqrt());
        }
        println!();
        curves.push(curve);
    }
    let x = Axis { logarithmic: true, ..Axis::new("evaluations of the likelihood", 1.0, 10000.0) };
    let y = Axis { logarithmic: true, ..Axis::new("distance from the optimum (posterior sd)", 1e-5, 10.0) };
    let panel = Panel::new("Error against work, averaged over 100 seeds", x, y, curves);
    let subtitle = "A yes where eta ~ N(\u{2212}3, 4) foretold a no: rms distance from the ELBO's maximum";
    plot::write("estimators", "Ways up the same ELBO", subtitle, &[(480, vec![panel])])
}
