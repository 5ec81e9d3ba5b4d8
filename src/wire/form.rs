//! The forms, each named as its type.

use serde::{Deserialize, Serialize};

use super::{Array, Matrix, Real};

#[derive(Serialize, Deserialize)]
pub struct Categorical<T: Real, const N: usize> {
    pub probabilities: Array<T, N>,
}

#[derive(Serialize, Deserialize)]
pub struct Logits<T: Real, const N: usize> {
    pub values: Array<T, N>,
}

/// The stored factor itself. Of `unit_lower` only the strict lower triangle is read.
#[derive(Serialize, Deserialize)]
pub struct Gaussian<T: Real, const N: usize> {
    pub mean: Array<T, N>,
    pub unit_lower: Matrix<T, N>,
    pub pivots: Array<T, N>,
}

#[derive(Serialize, Deserialize)]
pub struct MeanField<T: Real, const N: usize> {
    pub mean: Array<T, N>,
    pub log_std_dev: Array<T, N>,
}

#[derive(Serialize, Deserialize)]
pub struct Filter<T: Real, const N: usize> {
    pub belief: crate::Gaussian<T, N>,
}

/// Both noises as variances.
#[derive(Serialize, Deserialize)]
pub struct LocalLevel<T: Real> {
    pub noise: crate::likelihood::Normal<T>,
    pub drift: crate::RandomWalk<T>,
    pub filter: Option<crate::Filter<T, 1>>,
}

/// The noise by its stored factor.
#[derive(Serialize, Deserialize)]
pub struct Dynamics<T: Real, const N: usize> {
    pub transition: Matrix<T, N>,
    pub offset: Array<T, N>,
    pub loadings: Matrix<T, N>,
    pub weights: Array<T, N>,
}

#[derive(Serialize, Deserialize)]
pub struct RandomWalk<T: Real> {
    pub variance_rate: T,
}

#[derive(Serialize, Deserialize)]
pub struct LocalLinearTrend<T: Real> {
    pub level_rate: T,
    pub slope_rate: T,
}

#[derive(Serialize, Deserialize)]
pub struct ConstantVelocity<T: Real> {
    pub acceleration_density: T,
}

#[derive(Serialize, Deserialize)]
pub struct OrnsteinUhlenbeck<T: Real> {
    pub time_constant: T,
    pub stationary_variance: T,
    pub level: T,
}

#[derive(Serialize, Deserialize)]
pub struct IntegratedOrnsteinUhlenbeck<T: Real> {
    pub time_constant: T,
    pub velocity_variance: T,
}

/// The diffusion by its stored factor.
#[derive(Serialize, Deserialize)]
pub struct LinearTimeInvariant<T: Real, const N: usize> {
    pub drift: Matrix<T, N>,
    pub input: Array<T, N>,
    pub loadings: Matrix<T, N>,
    pub weights: Array<T, N>,
}

/// The noise by its stored factor. Of `unit_lower` only the strict lower triangle is read.
#[derive(Serialize, Deserialize)]
pub struct VectorSensor<T: Real, const M: usize, const N: usize> {
    pub rows: Array<Array<T, N>, M>,
    pub offset: Array<T, M>,
    pub unit_lower: Matrix<T, M>,
    pub pivots: Array<T, M>,
}

#[derive(Serialize, Deserialize)]
pub struct Linear<T: Real, const N: usize> {
    pub row: Array<T, N>,
    pub offset: T,
}

#[derive(Serialize, Deserialize)]
pub struct Nonlinear<P> {
    pub predictor: P,
    pub iterations: u16,
}

#[derive(Serialize, Deserialize)]
pub struct Range<T: Real, const D: usize> {
    pub beacon: Array<T, D>,
    pub indices: Array<usize, D>,
}

#[derive(Serialize, Deserialize)]
pub struct Bearing<T: Real> {
    pub station: [T; 2],
    pub indices: [usize; 2],
}

#[derive(Serialize, Deserialize)]
pub struct Altitude<T: Real> {
    pub sea_level_pressure: T,
    pub index: usize,
}

#[derive(Serialize, Deserialize)]
pub struct Normal<T: Real> {
    pub variance: T,
}

#[derive(Serialize, Deserialize)]
pub struct LearnedNormal<T: Real> {
    pub variance: T,
    pub readings: T,
    pub forgetting: T,
    pub floor: T,
}

#[derive(Serialize, Deserialize)]
pub struct StudentT<T: Real> {
    pub scale: T,
    pub degrees_of_freedom: T,
}

#[derive(Serialize, Deserialize)]
pub struct Poisson<T: Real> {
    pub exposure: T,
}

/// `-T::MAX` and `T::MAX` where there are no ends.
#[derive(Serialize, Deserialize)]
pub struct Quantized<T: Real> {
    pub step: T,
    pub std_dev: T,
    pub lowest: T,
    pub highest: T,
}

#[derive(Serialize, Deserialize)]
pub struct Censored<T: Real> {
    pub std_dev: T,
    pub lower: T,
    pub upper: T,
}

#[derive(Serialize, Deserialize)]
pub struct NegativeBinomial<T: Real> {
    pub dispersion: T,
    pub exposure: T,
}

#[derive(Serialize, Deserialize)]
pub struct Gamma<T: Real> {
    pub shape: T,
}

/// One of the two thresholds.
#[derive(Serialize, Deserialize)]
pub struct Gate<T: Real> {
    pub innovation: Option<T>,
    pub log_evidence: Option<T>,
    pub limit: u32,
    pub rejected_in_a_row: u32,
    pub rejected: u32,
}

/// Of the arrays the first `readings` entries are read, oldest first.
#[derive(Serialize, Deserialize)]
pub struct Monitor<T: Real, const W: usize> {
    pub false_alarm: T,
    pub resolution: T,
    pub longest_gap: T,
    pub readings: u32,
    pub innovations: Array<T, W>,
    pub log_evidences: Array<T, W>,
    pub repeated: Array<bool, W>,
    pub last: Option<T>,
    pub repeats: u32,
    pub repeat_surprise: T,
    pub since_last: T,
}

#[derive(Serialize, Deserialize)]
pub struct VonMises<T: Real> {
    pub concentration: T,
}

#[derive(Serialize, Deserialize)]
pub struct Huber<T: Real> {
    pub std_dev: T,
    pub threshold: T,
}

#[derive(Serialize, Deserialize)]
pub struct FromScore<T, S> {
    pub model: S,
    pub step: T,
}

#[derive(Serialize, Deserialize)]
pub struct GaussHermite {}
