//! Instructions per call, by SysTick: under QEMU's `-icount shift=0` an instruction takes a nanosecond of virtual time
//! and SysTick counts at 25 MHz, a tick every 40 instructions; averaged over many calls.
#![no_std]
#![no_main]

use core::hint::black_box;
use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hprintln};
use elbow::likelihood::{
    Bernoulli, Censored, Gamma, Huber, LearnedNormal, Likelihood, NegativeBinomial, Normal, Poisson, Probit, Quantized,
    StudentT, VonMises,
};
use elbow::{Estimator, Filter, GaussHermite, Gaussian, OneSample, Sensor};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

/// Instructions of a tick.
const TICK: u32 = 40;
const CALLS: u32 = 200;

#[panic_handler]
fn panic(_: &core::panic::PanicInfo) -> ! {
    debug::exit(debug::EXIT_FAILURE);
    loop {}
}

struct Clock(SYST);

impl Clock {
    /// Instructions per call of `work`, which is given 0 to `CALLS` - 1.
    fn measure(&mut self, mut work: impl FnMut(u32)) -> u32 {
        self.0.set_reload(0x00ff_ffff);
        self.0.clear_current();
        self.0.enable_counter();
        let start = SYST::get_current();
        for call in 0..CALLS {
            work(black_box(call));
        }
        let ticks = start.wrapping_sub(SYST::get_current()) & 0x00ff_ffff;
        self.0.disable_counter();
        (ticks * TICK + CALLS / 2) / CALLS
    }

    /// A reading of `likelihood` to a belief of `N` numbers, less the loop and the copy of the belief.
    fn update<const N: usize, L: Likelihood<f32> + Copy>(
        &mut self,
        likelihood: L,
        mean: f32,
        reading: impl Fn(u32) -> L::Reading,
        mut estimator: impl Estimator<f32>,
    ) -> u32 {
        let mut row = [0.25; N];
        row[0] = 1.0;
        let mut state = [0.1; N];
        state[0] = mean;
        let Ok(prior) = Gaussian::diagonal(state, [0.5; N]) else { return 0 };
        let mut sensor = Sensor::linear(row, likelihood);
        let idle = self.measure(|call| {
            let filter = black_box(Filter::new(prior));
            black_box((&filter, reading(call)));
        });
        let all = self.measure(|call| {
            let mut filter = black_box(Filter::new(prior));
            let update = filter.update(&mut sensor, reading(call), &mut estimator);
            black_box((&filter, update.is_ok()));
        });
        all - idle
    }

    fn likelihood<L: Likelihood<f32> + Copy>(
        &mut self,
        name: &str,
        likelihood: L,
        mean: f32,
        reading: impl Fn(u32) -> L::Reading + Copy,
    ) {
        let rng = || Xoshiro128PlusPlus::from_seed([7; 16]);
        let one = |samples| OneSample::new(rng()).with_samples(samples).unwrap_or(OneSample::new(rng()));
        let figures = [
            self.update::<1, L>(likelihood, mean, reading, GaussHermite::<5>::new()),
            self.update::<2, L>(likelihood, mean, reading, GaussHermite::<5>::new()),
            self.update::<1, L>(likelihood, mean, reading, one(1)),
            self.update::<1, L>(likelihood, mean, reading, one(8)),
            self.update::<2, L>(likelihood, mean, reading, one(8)),
        ];
        hprintln!("{:24} {:8} {:8} {:8} {:8} {:8}", name, figures[0], figures[1], figures[2], figures[3], figures[4]);
    }
}

/// Numbers spread over -1 to 1.
fn spread(call: u32) -> f32 {
    (call.wrapping_mul(73) % 201) as f32 * 0.01 - 1.0
}

fn run(clock: &mut Clock) -> Result<(), elbow::Error> {
    hprintln!("{:24} {:>8} {:>8} {:>8} {:>8} {:>8}", "likelihood", "GH5 D=1", "GH5 D=2", "1 D=1", "8 D=1", "8 D=2");
    clock.likelihood("Normal", Normal::new(0.25)?, 0.0, spread);
    clock.likelihood("LearnedNormal", LearnedNormal::new(0.25, 4.0)?, 0.0, spread);
    clock.likelihood("Huber", Huber::new(0.5, 1.5)?, 0.0, |call| 4.0 * spread(call));
    clock.likelihood("StudentT", StudentT::new(0.5, 4.0)?, 0.0, |call| 4.0 * spread(call));
    clock.likelihood("Quantized", Quantized::new(0.5, 0.2)?, 0.0, |call| 0.5 * (call % 7) as f32 - 1.5);
    clock.likelihood("Censored, inside", Censored::new(0.5, -2.0, 2.0)?, 0.0, spread);
    clock.likelihood("Censored, at a rail", Censored::new(0.5, -0.5, 0.5)?, 0.0, |call| {
        if call % 2 == 0 { 0.5 } else { -0.5 }
    });
    clock.likelihood("Poisson", Poisson::new(), 1.0, |call| call % 8);
    clock.likelihood("NegativeBinomial", NegativeBinomial::new(4.0)?, 1.0, |call| call % 8);
    clock.likelihood("Gamma", Gamma::new(2.0)?, 1.0, |call| 2.5 + 2.0 * spread(call));
    clock.likelihood("Bernoulli", Bernoulli::new(), 0.3, |call| call % 3 == 0);
    clock.likelihood("Probit", Probit::new(), 0.3, |call| call % 3 == 0);
    clock.likelihood("VonMises", VonMises::new(4.0)?, 0.3, |call| 3.0 * spread(call));
    Ok(())
}

#[entry]
fn main() -> ! {
    if let Some(peripherals) = cortex_m::Peripherals::take() {
        let mut clock = Clock(peripherals.SYST);
        clock.0.set_clock_source(SystClkSource::Core);
        if run(&mut clock).is_ok() {
            debug::exit(debug::EXIT_SUCCESS);
        }
    }
    debug::exit(debug::EXIT_FAILURE);
    loop {}
}
