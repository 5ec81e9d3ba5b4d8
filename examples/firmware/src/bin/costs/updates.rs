//! A reading: what an update does and, if asked, figures of what it did.

use elbow::likelihood::Likelihood;
use elbow::{Estimator, Filter, GaussHermite, Gaussian, Linear, OneSample, Sensor, Update};
use elbow_firmware::measure::Work;
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use crate::kernels::belief;

/// A likelihood with plausible settings and readings.
pub trait Case {
    type Of: Likelihood<f32>;
    /// The first number of the belief before each reading.
    const MEAN: f32;
    fn likelihood() -> Option<Self::Of>;
    fn reading(call: u32) -> Reading<Self>;
}

/// What a case's sensor reads.
pub type Reading<C> = <<C as Case>::Of as Likelihood<f32>>::Reading;

/// An estimator.
pub trait Way {
    type Of: Estimator<f32>;
    fn estimator() -> Option<Self::Of>;
}

impl<const S: usize> Way for GaussHermite<S>
where
    GaussHermite<S>: Estimator<f32> + Default,
{
    type Of = Self;
    fn estimator() -> Option<Self> {
        Some(Self::default())
    }
}

/// One-sample gradients, of so many samples.
pub struct Samples<const S: u16>;

impl<const S: u16> Way for Samples<S> {
    type Of = OneSample<Xoshiro128PlusPlus>;
    fn estimator() -> Option<Self::Of> {
        OneSample::new(Xoshiro128PlusPlus::from_seed([7; 16])).with_samples(S).ok()
    }
}

/// What is read of an update.
pub trait Figure {
    /// Keeps what it reads, if anything; false where that is not finite.
    fn read<P, L: Likelihood<f32>>(
        kept: &mut f32,
        update: &Update<f32>,
        sensor: &Sensor<P, L>,
        reading: L::Reading,
    ) -> bool;
}

/// Nothing.
pub struct Nothing;

impl Figure for Nothing {
    fn read<P, L: Likelihood<f32>>(_: &mut f32, _: &Update<f32>, _: &Sensor<P, L>, _: L::Reading) -> bool {
        true
    }
}

macro_rules! figures {
    ($($name:ident: |$update:ident, $sensor:ident, $reading:ident| $read:expr;)*) => {$(
        pub struct $name;

        impl Figure for $name {
            fn read<P, L: Likelihood<f32>>(
                kept: &mut f32,
                $update: &Update<f32>,
                $sensor: &Sensor<P, L>,
                $reading: L::Reading,
            ) -> bool {
                *kept = $read;
                kept.is_finite()
            }
        }
    )*};
}

figures! {
    InformationGain: |update, _sensor, _reading| update.information_gain();
    NormalizedInnovation: |update, sensor, reading| update.normalized_innovation(sensor, reading);
    ElboValue: |update, sensor, reading| update.elbo(sensor, reading);
    LogEvidence: |update, sensor, reading| update.log_evidence(sensor, reading);
}

/// A reading to a belief of `N` numbers, of which the sensor sees a weighted sum.
pub struct Updating<C: Case, W: Way, const N: usize, F = Nothing> {
    filter: Filter<f32, N>,
    prior: Gaussian<f32, N>,
    sensor: Sensor<Linear<f32, N>, C::Of>,
    estimator: W::Of,
    reading: Reading<C>,
    figure: f32,
    read: core::marker::PhantomData<F>,
}

impl<C: Case, W: Way, F: Figure, const N: usize> Work for Updating<C, W, N, F> {
    const RAM: usize = size_of::<Filter<f32, N>>() + size_of::<Sensor<Linear<f32, N>, C::Of>>() + size_of::<W::Of>();

    fn new() -> Option<Self> {
        let (mut mean, mut row) = ([0.1; N], [0.25; N]);
        (mean[0], row[0]) = (C::MEAN, 1.0);
        let correlated = belief::<N>(0)?;
        let prior = Gaussian::from_factor(mean, correlated.unit_lower(), [0.5; N]).ok()?;
        Some(Self {
            filter: Filter::new(prior),
            prior,
            sensor: Sensor::linear(row, C::likelihood()?),
            estimator: W::estimator()?,
            reading: C::reading(0),
            figure: 0.0,
            read: core::marker::PhantomData,
        })
    }
    fn prepare(&mut self, call: u32) {
        self.filter.reset(self.prior);
        self.reading = C::reading(call);
    }
    fn work(&mut self) -> bool {
        match self.filter.update(&mut self.sensor, self.reading, &mut self.estimator) {
            Ok(update) => F::read(&mut self.figure, &update, &self.sensor, self.reading),
            Err(_) => false,
        }
    }
}
