//! One identity, seen along a climb: the log evidence is the ELBO and the divergence from the posterior together.
//!
//! ```text
//! ln p(x)      = ELBO(q) + KL(q || p(z|x))                       (Bishop 2006, eq. 10.2 to 10.4)
//! ELBO(q)      = E_q[ln p(x|z)] - KL(q || p(z))                  (Kingma and Welling 2014, eq. 3)
//! -ELBO(q)     = E_q[-ln p(x, z)] - H(q)  =  energy - entropy    (free energy: Neal and Hinton 1998)
//! KL(q || p)   = E_q[-ln p] - H(q)        =  cross-entropy - entropy
//! ```
//!
//! The left side of the first line does not depend on q, and no KL is negative: climbing the ELBO is falling towards
//! the posterior, and wherever it stops it is a lower bound. For p = p(z|x) the last line is the third less ln p(x),
//! which as a rule nobody can compute. Here everybody can: one unknown, on a grid.
//!
//! A Geiger tube counts x = 7; z is the log of the expected count, N(0, 1) before. The ELBO is in closed form (E_q e^z
//! = e^(m + v/2)), the divergence from the posterior by `Categorical` on the grid: each knows nothing of the other.
//!
//! `cargo run --release --example elbo_identity` climbs and draws `target/elbo_identity/elbo_identity.svg`.

mod plot;

use elbow::{Categorical, Error, Gaussian, elbo, noise::standard_normals};
use plot::{Axis, COLORS, Curve, Panel};
use rand_xoshiro::{Xoshiro128PlusPlus, rand_core::SeedableRng};

const COUNT: f64 = 7.0;
/// ln 7!
const LN_FACTORIAL: f64 = 8.525_161_361_065_415;
/// Steps of one-sample gradient ascent.
const STEPS: usize = 200;
/// Cells of a hundredth from -5 to 6.
const CELLS: usize = 1100;

fn on_grid(log_density: impl Fn(f64) -> f64) -> [f64; CELLS] {
    core::array::from_fn(|cell| log_density((cell as f64 + 0.5) / 100.0 - 5.0).exp())
}

/// A q along the climb and what is known of it, in nats.
struct Account {
    q: Gaussian<f64, 1>,
    elbo: f64,
    energy: f64,
    /// Of q and the posterior, on the grid.
    kl: f64,
    cross_entropy: f64,
}

impl Account {
    fn new(q: Gaussian<f64, 1>, prior: &Gaussian<f64, 1>, posterior: &Categorical<f64, CELLS>) -> Result<Self, Error> {
        let reconstruction = COUNT * q.mean()[0] - (q.mean()[0] + 0.5 * q.variance()[0]).exp() - LN_FACTORIAL;
        let (elbo, energy) = (reconstruction - q.kl(prior), q.cross_entropy(prior) - reconstruction);
        let cells = Categorical::from_weights(on_grid(|z| q.log_prob(&[z])))?;
        // A density is a probability by the width of a cell.
        let cross_entropy = cells.cross_entropy(posterior) + 0.01_f64.ln();
        Ok(Self { q, elbo, energy, kl: cells.kl(posterior), cross_entropy })
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let prior = Gaussian::standard();
    let tube = |z: &[f64; 1]| (COUNT * z[0] - z[0].exp() - LN_FACTORIAL, [COUNT - z[0].exp()]);
    let joint = on_grid(|z| tube(&[z]).0 + prior.log_prob(&[z]));
    let log_evidence = (joint.iter().sum::<f64>() * 0.01).ln();
    let posterior = Categorical::from_weights(joint)?;

    let mut q = Gaussian::diagonal([0.3], [0.02])?;
    let mut rng = Xoshiro128PlusPlus::seed_from_u64(3);
    let mut path = vec![Account::new(q, &prior, &posterior)?];
    for _ in 0..STEPS {
        q.ascend(&elbo::one_sample(&q, &prior, &tube, &standard_normals(&mut rng))?.gradient, 0.01)?;
        path.push(Account::new(q, &prior, &posterior)?);
    }

    println!("A count of 7, log rate N(0, 1) before: log evidence {log_evidence:.9} nats\n");
    println!(" step     mean       sd        ELBO  +        KL  =       sum     energy  -  entropy  =  free energy");
    for (step, Account { q, elbo, energy, kl, .. }) in path.iter().enumerate().filter(|(step, _)| step % 40 == 0) {
        let entropy = q.entropy();
        print!("{step:>5} {:>8.4} {:>8.4} {elbo:>11.6}  {kl:>10.6}", q.mean()[0], q.variance()[0].sqrt());
        println!("  {:>10.6} {energy:>10.6} {entropy:>11.6} {:>13.6}", elbo + kl, energy - entropy);
    }
    let worst = |error: &dyn Fn(&Account) -> f64| path.iter().map(|now| error(now).abs()).fold(0.0, f64::max);
    println!("\nlargest error along the path, nats");
    println!("  ELBO + KL - log evidence        {:.1e}", worst(&|now| now.elbo + now.kl - log_evidence));
    println!("  energy - entropy + ELBO         {:.1e}", worst(&|now| now.energy - now.q.entropy() + now.elbo));
    println!("  cross-entropy - entropy - KL    {:.1e}", worst(&|now| now.cross_entropy - now.q.entropy() - now.kl));

    let [blue, vermilion, green, purple, grey] = COLORS;
    let line = |value: fn(&Account) -> f64| (0..).map(f64::from).zip(path.iter().map(value)).collect::<Vec<_>>();
    let level = |value| vec![(0.0, value), (STEPS as f64, value)];
    let area = |name, color, lower: Vec<_>| {
        let edges = line(|now| now.elbo).into_iter().chain(lower.into_iter().rev()).collect();
        Curve { fill: 0.45, width: 0, ..Curve::new(name, color, edges) }
    };
    let stack = vec![
        area("ELBO", blue, level(-10.0)),
        area("KL of q from the posterior", vermilion, level(log_evidence)),
        Curve::new("log evidence", grey, level(log_evidence)),
    ];
    let curve = |name, color, value| Curve::new(name, color, line(value));
    let energies = vec![
        Curve { dashed: true, ..curve("energy", vermilion, |now| now.energy) },
        curve("entropy of q", green, |now| now.q.entropy()),
        curve("free energy", blue, |now| now.energy - now.q.entropy()),
    ];
    let divergence = vec![
        Curve { dashed: true, ..curve("cross-entropy", purple, |now| now.cross_entropy) },
        curve("entropy of q", green, |now| now.q.entropy()),
        curve("KL", vermilion, |now| now.cross_entropy - now.q.entropy()),
    ];
    let panel = |title, from, to, curves| {
        Panel::new(title, Axis::new("gradient steps", 0.0, STEPS as f64), Axis::new("nats", from, to), curves)
    };
    let upper = vec![panel("Log evidence = ELBO + KL(q || posterior)", -10.0, -4.0, stack)];
    let lower = vec![
        panel("Free energy = energy \u{2212} entropy = \u{2212}ELBO", -1.0, 10.0, energies),
        panel("KL = cross-entropy with the posterior \u{2212} entropy", -1.0, 6.0, divergence),
    ];
    let subtitle = "A count of 7, log rate N(0, 1) before; a Gaussian q climbs the ELBO by one-sample gradients";
    plot::write("elbo_identity", "What the ELBO is a bound of", subtitle, &[(330, upper), (280, lower)])
}
