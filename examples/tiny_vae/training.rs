//! One-sample gradients of the ELBO in the weights of encoder and decoder.

use crate::autoencoder::{
    DECODED, DECODER, ENCODED, HIDDEN, INPUTS, LATENT, Latent, SIZE, Weights, decode, encode, noise as sensor,
};
use crate::backward::dense_back;
use elbow::Error;
use elbow::elbo::{Adam, Elbo, MeanFieldGradient, one_sample_weighted};
use elbow::likelihood::Likelihood;
use elbow::noise::standard_normals;
use rand_xoshiro::Xoshiro128PlusPlus as Rng;

type Bound = Elbo<f32, MeanFieldGradient<f32, LATENT>>;

/// Given y = softsign(x) and the gradient in y, that in x.
fn softsign_back<const N: usize>(y: &[f32; N], slope: &[f32; N]) -> [f32; N] {
    core::array::from_fn(|i| slope[i] * (1.0 - y[i].abs()) * (1.0 - y[i].abs()))
}

/// The ELBO of a week at one sample, and its gradient in the weights.
pub fn bound(
    weights: &Weights,
    week: &[f32; INPUTS],
    noise: &[f32; LATENT],
    beta: f32,
) -> Result<(Bound, Weights), Error> {
    let mut gradient = [0.0; SIZE];
    let (encoder, q) = encode(weights, week)?;
    let z = q.at(noise);
    let (decoder, decoded) = decode(weights, &z);
    let sensor = sensor()?;
    let value = week.iter().zip(decoded).map(|(x, f)| sensor.log_prob(*x, f)).sum();
    let slope: [f32; INPUTS] = std::array::from_fn(|i| sensor.derivatives(week[i], decoded[i]).first);
    let slope = dense_back(&weights[DECODED..], &decoder, &slope, &mut gradient[DECODED..]);
    let slope = softsign_back(&decoder, &slope);
    let slope = dense_back(&weights[DECODER..DECODED], &z, &slope, &mut gradient[DECODER..DECODED]);
    let bound = one_sample_weighted(&q, &Latent::standard(), &|_: &[f32; LATENT]| (value, slope), noise, beta)?;
    let ([a, b], [log_a, log_b]) = (bound.gradient.mean, bound.gradient.log_std_dev);
    let slope = [a, b, log_a, log_b];
    let slope = dense_back(&weights[ENCODED..DECODER], &encoder, &slope, &mut gradient[ENCODED..DECODER]);
    dense_back(&weights[..ENCODED], week, &softsign_back(&encoder, &slope), &mut gradient[..ENCODED]);
    Ok((bound, gradient))
}

/// Means over weeks, in nats a week.
#[derive(Clone, Copy, Default)]
pub struct Balance {
    pub reconstruction: f64,
    pub kl: f64,
    /// Between temperatures and the mean's decoded, root mean square, in degrees.
    pub error: f64,
}

/// At one sample for each week.
pub fn judge(weights: &Weights, weeks: &[[f32; INPUTS]], rng: &mut Rng) -> Result<Balance, Error> {
    let mut sum = Balance::default();
    for week in weeks {
        let (bound, _) = bound(weights, week, &standard_normals(rng), 1.0)?;
        sum.reconstruction += f64::from(bound.reconstruction) / weeks.len() as f64;
        sum.kl += f64::from(bound.kl) / weeks.len() as f64;
        let (_, decoded) = decode(weights, encode(weights, week)?.1.mean());
        let square = |(x, f): (&f32, f32)| f64::from(8.0 * (x - f)).powi(2);
        sum.error += week.iter().zip(decoded).map(square).sum::<f64>() / (weeks.len() * INPUTS) as f64;
    }
    sum.error = sum.error.sqrt();
    Ok(sum)
}

/// Weights from small ones, by a step for each of `steps` weeks, with a KL that counts `beta` times; calls `watch` now
/// and then.
pub fn train(
    weeks: &[[f32; INPUTS]],
    (beta, steps): (f32, u32),
    rng: &mut Rng,
    mut watch: impl FnMut(u32, &Weights) -> Result<(), Error>,
) -> Result<Weights, Error> {
    let mut weights: Weights = standard_normals(rng).map(|x: f32| 0.3 * x);
    let mut adam = Adam::new();
    for step in 0..steps {
        if step % 500 == 0 {
            watch(step, &weights)?;
        }
        // Steps of 401 weeks come round to every week, whatever season it is in.
        let week = &weeks[step as usize * 401 % weeks.len()];
        let (_, gradient) = bound(&weights, week, &standard_normals(rng), beta)?;
        let rate = 0.005 * (1.0 - step as f32 / steps as f32);
        for (weight, step) in weights.iter_mut().zip(adam.step(&gradient)?) {
            *weight += rate * step;
        }
    }
    watch(steps, &weights)?;
    Ok(weights)
}

/// The weights as Rust source: a line for each neuron, its bias last.
pub fn rows(weights: &Weights) -> String {
    let layers = [(&weights[..ENCODED], INPUTS), (&weights[ENCODED..DECODER], HIDDEN)];
    let layers = layers.into_iter().chain([(&weights[DECODER..DECODED], LATENT), (&weights[DECODED..], HIDDEN)]);
    let neurons = layers.flat_map(|(layer, inputs)| layer.chunks(inputs + 1));
    let lines = neurons.map(|neuron| neuron.iter().map(|weight| format!("{weight:?}, ")).collect::<String>());
    let lines: String = lines.map(|line| format!("    {}\n", line.trim_end())).collect();
    format!("// Written by: cargo run --release --example tiny_vae\n[\n{lines}]\n")
}
