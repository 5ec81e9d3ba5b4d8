//! Sensors and what keeps watch over them.

use elbow::likelihood::{Normal, Poisson};
use elbow::predictor::{Altitude, Bearing, Range};
use elbow::{
    Error, Filter, Flags, Gate, GaussHermite, Gaussian, LogEvidence, Maximum, Monitor, OneSample, Predictor,
    RandomWalk, Real, Sensor, VectorSensor, VectorUpdate, fit_noise,
};

use super::Probe;
use super::distributions::{belief, generator, take_belief};
use super::readings::take_update;
use super::states::snapshot;

pub fn linear<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let sensor = Sensor::linear(p.numbers(), Normal::new(p.positive())?);
    let mut sensor = Sensor::with_offset(sensor, p.number());
    *Sensor::likelihood_mut(&mut sensor) = Normal::new(p.positive())?;
    p.take(Sensor::likelihood(&sensor).variance());
    let mut filter = Filter::new(belief::<T, 3>(p)?);
    let reading = p.number();
    let updated = filter.update(&mut sensor, reading, &mut GaussHermite::<5>::new());
    if let Some(update) = p.end(updated) {
        take_update(p, &update, &sensor, reading);
    }
    take_belief(p, filter.belief());
    Ok(())
}

/// What a predictor says, and a reading of it by each estimator.
fn predictor<H: Predictor<T, 3> + Copy, T: Real>(p: &mut impl Probe<T>, h: H, reading: T) -> Result<(), Error> {
    let state = p.numbers();
    p.take(Predictor::predict(&h, &state));
    p.take(Predictor::difference(&h, state[0], state[1]));
    let sensor = Sensor::nonlinear(h, Normal::new(p.positive())?);
    p.note(Sensor::iterations(&sensor).into());
    let mut iterated = Sensor::with_iterations(sensor, 4)?;
    let filter = Filter::new(belief::<T, 3>(p)?);
    let mut moved = filter;
    let updated = moved.update(&mut iterated, reading, &mut GaussHermite::<5>::new());
    if let Some(update) = p.end(updated) {
        take_update(p, &update, &iterated, reading);
    }
    take_belief(p, moved.belief());
    let (mut moved, mut single) = (filter, sensor);
    let mut estimator = OneSample::new(generator(p)).with_samples(2)?;
    let updated = moved.update(&mut single, reading, &mut estimator);
    if let Some(update) = p.end(updated) {
        take_update(p, &update, &single, reading);
    }
    take_belief(p, moved.belief());
    Ok(())
}

pub fn nonlinear<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let reading = p.number();
    predictor(p, |z: &[T; 3]| z[0] * z[1] + z[2], reading)
}

pub fn predictors<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let range = Range::<T, 3, 2>::new(p.numbers(), [0, p.word() as usize % 3])?;
    let reading = p.positive();
    predictor::<Range<T, 3, 2>, T>(p, range, reading)?;
    let bearing = Bearing::<T, 3>::new(p.numbers(), [1, p.word() as usize % 3])?;
    let reading = p.number();
    predictor::<Bearing<T, 3>, T>(p, bearing, reading)?;
    let altitude = Altitude::<T, 3>::new(T::from_f64(1013.25) + p.number(), p.word() as usize % 3)?;
    let reading = T::from_f64(1013.25) + p.number();
    predictor::<Altitude<T, 3>, T>(p, altitude, reading)
}

pub fn vector<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let sensor = VectorSensor::<T, 2, 3>::new([p.numbers(), p.numbers()], p.covariance())?;
    let sensor = VectorSensor::with_offset(sensor, p.numbers())?;
    p.take_rows(&VectorSensor::covariance(&sensor));
    let mut filter = Filter::new(belief::<T, 3>(p)?);
    let (first, second) = (p.number(), p.number());
    for reading in [[Some(first), Some(second)], [None, Some(second)], [None, None]] {
        let updated = Filter::update_vector(&mut filter, &sensor, reading);
        vector_update(p, updated);
        take_belief(p, filter.belief());
    }
    let mut gate = Gate::by_innovation(p.positive(), 2)?;
    for _ in 0..4 {
        let updated = Filter::update_vector_gated(&mut filter, &sensor, p.numbers::<2>(), &mut gate);
        vector_update(p, updated);
        take_belief(p, filter.belief());
    }
    Ok(())
}

fn vector_update<T: Real, P: Probe<T>>(p: &mut P, updated: Result<VectorUpdate<T, 2>, Error>) {
    if let Some(update) = p.end(updated) {
        for component in VectorUpdate::components(&update).iter().flatten() {
            p.take_all(&[component.mean(), component.variance()]);
        }
        p.note(VectorUpdate::observed(&update) as u32);
        p.note(VectorUpdate::status(&update) as u32);
        p.take_all(&[VectorUpdate::squared_innovation(&update), VectorUpdate::log_evidence(&update)]);
        p.take_all(&VectorUpdate::normalized_innovations(&update).map(|figure| figure.unwrap_or(T::ZERO)));
        p.take_all(&VectorUpdate::log_evidences(&update).map(|figure| figure.unwrap_or(T::ZERO)));
    }
}

pub fn gate<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let mut filter = Filter::new(Gaussian::diagonal([p.number()], [p.positive()])?);
    let mut sensor = Sensor::linear([T::ONE], Poisson::new());
    let mut estimator = GaussHermite::<5>::new();
    for mut gate in [Gate::by_innovation(p.positive(), 2)?, Gate::by_log_evidence(-p.positive(), 2)?] {
        for _ in 0..4 {
            let reading = p.word() % 12;
            let updated = Filter::update_gated(&mut filter, &mut sensor, reading, &mut estimator, &mut gate);
            if let Some(update) = p.end(updated) {
                take_update(p, &update, &sensor, reading);
            }
            p.note(Gate::rejected_in_a_row(&gate));
            p.note(Gate::rejected(&gate));
            snapshot::<Gate<T>, T>(p, &gate);
            if Gate::is_diverged(&gate) {
                Gate::reset(&mut gate);
            }
        }
    }
    take_belief(p, filter.belief());
    Ok(())
}

pub fn monitor<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let monitor = Monitor::<T, 16>::new(T::from_f64(1e-3))?;
    let monitor = Monitor::with_resolution(monitor, p.positive())?;
    let mut monitor = Monitor::with_longest_gap(monitor, p.positive())?;
    for round in 0..20 {
        let passed = Monitor::elapse(&mut monitor, p.positive());
        p.end(passed);
        let reading = if p.word() % 2 == 0 { T::ONE } else { p.number() };
        let recorded = Monitor::record(&mut monitor, reading, p.number(), p.number());
        p.end(recorded);
        let report = Monitor::report(&monitor);
        p.note(report.readings as u32);
        p.take_all(&[report.mean, report.mean_bound, report.mean_square]);
        p.take_all(&[report.mean_square_bounds.0, report.mean_square_bounds.1, report.calibration]);
        p.take_all(&[report.calibration_bound, report.entropy, report.repeat_surprise, report.repeat_surprise_bound]);
        p.take_all(&[report.surprise, report.since_last]);
        p.note(report.repeats);
        p.note((report.flags == Flags::default()).into());
        p.note(Flags::any(&report.flags).into());
        if let Some(histogram) = Monitor::histogram(&monitor) {
            p.take_all(histogram.probabilities());
        }
        if round == 18 {
            snapshot::<Monitor<T, 16>, T>(p, &monitor);
            Monitor::reset(&mut monitor);
        }
    }
    Ok(())
}

pub fn fit<T: Real, P: Probe<T>>(p: &mut P) -> Result<(), Error> {
    let readings = p.numbers::<8>();
    let found = fit_noise(p.positives(), |[process, noise]| {
        let mut filter = Filter::new(Gaussian::diagonal([T::ZERO], [T::ONE])?);
        let mut sensor = Sensor::linear([T::ONE], Normal::new(noise)?);
        let walk = RandomWalk::new(process)?;
        let mut sum = LogEvidence::new();
        for reading in readings {
            filter.predict_for(&walk, T::ONE)?;
            let update = filter.update(&mut sensor, reading, &mut GaussHermite::<3>::new())?;
            LogEvidence::add(&mut sum, update.log_evidence(&sensor, reading));
        }
        Ok(sum)
    });
    if let Some(fit) = p.end(found) {
        p.take_all(&fit.variances);
        p.take_all(&fit.log_std_dev);
        p.take_all(&[fit.start, fit.log_evidence, LogEvidence::total(&LogEvidence::<T>::default())]);
        p.note(fit.evaluations.into());
        for maximum in fit.maximum {
            p.note(match maximum {
                Maximum::Inside => 1,
                Maximum::AtZero => 2,
                Maximum::AtInfinity => 3,
                Maximum::Nowhere => 4,
                Maximum::NotReached => 5,
                _ => u32::MAX,
            });
        }
    }
    Ok(())
}
