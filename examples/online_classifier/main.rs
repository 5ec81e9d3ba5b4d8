//! Will it rain tomorrow? Bayesian logistic regression, learnt from one day of weather at a time.
//!
//! Rain on the next day has the log odds eta = w . x, x what was measured today; q = N(mu, P) is the belief about the
//! weights w. After each day it climbs the ELBO with the belief of the day before as its prior,
//!
//! ```text
//! ELBO = E_q[ln p(y | w)] - KL(q || q before)  =  H(q) - H(q, p(y | w) q before),  entropy less cross-entropy
//! ```
//!
//! by natural one-sample path gradients (Kingma and Welling 2014, section 2.4; Roeder, Wu and Duvenaud 2017, eq. 8;
//! Amari 1998, theorem 1). The forecast averages over q: E_q[1/(1 + e^-eta)], nearer to a half the less is known.
//!
//! Without the entropy nothing keeps q wide: it shrinks to the point of least cross-entropy, the posterior's mode, and
//! its forecasts take for known what a few days cannot tell. That point and the ELBO of all days at once (for which
//! Jaakkola and Jordan 2000, eq. 8, have a bound in closed form) are fitted here until they move no more.
//!
//! `cargo run --release --example online_classifier` learns from the days of 2012 to 2014 in Seattle, is judged by
//! those of 2015, and draws `target/online_classifier/online_classifier.svg`.

mod judge;
mod model;
#[path = "../plot/mod.rs"]
mod plot;
#[path = "../weather/mod.rs"]
mod weather;

use elbow::elbo::{one_sample, one_sample_path};
use elbow::{Error, Gaussian, noise::standard_normals};
use judge::{Judgement, judge};
use model::{Day, Days, N, forecast, measured};
use plot::{Axis, COLORS, Curve, Panel};
use rand_xoshiro::{Xoshiro128PlusPlus as Rng, rand_core::SeedableRng};

/// From how many first days learning is tried at most.
const STARTS: usize = 24;
type Belief = Gaussian<f32, N>;

/// Steps shorter than 2/(N + 2), the more the later.
fn climb(mut q: Belief, prior: &Belief, days: &[Day], steps: u16, rng: &mut Rng) -> Result<Belief, Error> {
    for step in 0..steps {
        let gradient = one_sample_path(&q, prior, &Days(days), &standard_normals(rng))?.gradient;
        q.ascend_natural(&gradient, 4.0 / (4.0 * N as f32 + 8.0 + f32::from(step)))?;
    }
    Ok(q)
}

/// Climbs without the entropy, in the mean alone; the spread of `q` sets the length of the steps, and is kept.
fn climb_point(mut q: Belief, prior: &Belief, days: &[Day]) -> Result<Belief, Error> {
    for _ in 0..60 {
        let mut gradient = one_sample(&q, prior, &Days(days), &[0.0; N])?.gradient;
        (gradient.unit_lower, gradient.log_std_dev) = ([[0.0; N]; N], [0.0; N]);
        q.ascend_natural(&gradient, 0.5)?;
    }
    Ok(q)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [blue, vermilion, green, purple, grey] = COLORS;
    let days: Vec<Day> = weather::seattle()?.windows(2).map(measured).collect();
    let (past, future) = days.split_at(1096);
    let (prior, mut rng) = (Belief::diagonal([0.0; N], [4.0; N])?, Rng::seed_from_u64(1));
    let line = |name: &str, points| Curve { dashed: true, ..Curve::new(name, grey, points) };
    let share = past.iter().filter(|day| day.1).count() as f32 / past.len() as f32;
    let constant = judge(&mut future.iter().map(|day| (share, day.1)).collect::<Vec<_>>())?.loss;
    let mut losses = vec![line("constant", vec![(4.0, constant), (1096.0, constant)])];
    let mut shares = vec![line("calibrated", vec![(0.0, 0.0), (1.0, 1.0)])];
    let ways = [("online", blue), ("offline", green), ("point", vermilion)];
    losses.extend(ways.map(|(name, color)| Curve { dot: 16, ..Curve::new(name, color, vec![]) }));
    println!("Rain in 2015, foretold after some days of 2012 to 2014; log loss and miscalibration in nats a day\n");
    println!("days  KL(on||off)  online loss, mis.  offline loss, mis.  point loss, mis.");
    for count in [4, 8, 16, 32, 64, 128, 256, 1096] {
        let (starts, mut forecasts, mut apart) = (STARTS.min(past.len() / count), [const { Vec::new() }; 3], 0.0);
        for start in 0..starts {
            let first = start * (past.len() / count) / starts;
            let seen: Vec<Day> = past.iter().skip(first).step_by(past.len() / count).take(count).copied().collect();
            let online = seen.chunks(1).try_fold(prior, |q, day| climb(q, &q, day, 96, &mut rng))?;
            let offline = climb(online, &prior, &seen, 120, &mut rng)?;
            apart += online.kl(&offline) / starts as f32;
            let fits = [online, offline, climb_point(offline, &prior, &seen)?];
            for (k, q) in fits.iter().enumerate() {
                forecasts[k].extend(future.iter().map(|(x, rain)| (forecast(q, x, k < 2), *rain)));
            }
        }
        print!("{count:>4}   {apart:>5.3} ");
        for (k, forecasts) in forecasts.iter_mut().enumerate() {
            let Judgement { loss, miscalibration, reliability } = judge(forecasts)?;
            print!("    {loss:.4}   {miscalibration:.4}");
            losses[k + 1].points.push((count as f64, loss));
            if count == 8 && k != 1 || count == past.len() && k == 0 {
                let (name, color) = if count == 8 { ways[k] } else { ("online, 1096 days", purple) };
                shares.push(Curve { dot: 16, ..Curve::new(name, color, reliability) });
            }
        }
        println!();
    }
    println!("\nconstant, the share of rain in 2012 to 2014: log loss {constant:.4}");
    let x = Axis { logarithmic: true, ..Axis::new("days learnt from", 4.0, 1096.0) };
    let y = Axis::new("log loss (nats a day)", 0.55, 0.85);
    let left = Panel::new("The fewer the days, the more a point is sure of too much", x, y, losses);
    let (x, y) = (Axis::new("probability of rain, foretold", 0.0, 1.0), Axis::new("share of days with rain", 0.0, 1.0));
    let right = Panel::new("Reliability after 8 days, by tenths of the forecasts", x, y, shares);
    let subtitle = "Logistic regression on one day's weather; learnt within 2012 to 2014, judged on 2015";
    plot::write("online_classifier", "Will it rain in Seattle tomorrow?", subtitle, &[(420, vec![left, right])])
}
