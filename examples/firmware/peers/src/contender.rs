//! What a filter has to do here.

use crate::model::Model;

/// A filter for `N` states and `M` readings at a time.
pub trait Contender<const N: usize, const M: usize>: Sized {
    /// Whether it keeps a factor of the covariance, so that no variance can be negative before it is written out.
    const IS_FACTORED: bool;

    /// Set up for a model; `None` if it refuses the model.
    fn new(model: &Model<N, M>) -> Option<Self>;

    /// Predicts by one step, then takes the readings in. Whether it took them in without complaint.
    fn step(&mut self, readings: &[f32; M]) -> bool;

    fn mean(&self) -> [f32; N];

    fn covariance(&self) -> [[f32; N]; N];
}
