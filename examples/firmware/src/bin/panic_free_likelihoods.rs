//! The same proof as `panic_free`, of every likelihood and of updates with it.
#![no_std]
#![no_main]

use core::panic::PanicInfo;
use elbow_firmware::{entry, exercise, volatile};

unsafe extern "C" {
    fn elbow_can_panic() -> !;
}

#[panic_handler]
fn panic(_: &PanicInfo) -> ! {
    // SAFETY: never called; the linker finds no such function and refuses the image.
    unsafe { elbow_can_panic() }
}

#[entry]
fn main() -> ! {
    volatile::run(exercise::likelihoods())
}
