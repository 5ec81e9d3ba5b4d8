//! What elbow computes on a core that takes numbers below 1.2e-38 for zero, as some start-up codes set it (FPSCR.FZ):
//! which things come out with other bits, and what the filters do with numbers next to that bound.
//!
//! The control bits of the floating-point unit are not for a program to change behind the compiler. FPDSCR says what
//! they start from in an exception handler, so that everything here runs once in the main program as it always does, and
//! once in a handler that has never known them otherwise.
#![no_std]
#![no_main]

use core::hint::black_box;
use core::sync::atomic::{AtomicU32, Ordering::Relaxed};
use cortex_m::peripheral::{Peripherals, SCB};
use cortex_m_rt::{entry, exception};
use elbow::likelihood::{Likelihood, Normal, Poisson, StudentT};
use elbow::{Error, Filter, GaussHermite, Gaussian, LocalLinearTrend, OneSample, Sensor};
use elbow_firmware::exercise;
use elbow_firmware::trace::Trace;
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use semihosting::{println, process};

/// FZ in FPSCR and FPDSCR.
const FLUSH_TO_ZERO: u32 = 1 << 24;

/// Halves of the hashes from the main program.
static HASHES: [[AtomicU32; 2]; 64] = [const { [const { AtomicU32::new(0) }; 2] }; 64];

/// Calls `line` with the name and the hash of each thing that elbow computes.
fn traces(mut line: impl FnMut(&str, u64)) {
    let mut trace = Trace::new(None);
    for (name, exercise) in exercise::parts::<f32, _>().into_iter().chain(exercise::likelihoods::<f32, _>()) {
        trace.exercise::<f32>(exercise);
        line(name, trace.hash);
    }
}

#[entry]
fn main() -> ! {
    let mut places = HASHES.iter();
    traces(|_, hash| {
        if let Some([low, high]) = places.next() {
            low.store(hash as u32, Relaxed);
            high.store((hash >> 32) as u32, Relaxed);
        }
    });
    if let Some(peripherals) = Peripherals::take() {
        // SAFETY: no handler has run yet; the one below is the first to start from this.
        unsafe { peripherals.FPU.fpdscr.write(FLUSH_TO_ZERO) };
        SCB::set_pendsv();
        cortex_m::asm::isb();
    }
    // The handler does not return.
    process::exit(1)
}

#[exception]
fn PendSV() {
    println!("half of the smallest normal number: {:e}", black_box(f32::MIN_POSITIVE) * black_box(0.5));
    let (mut places, mut same) = (HASHES.iter(), 0);
    traces(|name, hash| {
        let before =
            places.next().map(|[low, high]| u64::from(low.load(Relaxed)) | u64::from(high.load(Relaxed)) << 32);
        if before == Some(hash) {
            same += 1;
        } else {
            println!("other bits: {name}");
        }
    });
    println!("{same} things with the same bits");
    match filters() {
        Ok(counts) => println!("{} readings taken in, {} refused, no belief damaged", counts.0, counts.1),
        Err(what) => println!("DAMAGED: {what}"),
    }
    process::exit(0)
}

/// About the bound below which numbers are zero, and far from it.
const NEAR_ZERO: [f32; 12] =
    [0.0, 1e-45, 1e-39, f32::MIN_POSITIVE, 1.2e-38, 2e-38, 1e-37, 1e-30, 1e-19, 1.0, 1e19, f32::MAX];

/// Beliefs, noise, rows and readings of all these sizes: how many readings were taken in and how many refused.
fn filters() -> Result<(u32, u32), &'static str> {
    let mut counts = (0, 0);
    let trend = LocalLinearTrend::new([1e-38, 1e-38]).map_err(|_| "the process")?;
    for variance in NEAR_ZERO {
        let Ok(prior) = Gaussian::diagonal([1e-20, -1.0], [variance, 1e-30]) else { continue };
        for entry in NEAR_ZERO {
            for reading in NEAR_ZERO {
                let mut filter = Filter::new(prior);
                let mut moved = filter;
                let ended = moved.predict_for(&trend, entry);
                check(&moved, prior, ended)?;
                if let Ok(normal) = Normal::new(entry) {
                    update(&mut filter, normal, entry, reading, &mut counts)?;
                }
                if let Ok(heavy) = StudentT::new(entry, 4.0) {
                    update(&mut filter, heavy, 1.0, -reading, &mut counts)?;
                }
                update(&mut filter, Poisson::new(), entry, reading as u32, &mut counts)?;
            }
        }
    }
    Ok(counts)
}

fn update<L: Likelihood<f32>>(
    filter: &mut Filter<f32, 2>,
    likelihood: L,
    entry: f32,
    reading: L::Reading,
    counts: &mut (u32, u32),
) -> Result<(), &'static str> {
    let mut sensor = Sensor::linear([entry, 1e-19], likelihood);
    let mut one_sample = OneSample::new(Xoshiro128PlusPlus::from_seed([7; 16]));
    for sampled in [false, true] {
        let before = *filter.belief();
        let ended = if sampled {
            filter.update(&mut sensor, reading, &mut one_sample)
        } else {
            filter.update(&mut sensor, reading, &mut GaussHermite::<5>::new())
        };
        if ended.is_ok() {
            counts.0 += 1;
        } else {
            counts.1 += 1;
        }
        check(filter, before, ended.map(|_| ()))?;
    }
    Ok(())
}

/// An error has changed no bit; otherwise the belief has finite means and positive normal pivots, by their bits.
fn check(filter: &Filter<f32, 2>, before: Gaussian<f32, 2>, ended: Result<(), Error>) -> Result<(), &'static str> {
    let bits = |belief: &Gaussian<f32, 2>| {
        let lower = belief.unit_lower();
        [belief.mean()[0], belief.mean()[1], lower[1][0], belief.pivots()[0], belief.pivots()[1]].map(f32::to_bits)
    };
    let (now, then) = (bits(filter.belief()), bits(&before));
    let finite = |word: u32| word >> 23 & 0xff != 0xff;
    let normal = |word: u32| (0x0080_0000..0x7f80_0000).contains(&word);
    if ended.is_err() && now != then {
        Err("changed by an error")
    } else if now[..3].iter().all(|&word| finite(word)) && now[3..].iter().all(|&word| normal(word)) {
        Ok(())
    } else {
        Err("not a belief")
    }
}
