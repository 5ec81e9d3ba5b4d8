//! What forecasts were worth.

use elbow::{Categorical, Error};

/// By what came, in nats a day.
pub struct Judgement {
    /// Mean of -ln of the probability that was given to what came.
    pub loss: f64,
    /// KL(came || foretold), each averaged over a tenth of the forecasts.
    pub miscalibration: f64,
    /// What was foretold and what came in each tenth.
    pub reliability: Vec<(f64, f64)>,
}

/// Judges probabilities of rain, each with whether it came.
pub fn judge(forecasts: &mut [(f32, bool)]) -> Result<Judgement, Error> {
    forecasts.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut loss, mut miscalibration, mut reliability) = (0.0, 0.0, Vec::new());
    for tenth in forecasts.chunks(forecasts.len().div_ceil(10)) {
        let mean = |value: &dyn Fn(f64, bool) -> f64| {
            tenth.iter().map(|(p, rain)| value(f64::from(*p), *rain)).sum::<f64>() / tenth.len() as f64
        };
        let weight = tenth.len() as f64 / forecasts.len() as f64;
        let (said, came) = (mean(&|p, _| p), mean(&|_, rain| f64::from(u8::from(rain))));
        loss -= weight * mean(&|p, rain| if rain { p.ln() } else { (1.0 - p).ln() });
        miscalibration += weight * Categorical::new([came, 1.0 - came])?.kl(&Categorical::new([said, 1.0 - said])?);
        reliability.push((said, came));
    }
    Ok(Judgement { loss, miscalibration, reliability })
}
