//! kfilter: `Kalman` and a `LinearMeasurement` that the readings are put into, its documented way for sensors of their
//! own rates.

use crate::contender::Contender;
use crate::model::Model;
use kfilter::kalman::{Kalman, KalmanFilter, KalmanLinearNoInput, KalmanPredict, KalmanUpdate};
use kfilter::measurement::{LinearMeasurement, Measurement};
use nalgebra_034::{SMatrix, SVector};

pub struct Kfilter<const N: usize, const M: usize> {
    filter: KalmanLinearNoInput<f32, N>,
    measurement: LinearMeasurement<f32, N, M>,
}

impl<const N: usize, const M: usize> Contender<N, M> for Kfilter<N, M> {
    const IS_FACTORED: bool = false;

    fn new(model: &Model<N, M>) -> Option<Self> {
        let rows = |rows: &[[f32; N]]| SMatrix::<f32, N, N>::from_fn(|i, j| rows[i][j]);
        Some(Self {
            filter: Kalman::new(
                rows(&model.transition),
                rows(&model.process_noise),
                SVector::zeros(),
                SMatrix::from_diagonal(&SVector::from(model.prior)),
            ),
            measurement: LinearMeasurement::new(
                SMatrix::from_fn(|k, j| model.rows[k][j]),
                SMatrix::from_fn(|k, l| model.noise[k][l]),
                SVector::zeros(),
            ),
        })
    }
    fn step(&mut self, readings: &[f32; M]) -> bool {
        let predicted = self.filter.predict().is_ok();
        self.measurement.set_measurement(SVector::from(*readings));
        predicted & self.filter.update(&self.measurement).is_ok()
    }
    fn mean(&self) -> [f32; N] {
        core::array::from_fn(|i| self.filter.state()[i])
    }
    fn covariance(&self) -> [[f32; N]; N] {
        core::array::from_fn(|i| core::array::from_fn(|j| self.filter.covariance()[(i, j)]))
    }
}
