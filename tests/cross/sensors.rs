//! Readings taken in, and what keeps watch over them.

use crate::design::{Scalar, all, around, triples};
use crate::distributions::unit;
use crate::outcome::{Outcome, both, cross};
use crate::stuck::Stuck;
use elbow::likelihood::{Likelihood, Normal, Poisson, StudentT};
use elbow::predictor::{Altitude, Bearing, Range};
use elbow::{
    Estimator, Filter, Flags, Gate, GaussHermite, Gaussian, Linear, Monitor, Observe, OneSample, Predictor, Sensor,
    Update, VectorSensor, VectorUpdate,
};
use std::fmt::Debug;

/// Every figure of an update that was taken in.
fn take<T: Scalar, P, L: Likelihood<T>>(
    out: &mut Outcome<T>,
    update: &Update<T>,
    sensor: &Sensor<P, L>,
    reading: L::Reading,
) {
    out.note(&(Update::status(update), Update::evaluations(update)));
    out.finite(Update::prior_mean(update));
    out.finite(Update::mean(update));
    out.holds(Update::prior_variance(update) >= T::ZERO && Update::variance(update) >= T::ZERO, update);
    out.finite(Update::prior_variance(update));
    out.finite(Update::variance(update));
    let gain = Update::information_gain(update);
    out.of("Update::information_gain", gain);
    out.holds(gain >= T::ZERO, gain);
    out.of("Update::normalized_innovation", Update::normalized_innovation(update, sensor, reading));
    out.of("Update::elbo", Update::elbo(update, sensor, reading));
    out.of("Update::log_evidence", Update::log_evidence(update, sensor, reading));
}

/// One reading of a belief of two numbers.
fn read<T: Scalar, P: Observe<T, 2>, L: Likelihood<T>>(
    out: &mut Outcome<T>,
    belief: Gaussian<T, 2>,
    mut sensor: Sensor<P, L>,
    reading: L::Reading,
    estimator: &mut impl Estimator<T>,
) {
    let mut filter = Filter::new(belief);
    if let Some(update) = out.change(&mut filter, |filter| Filter::update(filter, &mut sensor, reading, estimator)) {
        take(out, &update, &sensor, reading);
    }
    out.belief(filter.belief());
}

fn linear<T: Scalar>() {
    let rng = || Stuck(0x1234_5678_9abc_def0);
    cross("Filter::update of Normal", around(unit()), |[a, b, offset, noise, reading, m, d]: [T; 7], out| {
        let Some(belief) = out.end(Gaussian::diagonal([m, T::ONE], [d, T::ONE])) else { return };
        let Some(normal) = out.end(Normal::new(noise)) else { return };
        let sensor: Sensor<Linear<T, 2>, _> = Sensor::with_offset(Sensor::linear([a, b], normal), offset);
        out.holds(*Sensor::likelihood(&sensor) == normal, "likelihood");
        read(out, belief, sensor, reading, &mut GaussHermite::<3>::new());
    });
    cross("Filter::update of StudentT", triples(), |[a, b, offset, scale, reading, m, d]: [T; 7], out| {
        let Some(belief) = out.end(Gaussian::diagonal([m, T::ONE], [d, T::ONE])) else { return };
        let Some(heavy) = out.end(StudentT::new(scale, T::from_f64(4.0))) else { return };
        let mut sensor = Sensor::linear([a, b], heavy).with_offset(offset);
        *Sensor::likelihood_mut(&mut sensor) = heavy;
        read(out, belief, sensor, reading, &mut GaussHermite::<3>::new());
        let sampler = OneSample::with_samples(OneSample::new(rng()), 2).expect("a number of samples");
        out.holds(OneSample::samples(&sampler) == 2, "samples");
        read(out, belief, sensor, reading, &mut { sampler });
    });
    cross("Filter::update of Poisson", triples(), |[a, b, offset, exposure, reading, m, d]: [T; 7], out| {
        let Some(belief) = out.end(Gaussian::diagonal([m, T::ONE], [d, T::ONE])) else { return };
        let Some(counter) = out.end(Poisson::with_exposure(exposure)) else { return };
        let sensor = Sensor::linear([a, b], counter).with_offset(offset);
        read(out, belief, sensor, reading.into() as u32, &mut GaussHermite::<3>::new());
        read(out, belief, sensor, reading.into() as u32, &mut OneSample::new(rng()));
    });
}

/// What a predictor says; where it is no number, what an update says.
fn predictor<H: Predictor<T, 2> + Copy + Debug, T: Scalar>(out: &mut Outcome<T>, h: H, state: [T; 2], reading: T) {
    out.number(Predictor::predict(&h, &state));
    // Of values of h, which are finite where they are used.
    if state[0].is_finite() && reading.is_finite() {
        out.of("Predictor::difference", Predictor::difference(&h, state[0], reading));
    }
    let Some(belief) = out.end(Gaussian::diagonal(state, [T::ONE; 2])) else { return };
    let sensor = Sensor::nonlinear(h, Normal::new(T::ONE).expect("a variance"));
    out.note(&Sensor::iterations(&sensor));
    let single = Sensor::with_iterations(sensor, 1).expect("one");
    read(out, belief, sensor, reading, &mut GaussHermite::<3>::new());
    read(out, belief, single, reading, &mut GaussHermite::<3>::new());
}

fn predictors<T: Scalar>() {
    cross("Range::predict", around(unit()), |[a, b, x, y, reading]: [T; 5], out| {
        if let Some(range) = out.end(Range::<T, 2, 2>::new([a, b], [0, 1])) {
            predictor::<Range<T, 2, 2>, T>(out, range, [x, y], reading);
        }
    });
    cross("Bearing::predict", around(unit()), |[a, b, x, y, reading]: [T; 5], out| {
        if let Some(bearing) = out.end(Bearing::<T, 2>::new([a, b], [0, 1])) {
            predictor::<Bearing<T, 2>, T>(out, bearing, [x, y], reading);
        }
    });
    cross("Altitude::predict", all(), |[pressure, x, reading]: [T; 3], out| {
        if let Some(altitude) = out.end(Altitude::<T, 2>::new(pressure, 0)) {
            predictor::<Altitude<T, 2>, T>(out, altitude, [x, T::ONE], reading);
        }
    });
    cross("Range::new", all(), |[a]: [T; 1], out| {
        for index in [0, 2, usize::MAX] {
            out.end(Range::<T, 2, 2>::new([a, T::ONE], [0, index]));
            out.end(Bearing::<T, 2>::new([a, T::ONE], [index, 0]));
            out.end(Altitude::<T, 2>::new(a, index));
        }
        let sensor = Sensor::nonlinear(|z: &[T; 1]| z[0], Normal::new(T::ONE).expect("a variance"));
        for iterations in [0, 1, u16::MAX] {
            out.holds(sensor.with_iterations(iterations).is_ok() == (iterations == 1), iterations);
        }
    });
}

fn vector<T: Scalar>() {
    cross("VectorSensor::new", around(unit()), |[a, b, c, d, e, f]: [T; 6], out| {
        let Some(sensor) = out.end(VectorSensor::<T, 2, 1>::new([[a], [b]], [[c, d], [d, e]])) else { return };
        out.end(VectorSensor::with_offset(sensor, [f, a])).iter().for_each(|sensor| out.note(sensor));
    });
    cross("VectorSensor::covariance", around(unit()), |[c, d, e]: [T; 3], out| {
        if let Some(sensor) = out.end(VectorSensor::<T, 2, 1>::new([[T::ONE], [T::ONE]], [[c, d], [d, e]])) {
            out.numbers(VectorSensor::covariance(&sensor).as_flattened());
        }
    });
    cross("Filter::update_vector", around(unit()), |[a, b, noise, first, second, m, d, offset]: [T; 8], out| {
        let Some(belief) = out.end(Gaussian::diagonal([m], [d])) else { return };
        let Some(sensor) = out.end(VectorSensor::new([[a], [b]], [[noise, T::ZERO], [T::ZERO, T::ONE]])) else {
            return;
        };
        let Some(sensor) = out.end(sensor.with_offset([offset, T::ZERO])) else { return };
        let mut gate = Gate::by_innovation(T::from_f64(4.0), 2).expect("a gate");
        for reading in [[Some(first), Some(second)], [None, Some(second)], [None, None]] {
            let (mut open, mut gated) = (Filter::new(belief), Filter::new(belief));
            let update = out.change(&mut open, |filter| Filter::update_vector(filter, &sensor, reading));
            let judged =
                out.change(&mut gated, |filter| Filter::update_vector_gated(filter, &sensor, reading, &mut gate));
            for update in [update, judged].into_iter().flatten() {
                out.note(&VectorUpdate::components(&update));
                out.note(&VectorUpdate::observed(&update));
                out.note(&VectorUpdate::status(&update));
                out.of("VectorUpdate::squared_innovation", VectorUpdate::squared_innovation(&update));
                out.of("VectorUpdate::log_evidence", VectorUpdate::log_evidence(&update));
                for innovation in VectorUpdate::normalized_innovations(&update).into_iter().flatten() {
                    out.of("VectorUpdate::normalized_innovations", innovation);
                }
                for evidence in VectorUpdate::log_evidences(&update).into_iter().flatten() {
                    out.of("VectorUpdate::log_evidences", evidence);
                }
            }
            out.belief(open.belief());
            out.belief(gated.belief());
        }
    });
}

fn gate<T: Scalar>() {
    cross("Filter::update_gated", around(unit()), |[threshold, noise, reading, m, d]: [T; 5], out| {
        let Some(belief) = out.end(Gaussian::diagonal([m], [d])) else { return };
        let Some(normal) = out.end(Normal::new(noise)) else { return };
        for gate in [Gate::by_innovation(threshold, 2), Gate::by_log_evidence(threshold, 2)] {
            let Some(mut gate) = out.end(gate) else { continue };
            let (mut filter, mut sensor) = (Filter::new(belief), Sensor::linear([T::ONE], normal));
            for _ in 0..3 {
                let mut estimator = GaussHermite::<3>::new();
                let update = out.change(&mut filter, |filter| {
                    Filter::update_gated(filter, &mut sensor, reading, &mut estimator, &mut gate)
                });
                update.iter().for_each(|update| take(out, update, &sensor, reading));
                out.belief(filter.belief());
                let counts = (Gate::rejected_in_a_row(&gate), Gate::rejected(&gate), Gate::is_diverged(&gate));
                out.holds(counts.0 <= counts.1 && counts.2 == (counts.0 >= 2), counts);
                out.note(&counts);
            }
            Gate::reset(&mut gate);
            out.holds(gate.rejected_in_a_row() == 0, "reset");
        }
    });
}

/// A report's figures are those of a window of whatever was let in.
fn monitor<T: Scalar>() {
    let ordinary = [T::from_f64(1e-3), T::ONE, T::ONE, T::ONE, T::ONE, T::ONE, T::ONE];
    cross("Monitor::report", around(ordinary), |[alarm, resolution, gap, dt, reading, innovation, evidence], out| {
        let Some(monitor) = out.end(Monitor::<T, 16>::new(alarm)) else { return };
        let Some(monitor) = out.end(Monitor::with_resolution(monitor, resolution)) else { return };
        let Some(mut monitor) = out.end(Monitor::with_longest_gap(monitor, gap)) else { return };
        for (reading, innovation) in [(reading, innovation), (T::ONE, T::ONE), (reading, innovation)] {
            out.change(&mut monitor, |monitor| Monitor::elapse(monitor, dt));
            out.change(&mut monitor, |monitor| Monitor::record(monitor, reading, innovation, evidence));
        }
        let report = Monitor::report(&monitor);
        out.note(&report);
        out.note(&(Flags::any(&report.flags), report.flags == Flags::default()));
        out.numbers(&[report.mean, report.mean_bound, report.mean_square, report.mean_square_bounds.0]);
        out.numbers(&[report.mean_square_bounds.1, report.calibration, report.calibration_bound, report.entropy]);
        out.numbers(&[report.repeat_surprise, report.repeat_surprise_bound, report.since_last]);
        out.of("Report::surprise", report.surprise);
        if let Some(histogram) = Monitor::histogram(&monitor) {
            histogram.probabilities().iter().for_each(|&share| out.within(share, 0.0, 1.0));
        }
        Monitor::reset(&mut monitor);
        out.holds(monitor.report().readings == 0, "reset");
    });
}

both! {
    readings_of_linear_sensors = linear;
    readings_of_nonlinear_sensors = predictors;
    readings_of_several_numbers = vector;
    gates = gate;
    monitors = monitor;
}
