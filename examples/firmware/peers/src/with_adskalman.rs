//! adskalman: `KalmanFilterNoControl::step_with_options` with models that hold F, Q, H and R as its examples do. Its
//! three forms of the covariance's update are a choice; the fastest and the one that `step` takes stand here.

use crate::contender::Contender;
use crate::model::Model;
use adskalman::{
    CovarianceUpdateMethod, KalmanFilterNoControl, ObservationModel, StateAndCovariance, TransitionModelLinearNoControl,
};
use nalgebra_035::{Const, DimMin, OMatrix, SMatrix, SVector};

struct Motion<const N: usize> {
    transition: SMatrix<f32, N, N>,
    transposed: SMatrix<f32, N, N>,
    noise: SMatrix<f32, N, N>,
}

impl<const N: usize> TransitionModelLinearNoControl<f32, Const<N>> for Motion<N> {
    fn F(&self) -> &OMatrix<f32, Const<N>, Const<N>> {
        &self.transition
    }
    fn FT(&self) -> &OMatrix<f32, Const<N>, Const<N>> {
        &self.transposed
    }
    fn Q(&self) -> &OMatrix<f32, Const<N>, Const<N>> {
        &self.noise
    }
}

struct Observation<const N: usize, const M: usize> {
    rows: SMatrix<f32, M, N>,
    transposed: SMatrix<f32, N, M>,
    noise: SMatrix<f32, M, M>,
}

impl<const N: usize, const M: usize> ObservationModel<f32, Const<N>, Const<M>> for Observation<N, M>
where
    Const<M>: DimMin<Const<M>, Output = Const<M>>,
{
    fn H(&self) -> &OMatrix<f32, Const<M>, Const<N>> {
        &self.rows
    }
    fn HT(&self) -> &OMatrix<f32, Const<N>, Const<M>> {
        &self.transposed
    }
    fn R(&self) -> &OMatrix<f32, Const<M>, Const<M>> {
        &self.noise
    }
}

/// With the covariance's update in Joseph's form, the default, or in the shortest.
pub struct Adskalman<const N: usize, const M: usize, const JOSEPH: bool> {
    motion: Motion<N>,
    observation: Observation<N, M>,
    belief: StateAndCovariance<f32, Const<N>>,
}

impl<const N: usize, const M: usize, const JOSEPH: bool> Contender<N, M> for Adskalman<N, M, JOSEPH>
where
    Const<M>: DimMin<Const<M>, Output = Const<M>>,
{
    const IS_FACTORED: bool = false;

    fn new(model: &Model<N, M>) -> Option<Self> {
        let transition = SMatrix::from_fn(|i, j| model.transition[i][j]);
        let rows = SMatrix::from_fn(|k, j| model.rows[k][j]);
        Some(Self {
            motion: Motion {
                transition,
                transposed: transition.transpose(),
                noise: SMatrix::from_fn(|i, j| model.process_noise[i][j]),
            },
            observation: Observation {
                rows,
                transposed: rows.transpose(),
                noise: SMatrix::from_fn(|k, l| model.noise[k][l]),
            },
            belief: StateAndCovariance::<f32, Const<N>>::new(
                SVector::zeros(),
                SMatrix::<f32, N, N>::from_diagonal(&SVector::<f32, N>::from(model.prior)),
            ),
        })
    }
    fn step(&mut self, readings: &[f32; M]) -> bool {
        let filter = KalmanFilterNoControl::<f32, Const<N>, Const<M>>::new(&self.motion, &self.observation);
        let method = if JOSEPH { CovarianceUpdateMethod::JosephForm } else { CovarianceUpdateMethod::OptimalKalman };
        match filter.step_with_options(&self.belief, &SVector::from(*readings), method) {
            Ok(belief) => {
                self.belief = belief;
                true
            }
            Err(_) => false,
        }
    }
    fn mean(&self) -> [f32; N] {
        core::array::from_fn(|i| self.belief.state()[i])
    }
    fn covariance(&self) -> [[f32; N]; N] {
        core::array::from_fn(|i| core::array::from_fn(|j| self.belief.covariance()[(i, j)]))
    }
}
