//! Everything that elbow computes, likelihoods apart, in `f64`, over fixed numbers: the first results of each thing bit
//! by bit, and a hash of all of them. The host prints the same; `src/trace.rs` says how to read it.
#![no_std]
#![no_main]

use elbow_firmware::{entry, exercise, trace};
use semihosting::{print, process};

#[entry]
fn main() -> ! {
    trace::run::<f64>(exercise::parts::<f64, _>(), &mut |text| print!("{text}"));
    process::exit(0)
}
