//! elbow: readings with independent noise one after another, each by its sensor; or all at once.

use crate::contender::Contender;
use crate::model::Model;
use elbow::likelihood::Normal;
use elbow::{Dynamics, Filter, GaussHermite, Gaussian, Linear, Sensor, VectorSensor};

/// `Filter::update` for each reading; for independent noise.
pub struct OneByOne<const N: usize, const M: usize> {
    filter: Filter<f32, N>,
    dynamics: Dynamics<f32, N>,
    sensors: [Sensor<Linear<f32, N>, Normal<f32>>; M],
}

impl<const N: usize, const M: usize> Contender<N, M> for OneByOne<N, M> {
    const IS_FACTORED: bool = true;

    fn new(model: &Model<N, M>) -> Option<Self> {
        let mut variances = [Normal::new(1.0).ok()?; M];
        for k in 0..M {
            variances[k] = Normal::new(model.noise[k][k]).ok()?;
        }
        Some(Self {
            filter: Filter::new(Gaussian::diagonal([0.0; N], model.prior).ok()?),
            dynamics: Dynamics::new(model.transition, model.process_noise).ok()?,
            sensors: core::array::from_fn(|k| Sensor::linear(model.rows[k], variances[k])),
        })
    }
    fn step(&mut self, readings: &[f32; M]) -> bool {
        if self.filter.predict(&self.dynamics).is_err() {
            return false;
        }
        for k in 0..M {
            let mut estimator = GaussHermite::<3>::new();
            if self.filter.update(&mut self.sensors[k], readings[k], &mut estimator).is_err() {
                return false;
            }
        }
        true
    }
    fn mean(&self) -> [f32; N] {
        *self.filter.belief().mean()
    }
    fn covariance(&self) -> [[f32; N]; N] {
        self.filter.belief().covariance()
    }
}

/// `Filter::update_vector`; for any noise.
pub struct AtOnce<const N: usize, const M: usize> {
    filter: Filter<f32, N>,
    dynamics: Dynamics<f32, N>,
    sensor: VectorSensor<f32, M, N>,
}

impl<const N: usize, const M: usize> Contender<N, M> for AtOnce<N, M> {
    const IS_FACTORED: bool = true;

    fn new(model: &Model<N, M>) -> Option<Self> {
        Some(Self {
            filter: Filter::new(Gaussian::diagonal([0.0; N], model.prior).ok()?),
            dynamics: Dynamics::new(model.transition, model.process_noise).ok()?,
            sensor: VectorSensor::new(model.rows, model.noise).ok()?,
        })
    }
    fn step(&mut self, readings: &[f32; M]) -> bool {
        self.filter.predict(&self.dynamics).is_ok() && self.filter.update_vector(&self.sensor, *readings).is_ok()
    }
    fn mean(&self) -> [f32; N] {
        *self.filter.belief().mean()
    }
    fn covariance(&self) -> [[f32; N]; N] {
        self.filter.belief().covariance()
    }
}
