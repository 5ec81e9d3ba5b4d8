//! Logistic regression: rain on the next day has the log odds w . x.

use crate::weather::Weather;
use elbow::Gaussian;
use elbow::elbo::LogDensity;
use elbow::likelihood::{Bernoulli, Likelihood};

/// Weights: of a constant, rain, temperature range, lowest temperature, wind.
pub const N: usize = 5;
/// What was measured, of the order of one, and whether the next day has rain.
pub type Day = ([f32; N], bool);

fn dot(x: &[f32; N], w: &[f32; N]) -> f32 {
    x.iter().zip(w).map(|(x, w)| x * w).sum()
}

/// A day and its next.
pub fn measured(pair: &[Weather]) -> Day {
    let Weather { rain, high, low, wind } = pair[0];
    let rained = f32::from(u8::from(rain));
    ([1.0, rained, (high - low - 8.0) / 4.0, (low - 8.0) / 5.0, (wind - 3.0) / 1.5], pair[1].rain)
}

/// ln p(y | w) of these days.
pub struct Days<'a>(pub &'a [Day]);

impl LogDensity<f32, N> for Days<'_> {
    fn log_density(&self, weights: &[f32; N]) -> (f32, [f32; N]) {
        self.0.iter().fold((0.0, [0.0; N]), |(value, gradient), (x, rain)| {
            let (sensor, eta) = (Bernoulli::new(), dot(x, weights));
            let slope = sensor.derivatives(*rain, eta).first;
            (value + sensor.log_prob(*rain, eta), std::array::from_fn(|i| gradient[i] + slope * x[i]))
        })
    }
}

/// The probability of rain when w ~ q, or when w is q's mean.
pub fn forecast(q: &Gaussian<f32, N>, x: &[f32; N], average: bool) -> f32 {
    let variance = if average { dot(x, &q.covariance().map(|row| dot(x, &row))) } else { 0.0 };
    let innovation = Bernoulli::new().innovation(true, dot(x, q.mean()), variance);
    innovation.map_or(f32::NAN, |innovation| 1.0 - innovation.value)
}
