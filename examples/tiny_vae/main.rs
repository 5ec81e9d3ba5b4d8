//! A variational autoencoder of 306 weights: a week's temperatures as two numbers.
//!
//! A week x, seven highest and seven lowest temperatures, is thought to come from two latent numbers z:
//!
//! ```text
//! p(z) = N(0, I)     p(x | z) = N(f(z), s^2 I)     q(z | x) = N(m(x), diag exp(2 l(x)))
//! ELBO = E_q[ln p(x | z)] - beta KL(q(z | x) || p(z)),  reconstruction less KL,  beta = 1
//! ```
//!
//! (Kingma and Welling 2014, eq. 3 and appendix C). Decoder f and encoder (m, l) are networks with one hidden layer;
//! all their weights climb the ELBO of one week after another, at one sample z = m + e^l eps each. elbow gives the
//! gradient in m and l, from where it goes back through the encoder; `Adam` turns gradients into steps.
//!
//! The weight beta sets the balance: below one, weeks are drawn better than the noise s deserves, and take latent
//! numbers that N(0, I) would not give, so that samples from the prior look less like weeks; above one, q stays near
//! N(0, I) and forgets which week it was (Higgins et al. 2017, eq. 4). Judged by the ELBO itself, beta = 1 is best.
//!
//! `cargo run --release --example tiny_vae` learns from 2012 to 2014 in Seattle, is judged on 2015, draws
//! `target/tiny_vae/tiny_vae.svg` and writes `target/tiny_vae/weights.txt`: copied to
//! `examples/autoencoder/`, that is what the image `autoencoder` runs with on a chip.

#[path = "../autoencoder/mod.rs"]
mod autoencoder;
#[path = "../backward/mod.rs"]
mod backward;
#[path = "../network/mod.rs"]
mod network;
#[path = "../plot/mod.rs"]
mod plot;
mod training;

use autoencoder::{DAYS, INPUTS, LATENT, Week, decode, encode, weeks};
use elbow::noise::standard_normals;
use plot::{Axis, COLORS, Curve, Panel};
use rand_xoshiro::{Xoshiro128PlusPlus as Rng, rand_core::SeedableRng};
use training::{judge, rows, train};

const STEPS: u32 = 15_000;

/// The highest and the lowest temperatures of a week in degrees Celsius, each as a curve.
fn drawn(name: &str, week: &[f32; INPUTS], look: Curve) -> [Curve; 2] {
    let degrees = |(day, x): (usize, &f32)| (day as f64, f64::from(*x) * 8.0 + 12.0);
    let (high, low) = week.split_at(DAYS);
    let curve = |name: &str, days: &[f32]| {
        let points = days.iter().enumerate().map(degrees).collect();
        Curve { name: name.into(), points, ..look }
    };
    [curve(name, high), curve("", low)]
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [blue, vermilion, green, purple, grey] = COLORS;
    let all: Vec<Week> = weeks().collect();
    let temperatures: Vec<[f32; INPUTS]> = all.iter().map(|week| week.temperatures).collect();
    // 2012 to 2014, and the weeks of 2015.
    let (past, future) = (&temperatures[..1090], &temperatures[1096..]);
    let line = |name: &str, color| Curve { dot: 12, ..Curve::new(name, color, vec![]) };
    let mut climb = [line("weeks learnt from", grey), line("new weeks", blue)];
    let mut balance = [line("misfit", vermilion), line("KL", blue), line("misfit + KL", grey)];
    println!("New weeks, in nats a week, by the weight of the KL: what is learnt with it, judged without\n");
    println!("beta    ln p(x|z)       KL     ELBO    rms error (degrees)");
    let [_, _, learnt, ..] = [0.1, 0.3, 1.0, 3.0, 10.0].map(|beta| {
        let weights = train(past, (beta, STEPS), &mut Rng::seed_from_u64(1), |step, weights| {
            if beta == 1.0 && step > 0 {
                for (curve, weeks) in climb.iter_mut().zip([&past[..future.len()], future]) {
                    let now = judge(weights, weeks, &mut Rng::seed_from_u64(2))?;
                    curve.points.push((f64::from(step), now.reconstruction - now.kl));
                }
            }
            Ok(())
        })?;
        let now = judge(&weights, future, &mut Rng::seed_from_u64(2))?;
        let (fit, kl, error) = (now.reconstruction, now.kl, now.error);
        println!("{beta:>4} {fit:>12.3} {kl:>8.3} {:>8.3} {error:>14.2}", fit - kl);
        for (curve, value) in balance.iter_mut().zip([-fit, kl, kl - fit]) {
            curve.points.push((f64::from(beta), value));
        }
        Ok::<_, elbow::Error>(weights)
    });
    let weights = learnt?;
    let (mut again, mut made) = (vec![], vec![]);
    for (week, color) in [(15, blue), (196, vermilion), (330, green)].map(|(day, color)| (&all[1096 + day], color)) {
        let (_, q) = encode(&weights, &week.temperatures)?;
        let (_, decoded) = decode(&weights, q.mean());
        let dots = Curve { dot: 14, width: 0, ..Curve::new("", color, vec![]) };
        again.extend(drawn("", &week.temperatures, dots));
        again.extend(drawn(&week.date[5..], &decoded, Curve::new("", color, vec![])));
    }
    let mut rng = Rng::seed_from_u64(3);
    for color in COLORS {
        let z: [f32; LATENT] = standard_normals(&mut rng);
        made.extend(drawn("", &decode(&weights, &z).1, Curve::new("", color, vec![])));
    }
    let seasons = [("DJF", blue), ("MAM", green), ("JJA", vermilion), ("SON", purple)];
    let mut map = seasons.map(|(name, color)| Curve { dot: 8, width: 0, ..Curve::new(name, color, vec![]) });
    for week in &all {
        let month: usize = week.date[5..7].parse()?;
        let [a, b] = *encode(&weights, &week.temperatures)?.1.mean();
        map[month % 12 / 3].points.push((a.into(), b.into()));
    }
    let by_step = Axis::new("weeks seen", 0.0, STEPS.into());
    let by_beta = Axis { logarithmic: true, ..Axis::new("beta, the weight of the KL", 0.1, 10.0) };
    let [week, other] = ["day of the week from there", "day of the week"].map(|name| Axis::new(name, 0.0, 6.0));
    let [degrees, again_degrees] = ["degrees Celsius"; 2].map(|name| Axis::new(name, -5.0, 40.0));
    let [first, second] = ["first latent number", "second latent number"].map(|name| Axis::new(name, -3.0, 3.0));
    let top = vec![
        Panel::new("The ELBO of a week along the climb", by_step, Axis::new("ELBO (nats)", -14.0, 0.0), climb.into()),
        Panel::new("What beta trades, new weeks", by_beta, Axis::new("nats a week", 0.0, 12.0), balance.into()),
    ];
    let bottom = vec![
        Panel::new("New weeks, dots, as decoded", week, degrees, again),
        Panel::new("Five weeks from the prior", other, again_degrees, made),
        Panel::new("Latent means, by season", first, second, map.into()),
    ];
    std::fs::create_dir_all("target/tiny_vae")?;
    std::fs::write("target/tiny_vae/weights.txt", rows(&weights))?;
    let subtitle =
        "A variational autoencoder of 306 weights for seven days of highest and lowest temperatures in Seattle";
    plot::write("tiny_vae", "A week of weather as two numbers", subtitle, &[(330, top), (330, bottom)])
}
