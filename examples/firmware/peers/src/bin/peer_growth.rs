//! What calls of elbow cost as the state grows: a prediction with dense F and Q, the update with one reading, and the
//! divergence of two categorical distributions as their length grows.
#![no_std]
#![no_main]

use elbow::likelihood::Normal;
use elbow::{Categorical, Dynamics, Filter, GaussHermite, Gaussian, Linear, Sensor};
use elbow_firmware::entry;
use elbow_firmware::measure::{Bench, Clock, Work};
use elbow_peers::model::{Model, reading};
use semihosting::process;

/// A filter for `N` states and one reading.
struct States<const N: usize> {
    filter: Filter<f32, N>,
    dynamics: Dynamics<f32, N>,
    sensor: Sensor<Linear<f32, N>, Normal<f32>>,
    reading: f32,
}

impl<const N: usize> States<N> {
    fn new() -> Option<Self> {
        let model = core::hint::black_box(Model::<N, 1>::dense());
        Some(Self {
            filter: Filter::new(Gaussian::diagonal([0.0; N], model.prior).ok()?),
            dynamics: Dynamics::new(model.transition, model.process_noise).ok()?,
            sensor: Sensor::linear(model.rows[0], Normal::new(model.noise[0][0]).ok()?),
            reading: 0.0,
        })
    }
    fn predict(&mut self) -> bool {
        self.filter.predict(&self.dynamics).is_ok()
    }
    fn update(&mut self) -> bool {
        self.filter.update(&mut self.sensor, self.reading, &mut GaussHermite::<3>::new()).is_ok()
    }
}

/// Its predictions, each after an update.
struct Predictions<const N: usize>(States<N>);

impl<const N: usize> Work for Predictions<N> {
    const RAM: usize = size_of::<States<N>>();
    fn new() -> Option<Self> {
        Some(Self(States::new()?))
    }
    fn prepare(&mut self, call: u32) {
        [self.0.reading] = reading(call);
        self.0.update();
    }
    fn work(&mut self) -> bool {
        self.0.predict()
    }
}

/// Its updates, each after a prediction.
struct Updates<const N: usize>(States<N>);

impl<const N: usize> Work for Updates<N> {
    const RAM: usize = size_of::<States<N>>();
    fn new() -> Option<Self> {
        Some(Self(States::new()?))
    }
    fn prepare(&mut self, call: u32) {
        [self.0.reading] = reading(call);
        self.0.predict();
    }
    fn work(&mut self) -> bool {
        self.0.update()
    }
}

/// The divergence of two distributions over `N` categories.
struct Divergence<const N: usize> {
    p: Categorical<f32, N>,
    q: Categorical<f32, N>,
    kl: f32,
}

/// Weights that change from call to call.
fn weights<const N: usize>(call: u32) -> [f32; N] {
    core::array::from_fn(|i| (call.wrapping_mul(73).wrapping_add(i as u32 * 41) % 97 + 1) as f32)
}

impl<const N: usize> Work for Divergence<N> {
    const RAM: usize = 2 * size_of::<Categorical<f32, N>>();
    fn new() -> Option<Self> {
        let p = Categorical::from_weights(weights(0)).ok()?;
        Some(Self { p, q: p, kl: 0.0 })
    }
    fn prepare(&mut self, call: u32) {
        self.p = Categorical::from_weights(weights(call)).unwrap_or(self.p);
        self.q = Categorical::from_weights(weights(call + 1)).unwrap_or(self.q);
    }
    fn work(&mut self) -> bool {
        self.kl = self.p.kl(&self.q);
        self.kl.is_finite()
    }
}

/// Measures a line, each row in a function by whose symbol the host links it.
macro_rules! measure {
    ($bench:ident, $group:literal, $work:ident, $($n:literal)*) => {
        $($bench.row::<$work<$n>>($group, stringify!($n), {
            #[unsafe(export_name = concat!("row;", $group, ";", $n))]
            #[inline(never)]
            fn work(objects: &mut $work<$n>) -> bool {
                objects.work()
            }
            work
        });)*
    };
}

#[entry]
fn main() -> ! {
    let Some(peripherals) = cortex_m::Peripherals::take() else { process::exit(1) };
    let mut bench = Bench::new(Clock::new(peripherals));
    measure! { bench, "update", Updates, 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 }
    measure! { bench, "predict", Predictions, 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 }
    measure! { bench, "Categorical::kl", Divergence, 2 4 8 16 32 64 128 256 }
    process::exit(0)
}
