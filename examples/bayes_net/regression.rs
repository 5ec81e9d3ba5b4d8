//! From one number to another through a hidden layer of rectifiers, and what readings say of its weights.

use crate::backward::dense_back;
use crate::network::{dense, size};
use elbow::elbo::LogDensity;
use elbow::noise::standard_normal;
use rand_xoshiro::Xoshiro128PlusPlus as Rng;

const HIDDEN: usize = 16;
const FIRST: usize = size(1, HIDDEN);
pub const SIZE: usize = FIRST + size(HIDDEN, 1);

/// The standard deviation of y about f(x).
pub const NOISE: f32 = 0.1;

pub fn truth(x: f32) -> f32 {
    2.0 * x / (1.0 + x * x)
}

/// In two groups, from -2 to -0.5 and from 0.5 to 2, by turns.
pub fn readings(rng: &mut Rng) -> Vec<(f32, f32)> {
    let reading = |k: u8| {
        let x = f32::from(k) / 32.0 + if k.is_multiple_of(2) { -2.0 } else { 0.5 };
        let noise: f32 = standard_normal(rng);
        (x, truth(x) + NOISE * noise)
    };
    (0..48).map(reading).collect()
}

/// The hidden layer, and the output.
fn forward(weights: &[f32; SIZE], x: f32) -> ([f32; HIDDEN], f32) {
    let hidden = dense(weights, &[x]).map(|x: f32| x.max(0.0));
    let [y] = dense(&weights[FIRST..], &hidden);
    (hidden, y)
}

fn value(weights: &[f32; SIZE], x: f32) -> f32 {
    forward(weights, x).1
}

/// Readings (x, y) that count several times each.
pub struct Readings<'a> {
    pub points: &'a [(f32, f32)],
    pub times: f32,
}

/// Without the constant of the normal density.
impl LogDensity<f32, SIZE> for Readings<'_> {
    fn log_density(&self, weights: &[f32; SIZE]) -> (f32, [f32; SIZE]) {
        let (mut sum, mut gradient) = (0.0, [0.0; SIZE]);
        for &(x, y) in self.points {
            let (hidden, f) = forward(weights, x);
            let slope = self.times * (y - f) / (NOISE * NOISE);
            sum += 0.5 * slope * (f - y);
            let slope = dense_back(&weights[FIRST..], &hidden, &[slope], &mut gradient[FIRST..]);
            let slope = std::array::from_fn(|i| if hidden[i] > 0.0 { slope[i] } else { 0.0 });
            dense_back::<1, HIDDEN>(&weights[..FIRST], &[x], &slope, &mut gradient[..FIRST]);
        }
        (sum, gradient)
    }
}

/// The mean and the standard deviation of f(x) over the weights.
pub fn predict(weights: &[[f32; SIZE]], x: f32) -> (f32, f32) {
    let count = weights.len() as f32;
    let mean = weights.iter().map(|weights| value(weights, x)).sum::<f32>() / count;
    let variance = weights.iter().map(|weights| (value(weights, x) - mean).powi(2)).sum::<f32>() / count;
    (mean, variance.sqrt())
}
