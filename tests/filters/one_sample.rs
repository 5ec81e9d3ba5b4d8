//! `OneSample` along the logs: how far its beliefs lie from those of nine nodes, and that a seed fixes every bit.

use crate::accuracy::Measured;
use crate::logs::{self, Log, Step};
use core::any::type_name;
use elbow::likelihood::Likelihood;
use elbow::{GaussHermite, OneSample, Real};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

const SEEDS: u64 = 64;

fn sampled<T: Real + Into<f64>, L: Likelihood<T> + Copy>(log: &Log<T, L>, samples: u16, seed: u64) -> Vec<Step> {
    let estimator = OneSample::new(Xoshiro128PlusPlus::seed_from_u64(seed));
    log.run(&mut estimator.with_samples(samples).expect("at least one"))
}

/// The root mean squares over seeds and readings of the errors of the mean, in posterior standard deviations, and of the
/// standard deviation, relative.
fn errors<T: Real + Into<f64>, L: Likelihood<T> + Copy>(log: &Log<T, L>, samples: u16) -> [f64; 2] {
    let best = log.run(&mut GaussHermite::<9>::new());
    let (mut means, mut spreads, mut count) = (0.0, 0.0, 0.0);
    for seed in 0..SEEDS {
        for (step, best) in sampled(log, samples, seed).iter().zip(&best) {
            means += (step.mean - best.mean).powi(2) / best.variance;
            spreads += ((step.variance / best.variance).sqrt() - 1.0).powi(2);
            count += 1.0;
        }
    }
    let rms = [f64::sqrt(means / count), f64::sqrt(spreads / count)];
    println!("{}, {samples} samples: rms {:.1} % in mean, {:.1} % in sd", log.name, 100.0 * rms[0], 100.0 * rms[1]);
    rms
}

fn stays_near<T: Real + Into<f64>, L: Likelihood<T> + Copy>(log: &Log<T, L>, measured: &mut Measured) {
    for samples in [1, 8, 128] {
        for (figure, error) in ["mean", "sd"].into_iter().zip(errors(log, samples)) {
            let cells = [&format!("one_sample_log.{figure}"), type_name::<T>(), &samples.to_string()];
            assert!(measured.see(cells, 0.0, error, || log.name.to_owned()), "no budget for {cells:?}");
        }
    }
}

#[test]
fn every_log_by_samples() {
    let mut measured = Measured::default();
    stays_near(&logs::coal::<f32>(), &mut measured);
    stays_near(&logs::seattle::<f32>(), &mut measured);
    stays_near(&logs::nile_t::<f32>(), &mut measured);
    stays_near(&logs::nile::<f32>(), &mut measured);
    measured.finish();
}

/// FNV-1a of the bit patterns of all means and variances; a widened f32 keeps its bits.
fn fingerprint(steps: &[Step]) -> u64 {
    let words = steps.iter().flat_map(|step| [step.mean, step.variance]);
    let bytes = words.flat_map(|word| word.to_bits().to_le_bytes());
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// The same in debug and in release, and on every host, because the constants are.
#[test]
fn a_seed_fixes_every_bit() {
    let runs = [
        ("coal f32", 0x6095_16d5_3b8e_0cbb, fingerprint(&sampled(&logs::coal::<f32>(), 8, 1))),
        ("coal f64", 0x09f2_135b_3cdc_9347, fingerprint(&sampled(&logs::coal::<f64>(), 8, 1))),
        ("seattle f32", 0x0a69_9356_5e77_d714, fingerprint(&sampled(&logs::seattle::<f32>(), 8, 1))),
        ("seattle f64", 0x55f5_083d_4dd0_e42e, fingerprint(&sampled(&logs::seattle::<f64>(), 8, 1))),
        ("nile_t f32", 0x24c1_9165_dd1c_d626, fingerprint(&sampled(&logs::nile_t::<f32>(), 8, 1))),
        ("nile_t f64", 0x5d6c_a453_5db2_861f, fingerprint(&sampled(&logs::nile_t::<f64>(), 8, 1))),
    ];
    let changed = runs.iter().filter(|(_, expected, got)| got != expected);
    let changed: Vec<String> = changed.map(|(name, _, got)| format!("{name}: {got:#018x}")).collect();
    assert!(changed.is_empty(), "other bits: {changed:#?}");
    let other = fingerprint(&sampled(&logs::coal::<f32>(), 8, 2));
    assert!(other != runs[0].2, "another seed, the same bits");
}
