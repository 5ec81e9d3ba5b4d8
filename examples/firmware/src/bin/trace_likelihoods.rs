//! Every likelihood and updates with it in `f32`, over fixed numbers: a line for each thing, with a hash of all its
//! bits. The host prints the same.
#![no_std]
#![no_main]

use elbow_firmware::{entry, exercise, trace};
use semihosting::{println, process};

#[entry]
fn main() -> ! {
    trace::run::<f32>(exercise::likelihoods::<f32, _>(), |name, hash| println!("{hash:016x} {name}"));
    process::exit(0)
}
