//! What the autoencoder makes of some weeks with the weights that were learnt.

use crate::autoencoder::{Latent, Week, Weights, decode, encode, noise, weeks};
use core::fmt::Arguments;
use elbow::Error;
use elbow::likelihood::Likelihood;

/// What `cargo run --release --example tiny_vae` wrote.
const WEIGHTS: Weights = include!("../../autoencoder/weights.txt");

/// Calls `line` for each of some weeks with its date and the bits of the belief about the latent numbers, means and log
/// standard deviations, and of how likely the week is: ln p(week | mean) less KL(belief || N(0, I)), in nats.
pub fn run(mut line: impl FnMut(Arguments)) -> Result<(), Error> {
    let sensor = noise()?;
    for Week { date, temperatures } in weeks().step_by(91) {
        let (_, belief) = encode(&WEIGHTS, &temperatures)?;
        let (_, decoded) = decode(&WEIGHTS, belief.mean());
        let mut likely = -belief.kl(&Latent::standard());
        for (temperature, decoded) in temperatures.iter().zip(decoded) {
            likely += sensor.log_prob(*temperature, decoded);
        }
        let ([a, b], [c, d]) = (belief.mean().map(f32::to_bits), belief.log_std_dev().map(f32::to_bits));
        line(format_args!("{date} {a:08x} {b:08x} {c:08x} {d:08x} {:08x}", likely.to_bits()));
    }
    Ok(())
}
