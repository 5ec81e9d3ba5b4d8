//! Distributions and their divergences.

use core::array::from_fn;
use core::cmp::Ordering;
use elbow::noise::standard_normal;
use elbow::{Categorical, Gaussian, Logits, MeanField, Surprisal};
use elbow_firmware::measure::{Work, spread};
use elbow_firmware::rows;
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// What the kernels have in common.
pub trait Distribution: Copy {
    fn example(call: u32) -> Option<Self>;
    fn entropy(&self) -> f32;
    fn cross_entropy(&self, other: &Self) -> f32;
    fn kl(&self, other: &Self) -> f32;
}

/// Numbers spread over -1 to 1.
pub fn numbers<const N: usize>(call: u32) -> [f32; N] {
    from_fn(|i| spread(call + 7 * i as u32))
}

/// A belief with correlations.
pub fn belief<const N: usize>(call: u32) -> Option<Gaussian<f32, N>> {
    let unit_lower = from_fn(|i| {
        from_fn(|j| match j.cmp(&i) {
            Ordering::Less => 0.2 * spread(call + (i + j) as u32),
            Ordering::Equal => 1.0,
            Ordering::Greater => 0.0,
        })
    });
    Gaussian::from_factor(numbers(call), unit_lower, numbers(call + 1).map(|number| 1.5 + number)).ok()
}

macro_rules! distribution {
    ($of:ident, $call:ident => $example:expr) => {
        impl<const N: usize> Distribution for $of<f32, N> {
            fn example($call: u32) -> Option<Self> {
                $example
            }
            fn entropy(&self) -> f32 {
                $of::entropy(self)
            }
            fn cross_entropy(&self, other: &Self) -> f32 {
                $of::cross_entropy(self, other)
            }
            fn kl(&self, other: &Self) -> f32 {
                $of::kl(self, other)
            }
        }
    };
}

distribution!(Categorical, call => Categorical::from_weights(numbers(call).map(|number| 1.5 + number)).ok());
distribution!(Logits, call => Logits::new(numbers(call).map(|number| 4.0 * number)).ok());
distribution!(Gaussian, call => belief(call));
distribution!(MeanField, call => MeanField::new(numbers(call), numbers(call + 1)).ok());

pub struct Entropy<D>(D, f32);

impl<D: Distribution> Work for Entropy<D> {
    const RAM: usize = size_of::<D>();
    fn new() -> Option<Self> {
        Some(Self(D::example(0)?, 0.0))
    }
    fn prepare(&mut self, call: u32) {
        self.0 = D::example(call).unwrap_or(self.0);
    }
    fn work(&mut self) -> bool {
        self.1 = self.0.entropy();
        self.1.is_finite()
    }
}

macro_rules! divergence {
    ($name:ident, $kernel:ident) => {
        pub struct $name<D>(D, D, f32);

        impl<D: Distribution> Work for $name<D> {
            const RAM: usize = 2 * size_of::<D>();
            fn new() -> Option<Self> {
                Some(Self(D::example(0)?, D::example(100)?, 0.0))
            }
            fn prepare(&mut self, call: u32) {
                self.0 = D::example(call).unwrap_or(self.0);
                self.1 = D::example(call + 100).unwrap_or(self.1);
            }
            fn work(&mut self) -> bool {
                self.2 = self.0.$kernel(&self.1);
                self.2.is_finite()
            }
        }
    };
}

divergence!(CrossEntropy, cross_entropy);
divergence!(Kl, kl);

/// The cross-entropy against a distribution whose logarithms are kept.
pub struct AgainstFixed<const N: usize>(Categorical<f32, N>, Surprisal<f32, N>, f32);

impl<const N: usize> Work for AgainstFixed<N> {
    const RAM: usize = size_of::<Categorical<f32, N>>() + size_of::<Surprisal<f32, N>>();
    fn new() -> Option<Self> {
        Some(Self(Distribution::example(0)?, Surprisal::new(&Distribution::example(100)?), 0.0))
    }
    fn prepare(&mut self, call: u32) {
        self.0 = Distribution::example(call).unwrap_or(self.0);
    }
    fn work(&mut self) -> bool {
        self.2 = self.1.cross_entropy(&self.0);
        self.2.is_finite()
    }
}

/// The log density of a point.
pub struct LogProb<const N: usize>(Gaussian<f32, N>, [f32; N], f32);

impl<const N: usize> Work for LogProb<N> {
    const RAM: usize = size_of::<Gaussian<f32, N>>();
    fn new() -> Option<Self> {
        Some(Self(belief(0)?, numbers(0), 0.0))
    }
    fn prepare(&mut self, call: u32) {
        self.0 = belief(call).unwrap_or(self.0);
        self.1 = numbers(call + 50);
    }
    fn work(&mut self) -> bool {
        self.2 = self.0.log_prob(&self.1);
        self.2.is_finite()
    }
}

/// The log normaliser.
pub struct LogSumExp<const N: usize>(Logits<f32, N>, f32);

impl<const N: usize> Work for LogSumExp<N> {
    const RAM: usize = size_of::<Logits<f32, N>>();
    fn new() -> Option<Self> {
        Some(Self(Distribution::example(0)?, 0.0))
    }
    fn prepare(&mut self, call: u32) {
        self.0 = Distribution::example(call).unwrap_or(self.0);
    }
    fn work(&mut self) -> bool {
        self.1 = self.0.log_sum_exp();
        self.1.is_finite()
    }
}

pub struct StandardNormal(Xoshiro128PlusPlus, f32);

impl Work for StandardNormal {
    const RAM: usize = size_of::<Xoshiro128PlusPlus>();
    fn new() -> Option<Self> {
        Some(Self(Xoshiro128PlusPlus::from_seed([7; 16]), 0.0))
    }
    fn prepare(&mut self, _: u32) {}
    fn work(&mut self) -> bool {
        self.1 = standard_normal(&mut self.0);
        self.1.is_finite()
    }
}

rows! {
    /// The kernels.
    rows, "kernels",
    "Categorical::entropy, 4" => Entropy<Categorical<f32, 4>>,
    "Categorical::entropy, 16" => Entropy<Categorical<f32, 16>>,
    "Categorical::entropy, 64" => Entropy<Categorical<f32, 64>>,
    "Categorical::entropy, 256" => Entropy<Categorical<f32, 256>>,
    "Categorical::cross_entropy, 4" => CrossEntropy<Categorical<f32, 4>>,
    "Categorical::cross_entropy, 16" => CrossEntropy<Categorical<f32, 16>>,
    "Categorical::cross_entropy, 64" => CrossEntropy<Categorical<f32, 64>>,
    "Categorical::cross_entropy, 256" => CrossEntropy<Categorical<f32, 256>>,
    "Categorical::kl, 4" => Kl<Categorical<f32, 4>>,
    "Categorical::kl, 16" => Kl<Categorical<f32, 16>>,
    "Categorical::kl, 64" => Kl<Categorical<f32, 64>>,
    "Categorical::kl, 256" => Kl<Categorical<f32, 256>>,
    "Surprisal::cross_entropy, 4" => AgainstFixed<4>,
    "Surprisal::cross_entropy, 16" => AgainstFixed<16>,
    "Surprisal::cross_entropy, 64" => AgainstFixed<64>,
    "Surprisal::cross_entropy, 256" => AgainstFixed<256>,
    "Logits::entropy, 4" => Entropy<Logits<f32, 4>>,
    "Logits::entropy, 16" => Entropy<Logits<f32, 16>>,
    "Logits::entropy, 64" => Entropy<Logits<f32, 64>>,
    "Logits::entropy, 256" => Entropy<Logits<f32, 256>>,
    "Logits::cross_entropy, 4" => CrossEntropy<Logits<f32, 4>>,
    "Logits::cross_entropy, 16" => CrossEntropy<Logits<f32, 16>>,
    "Logits::cross_entropy, 64" => CrossEntropy<Logits<f32, 64>>,
    "Logits::cross_entropy, 256" => CrossEntropy<Logits<f32, 256>>,
    "Logits::kl, 4" => Kl<Logits<f32, 4>>,
    "Logits::kl, 16" => Kl<Logits<f32, 16>>,
    "Logits::kl, 64" => Kl<Logits<f32, 64>>,
    "Logits::kl, 256" => Kl<Logits<f32, 256>>,
    "Logits::log_sum_exp, 16" => LogSumExp<16>,
    "Logits::log_sum_exp, 256" => LogSumExp<256>,
    "Gaussian::entropy, 1" => Entropy<Gaussian<f32, 1>>,
    "Gaussian::entropy, 2" => Entropy<Gaussian<f32, 2>>,
    "Gaussian::entropy, 4" => Entropy<Gaussian<f32, 4>>,
    "Gaussian::cross_entropy, 1" => CrossEntropy<Gaussian<f32, 1>>,
    "Gaussian::cross_entropy, 2" => CrossEntropy<Gaussian<f32, 2>>,
    "Gaussian::cross_entropy, 4" => CrossEntropy<Gaussian<f32, 4>>,
    "Gaussian::kl, 1" => Kl<Gaussian<f32, 1>>,
    "Gaussian::kl, 2" => Kl<Gaussian<f32, 2>>,
    "Gaussian::kl, 4" => Kl<Gaussian<f32, 4>>,
    "Gaussian::log_prob, 1" => LogProb<1>,
    "Gaussian::log_prob, 2" => LogProb<2>,
    "Gaussian::log_prob, 4" => LogProb<4>,
    "MeanField::entropy, 4" => Entropy<MeanField<f32, 4>>,
    "MeanField::cross_entropy, 4" => CrossEntropy<MeanField<f32, 4>>,
    "MeanField::kl, 1" => Kl<MeanField<f32, 1>>,
    "MeanField::kl, 2" => Kl<MeanField<f32, 2>>,
    "MeanField::kl, 4" => Kl<MeanField<f32, 4>>,
    "standard_normal" => StandardNormal,
}
