//! elbow under Embassy, to copy and start from: one task reads a thermometer, another improves its belief with each
//! reading and goes on without where none comes.
//!
//! The thermometer's driver knows `embedded_hal_async::i2c::I2c` and nothing else, so that it takes the bus of any
//! chip; here it takes one that plays made-up readings, two of them wild and a few missing. An update is no future: it
//! takes microseconds, between two `await`s.
#![no_std]
#![no_main]

use defmt::{error, info, warn};
use defmt_semihosting as _;
use elbow::likelihood::StudentT;
use elbow::{Error, Filter, Gaussian, OneSample, RandomWalk, Sensor, Update};
use elbow_firmware::embassy_clock;
use embassy_executor::Spawner;
use embassy_sync::blocking_mutex::raw::CriticalSectionRawMutex;
use embassy_sync::channel::Channel;
use embassy_time::{Duration, Instant, Ticker, with_deadline};
use embedded_hal_async::i2c::{ErrorKind, ErrorType, I2c, NoAcknowledgeSource, Operation};
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use semihosting::process;

/// Named once: a stray literal would otherwise make it `f64`.
type Scalar = f32;

/// A reading, and when it was taken.
struct Sample {
    taken: Instant,
    celsius: Scalar,
}

/// From the sensor's task to the estimator's.
static SAMPLES: Channel<CriticalSectionRawMutex, Sample, 4> = Channel::new();

/// Between two readings, and how long the estimator waits for one.
const PERIOD: Duration = Duration::from_millis(100);
const PATIENCE: Duration = Duration::from_millis(140);

/// Where the recording ends.
const END: Instant = Instant::from_millis(2400);

/// A thermometer of the LM75's kind: two bytes, sixteenths of a degree in the upper twelve bits.
struct Thermometer<B> {
    bus: B,
}

impl<B: I2c> Thermometer<B> {
    const ADDRESS: u8 = 0x48;
    const TEMPERATURE: u8 = 0;

    async fn celsius(&mut self) -> Result<Scalar, B::Error> {
        let mut register = [0; 2];
        self.bus.write_read(Self::ADDRESS, &[Self::TEMPERATURE], &mut register).await?;
        Ok(Scalar::from(i16::from_be_bytes(register) >> 4) / 16.0)
    }
}

/// Reads the thermometer once a period. What cannot be read is not sent; what nobody fetches in time is lost.
#[embassy_executor::task]
async fn sense(mut thermometer: Thermometer<Recording>) {
    let mut ticker = Ticker::every(PERIOD);
    loop {
        ticker.next().await;
        let taken = Instant::now();
        match thermometer.celsius().await {
            Ok(celsius) if SAMPLES.try_send(Sample { taken, celsius }).is_err() => warn!("the estimator is late"),
            Ok(_) => {}
            Err(_) => warn!("the thermometer does not answer"),
        }
    }
}

/// What is believed about the temperature, and when.
struct Estimate {
    filter: Filter<Scalar, 1>,
    drift: RandomWalk<Scalar>,
    sensor: Sensor<elbow::Linear<Scalar, 1>, StudentT<Scalar>>,
    estimator: OneSample<Xoshiro128PlusPlus>,
    time: Instant,
}

impl Estimate {
    /// Near 20 degrees; drifts 0.1 in a second; a sensor with noise of 0.1 that is now and then off by far.
    fn new() -> Result<Self, Error> {
        Ok(Self {
            filter: Filter::new(Gaussian::diagonal([20.0], [25.0])?),
            drift: RandomWalk::new(0.01)?,
            sensor: Sensor::linear([1.0], StudentT::new(0.1, 3.0)?),
            estimator: OneSample::new(Xoshiro128PlusPlus::seed_from_u64(1)),
            time: Instant::now(),
        })
    }

    /// Lets the time from the last call to this pass: none, where a reading was taken before that and came late.
    fn advance(&mut self, time: Instant) -> Result<(), Error> {
        let milliseconds = time.saturating_duration_since(self.time).as_millis() as u32;
        self.filter.predict_for(&self.drift, milliseconds as Scalar / 1000.0)?;
        self.time = self.time.max(time);
        Ok(())
    }

    fn take(&mut self, sample: &Sample) -> Result<Update<Scalar>, Error> {
        self.advance(sample.taken)?;
        self.filter.update(&mut self.sensor, sample.celsius, &mut self.estimator)
    }
}

/// Takes each reading in as it comes; where none comes in time the belief grows less sure.
async fn estimate() -> Result<(), Error> {
    let mut estimate = Estimate::new()?;
    while estimate.time < END {
        let deadline = estimate.time + PATIENCE;
        match with_deadline(deadline, SAMPLES.receive()).await {
            Ok(sample) => {
                let update = estimate.take(&sample)?;
                info!("{} ms: {} degrees, {}", sample.taken.as_millis(), sample.celsius, update);
            }
            Err(_) => {
                estimate.advance(deadline)?;
                info!("{} ms: no reading, {}", deadline.as_millis(), estimate.filter);
            }
        }
    }
    Ok(())
}

#[embassy_executor::main]
async fn main(spawner: Spawner) {
    let Some(chip) = cortex_m::Peripherals::take() else { process::exit(1) };
    embassy_clock::start(chip.SYST);
    match sense(Thermometer { bus: Recording { next: 0 } }) {
        Ok(task) => spawner.spawn(task),
        Err(_) => process::exit(1),
    }
    if let Err(error) = estimate().await {
        error!("{}", error);
        process::exit(1)
    }
    process::exit(0)
}

/// What the thermometer reads, in sixteenths of a degree; `OUT` where its cable is out.
const RECORDING: [i16; 24] = [
    341, 340, 343, 342, 341, 2047, 344, 343, 342, OUT, OUT, OUT, OUT, 345, 346, 344, 0, 345, 347, 346, 346, 348, 347,
    347,
];
const OUT: i16 = i16::MIN;

/// A bus with the recorded thermometer on it.
struct Recording {
    next: usize,
}

impl ErrorType for Recording {
    type Error = ErrorKind;
}

impl I2c for Recording {
    async fn transaction(&mut self, _: u8, operations: &mut [Operation<'_>]) -> Result<(), ErrorKind> {
        let sixteenths = RECORDING.get(self.next).copied().filter(|sixteenths| *sixteenths != OUT);
        self.next += 1;
        let register = sixteenths.ok_or(ErrorKind::NoAcknowledge(NoAcknowledgeSource::Address))? << 4;
        for operation in operations {
            if let Operation::Read(bytes) = operation {
                for (byte, value) in bytes.iter_mut().zip(register.to_be_bytes()) {
                    *byte = value;
                }
            }
        }
        Ok(())
    }
}
