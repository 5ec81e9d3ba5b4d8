//! A tick by the machine timer, which RISC-V's privileged architecture describes (3.2.1): an interrupt is pending while
//! `mtime` is not below `mtimecmp`. Where both are, a chip's manual says.

use riscv::interrupt::Interrupt;
use riscv_rt::core_interrupt;

pub use riscv::asm::wfi as wait;
pub use riscv::singleton;

/// The low halves of the registers in QEMU's `virt`, as in SiFive's CLINT at 0x200_0000; the high halves follow.
const MTIMECMP: *mut u32 = 0x200_4000 as *mut u32;
const MTIME: *const u32 = 0x200_bff8 as *const u32;

/// Counts of `mtime`, 10 MHz, between two ticks.
const COUNTS: u64 = 8_000;

/// Starts the timer.
pub fn start() -> Option<()> {
    set_next();
    // SAFETY: no critical section is open, and the handler is there.
    unsafe {
        riscv::interrupt::enable_interrupt(Interrupt::MachineTimer);
        riscv::interrupt::enable();
    }
    Some(())
}

/// Sets the next tick, to the next whole number of periods. A tick that came too late is left out.
fn set_next() {
    // SAFETY: reads of a register that is there.
    let [before, low, after] =
        unsafe { [MTIME.add(1).read_volatile(), MTIME.read_volatile(), MTIME.add(1).read_volatile()] };
    // Where the high half has moved on between the reads, the low half has just been zero.
    let low = if before == after { low } else { 0 };
    let time = u64::from(after) << 32 | u64::from(low);
    let next = (time / COUNTS + 1) * COUNTS;
    // SAFETY: writes to a register that is there and that nothing else uses. In this order it is never too early between
    // two writes.
    unsafe {
        MTIMECMP.write_volatile(u32::MAX);
        MTIMECMP.add(1).write_volatile((next >> 32) as u32);
        MTIMECMP.write_volatile(next as u32);
    }
}

#[core_interrupt(Interrupt::MachineTimer)]
fn machine_timer() {
    set_next();
    crate::play();
}
