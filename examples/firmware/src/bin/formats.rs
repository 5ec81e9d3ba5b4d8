//! What elbow's types say in a serial log.
#![no_std]
#![no_main]

#[cfg(target_arch = "arm")]
use cortex_m as _;
use defmt::{error, info};
use defmt_semihosting as _;
use elbow::likelihood::{
    Bernoulli, Gamma, Huber, LearnedNormal, NegativeBinomial, Normal, Poisson, StudentT, VonMises,
};
use elbow::predictor::Range;
use elbow::{
    Categorical, ConstantVelocity, Dynamics, Error, Filter, Gate, GaussHermite, Gaussian, LocalLevel, LogEvidence,
    MeanField, Monitor, OneSample, OrnsteinUhlenbeck, RandomWalk, Sensor, VectorSensor,
};
use elbow_firmware::entry;
use rand_xoshiro::Xoshiro128PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
#[cfg(target_arch = "riscv32")]
use riscv as _;
use semihosting::process;

fn beliefs() -> Result<(), Error> {
    let belief = Gaussian::new([20.0_f32, 0.5], [[4.0, 0.2], [0.2, 0.0625]])?;
    info!("Gaussian: {}", belief);
    info!("Filter: {}", Filter::new(belief));
    info!("Filter in f64: {}", Filter::new(Gaussian::diagonal([20.0_f64], [0.25])?));
    info!("MeanField: {}", MeanField::new([1.0_f32, -1.0], [0.0, 0.0])?);
    info!("Categorical: {}", Categorical::new([0.25_f32, 0.75])?);
    let mut level = LocalLevel::new(0.5_f32, 0.25)?;
    info!("LocalLevel: {}", level);
    level.update(21.5, 1.0)?;
    info!("LocalLevel: {}", level);
    Ok(())
}

fn readings() -> Result<(), Error> {
    let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [3.0])?);
    let mut sensor = Sensor::linear([1.0], Normal::new(1.0)?);
    let mut estimator = GaussHermite::<5>::new();
    let mut gate = Gate::by_innovation(5.0, 2)?;
    info!("Update: {}", filter.update(&mut sensor, 4.0, &mut estimator)?);
    for reading in [40.0, -40.0] {
        match filter.update_gated(&mut sensor, reading, &mut estimator, &mut gate) {
            Ok(update) => info!("Update: {}", update),
            Err(error) => info!("Error: {}", error),
        }
        info!("Gate: {}", gate);
    }
    info!("Gate: {}", Gate::by_log_evidence(-14.0_f32, 10)?);
    let pair = VectorSensor::new([[1.0_f32], [1.0]], [[2.0, 1.0], [1.0, 2.0]])?;
    info!("VectorUpdate: {}", filter.update_vector(&pair, [Some(3.0), None])?);
    let mut sum = LogEvidence::new();
    sum.add(-1.5_f32);
    info!("LogEvidence: {}", sum);

    let mut monitor = Monitor::<f32, 16>::new(1e-3)?.with_resolution(0.125)?.with_longest_gap(60.0)?;
    info!("Monitor: {}", monitor);
    for _ in 0..16 {
        monitor.record(1.0, 3.0, -5.0)?;
    }
    monitor.elapse(90.0)?;
    info!("Report: {}", monitor.report());
    Ok(())
}

fn models() -> Result<(), Error> {
    info!("{}", Dynamics::new([[1.0_f32, 1.0], [0.0, 1.0]], [[1.0, 0.5], [0.5, 1.0]])?);
    info!("{}", RandomWalk::new(0.5_f32)?);
    info!("{}", ConstantVelocity::new(0.5_f32)?);
    info!("{}", OrnsteinUhlenbeck::new(60.0_f32, 4.0)?);
    info!("{}", VectorSensor::new([[1.0_f32], [1.0]], [[2.0, 1.0], [1.0, 2.0]])?);
    info!("{}", Sensor::linear([1.0_f32, 0.0], StudentT::new(0.5, 4.0)?));
    info!("{}", Sensor::linear([1.0_f32, 0.0], Bernoulli::new()));
    info!("{}", Sensor::nonlinear(Range::<f32, 4, 2>::new([3.0, 4.0], [0, 2])?, Huber::new(0.5, 2.0)?));
    info!("{}", Poisson::with_exposure(5.0_f32)?);
    info!("{}", NegativeBinomial::new(0.5_f32)?.with_exposure(5.0)?);
    info!("{}", VonMises::new(50.0_f32)?);
    info!("{}", Gamma::new(4.0_f32)?);
    info!("{}", LearnedNormal::new(0.25_f32, 10.0)?);
    info!("{}", OneSample::new(Xoshiro128PlusPlus::seed_from_u64(1)));
    info!("{}", GaussHermite::<5>::new());
    Ok(())
}

#[entry]
fn main() -> ! {
    if let Err(error) = beliefs().and_then(|()| readings()).and_then(|()| models()) {
        error!("{}", error);
        process::exit(1)
    }
    process::exit(0)
}
