//! The clock behind `embassy_time`: SysTick counts, and wakes whose time has come. On a chip that Embassy knows, its
//! hardware abstraction brings a clock that can sleep longer than a tick.

use core::cell::{Cell, RefCell};
use core::task::Waker;
use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_rt::exception;
use critical_section::Mutex;
use embassy_time_driver::Driver;
use embassy_time_queue_utils::Queue;

/// Processor cycles between two ticks, as of a clock of 2.5 MHz: an emulator does not sleep, and is soon through.
const CYCLES: u32 = 2_500;

struct SysTickClock {
    ticks: Mutex<Cell<u64>>,
    waiting: Mutex<RefCell<Queue>>,
}

impl Driver for SysTickClock {
    fn now(&self) -> u64 {
        critical_section::with(|token| self.ticks.borrow(token).get())
    }

    fn schedule_wake(&self, at: u64, waker: &Waker) {
        // No alarm to set: every tick looks.
        critical_section::with(|token| self.waiting.borrow_ref_mut(token).schedule_wake(at, waker));
    }
}

embassy_time_driver::time_driver_impl!(static CLOCK: SysTickClock = SysTickClock {
    ticks: Mutex::new(Cell::new(0)),
    waiting: Mutex::new(RefCell::new(Queue::new())),
});

#[exception]
fn SysTick() {
    critical_section::with(|token| {
        let ticks = CLOCK.ticks.borrow(token);
        ticks.set(ticks.get() + 1);
        CLOCK.waiting.borrow_ref_mut(token).next_expiration(ticks.get());
    });
}

/// Starts the clock.
pub fn start(mut systick: SYST) {
    systick.set_clock_source(SystClkSource::Core);
    systick.set_reload(CYCLES - 1);
    systick.clear_current();
    systick.enable_interrupt();
    systick.enable_counter();
}
