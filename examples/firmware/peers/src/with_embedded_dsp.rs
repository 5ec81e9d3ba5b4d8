//! embedded-dsp: its linear filter, and the one that keeps a square root of the covariance.

use crate::contender::Contender;
use crate::model::Model;
use embedded_dsp::kalman::{KalmanFilter, SquareRootKalmanFilter};
use embedded_dsp::types::Status;

pub struct EmbeddedDsp<const N: usize, const M: usize> {
    filter: KalmanFilter<N, M>,
    transition: [[f32; N]; N],
    rows: [[f32; N]; M],
}

impl<const N: usize, const M: usize> Contender<N, M> for EmbeddedDsp<N, M> {
    const IS_FACTORED: bool = false;

    fn new(model: &Model<N, M>) -> Option<Self> {
        Some(Self {
            filter: KalmanFilter::new([0.0; N], diagonal(&model.prior), model.process_noise, model.noise),
            transition: model.transition,
            rows: model.rows,
        })
    }
    fn step(&mut self, readings: &[f32; M]) -> bool {
        self.filter.predict(&self.transition);
        self.filter.update(&self.rows, readings) == Status::Success
    }
    fn mean(&self) -> [f32; N] {
        self.filter.x
    }
    fn covariance(&self) -> [[f32; N]; N] {
        self.filter.p
    }
}

pub struct SquareRoot<const N: usize, const M: usize> {
    filter: SquareRootKalmanFilter<N, M>,
}

impl<const N: usize, const M: usize> Contender<N, M> for SquareRoot<N, M> {
    const IS_FACTORED: bool = true;

    /// The crate takes factors and has no function that makes them.
    fn new(model: &Model<N, M>) -> Option<Self> {
        let filter = SquareRootKalmanFilter::new(
            [0.0; N],
            diagonal(&model.prior.map(libm::sqrtf)),
            model.transition,
            cholesky(&model.process_noise)?,
            model.rows,
            cholesky(&model.noise)?,
        );
        Some(Self { filter })
    }
    fn step(&mut self, readings: &[f32; M]) -> bool {
        self.filter.predict();
        self.filter.update(readings) == Status::Success
    }
    fn mean(&self) -> [f32; N] {
        self.filter.x
    }
    fn covariance(&self) -> [[f32; N]; N] {
        self.filter.covariance()
    }
}

fn diagonal<const N: usize>(variances: &[f32; N]) -> [[f32; N]; N] {
    core::array::from_fn(|i| core::array::from_fn(|j| if i == j { variances[i] } else { 0.0 }))
}

/// The lower triangular square root; `None` where there is none.
fn cholesky<const K: usize>(matrix: &[[f32; K]; K]) -> Option<[[f32; K]; K]> {
    let mut root = [[0.0; K]; K];
    for i in 0..K {
        for j in 0..=i {
            let mut rest = matrix[i][j];
            for k in 0..j {
                rest -= root[i][k] * root[j][k];
            }
            if i > j {
                root[i][j] = rest / root[j][j];
            } else if rest >= 0.0 {
                root[i][i] = libm::sqrtf(rest);
            } else {
                return None;
            }
        }
    }
    Some(root)
}
