//! A network that knows where it has seen nothing: 49 weights, each a Gaussian.
//!
//! ```text
//! y = f_w(x) + noise     p(w) = N(0, I)     q(w) = product of N(m_i, e^(2 l_i))
//! ELBO = E_q[ln p(y | x, w)] - KL(q || p)
//! ```
//!
//! (Blundell, Cornebise, Kavukcuoglu and Wierstra 2015, eq. 1 to 3: weights w = m + e^l eps, one sample a step; a few
//! of the readings stand for all, as in their section 3.4.) A prediction averages over q: its spread is the noise and
//! what q leaves open of f. The point estimate is the mode of p(w | y): the same network without entropy, whose only
//! spread is the noise.
//!
//! Away from the readings the spread grows, as it should. Between two groups of them it does not: one hidden layer of
//! rectifiers under a mean field cannot be unsure there (Foong, Burt, Li and Turner 2020, theorem 1).
//!
//! The readings are made up, by a seeded generator: y = 2x/(1 + x^2) with noise of 0.1, for x in two groups.
//! `cargo run --release --example bayes_net` draws `target/bayes_net/bayes_net.svg`.

#[path = "../backward/mod.rs"]
mod backward;
#[path = "../network/mod.rs"]
mod network;
#[path = "../plot/mod.rs"]
mod plot;
mod regression;

use elbow::elbo::{Adam, MeanFieldGradient, one_sample};
use elbow::noise::standard_normals;
use elbow::{Error, MeanField};
use plot::{Axis, COLORS, Curve, Panel};
use rand_xoshiro::{Xoshiro128PlusPlus as Rng, rand_core::SeedableRng};
use regression::{NOISE, Readings, SIZE, predict, readings, truth};

const STEPS: u16 = 9_000;
type Belief = MeanField<f32, SIZE>;

/// Climbs the ELBO; or, without entropy, in the means alone and at them.
fn train(readings: &[(f32, f32)], entropy: bool, rng: &mut Rng) -> Result<Belief, Error> {
    let (prior, start) = (Belief::standard(), standard_normals(rng).map(|x: f32| 0.7 * x));
    let mut q = Belief::new(start, [-3.0; SIZE])?;
    let (mut means, mut logs) = (Adam::new(), Adam::new());
    for step in 0..STEPS {
        let noise = if entropy { standard_normals(rng) } else { [0.0; SIZE] };
        let points = readings.chunks(8).nth(usize::from(step % 6)).unwrap_or_default();
        let gradient = one_sample(&q, &prior, &Readings { points, times: 6.0 }, &noise)?.gradient;
        let (mean, log_std_dev) = (means.step(&gradient.mean)?, logs.step(&gradient.log_std_dev)?);
        let log_std_dev = if entropy { log_std_dev } else { [0.0; SIZE] };
        q.ascend(&MeanFieldGradient { mean, log_std_dev }, 0.02 * (1.0 - f32::from(step) / f32::from(STEPS)))?;
    }
    Ok(q)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [blue, vermilion, green, _, grey] = COLORS;
    let mut rng = Rng::seed_from_u64(1);
    let readings = readings(&mut rng);
    let q = train(&readings, true, &mut rng)?;
    let point = vec![*train(&readings, false, &mut rng)?.mean()];
    let weights: Vec<[f32; SIZE]> = (0..300).map(|_| q.sample(&mut rng)).collect();
    println!("KL(q||prior) {:.1} nats for 49 weights and 48 readings\n", q.kl(&Belief::standard()));
    println!("     x    truth     mean    sd of f      point estimate");
    for x in [-5.0, -4.0, -3.0, -2.0, -1.25, -0.5, 0.0, 0.5, 1.25, 2.0, 3.0, 4.0, 5.0] {
        let (mean, std_dev) = predict(&weights, x);
        println!("{x:>6.2} {:>8.3} {mean:>8.3} {std_dev:>10.3} {:>19.3}", truth(x), predict(&point, x).0);
    }
    let grid: Vec<f32> = (-100..=100).map(|k| k as f32 / 20.0).collect();
    println!("\nthe truth within two standard deviations of the prediction, noise included:");
    for (place, inside) in [("where readings are", true), ("farther out", false)] {
        let share = |weights: &[[f32; SIZE]]| {
            let among = grid.iter().filter(|x| (-2.0..=2.0).contains(*x) == inside);
            let covered = among.clone().filter(|x| {
                let (m, s) = predict(weights, **x);
                (truth(**x) - m).powi(2) < 4.0 * (s * s + NOISE * NOISE)
            });
            100.0 * covered.count() as f64 / among.count() as f64
        };
        println!(
            "  {place:<20} network of Gaussians {:>5.1} %   point estimate {:>5.1} %",
            share(&weights),
            share(&point)
        );
    }
    let pairs = |of: &dyn Fn(f32) -> f32| grid.iter().map(|x| (f64::from(*x), f64::from(of(*x)))).collect::<Vec<_>>();
    let edge = |times: f32| {
        pairs(&|x| {
            let (m, s) = predict(&weights, x);
            m + times * (s * s + NOISE * NOISE).sqrt()
        })
    };
    let band = edge(2.0).into_iter().chain(edge(-2.0).into_iter().rev()).collect();
    let mut left = vec![
        Curve { width: 0, fill: 0.2, ..Curve::new("2 sd", blue, band) },
        Curve { dashed: true, ..Curve::new("truth", grey, pairs(&truth)) },
        Curve::new("mean", blue, pairs(&|x| predict(&weights, x).0)),
        Curve::new("point", vermilion, pairs(&|x| predict(&point, x).0)),
    ];
    let dots = readings.iter().map(|(x, y)| (f64::from(*x), f64::from(*y))).collect();
    left.push(Curve { width: 0, dot: 10, ..Curve::new("readings", green, dots) });
    let axis = || Axis::new("x", -5.0, 5.0);
    let y = Axis { logarithmic: true, ..Axis::new("standard deviation of f", 0.01, 2.0) };
    let places = readings.iter().map(|(x, _)| (f64::from(*x), 0.012)).collect();
    let right = vec![
        Curve::new("of f, over the weights", blue, pairs(&|x| predict(&weights, x).1)),
        Curve { width: 0, dot: 10, ..Curve::new("readings", green, places) },
    ];
    let panels = vec![
        Panel::new("Away from the readings the prediction widens", axis(), Axis::new("y", -3.0, 3.0), left),
        Panel::new("What the weights leave open", axis(), y, right),
    ];
    let subtitle = "A mean-field Bayesian network of 49 weights, and the same without entropy";
    plot::write("bayes_net", "A network that knows where it has seen nothing", subtitle, &[(420, panels)])
}
