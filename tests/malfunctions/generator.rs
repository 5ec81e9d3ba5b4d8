//! A generator that is stuck: at zeros, at ones, or at one word. An entropy source does this when its clock is off.

use crate::stuck::Stuck;
use crate::{filter, mean_and_variance, normal, read, solver};
use elbow::likelihood::{Bernoulli, Likelihood, Poisson, StudentT};
use elbow::noise::standard_normal;
use elbow::{Estimator, OneSample};

/// Zeros are the noise farthest out below, the last word that above; the two between give next to none.
const WORDS: [u64; 4] = [0, u64::MAX, 0x7fff_ffff_7fff_ffff, 0x8000_0000_8000_0000];

/// The control variate cancels the noise of a normal reading, whatever it is.
#[test]
fn normal_readings_stay_exact() {
    for word in WORDS {
        let mut estimator = OneSample::new(Stuck(word)).with_samples(1).unwrap();
        let (mut stuck, mut exact) = (filter::<f32>(3.0, 4.0), filter::<f32>(3.0, 4.0));
        for step in 0..50 {
            let reading = (step * 37 % 11) as f32 - 5.0;
            let _ = read(&mut stuck, normal(2.0), reading, &mut estimator);
            let _ = read(&mut exact, normal(2.0), reading, &mut solver());
            let ((a, v), (b, w)) = (mean_and_variance(&stuck), mean_and_variance(&exact));
            assert!((a - b).abs() < 1e-4 * w.sqrt() && (v / w - 1.0).abs() < 1e-4, "{word:x}: {a} {b} {v} {w}");
        }
    }
}

/// Other readings are biased, and by no more than the estimator's bound: one prior standard deviation from the mode of
/// the posterior density, two where the likelihood is not log-concave. The mode here is that of a grid in `f64`.
#[test]
fn other_readings_stay_within_reach_of_the_mode() {
    fn within<L: Likelihood<f32>>(likelihood: L, reading: L::Reading, log_prob: impl Fn(f64) -> f64) {
        for (mean, variance) in [(0.0_f32, 4.0_f32), (1.0, 0.3), (-2.0, 9.0)] {
            let (centre, width) = (f64::from(mean), f64::from(variance));
            let density = |eta: f64| log_prob(eta) - (eta - centre).powi(2) / (2.0 * width);
            let grid = (-4000..=4000).map(|i| centre + 0.005 * f64::from(i) * width.sqrt());
            let mode = grid.max_by(|&a, &b| density(a).total_cmp(&density(b))).unwrap();
            let reach = if L::LOG_CONCAVE { 1.0 } else { 2.0 };
            for (word, samples) in WORDS.into_iter().flat_map(|word| [1, 8, 128].map(|samples| (word, samples))) {
                let mut estimator = OneSample::new(Stuck(word)).with_samples(samples).unwrap();
                let solution = estimator.solve(&likelihood, reading, mean, variance).unwrap();
                let off = (centre + f64::from(solution.shift) - mode).abs() / width.sqrt();
                assert!(off < reach + 0.1, "{word:x}, {samples} samples from {mean} {variance}: {off}");
                assert!(solution.variance > 0.0 && solution.variance < 1.55 * variance, "{solution:?}");
            }
        }
    }
    for count in [0_u32, 3, 50] {
        within(Poisson::new(), count, |eta| f64::from(count) * eta - eta.exp());
    }
    for outcome in [false, true] {
        let sign = if outcome { 1.0 } else { -1.0 };
        within(Bernoulli::new(), outcome, |eta| -(-sign * eta).exp().ln_1p());
    }
    for reading in [0.5_f32, 4.0] {
        let heavy = |eta: f64| -2.5 * ((eta - f64::from(reading)).powi(2) / 4.0).ln_1p();
        within(StudentT::new(1.0, 4.0).unwrap(), reading, heavy);
    }
}

/// The farthest that a word of 32 bits reaches, and the middle.
#[test]
fn the_noise_of_a_stuck_generator_is_a_number() {
    for (word, expected) in WORDS.into_iter().zip([-6.34, 0.0, 0.0, 6.34]) {
        let noise: f32 = standard_normal(&mut Stuck(word));
        assert!((noise - expected).abs() < 0.01, "{word:x}: {noise}");
    }
}
