//! How deep the stack gets: everything below the stack pointer is painted before a call, and looked through after it.

use super::{CALLS, Work};
use core::arch::asm;
use core::hint::black_box;

/// What is painted, in bytes.
const PAINTED: u32 = 16384;
const PAINT: u32 = 0xa5c3_5a3c;

/// Of the calls that are counted every so many is looked at.
const EVERY: usize = 4;

/// The deepest that a call went below its caller, in bytes, with everything that it saved; none where a call failed or
/// left nothing painted.
#[inline(never)]
pub fn worst<W: Work>(objects: &mut W, work: fn(&mut W) -> bool) -> Option<u32> {
    let work = black_box(work);
    let mut deepest = 0;
    for call in (0..CALLS).step_by(EVERY) {
        objects.prepare(black_box(call));
        paint();
        if !work(black_box(&mut *objects)) {
            return None;
        }
        deepest = deepest.max(used()?);
    }
    Some(deepest)
}

/// Paints what is below the stack pointer.
#[inline(always)]
fn paint() {
    // SAFETY: nothing lives below the stack pointer, and the stack has all of RAM above the statics.
    unsafe {
        asm!(
            "mov {at}, sp", "subs {at}, {at}, {size}", "2:", "str {paint}, [{at}]", "adds {at}, #4",
            "cmp {at}, sp", "bne 2b",
            at = out(reg) _, size = in(reg) PAINTED, paint = in(reg) PAINT,
        );
    }
}

/// Bytes below the stack pointer that are no longer painted.
#[inline(always)]
fn used() -> Option<u32> {
    let (lowest, top): (u32, u32);
    // SAFETY: reads what has been painted, up to the stack pointer.
    unsafe {
        asm!(
            "mov {top}, sp", "subs {at}, {top}, {size}", "2:", "ldr {word}, [{at}]", "cmp {word}, {paint}",
            "bne 3f", "adds {at}, #4", "cmp {at}, {top}", "bne 2b", "3:",
            at = out(reg) lowest, top = out(reg) top, word = out(reg) _,
            size = in(reg) PAINTED, paint = in(reg) PAINT,
        );
    }
    let used = top.wrapping_sub(lowest);
    (used < PAINTED).then_some(used)
}
