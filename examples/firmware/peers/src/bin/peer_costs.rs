//! What a step of each filter costs, predict and update, by the measuring code of elbow's own costs.
#![no_std]
#![no_main]

use core::marker::PhantomData;
use elbow_firmware::entry;
use elbow_firmware::measure::{Bench, Clock, Work};
use elbow_peers::contender::Contender;
use elbow_peers::model::{Model, reading};
use elbow_peers::with_adskalman::Adskalman;
use elbow_peers::with_elbow::{AtOnce, OneByOne};
use elbow_peers::with_embedded_dsp::{EmbeddedDsp, SquareRoot};
use elbow_peers::with_kfilter::Kfilter;
use elbow_peers::with_minikalman::Minikalman;
use semihosting::process;

/// One filter on the model's readings, one step after another.
struct Steps<C, const N: usize, const M: usize> {
    filter: C,
    readings: [f32; M],
    shape: PhantomData<[f32; N]>,
}

impl<C: Contender<N, M>, const N: usize, const M: usize> Work for Steps<C, N, M> {
    const RAM: usize = size_of::<C>();

    fn new() -> Option<Self> {
        let model = core::hint::black_box(Model::dense());
        Some(Self { filter: C::new(&model)?, readings: [0.0; M], shape: PhantomData })
    }
    fn prepare(&mut self, call: u32) {
        self.readings = reading(call);
    }
    fn work(&mut self) -> bool {
        self.filter.step(&self.readings)
    }
}

/// Measures filters, each in a function by whose symbol the host links it.
macro_rules! measure {
    ($bench:ident, $n:literal x $m:literal, $($name:literal: $filter:ty,)*) => {
        $($bench.row::<Steps<$filter, $n, $m>>(concat!($n, " x ", $m), $name, {
            #[unsafe(export_name = concat!("row;", $n, " x ", $m, ";", $name))]
            #[inline(never)]
            fn work(steps: &mut Steps<$filter, $n, $m>) -> bool {
                steps.work()
            }
            work
        });)*
    };
}

/// All of them, for so many states and readings.
macro_rules! filters {
    ($bench:ident, $n:literal x $m:literal) => {
        measure! { $bench, $n x $m,
            "elbow": OneByOne<$n, $m>,
            "elbow, update_vector": AtOnce<$n, $m>,
            "kfilter": Kfilter<$n, $m>,
            "adskalman": Adskalman<$n, $m, false>,
            "adskalman, Joseph's form": Adskalman<$n, $m, true>,
            "minikalman": Minikalman<$n, $m, { $n * $n }, { $m * $n }, { $m * $m }>,
            "embedded-dsp": EmbeddedDsp<$n, $m>,
            "embedded-dsp, square root": SquareRoot<$n, $m>,
        }
    };
}

#[entry]
fn main() -> ! {
    let Some(peripherals) = cortex_m::Peripherals::take() else { process::exit(1) };
    let mut bench = Bench::new(Clock::new(peripherals));
    filters! { bench, 1 x 1 }
    filters! { bench, 2 x 1 }
    filters! { bench, 4 x 1 }
    filters! { bench, 4 x 2 }
    filters! { bench, 9 x 3 }
    process::exit(0)
}
