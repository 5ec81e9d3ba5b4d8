//! Proof by linking that nothing in elbow can panic: every public function, on volatile numbers, with a panic handler
//! that calls what does not exist. Only an image from which the optimiser could remove every panic links. This one is
//! of all but the likelihoods.
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
    volatile::run(exercise::parts())
}
