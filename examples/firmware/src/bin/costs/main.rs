//! What elbow costs, a line for each thing that it does; `cargo firmware costs` runs it.
#![no_std]
#![no_main]

mod elbo;
mod keeping;
mod kernels;
mod likelihoods;
mod node;
mod predictions;
mod updates;

use elbow_firmware::entry;
use elbow_firmware::measure::{Bench, Clock};
use semihosting::process;

#[entry]
fn main() -> ! {
    let Some(peripherals) = cortex_m::Peripherals::take() else { process::exit(1) };
    let mut bench = Bench::new(Clock::new(peripherals));
    kernels::rows(&mut bench);
    elbo::rows(&mut bench);
    predictions::rows(&mut bench);
    likelihoods::figures(&mut bench);
    likelihoods::rows(&mut bench);
    keeping::readings(&mut bench);
    keeping::rows(&mut bench);
    node::rows(&mut bench);
    process::exit(0)
}
