//! What a trained variational autoencoder makes of some weeks of weather, to the bit. The host prints the same.
#![no_std]
#![no_main]

use elbow_firmware::{entry, trained};
use semihosting::{println, process};

#[entry]
fn main() -> ! {
    let ended = trained::run(|line| println!("{line}"));
    process::exit(if ended.is_ok() { 0 } else { 1 })
}
