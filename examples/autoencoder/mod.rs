//! A week's temperatures as two numbers: the encoder and the decoder of a variational autoencoder, on the chip and on
//! the host. `examples/tiny_vae` trains it and tells the theory.

mod weeks;

use crate::network::{dense, size};
use elbow::likelihood::Normal;
use elbow::{Error, MeanField};
pub use weeks::{DAYS, Week, weeks};

/// Numbers in a week: the highest temperature of each day, then the lowest, in units of 8 degrees from 12 Celsius.
pub const INPUTS: usize = 2 * DAYS;
pub const HIDDEN: usize = 8;
pub const LATENT: usize = 2;

/// Where the parameters of the layers begin: encoder, hidden and output; decoder, hidden and output.
pub const ENCODED: usize = size(INPUTS, HIDDEN);
pub const DECODER: usize = ENCODED + size(HIDDEN, 2 * LATENT);
pub const DECODED: usize = DECODER + size(LATENT, HIDDEN);
pub const SIZE: usize = DECODED + size(HIDDEN, INPUTS);

pub type Weights = [f32; SIZE];
pub type Latent = MeanField<f32, LATENT>;

/// x/(1 + |x|): from -1 to 1, like tanh (Glorot and Bengio 2010).
fn softsign<const N: usize>(x: [f32; N]) -> [f32; N] {
    x.map(|x| x / (1.0 + x.abs()))
}

/// The hidden layer of the encoder, and the belief about the latent numbers.
pub fn encode(weights: &Weights, week: &[f32; INPUTS]) -> Result<([f32; HIDDEN], Latent), Error> {
    let hidden = softsign(dense(weights, week));
    let [a, b, log_a, log_b] = dense(&weights[ENCODED..], &hidden);
    Ok((hidden, Latent::new([a, b], [log_a, log_b])?))
}

/// The hidden layer of the decoder, and the week.
pub fn decode(weights: &Weights, latent: &[f32; LATENT]) -> ([f32; HIDDEN], [f32; INPUTS]) {
    let hidden = softsign(dense(&weights[DECODER..], latent));
    (hidden, dense(&weights[DECODED..], &hidden))
}

/// What a temperature differs by from the decoded one: 2 degrees.
pub fn noise() -> Result<Normal<f32>, Error> {
    Normal::new(0.0625)
}
