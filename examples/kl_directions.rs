//! Two directions of one divergence, and what they cost a filter that believes in one Gaussian.
//!
//! ```text
//! KL(q||p) = E_q[ln q - ln p]   reverse: infinite where p = 0 < q, so q keeps out of p's gaps (zero forcing)
//! KL(p||q) = E_p[ln p - ln q]   forward: infinite where q = 0 < p, so q covers all of p (zero avoiding)
//! ```
//!
//! (Bishop 2006, *Pattern Recognition and Machine Learning*, section 10.1.2; Murphy 2012, *Machine Learning*, section
//! 21.2.2.) The ELBO is log p(x) - KL(q||p(z|x)): who climbs it goes the reverse way. The forward divergence is the
//! cross-entropy H(p, q) less p's entropy, least over Gaussians where q has p's mean and variance (Bishop, eq. 10.187).
//!
//! Of a Gaussian with precision matrix Lambda a mean-field q keeps the variances 1/Lambda_ii by the reverse divergence
//! (Bishop, eq. 10.12 to 10.15) and the marginal ones, (Lambda^-1)_ii, by the forward one (eq. 10.17).
//!
//! `cargo run --release --example kl_directions` fits both ways and draws `target/kl_directions/kl_directions.svg`.

mod plot;

use elbow::elbo::{LogDensity, Variational, one_sample_path};
use elbow::{Categorical, Error, Gaussian, MeanField, noise::standard_normals};
use plot::{Axis, COLORS, Curve, Panel};
use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};

/// Cells of a fortieth of a metre, from -8 to 8 m, in which densities become probabilities.
const CELLS: usize = 640;
type Density = Categorical<f64, CELLS>;

fn place(cell: usize) -> f64 {
    (cell as f64 + 0.5) / 40.0 - 8.0
}

fn on_grid(log_density: impl Fn(f64) -> f64) -> Result<Density, Error> {
    Density::from_weights(core::array::from_fn(|cell| log_density(place(cell)).exp()))
}

fn mean_of(p: &Density, value: impl Fn(f64) -> f64) -> f64 {
    p.probabilities().iter().enumerate().map(|(cell, p)| p * value(place(cell))).sum()
}

/// Minimises KL(q||posterior) from `q`, by one-sample gradients of the ELBO at falling rates.
fn reverse<const N: usize, Q: Variational<f64, N>>(
    mut q: Q,
    prior: &Q,
    likelihood: &impl LogDensity<f64, N>,
    ascend: impl Fn(&mut Q, &Q::Gradient, f64) -> Result<(), Error>,
) -> Result<Q, Error> {
    let mut rng = Xoshiro128PlusPlus::seed_from_u64(1);
    for step in 0..40_000 {
        let bound = one_sample_path(&q, prior, likelihood, &standard_normals(&mut rng))?;
        ascend(&mut q, &bound.gradient, 2.0 / (40.0 + f64::from(step)))?;
    }
    Ok(q)
}

/// Where a Gaussian is one standard deviation from its mean.
fn ellipse(q: &Gaussian<f64, 2>) -> Vec<(f64, f64)> {
    let angles = (0..=90).map(|k| f64::from(k) * std::f64::consts::TAU / 90.0);
    angles.map(|angle| q.at(&[angle.cos(), angle.sin()]).into()).collect()
}

/// A node on a line hears that a beacon at 0 is 2 m away, give or take 0.5; on which side it does not hear.
fn two_sides() -> Result<Panel, Error> {
    let [blue, vermilion, green, _, grey] = COLORS;
    let prior = Gaussian::diagonal([0.3], [4.0])?;
    let miss = |z: &[f64; 1]| 2.0 - z[0].abs();
    let range = |z: &[f64; 1]| (-2.0 * miss(z) * miss(z), [4.0 * miss(z) * z[0].signum()]);
    let posterior = on_grid(|z| prior.log_prob(&[z]) + range(&[z]).0)?;
    let from = |start: f64| reverse(Gaussian::diagonal([start], [0.25])?, &prior, &range, Gaussian::ascend);
    let mean = mean_of(&posterior, |z| z);
    let both = Gaussian::diagonal([mean], [mean_of(&posterior, |z| (z - mean).powi(2))])?;
    let curve = |p: &Density| (0..CELLS).step_by(4).map(|cell| (place(cell), p.probabilities()[cell] * 40.0)).collect();
    let mut curves = vec![Curve { fill: 0.35, width: 0, ..Curve::new("posterior p", grey, curve(&posterior)) }];
    println!("One Gaussian q for the posterior p of a position, given a range from a beacon whose side is unknown\n");
    println!("fit by KL                  mean      sd   KL(q||p)  KL(p||q), nats   of p beyond 4 sd of q");
    for (name, color, q, dashed) in [
        ("reverse, from the right", blue, from(1.5)?, false),
        ("reverse, from the left", green, from(-1.5)?, true),
        ("forward", vermilion, both, false),
    ] {
        let (fit, mean, std_dev) = (on_grid(|z| q.log_prob(&[z]))?, q.mean()[0], q.variance()[0].sqrt());
        let unseen = 100.0 * mean_of(&posterior, |z| f64::from((z - mean).abs() > 4.0 * std_dev));
        let (reverse, forward) = (fit.kl(&posterior), posterior.kl(&fit));
        println!("{name:<24} {mean:>6.3}  {std_dev:>6.3}   {reverse:>8.4}  {forward:>8.4} {unseen:>21.1} %");
        curves.push(Curve { dashed, ..Curve::new(name, color, curve(&fit)) });
    }
    let (x, y) = (Axis::new("position (m)", -8.0, 8.0), Axis::new("density (1/m)", 0.0, 1.0));
    Ok(Panel::new("Two modes: reverse locks onto one, forward spans both", x, y, curves))
}

/// Position and speed some time after a fix, in standard deviations: who was faster is farther.
fn correlated() -> Result<Panel, Error> {
    let [blue, vermilion, _, _, grey] = COLORS;
    let (p, start) = (Gaussian::new([0.0; 2], [[1.0, 0.9], [0.9, 1.0]])?, MeanField::standard());
    // The likelihood that turns the prior N(0, I) into p.
    let pull = |a: f64, b: f64| (a - 0.9 * b) / (1.0 - 0.9 * 0.9);
    let ratio = |&[a, b]: &[f64; 2]| (p.log_prob(&[a, b]) - start.log_prob(&[a, b]), [a - pull(a, b), b - pull(b, a)]);
    let kept = reverse(start, &start, &ratio, MeanField::ascend)?.std_dev().map(|std_dev| std_dev * std_dev);
    let q = Gaussian::diagonal([0.0; 2], kept)?;
    println!("\nMean field for a correlation of 0.9: variances {:.4} and {:.4} of 1", kept[0], kept[1]);
    println!("  1/Lambda_ii = 1 - 0.9^2 = 0.1900;  KL(q||p) {:.4}, at best -ln(0.19)/2 = 0.8304 nats", q.kl(&p));
    let curves = vec![
        Curve { fill: 0.35, width: 0, ..Curve::new("p", grey, ellipse(&p)) },
        Curve::new("mean field, reverse", blue, ellipse(&q)),
        Curve::new("mean field, forward", vermilion, ellipse(&Gaussian::standard())),
    ];
    let (x, y) = (Axis::new("position (sd)", -1.5, 1.5), Axis::new("speed (sd)", -1.5, 1.5));
    Ok(Panel::new("Correlation: reverse mean field is too narrow, 1 sd", x, y, curves))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let panels = vec![two_sides()?, correlated()?];
    println!(
        "\nA filter's belief, by the reverse way, takes one side and is sure of it: start it near the right one, or run"
    );
    println!("one for each and compare log evidences. It keeps the whole covariance: mean field is for many weights.");
    let subtitle = "Gaussians fitted to p by KL(q||p), as variational inference does, and by KL(p||q)";
    plot::write("kl_directions", "Two directions of one divergence", subtitle, &[(440, panels)])
}
