//! minikalman: `RegularKalman` and `RegularObservation` on buffers that they own.

use crate::contender::Contender;
use crate::model::Model;
use minikalman::buffers::types::{
    DirectProcessNoiseCovarianceMatrixBuffer, EstimateCovarianceMatrixBuffer, InnovationCovarianceMatrixBuffer,
    InnovationVectorBuffer, KalmanGainMatrixBuffer, MeasurementNoiseCovarianceMatrixBuffer, MeasurementVectorBuffer,
    ObservationMatrixBuffer, PredictedStateEstimateVectorBuffer, StateTransitionMatrixBuffer, StateVectorBuffer,
    TemporaryHPMatrixBuffer, TemporaryKHPMatrixBuffer, TemporaryPHTMatrixBuffer,
    TemporaryResidualCovarianceInvertedMatrixBuffer, TemporaryStateMatrixBuffer,
};
use minikalman::matrix::{AsMatrix as _, MatrixDataArray, RowMajorSequentialData as _, RowMajorSequentialDataMut as _};
use minikalman::prelude::EstimateCovarianceMatrix as _;
use minikalman::regular::{RegularKalman, RegularKalmanBuilder, RegularObservation, RegularObservationBuilder};

type Square<const K: usize, const KK: usize> = MatrixDataArray<K, K, KK, f32>;
type Column<const K: usize> = MatrixDataArray<K, 1, K, f32>;

type States<const N: usize, const NN: usize> = RegularKalman<
    N,
    f32,
    StateTransitionMatrixBuffer<N, f32, Square<N, NN>>,
    StateVectorBuffer<N, f32, Column<N>>,
    EstimateCovarianceMatrixBuffer<N, f32, Square<N, NN>>,
    DirectProcessNoiseCovarianceMatrixBuffer<N, f32, Square<N, NN>>,
    PredictedStateEstimateVectorBuffer<N, f32, Column<N>>,
    TemporaryStateMatrixBuffer<N, f32, Square<N, NN>>,
>;

type Readings<const N: usize, const M: usize, const NN: usize, const MN: usize, const MM: usize> = RegularObservation<
    N,
    M,
    f32,
    ObservationMatrixBuffer<M, N, f32, MatrixDataArray<M, N, MN, f32>>,
    MeasurementVectorBuffer<M, f32, Column<M>>,
    MeasurementNoiseCovarianceMatrixBuffer<M, f32, Square<M, MM>>,
    InnovationVectorBuffer<M, f32, Column<M>>,
    InnovationCovarianceMatrixBuffer<M, f32, Square<M, MM>>,
    KalmanGainMatrixBuffer<N, M, f32, MatrixDataArray<N, M, MN, f32>>,
    TemporaryResidualCovarianceInvertedMatrixBuffer<M, f32, Square<M, MM>>,
    TemporaryHPMatrixBuffer<M, N, f32, MatrixDataArray<M, N, MN, f32>>,
    TemporaryPHTMatrixBuffer<N, M, f32, MatrixDataArray<N, M, MN, f32>>,
    TemporaryKHPMatrixBuffer<N, f32, Square<N, NN>>,
>;

/// With the sizes of its buffers: `NN = N N`, `MN = M N`, `MM = M M`.
pub struct Minikalman<const N: usize, const M: usize, const NN: usize, const MN: usize, const MM: usize> {
    filter: States<N, NN>,
    measurement: Readings<N, M, NN, MN, MM>,
}

impl<const N: usize, const M: usize, const NN: usize, const MN: usize, const MM: usize> Contender<N, M>
    for Minikalman<N, M, NN, MN, MM>
{
    const IS_FACTORED: bool = false;

    fn new(model: &Model<N, M>) -> Option<Self> {
        let square = |matrix: &[[f32; N]; N]| core::array::from_fn::<f32, NN, _>(|at| matrix[at / N][at % N]);
        let mut prior = [[0.0; N]; N];
        for i in 0..N {
            prior[i][i] = model.prior[i];
        }
        Some(Self {
            filter: RegularKalmanBuilder::new::<N, f32>(
                StateTransitionMatrixBuffer::from(square(&model.transition)),
                StateVectorBuffer::from([0.0; N]),
                EstimateCovarianceMatrixBuffer::from(square(&prior)),
                DirectProcessNoiseCovarianceMatrixBuffer::from(square(&model.process_noise)),
                PredictedStateEstimateVectorBuffer::from([0.0; N]),
                TemporaryStateMatrixBuffer::from([0.0; NN]),
            ),
            measurement: RegularObservationBuilder::new::<N, M, f32>(
                ObservationMatrixBuffer::from(core::array::from_fn::<f32, MN, _>(|at| model.rows[at / N][at % N])),
                MeasurementVectorBuffer::from([0.0; M]),
                MeasurementNoiseCovarianceMatrixBuffer::from(core::array::from_fn::<f32, MM, _>(|at| {
                    model.noise[at / M][at % M]
                })),
                InnovationVectorBuffer::from([0.0; M]),
                InnovationCovarianceMatrixBuffer::from([0.0; MM]),
                KalmanGainMatrixBuffer::from([0.0; MN]),
                TemporaryResidualCovarianceInvertedMatrixBuffer::from([0.0; MM]),
                TemporaryHPMatrixBuffer::from([0.0; MN]),
                TemporaryPHTMatrixBuffer::from([0.0; MN]),
                TemporaryKHPMatrixBuffer::from([0.0; NN]),
            ),
        })
    }
    fn step(&mut self, readings: &[f32; M]) -> bool {
        self.filter.predict();
        self.measurement.measurement_vector_mut().as_mut_slice().copy_from_slice(readings);
        self.filter.correct(&mut self.measurement);
        true
    }
    fn mean(&self) -> [f32; N] {
        core::array::from_fn(|i| self.filter.state_vector().as_matrix().as_slice()[i])
    }
    fn covariance(&self) -> [[f32; N]; N] {
        let entries = self.filter.estimate_covariance().as_matrix();
        core::array::from_fn(|i| core::array::from_fn(|j| entries.get_at(i, j)))
    }
}
