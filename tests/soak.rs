//! Years of readings: what is added up a thousand million times must not drift, and what is almost singular must not
//! become so.
//!
//! `cargo test` runs a short form. The whole, a few minutes in all, with its figures:
//!
//! ```sh
//! ELBOW_SOAK=full cargo test --release --test soak -- --nocapture
//! ```

#[path = "soak/scenarios.rs"]
mod scenarios;
#[path = "soak/standing.rs"]
mod standing;
#[path = "soak/twin.rs"]
mod twin;

use elbow::{Gaussian, Real};
use std::time::Instant;

/// The whole number of steps where it is asked for, a short one otherwise.
fn steps(short: u64, full: u64) -> u64 {
    if std::env::var("ELBOW_SOAK").is_ok_and(|value| value == "full") { full } else { short }
}

/// Prints what a run came to.
fn report(what: &str, steps: u64, start: Instant, figures: &str) {
    let seconds = start.elapsed().as_secs_f64();
    println!("{what}: {steps} readings in {seconds:.1} s, {figures}");
}

fn assert_sound<T: Real, const N: usize>(belief: &Gaussian<T, N>, what: &str) {
    let checked = Gaussian::from_factor(*belief.mean(), belief.unit_lower(), belief.pivots());
    assert!(checked.is_ok(), "{what}: {belief:?}");
}

/// Marsaglia's xorshift: cheap beside an update, and never zero.
struct Noise(u64);

impl Noise {
    fn word(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// The sum of two uniform numbers, with mean zero and variance one: never beyond 2.45.
    fn triangular(&mut self) -> f64 {
        let word = self.word();
        let sum = (word >> 32) as u32 as f64 + word as u32 as f64;
        (sum / 4_294_967_295.0 - 1.0) * 6.0_f64.sqrt()
    }
}
