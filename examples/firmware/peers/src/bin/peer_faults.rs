//! What becomes of each filter on good readings, on bad ones, with noise that cannot be, and with a vague prior.
#![no_std]
#![no_main]

use elbow_firmware::entry;
use elbow_peers::model::Model;
use elbow_peers::trial::{Trial, Tried, run};
use elbow_peers::with_adskalman::Adskalman;
use elbow_peers::with_elbow::{AtOnce, OneByOne};
use elbow_peers::with_embedded_dsp::{EmbeddedDsp, SquareRoot};
use elbow_peers::with_kfilter::Kfilter;
use elbow_peers::with_minikalman::Minikalman;
use semihosting::{println, process};

/// Where the bad reading is, of so many.
const AT: u32 = 100;
const STEPS: u32 = 300;

/// For the vague prior.
const LONG: u32 = 2000;

/// Runs filters on a model and prints `group;column;filter;outcome`.
macro_rules! run {
    ($group:literal, $column:expr, $steps:expr, $bad:expr, $model:expr, $($name:literal: $filter:ty,)*) => {{
        let model = $model;
        let mut filters = ($(Trial::<$filter>::new(&model),)*);
        run!(@each filters, model, $steps, $bad, $group, $column, [$($name),*]);
    }};
    (@each $filters:ident, $model:ident, $steps:expr, $bad:expr, $group:literal, $column:expr, [$($name:literal),*]) => {{
        let (a, b, c, d, e, f, g, h) = &mut $filters;
        let mut filters: [&mut dyn Tried<_, _>; 8] = [a, b, c, d, e, f, g, h];
        run(&$model, $steps, $bad, &mut filters);
        for (name, filter) in [$($name),*].into_iter().zip(filters) {
            println!("{};{};{name};{}", $group, $column, filter.outcome());
        }
    }};
}

macro_rules! filters {
    ($group:literal, $column:expr, $n:literal x $m:literal, $steps:expr, $bad:expr, $model:expr) => {
        run! { $group, $column, $steps, $bad, $model,
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

/// A model without fault and a vague one.
macro_rules! shape {
    ($n:literal x $m:literal) => {
        filters! { "good", concat!($n, " x ", $m), $n x $m, STEPS, None, Model::<$n, $m>::dense() }
        filters! { "vague", concat!($n, " x ", $m), $n x $m, LONG, None, Model::<$n, $m>::dense().vague() }
    };
}

#[entry]
fn main() -> ! {
    shape! { 1 x 1 }
    shape! { 2 x 1 }
    shape! { 4 x 1 }
    shape! { 4 x 2 }
    shape! { 9 x 3 }
    let model = Model::<4, 2>::dense();
    filters! { "correlated", "4 x 2", 4 x 2, STEPS, None, model.with_correlated_noise() }
    let model = Model::<2, 1>::dense();
    filters! { "bad", "a reading of NaN", 2 x 1, STEPS, Some((AT, f32::NAN)), model }
    filters! { "bad", "an infinite reading", 2 x 1, STEPS, Some((AT, f32::INFINITY)), model }
    filters! { "bad", "R = 0", 2 x 1, STEPS, None, model.with_noise_times(0.0) }
    filters! { "bad", "R < 0", 2 x 1, STEPS, None, model.with_noise_times(-1.0) }
    process::exit(0)
}
