//! What counts: SysTick in QEMU, the cycle counter of the DWT on silicon (feature `cycles`).

use cortex_m::Peripherals;

/// Under `-icount shift=0` an instruction takes a nanosecond of virtual time, and SysTick of the mps2 machines counts at
/// 25 MHz: a tick every 40 instructions.
#[cfg(not(feature = "cycles"))]
const INSTRUCTIONS_PER_TICK: u64 = 40;

/// Counts instructions.
#[cfg(not(feature = "cycles"))]
pub struct Clock(cortex_m::peripheral::SYST);

#[cfg(not(feature = "cycles"))]
impl Clock {
    /// The largest reload value, 2^24 - 1.
    const MASK: u32 = 0x00ff_ffff;

    pub fn new(mut peripherals: Peripherals) -> Self {
        peripherals.SYST.set_clock_source(cortex_m::peripheral::syst::SystClkSource::Core);
        peripherals.SYST.set_reload(Self::MASK);
        peripherals.SYST.clear_current();
        peripherals.SYST.enable_counter();
        Self(peripherals.SYST)
    }

    /// Where the counter stands.
    pub fn start(&mut self) -> u32 {
        // From the top, so that a count never meets the reload.
        self.0.clear_current();
        cortex_m::peripheral::SYST::get_current()
    }

    /// Instructions since then; none where they were more than 671 million.
    pub fn since(&mut self, start: u32) -> Option<u64> {
        let ticks = start.wrapping_sub(cortex_m::peripheral::SYST::get_current()) & Self::MASK;
        (!self.0.has_wrapped()).then_some(u64::from(ticks) * INSTRUCTIONS_PER_TICK)
    }
}

/// Counts processor cycles: Cortex-M3 and later.
#[cfg(feature = "cycles")]
pub struct Clock(cortex_m::peripheral::DWT);

#[cfg(feature = "cycles")]
impl Clock {
    pub fn new(mut peripherals: Peripherals) -> Self {
        peripherals.DCB.enable_trace();
        peripherals.DWT.enable_cycle_counter();
        Self(peripherals.DWT)
    }

    /// Where the counter stands.
    pub fn start(&mut self) -> u32 {
        self.0.cyccnt.read()
    }

    /// Cycles since then, modulo 2^32.
    pub fn since(&mut self, start: u32) -> Option<u64> {
        Some(self.0.cyccnt.read().wrapping_sub(start).into())
    }
}
