//! What a Kalman filter makes of two real logs whose noise is not Gaussian, and what it is worth to say so.
//!
//! A level walks at random, eta_k = eta_(k-1) + N(0, w). Every reading is judged before it is taken in:
//!
//! ```text
//! ln p(y_1, ..., y_n) = sum_k ln p(y_k | y_1, ..., y_(k-1))        (Durbin and Koopman 2012, section 7.2)
//! Kalman:  ln N(y_k | m, P + r)        elbow:  ln E[p(y_k | eta)], eta ~ N(m, P), for any likelihood p(y | eta)
//! ```
//!
//! Each filter gets the noise that makes its own log evidence greatest. The Kalman filter is minikalman's; with a
//! `Normal` sensor elbow's is the same filter, to the last digits.
//!
//! - Newcomb, 1882: the time that light took for 7442 m, where two of 66 readings went wrong. A normal residual pulls
//!   the harder the farther out it is; a Student-t one (here of 3 degrees of freedom) the less.
//! - Disasters in British coal mines: counts, which scatter less where they are rarer and never fall below zero. A
//!   normal density stands here for the probability of a whole count.
//!
//! `cargo run --release --example why_not_kalman` compares and draws `target/why_not_kalman/why_not_kalman.svg`.

mod plot;

use elbow::likelihood::{Likelihood, Normal, Poisson, StudentT};
use elbow::{Error, Filter, GaussHermite, Gaussian, LogEvidence, Maximum, RandomWalk, Sensor, fit_noise};
use minikalman::prelude::*;
use minikalman::regular::builder::KalmanFilterBuilder;
use plot::{Axis, COLORS, Curve, Panel};

/// Mean and variance of a level.
type Level = (f64, f64);
/// The level after each reading, and the log evidence of all of them in nats.
type Track = Result<(Vec<Level>, LogEvidence<f64>), Error>;

/// By minikalman.
fn kalman(log: &[f64], prior: Level, [walk, noise]: [f64; 2]) -> Track {
    let builder = KalmanFilterBuilder::<1, f64>::default();
    let (mut filter, mut gauge) = (builder.build(), builder.observations().build::<1>());
    filter.state_vector_mut().set_row(0, prior.0);
    filter.estimate_covariance_mut().make_scalar(prior.1);
    filter.state_transition_mut().make_identity();
    filter.direct_process_noise_mut().make_scalar(walk);
    gauge.observation_matrix_mut().make_identity();
    gauge.measurement_noise_covariance_mut().make_scalar(noise);
    let (mut levels, mut log_evidence) = (vec![], LogEvidence::new());
    for &reading in log {
        filter.predict();
        let (mean, variance) = (filter.state_vector().get_row(0), filter.estimate_covariance().get(0, 0));
        log_evidence.add(Gaussian::diagonal([mean], [variance + noise])?.log_prob(&[reading]));
        gauge.measurement_vector_mut().set_row(0, reading);
        filter.correct(&mut gauge);
        levels.push((filter.state_vector().get_row(0), filter.estimate_covariance().get(0, 0)));
    }
    Ok((levels, log_evidence))
}

/// By elbow.
fn elbow<L: Likelihood<f64>>(log: &[L::Reading], prior: Level, walk: f64, likelihood: L) -> Track {
    let mut filter = Filter::<f64, 1>::new(Gaussian::diagonal([prior.0], [prior.1])?);
    let mut sensor = Sensor::linear([1.0], likelihood);
    let (mut levels, mut log_evidence) = (Vec::new(), LogEvidence::new());
    for &reading in log {
        filter.predict_for(&RandomWalk::new(walk)?, 1.0)?;
        let update = filter.update(&mut sensor, reading, &mut GaussHermite::<9>::new())?;
        log_evidence.add(update.log_evidence(&sensor, reading));
        levels.push((update.mean(), update.variance()));
    }
    Ok((levels, log_evidence))
}

fn read(csv: &str) -> Vec<(f64, f64)> {
    let rows = csv.lines().filter_map(|line| line.split_once(','));
    rows.filter_map(|(time, value)| Some((time.parse().ok()?, value.parse().ok()?))).collect()
}

/// A filter's name, what its level stands for, and itself given the variances of walk and noise.
type Way<'a> = (&'a str, fn(f64) -> f64, &'a dyn Fn([f64; 2]) -> Track);

/// Both filters, each with its best noise.
fn compare(title: &str, log: &[(f64, f64)], [x, y]: [Axis; 2], ways: [Way; 2]) -> Result<Panel, Error> {
    println!("\n{title}\n{:<22}  log evidence     walk, noise (variances)    level at the end, 2 sd", "");
    let (mut bands, mut lines) = (Vec::new(), Vec::new());
    for ((name, response, filter), (color, dashed)) in ways.into_iter().zip([(COLORS[1], true), (COLORS[0], false)]) {
        let fit = fit_noise([1.0, 10.0], |noise| Ok(filter(noise)?.1))?;
        let (levels, nats) = (filter(fit.variances)?.0, fit.log_evidence);
        let level = |k: usize, sds: f64| response(levels[k].0 + sds * levels[k].1.sqrt());
        let at = |sds| (0..log.len()).map(move |k| (log[k].0, level(k, sds)));
        bands.push(Curve { fill: 0.3, width: 0, ..Curve::new("", color, at(2.0).chain(at(-2.0).rev()).collect()) });
        let legend = format!("{name}: log evidence \u{2212}{:.1} nats", -nats);
        lines.push(Curve { dashed, ..Curve::new(&legend, color, at(0.0).collect()) });
        let [low, middle, high] = [-2.0, 0.0, 2.0].map(|sds| level(log.len() - 1, sds));
        let [walk, noise] = fit.variances.map(|variance| format!("{variance:.4}"));
        let noise = if fit.maximum[1] == Maximum::Nowhere { "none".into() } else { noise };
        println!("  {name:<20}  {nats:>12.3}  {walk:>12} {noise:>12}  {middle:>10.2} ({low:.2} to {high:.2})");
    }
    lines.push(Curve { width: 0, dot: 10, ..Curve::new("reading", COLORS[4], log.to_vec()) });
    Ok(Panel::new(title, x, y, bands.into_iter().chain(lines).collect()))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let log = read(include_str!("data/newcomb.csv"));
    let (times, before) = (log.iter().map(|row| row.1).collect::<Vec<f64>>(), (30.0, 900.0));
    let normal = |noise| kalman(&times, before, noise);
    let student = |[walk, noise]: [f64; 2]| elbow(&times, before, walk, StudentT::new(noise.sqrt(), 3.0)?);
    let ways: [Way; 2] = [("Kalman", |level| level, &normal), ("elbow, StudentT", |level| level, &student)];
    let axes = [Axis::new("reading", 0.0, 67.0), Axis::new("time less 24800 ns (ns)", -50.0, 50.0)];
    let newcomb = compare("Passage time of light, Newcomb 1882: two readings went wrong", &log, axes, ways)?;
    let [theirs, ours] = [normal([1.0, 100.0])?, elbow(&times, before, 1.0, Normal::new(100.0)?)?];
    println!("  the same filter: Kalman {:.9}, elbow with a Normal sensor {:.9}", theirs.1.total(), ours.1.total());

    let log = read(include_str!("data/coal.csv"));
    let (values, counts): (Vec<f64>, Vec<u32>) = log.iter().map(|row| (row.1, row.1 as u32)).unzip();
    // A log rate of N(1, 1) is a rate of mean e^1.5 and variance (e - 1) e^3. A count's noise follows from its rate.
    let normal = |noise| kalman(&values, (4.48, 34.5), noise);
    let poisson = |[walk, _]: [f64; 2]| elbow(&counts, (1.0, 1.0), walk, Poisson::new());
    let ways: [Way; 2] = [("Kalman", |level| level, &normal), ("elbow, Poisson", f64::exp, &poisson)];
    let axes = [Axis::new("year", 1850.0, 1963.0), Axis::new("disasters a year", -2.0, 8.0)];
    let coal = compare("Disasters in British coal mines: counts", &log, axes, ways)?;
    let subtitle = "Mean and 2-sd band of a level that walks at random; each filter with the noise that suits it best";
    plot::write("why_not_kalman", "Why not a Kalman filter", subtitle, &[(320, vec![newcomb]), (320, vec![coal])])
}
