//! How a belief moves.

use core::array::from_fn;
use elbow::{
    ConstantVelocity, Dynamics, Filter, Gaussian, IntegratedOrnsteinUhlenbeck, LinearTimeInvariant, LocalLinearTrend,
    OrnsteinUhlenbeck, Process, RandomWalk,
};
use elbow_firmware::measure::{Work, spread};
use elbow_firmware::rows;

use crate::kernels::belief;

/// By dynamics in which every number is other than zero.
pub struct Predict<const N: usize> {
    filter: Filter<f32, N>,
    prior: Gaussian<f32, N>,
    dynamics: Dynamics<f32, N>,
}

/// 1 on the diagonal, something small elsewhere.
fn dense<const N: usize>() -> [[f32; N]; N] {
    from_fn(|i| from_fn(|j| if i == j { 1.0 } else { 0.05 * spread(3 * (i + j) as u32) }))
}

impl<const N: usize> Work for Predict<N> {
    const RAM: usize = size_of::<Filter<f32, N>>() + size_of::<Dynamics<f32, N>>();
    fn new() -> Option<Self> {
        let prior = belief(0)?;
        Some(Self { filter: Filter::new(prior), prior, dynamics: Dynamics::new(dense(), dense()).ok()? })
    }
    fn prepare(&mut self, call: u32) {
        self.filter = Filter::new(belief(call).unwrap_or(self.prior));
    }
    fn work(&mut self) -> bool {
        self.filter.predict(&self.dynamics).is_ok()
    }
}

/// By a process, over other time steps each time.
pub struct PredictFor<P, const N: usize> {
    filter: Filter<f32, N>,
    prior: Gaussian<f32, N>,
    process: P,
    dt: f32,
}

/// A process with plausible settings.
pub trait Example: Sized {
    fn example() -> Option<Self>;
}

impl<P: Example + Process<f32, N>, const N: usize> Work for PredictFor<P, N> {
    const RAM: usize = size_of::<Filter<f32, N>>() + size_of::<P>();
    fn new() -> Option<Self> {
        let prior = belief(0)?;
        Some(Self { filter: Filter::new(prior), prior, process: P::example()?, dt: 1.0 })
    }
    fn prepare(&mut self, call: u32) {
        self.filter = Filter::new(belief(call).unwrap_or(self.prior));
        self.dt = 1.25 + spread(call);
    }
    fn work(&mut self) -> bool {
        self.filter.predict_for(&self.process, self.dt).is_ok()
    }
}

macro_rules! examples {
    ($($process:ty: $make:expr;)*) => {$(
        impl Example for $process {
            fn example() -> Option<Self> {
                $make.ok()
            }
        }
    )*};
}

examples! {
    RandomWalk<f32>: RandomWalk::new(0.1);
    LocalLinearTrend<f32>: LocalLinearTrend::new([0.1, 0.01]);
    ConstantVelocity<f32>: ConstantVelocity::new(0.1);
    OrnsteinUhlenbeck<f32>: OrnsteinUhlenbeck::new(3.0, 2.0);
    IntegratedOrnsteinUhlenbeck<f32>: IntegratedOrnsteinUhlenbeck::new(3.0, 2.0);
}

impl<const N: usize> Example for LinearTimeInvariant<f32, N> {
    fn example() -> Option<Self> {
        let drift = dense().map(|row: [f32; N]| row.map(|number| -0.5 * number));
        LinearTimeInvariant::new(drift, dense()).ok()
    }
}

rows! {
    /// The predictions.
    rows, "predictions",
    "predict, dense F and Q, D = 1" => Predict<1>,
    "predict, dense F and Q, D = 2" => Predict<2>,
    "predict, dense F and Q, D = 4" => Predict<4>,
    "predict, dense F and Q, D = 8" => Predict<8>,
    "predict_for, RandomWalk" => PredictFor<RandomWalk<f32>, 1>,
    "predict_for, LocalLinearTrend" => PredictFor<LocalLinearTrend<f32>, 2>,
    "predict_for, ConstantVelocity" => PredictFor<ConstantVelocity<f32>, 2>,
    "predict_for, OrnsteinUhlenbeck" => PredictFor<OrnsteinUhlenbeck<f32>, 1>,
    "predict_for, IntegratedOrnsteinUhlenbeck" => PredictFor<IntegratedOrnsteinUhlenbeck<f32>, 2>,
    "predict_for, LinearTimeInvariant, D = 1" => PredictFor<LinearTimeInvariant<f32, 1>, 1>,
    "predict_for, LinearTimeInvariant, D = 2" => PredictFor<LinearTimeInvariant<f32, 2>, 2>,
    "predict_for, LinearTimeInvariant, D = 4" => PredictFor<LinearTimeInvariant<f32, 4>, 4>,
}
