//! Four covariances that are hard to keep in 24 bits: a vague prior, hardly any process noise, nearly collinear rows, and
//! days without a reading of a sharp sensor. At every step the belief is one that its own constructor takes and no
//! reading is an error; against a dense twin in `f64` means and variances stay within the figures given, which are about
//! twice what ten million readings came to.
//!
//! Rows that differ by 2^-13 in place of 2^-10 make the covariance one of condition 1e8: still positive definite, and
//! still no error, but up to 1.4 standard deviations and 17 % of the variance off.

use super::twin::{Matrix, Twin};
use super::{Noise, assert_sound, report, steps};
use elbow::likelihood::Normal;
use elbow::{Dynamics, Filter, GaussHermite, Gaussian, Sensor};
use std::time::Instant;

struct Scenario {
    name: &'static str,
    prior_variance: [f32; 2],
    /// The process noise of a unit of time: level and slope.
    rates: [f32; 2],
    /// The time step, and every how many steps another one.
    step: f32,
    gap: (u64, f32),
    rows: [[f32; 2]; 2],
    noise: f32,
    /// How far from zero the truth begins: in centred units, whatever the prior says.
    truth: [f64; 2],
    /// After so many steps it begins anew with another truth.
    length: u64,
    /// For each number, the most deviation of its mean from the twin's in posterior standard deviations, and of its
    /// variance, relative.
    most: [(f64, f64); 2],
}

/// A level and its slope over a time step, exactly as the filter has it: rounded once to `f32`.
fn moved(rates: [f32; 2], step: f32) -> ([[f32; 2]; 2], [[f32; 2]; 2]) {
    let [level, slope] = rates.map(f64::from);
    let dt = f64::from(step);
    let cross = (slope * dt * dt / 2.0) as f32;
    let top = (level * dt + slope * dt * dt * dt / 3.0) as f32;
    ([[1.0, step], [0.0, 1.0]], [[top, cross], [cross, (slope * dt) as f32]])
}

fn wide(rows: [[f32; 2]; 2]) -> Matrix {
    rows.map(|row| row.map(f64::from))
}

impl Scenario {
    fn run(&self) {
        let (start, count) = (Instant::now(), steps(20_000, 10_000_000));
        let prior = Gaussian::diagonal([0.0_f32; 2], self.prior_variance).unwrap();
        let mut sensors = self.rows.map(|row| Sensor::linear(row, Normal::new(self.noise).unwrap()));
        let moves = [self.step, self.gap.1].map(|step| moved(self.rates, step));
        let dynamics = moves.map(|(transition, noise)| Dynamics::new(transition, noise).unwrap());
        let mut noise = Noise(7);
        let (mut filter, mut twin) = (Filter::new(prior), self.twin());
        let mut truth = [0.0; 2];
        let mut worst = [(0.0_f64, 0.0_f64); 2];
        for step in 0..count {
            if step % self.length == 0 {
                (filter, twin) = (Filter::new(prior), self.twin());
                truth = self.truth.map(|spread| spread * noise.triangular());
            }
            let long = usize::from(step % self.gap.0 == self.gap.0 - 1);
            let (transition, added) = moves[long];
            filter.predict(&dynamics[long]).unwrap();
            twin.predict(&wide(transition), &wide(added));
            truth = wide(transition).map(|row| row[0] * truth[0] + row[1] * truth[1]);
            let turn = (step % 2) as usize;
            let row = self.rows[turn].map(f64::from);
            let scatter = f64::from(self.noise).sqrt() * noise.triangular();
            let reading = (row[0] * truth[0] + row[1] * truth[1] + scatter) as f32;
            let _ = filter.update(&mut sensors[turn], reading, &mut GaussHermite::<3>::new()).unwrap();
            twin.update(row, f64::from(self.noise), f64::from(reading));
            assert_sound(filter.belief(), self.name);
            for i in 0..2 {
                let variance = twin.covariance[i][i];
                let mean = (f64::from(filter.belief().mean()[i]) - twin.mean[i]).abs() / variance.sqrt();
                let spread = (f64::from(filter.belief().variance()[i]) / variance - 1.0).abs();
                worst[i] = (worst[i].0.max(mean), worst[i].1.max(spread));
            }
        }
        let figures = worst.map(|(mean, spread)| format!("mean {mean:.1e} sd off, variance {spread:.1e}, relative"));
        report(self.name, count, start, &figures.join("; "));
        for ((mean, spread), most) in worst.into_iter().zip(self.most) {
            assert!(mean < most.0 && spread < most.1, "{}: {figures:?}", self.name);
        }
    }

    fn twin(&self) -> Twin {
        let [first, second] = self.prior_variance.map(f64::from);
        Twin { mean: [0.0; 2], covariance: [[first, 0.0], [0.0, second]] }
    }
}

const LEVEL: [[f32; 2]; 2] = [[1.0, 0.0]; 2];

#[test]
fn a_prior_variance_of_1e12_noise_variances() {
    Scenario {
        name: "P0/r = 1e12",
        prior_variance: [1e12, 1e12],
        rates: [1e-2, 1e-4],
        step: 1.0,
        gap: (1, 1.0),
        rows: LEVEL,
        noise: 1.0,
        truth: [100.0, 1.0],
        length: 100,
        most: [(5e-4, 5e-6), (5e-4, 3e-5)],
    }
    .run();
}

#[test]
fn hardly_any_process_noise() {
    Scenario {
        name: "tiny q",
        prior_variance: [1.0, 1e-12],
        rates: [1e-8, 1e-14],
        step: 1.0,
        gap: (1, 1.0),
        rows: LEVEL,
        noise: 1.0,
        truth: [1.0, 0.0],
        length: u64::MAX,
        most: [(1e-3, 5e-4); 2],
    }
    .run();
}

#[test]
fn nearly_collinear_rows() {
    Scenario {
        name: "near-collinear rows",
        prior_variance: [1e4, 1e4],
        rates: [1e-6, 1e-6],
        step: 0.0,
        gap: (1, 0.0),
        rows: [[1.0, 1.0], [1.0, 1.0 + 1.0 / 1024.0]],
        noise: 1e-2,
        truth: [1.0, 1.0],
        length: 10_000,
        most: [(0.05, 2e-4); 2],
    }
    .run();
}

#[test]
fn a_sharp_sensor_after_days_without_a_reading() {
    Scenario {
        name: "days without a reading",
        prior_variance: [1.0, 1e-12],
        rates: [1e-10, 1e-24],
        step: 1.0,
        gap: (500, 1e6),
        rows: LEVEL,
        noise: 1e-6,
        truth: [1.0, 0.0],
        length: 100_000,
        most: [(0.05, 1e-4), (0.05, 1e-3)],
    }
    .run();
}
