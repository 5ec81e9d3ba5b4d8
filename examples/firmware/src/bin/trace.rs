//! Everything that elbow computes, likelihoods apart, in `f32`, over fixed numbers: the first results of each thing bit
//! by bit, and a hash of all of them. The host prints the same; `src/trace.rs` says how to read it.
#![no_std]
#![no_main]

use elbow_firmware::{entry, exercise, trace};
use semihosting::{print, process};

#[entry]
fn main() -> ! {
    trace::run::<f32>(exercise::parts::<f32, _>(), &mut |text| print!("{text}"));
    process::exit(0)
}
