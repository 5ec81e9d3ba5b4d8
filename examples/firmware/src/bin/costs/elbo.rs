//! One-sample ELBOs of a user's model, each with its gradient; the model's own value and gradient are among the cost.

use core::hint::black_box;
use elbow::elbo::{MeanFieldGradient, one_sample, one_sample_path};
use elbow::{Gaussian, MeanField};
use elbow_firmware::measure::Work;
use elbow_firmware::rows;

use crate::kernels::{Distribution, numbers};

/// Each number read with unit noise as 1/2: as cheap as a model gets.
fn model<const N: usize>(z: &[f32; N]) -> (f32, [f32; N]) {
    let miss = z.map(|z| 0.5 - z);
    (miss.iter().map(|miss| -0.5 * miss * miss).sum(), miss)
}

/// The same written out, which a loop would not be at opt-level "s".
fn written_out<const N: usize>(z: &[f32; N]) -> (f32, [f32; N]) {
    let (mut value, mut miss) = (-0.0, *z);
    macro_rules! each {
        ($($i:literal)*) => {
            $(if $i < N {
                miss[$i] = 0.5 - z[$i];
                value -= 0.5 * miss[$i] * miss[$i];
            })*
        };
    }
    each!(0 1 2 3);
    (value, miss)
}

macro_rules! bound {
    ($name:ident, $of:ident, $bound:ident) => {
        bound!($name, $of, $bound, model, |bound| bound);
    };
    ($name:ident, $of:ident, $bound:ident, $model:ident, $read:expr) => {
        pub struct $name<const N: usize> {
            q: $of<f32, N>,
            prior: $of<f32, N>,
            noise: [f32; N],
        }

        impl<const N: usize> Work for $name<N> {
            const RAM: usize = 2 * size_of::<$of<f32, N>>();
            fn new() -> Option<Self> {
                Some(Self { q: Distribution::example(0)?, prior: Distribution::example(100)?, noise: [0.0; N] })
            }
            fn prepare(&mut self, call: u32) {
                self.q = Distribution::example(call).unwrap_or(self.q);
                self.noise = numbers(call + 50);
            }
            fn work(&mut self) -> bool {
                let bound = $bound(&self.q, &self.prior, &$model, &self.noise);
                black_box(&bound.map($read)).is_ok()
            }
        }
    };
}

bound!(OneSample, Gaussian, one_sample);
bound!(OneSamplePath, Gaussian, one_sample_path);
bound!(OneSampleMeanField, MeanField, one_sample);
bound!(OneSamplePathMeanField, MeanField, one_sample_path);
bound!(OneGradient, Gaussian, one_sample, written_out, |bound| bound.gradient);
bound!(OnePathGradient, Gaussian, one_sample_path, written_out, |bound| bound.gradient);
bound!(OneGradientMeanField, MeanField, one_sample, written_out, |bound| bound.gradient);
bound!(OnePathGradientMeanField, MeanField, one_sample_path, written_out, |bound| bound.gradient);

/// A step along a gradient.
pub struct Ascent<const N: usize> {
    q: MeanField<f32, N>,
    gradient: MeanFieldGradient<f32, N>,
}

impl<const N: usize> Work for Ascent<N> {
    const RAM: usize = size_of::<Self>();
    fn new() -> Option<Self> {
        let gradient = MeanFieldGradient { mean: numbers(0), log_std_dev: numbers(1) };
        Some(Self { q: Distribution::example(0)?, gradient })
    }
    fn prepare(&mut self, call: u32) {
        self.q = Distribution::example(call).unwrap_or(self.q);
    }
    fn work(&mut self) -> bool {
        self.q.ascend(&self.gradient, 0.01).is_ok()
    }
}

rows! {
    /// The ELBOs.
    rows, "elbo",
    "one_sample, Gaussian, 1" => OneSample<1>,
    "one_sample, Gaussian, 2" => OneSample<2>,
    "one_sample, Gaussian, 4" => OneSample<4>,
    "one_sample_path, Gaussian, 1" => OneSamplePath<1>,
    "one_sample_path, Gaussian, 2" => OneSamplePath<2>,
    "one_sample_path, Gaussian, 4" => OneSamplePath<4>,
    "one_sample, MeanField, 1" => OneSampleMeanField<1>,
    "one_sample, MeanField, 2" => OneSampleMeanField<2>,
    "one_sample, MeanField, 4" => OneSampleMeanField<4>,
    "one_sample_path, MeanField, 1" => OneSamplePathMeanField<1>,
    "one_sample_path, MeanField, 2" => OneSamplePathMeanField<2>,
    "one_sample_path, MeanField, 4" => OneSamplePathMeanField<4>,
    "one_sample, Gaussian, 4, gradient alone" => OneGradient<4>,
    "one_sample_path, Gaussian, 4, gradient alone" => OnePathGradient<4>,
    "one_sample, MeanField, 1, gradient alone" => OneGradientMeanField<1>,
    "one_sample, MeanField, 2, gradient alone" => OneGradientMeanField<2>,
    "one_sample, MeanField, 4, gradient alone" => OneGradientMeanField<4>,
    "one_sample_path, MeanField, 1, gradient alone" => OnePathGradientMeanField<1>,
    "one_sample_path, MeanField, 2, gradient alone" => OnePathGradientMeanField<2>,
    "one_sample_path, MeanField, 4, gradient alone" => OnePathGradientMeanField<4>,
    "MeanField::ascend, 4" => Ascent<4>,
}
