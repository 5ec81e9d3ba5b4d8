//! A tick by SysTick, the timer of a Cortex-M's core.

use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;

pub use cortex_m::asm::wfi as wait;
pub use cortex_m::singleton;

/// Processor cycles between two ticks.
const CYCLES: u32 = 20_000;

/// Starts the timer; nothing the second time.
pub fn start() -> Option<()> {
    let mut clock = cortex_m::Peripherals::take()?.SYST;
    clock.set_clock_source(SystClkSource::Core);
    clock.set_reload(CYCLES - 1);
    clock.clear_current();
    clock.enable_interrupt();
    clock.enable_counter();
    Some(())
}

#[exception]
fn SysTick() {
    crate::play();
}
