//! A weather station, to copy and start from. An interrupt plays a recorded log, days of weather in Seattle, into a
//! queue; the main loop improves its belief with each reading and logs it. Halfway it saves its state, reboots, and
//! goes on.
//!
//! | sensor | reads | likelihood | when |
//! |---|---|---|---|
//! | drop detector | rain or none | Bernoulli, of the log odds of rain | every day |
//! | bucket | millimetres | Gamma, of the logarithm of their mean | on wet days |
#![no_std]
#![no_main]

use core::cell::RefCell;
use core::str::Lines;
use critical_section::Mutex;
use defmt::{error, info};
use defmt_semihosting as _;
use elbow::likelihood::{Bernoulli, Gamma};
use elbow::{Dynamics, Error, Filter, Gaussian, Linear, OneSample, Sensor, Snapshot};
use elbow_firmware::entry;
use heapless::spsc::{Consumer, Producer, Queue};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use semihosting::process;

/// What differs from chip to chip: a timer, which calls [`play`] at every tick.
#[cfg_attr(target_arch = "arm", path = "../tick/cortex_m.rs")]
#[cfg_attr(target_arch = "riscv32", path = "../tick/riscv.rs")]
mod tick;

/// Named once: a stray literal would otherwise make it `f64`.
type Scalar = f32;

/// Log odds of rain; logarithm of the mean millimetres of a wet day.
type State = Filter<Scalar, 2>;

/// Days between boots, and how many boots there are.
const DAYS: u16 = 45;
const BOOTS: u16 = 2;

/// What a sensor said, and on which day.
#[derive(Clone, Copy)]
struct Sample {
    day: u16,
    reading: Reading,
}

#[derive(Clone, Copy)]
enum Reading {
    Rain(bool),
    Millimetres(Scalar),
}

/// What the chip knows, and what it needs to learn more.
struct Node {
    filter: State,
    overnight: Dynamics<Scalar, 2>,
    detector: Sensor<Linear<Scalar, 2>, Bernoulli>,
    bucket: Sensor<Linear<Scalar, 2>, Gamma<Scalar>>,
    estimator: OneSample<Xoshiro128PlusPlus>,
    day: u16,
}

impl Node {
    /// Starts with this belief. The generator is not saved: the number of the boot seeds it, so that no two boots draw
    /// the same noise.
    fn new(filter: State, boot: u16) -> Result<Self, Error> {
        Ok(Self {
            filter,
            overnight: Dynamics::new([[1.0, 0.0], [0.0, 1.0]], [[0.05, 0.0], [0.0, 0.01]])?,
            detector: Sensor::linear([1.0, 0.0], Bernoulli::new()),
            bucket: Sensor::linear([0.0, 1.0], Gamma::exponential()),
            estimator: OneSample::new(Xoshiro128PlusPlus::seed_from_u64(boot.into())),
            day: (boot * DAYS).saturating_sub(1),
        })
    }

    /// Lets the days since the last reading pass, then takes this one in.
    fn take(&mut self, sample: Sample) -> Result<(), Error> {
        for _ in self.day..sample.day {
            self.filter.predict(&self.overnight)?;
        }
        self.day = sample.day;
        let update = match sample.reading {
            Reading::Rain(rain) => self.filter.update(&mut self.detector, rain, &mut self.estimator)?,
            Reading::Millimetres(amount) => self.filter.update(&mut self.bucket, amount, &mut self.estimator)?,
        };
        let ([odds, amount], [odds_variance, amount_variance]) =
            (*self.filter.belief().mean(), self.filter.belief().variance());
        match sample.reading {
            Reading::Rain(rain) => info!("day {}: rain {}, {}", sample.day, rain, update.status()),
            Reading::Millimetres(millimetres) => info!("day {}: {} mm, {}", sample.day, millimetres, update.status()),
        }
        info!("  odds {} (variance {}), amount {} (variance {})", odds, odds_variance, amount, amount_variance);
        Ok(())
    }
}

/// What the interrupt has of the queue, and the readings of the log.
struct Player {
    queue: Producer<'static, Sample>,
    log: Lines<'static>,
    day: u16,
    /// Read from the log, and not in the queue yet.
    waiting: [Option<Sample>; 2],
}

impl Player {
    /// Queues the readings of one more day. A recording can wait where the queue is full; a live sensor would count
    /// what it loses.
    fn tick(&mut self) {
        if self.waiting.iter().all(Option::is_none) {
            let Some((rain, tenths)) = self.log.next().and_then(parse) else { return };
            let sample = |reading| Some(Sample { day: self.day, reading });
            let amount = sample(Reading::Millimetres(tenths as Scalar / 10.0)).filter(|_| rain);
            self.waiting = [sample(Reading::Rain(rain)), amount];
            self.day += 1;
        }
        for waiting in &mut self.waiting {
            *waiting = waiting.take().and_then(|sample| self.queue.enqueue(sample).err());
        }
    }
}

/// A line of the log: date, whether it rained, millimetres with one decimal.
fn parse(line: &str) -> Option<(bool, u32)> {
    let mut fields = line.split(',').skip(1);
    let rain = fields.next()? == "1";
    let digits = fields.next()?.bytes().filter(u8::is_ascii_digit);
    Some((rain, digits.fold(0, |number, digit| 10 * number + u32::from(digit - b'0'))))
}

static PLAYER: Mutex<RefCell<Option<Player>>> = Mutex::new(RefCell::new(None));

/// Runs in the interrupt, once a day.
fn play() {
    critical_section::with(|token| {
        if let Some(player) = PLAYER.borrow_ref_mut(token).as_mut() {
            player.tick();
        }
    });
}

/// Hands the queue to the interrupt and starts the timer.
fn start() -> Option<Consumer<'static, Sample>> {
    let queue = tick::singleton!(: Queue<Sample, 8> = Queue::new())?;
    let (queue, readings) = queue.split();
    let mut log = include_str!("../../../data/seattle.csv").lines();
    log.next(); // the header
    critical_section::with(|token| PLAYER.replace(token, Some(Player { queue, log, day: 0, waiting: [None; 2] })));
    tick::start()?;
    Some(readings)
}

/// From boot to reboot. `memory` is what keeps its contents in between: flash, or memory that a reset leaves alone.
fn run(boot: u16, readings: &mut Consumer<'static, Sample>, memory: &mut [u8]) -> Result<(), Error> {
    let filter = State::restore(memory).or_else(|damage| {
        info!("boot {}: starting afresh, {}", boot, damage);
        Ok(State::new(Gaussian::diagonal([0.0, 1.0], [4.0, 1.0])?))
    })?;
    let mut node = Node::new(filter, boot)?;
    let end = (boot + 1) * DAYS;
    loop {
        match readings.peek() {
            Some(sample) if sample.day >= end => break,
            Some(sample) => node.take(*sample)?,
            None => {
                tick::wait();
                continue;
            }
        }
        readings.dequeue();
    }
    let snapshot = node.filter.save(memory)?;
    info!("boot {}: saved {} bytes, {:02x}", boot, snapshot.len(), snapshot);
    Ok(())
}

#[entry]
fn main() -> ! {
    let Some(mut readings) = start() else { process::exit(1) };
    let mut memory = [0; State::SNAPSHOT_LEN];
    for boot in 0..BOOTS {
        if let Err(error) = run(boot, &mut readings, &mut memory) {
            error!("boot {}: {}", boot, error);
            process::exit(1);
        }
    }
    process::exit(0)
}
