//! What a call costs on the chip: instructions (cycles on silicon) and worst stack. The host links each row by itself
//! for its flash.

mod clock;
mod stack;

pub use clock::Clock;

use core::hint::black_box;
use semihosting::{println, process};

/// Calls of which the average is taken, each with arguments of its own.
pub const CALLS: u32 = 200;

/// Something whose cost is measured.
pub trait Work: Sized {
    /// What a user keeps in RAM between calls, in bytes.
    const RAM: usize;
    /// The objects; none where a constructor refuses its arguments.
    fn new() -> Option<Self>;
    /// Puts everything in place for a call, by its number; not counted.
    fn prepare(&mut self, call: u32);
    /// The call itself. False if it failed, which makes the row worthless.
    fn work(&mut self) -> bool;
}

/// Measures rows and prints a line for each.
pub struct Bench(Clock);

impl Bench {
    pub fn new(clock: Clock) -> Self {
        Self(clock)
    }

    /// Prints `group;name;instructions;ram;stack`. `work` is the row's [`Work::work`] in a function of its own.
    pub fn row<W: Work>(&mut self, group: &str, name: &str, work: fn(&mut W) -> bool) {
        let Some(mut objects) = black_box(W::new()) else { failed(group, name) };
        let idle = self.count(&mut objects, |_| true);
        let all = self.count(&mut objects, work);
        let (Some(idle), Some(all)) = (idle, all) else { failed(group, name) };
        let calls = u64::from(CALLS);
        let instructions = (all.saturating_sub(idle) + calls / 2) / calls;
        let Some(stack) = stack::worst(&mut objects, work) else { failed(group, name) };
        println!("{group};{name};{instructions};{};{stack}", W::RAM);
    }

    /// Of all calls together; none where one failed, or the clock ran over.
    #[inline(never)]
    fn count<W: Work>(&mut self, objects: &mut W, work: fn(&mut W) -> bool) -> Option<u64> {
        let work = black_box(work);
        let mut is_good = true;
        let start = self.0.start();
        for call in 0..CALLS {
            objects.prepare(black_box(call));
            is_good &= work(black_box(&mut *objects));
        }
        self.0.since(start).filter(|_| is_good)
    }
}

/// Numbers spread over -1 to 1.
pub fn spread(call: u32) -> f32 {
    (call.wrapping_mul(73) % 201) as f32 * 0.01 - 1.0
}

fn failed(group: &str, name: &str) -> ! {
    println!("{group}, {name}: failed");
    process::exit(1)
}

/// A function `$rows` that measures each row: its name and the type that does its [`Work`], in a function of its own
/// under the symbol `row;group;name`, by which the host links it.
#[macro_export]
macro_rules! rows {
    ($(#[$doc:meta])* $rows:ident, $group:literal, $($name:expr => $work:ty,)*) => {
        $(#[$doc])*
        pub fn $rows(bench: &mut $crate::measure::Bench) {
            $(bench.row::<$work>($group, $name, {
                #[unsafe(export_name = concat!("row;", $group, ";", $name))]
                #[inline(never)]
                fn work(objects: &mut $work) -> bool {
                    $crate::measure::Work::work(objects)
                }
                work
            });)*
        }
    };
}
