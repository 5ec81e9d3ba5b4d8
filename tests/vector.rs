//! Readings of several numbers at the edges: special values, all or nothing, components that see nothing.

use elbow::{Error, Filter, Gate, Gaussian, Status, VectorSensor};

const SPECIAL: [f32; 16] = [
    f32::NAN,
    f32::INFINITY,
    f32::NEG_INFINITY,
    0.0,
    -0.0,
    1e-45,
    1e-39,
    f32::MIN_POSITIVE,
    1e-20,
    1.0,
    -1.0,
    0.999,
    1e10,
    1e20,
    f32::MAX,
    f32::MIN,
];

fn bits_of<const N: usize>(filter: &Filter<f32, N>) -> Vec<u32> {
    let (belief, lower) = (filter.belief(), filter.belief().unit_lower());
    belief.mean().iter().chain(lower.as_flattened()).chain(&belief.pivots()).map(|x| x.to_bits()).collect()
}

/// An update leaves a belief, or what was there, bit for bit.
fn take(sensor: &VectorSensor<f32, 2, 2>, reading: [Option<f32>; 2]) {
    let start = Filter::new(Gaussian::new([1.0_f32, -0.0], [[2.0, 0.5], [0.5, 1.0]]).expect("a belief"));
    let mut filter = start;
    let update = filter.update_vector(sensor, reading);
    let belief = filter.belief();
    assert!(belief.mean().iter().chain(belief.unit_lower().as_flattened()).all(|x| x.is_finite()), "{sensor:?}");
    assert!(belief.pivots().iter().all(|d| d.is_normal() && *d > 0.0), "{sensor:?} {reading:?}");
    let finite = reading.iter().flatten().all(|value| value.is_finite());
    match update {
        Ok(update) => {
            assert!(finite && update.observed() == reading.iter().flatten().count());
            assert!(!update.log_evidence().is_nan() && update.squared_innovation() >= 0.0, "{sensor:?} {reading:?}");
        }
        Err(error) => {
            assert_eq!(error == Error::NotFinite, !finite, "{sensor:?} {reading:?}: {error}");
            assert_eq!(bits_of(&filter), bits_of(&start), "{sensor:?} {reading:?}");
        }
    }
}

#[test]
fn special_values_are_named_or_taken() {
    for a in SPECIAL {
        for b in SPECIAL {
            let plain = VectorSensor::new([[1.0, 0.0], [0.5, 1.0]], [[1.0, 0.5], [0.5, 1.0]]).expect("a sensor");
            for reading in [[Some(a), Some(b)], [Some(a), None], [None, Some(b)]] {
                take(&plain, reading);
            }
            let rows = VectorSensor::new([[a, 1.0], [0.0, b]], [[1.0, 0.5], [0.5, 1.0]]);
            assert_eq!(rows.is_ok(), a.is_finite() && b.is_finite());
            let shifted = plain.with_offset([a, b]);
            assert_eq!(shifted.is_ok(), rows.is_ok());
            let noisy = VectorSensor::new([[1.0, 0.0], [1.0, 1.0]], [[a, b], [b, 1.0]]);
            let varied = VectorSensor::new([[1.0, 0.0], [1.0, 1.0]], [[a, 0.0], [0.0, b]]);
            let positive = |x: f32| x.is_normal() && x > 0.0;
            assert_eq!(varied.is_ok(), positive(a) && positive(b), "{a:e} {b:e}");
            for sensor in [rows, shifted, noisy, varied].into_iter().flatten() {
                for reading in [[Some(0.5), Some(-3.0)], [Some(1e20), Some(f32::MIN)], [None, Some(2.0)], [None; 2]] {
                    take(&sensor, reading);
                }
            }
        }
    }
    let skewed = VectorSensor::new([[1.0_f32], [1.0]], [[1.0, 0.5], [0.4, 1.0]]);
    assert_eq!(skewed, Err(Error::NotSymmetric));
}

/// The third component fails after two that would have been taken in.
#[test]
fn all_components_are_taken_in_or_none() {
    let sensor = VectorSensor::new([[1.0_f32], [1.0], [1e30]], [[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]]);
    let mut filter = Filter::new(Gaussian::diagonal([0.0_f32], [1e10]).expect("a belief"));
    let before = bits_of(&filter);
    let sensor = sensor.expect("a sensor");
    assert_eq!(filter.update_vector(&sensor, [1.0, 2.0, 3.0]), Err(Error::OutOfRange));
    assert_eq!(bits_of(&filter), before);
    let update = filter.update_vector(&sensor, [Some(1.0), Some(2.0), None]).expect("an update");
    assert!(update.observed() == 2 && bits_of(&filter) != before);
}

/// Two components whose difference sees nothing of the state: the second adds nothing but its evidence.
#[test]
fn a_component_that_sees_nothing_is_still_evidence() {
    let pair = VectorSensor::new([[1.0_f64], [0.5]], [[1.0, 0.5], [0.5, 1.0]]).expect("a sensor");
    let mut filter = Filter::new(Gaussian::standard());
    let update = filter.update_vector(&pair, [1.0, 1.0]).expect("an update");
    let [Some(first), Some(second)] = update.components() else { panic!("two components") };
    assert_eq!((first.status(), second.status()), (Status::Accepted, Status::Saturated));
    // Of y ~ N(0, [[2, 1], [1, 1.25]]): determinant 1.5, y = [1, 1] squared in its inverse 1.25/1.5.
    let expected = -std::f64::consts::TAU.ln() - 0.5 * (1.5_f64.ln() + 1.25 / 1.5);
    assert!((update.log_evidence() - expected).abs() < 1e-15, "{}", update.log_evidence());
    assert!((update.squared_innovation() - 1.25 / 1.5).abs() < 1e-15, "{}", update.squared_innovation());
}

/// By hand: two readings of one number with correlated noise.
#[test]
fn correlation_weighs_readings() {
    let pair = VectorSensor::new([[1.0_f64], [1.0]], [[1.0, 0.8], [0.8, 4.0]]).expect("a sensor");
    let mut filter = Filter::new(Gaussian::diagonal([0.0], [1e12]).expect("a belief"));
    let _ = filter.update_vector(&pair, [1.0, 2.0]).expect("an update");
    // 1'R^-1 1 = (4 - 1.6 + 1)/3.36 and 1'R^-1 y = (4 - 1.6 + 0.4 (...))/3.36: weights 3.2/3.4 and 0.2/3.4.
    assert!((filter.belief().mean()[0] - (3.2 + 2.0 * 0.2) / 3.4).abs() < 1e-11);
    assert!((filter.belief().variance()[0] - 3.36 / 3.4).abs() < 1e-11);
}

/// A gate takes all of a reading or nothing, by the distance of the whole: against the dense one.
#[test]
fn a_gate_judges_the_whole_reading() {
    let prior = Filter::new(Gaussian::new([1.0_f64, -1.0], [[2.0, 0.5], [0.5, 1.0]]).unwrap());
    let pair = VectorSensor::new([[1.0, 0.0], [1.0, 1.0]], [[1.0, 0.8], [0.8, 1.0]]).unwrap();
    // H P H' + R = [[3, 3.3], [3.3, 5]].
    let squared = |a: f64, b: f64| (5.0 * a * a - 6.6 * a * b + 3.0 * b * b) / (15.0 - 3.3 * 3.3);
    let (a, b) = (2.0, -3.0);
    let distance = squared(a, b).sqrt();
    for reading in [[Some(1.0 + a), Some(b)], [Some(1.0 + distance * 3.0_f64.sqrt()), None]] {
        for (threshold, inside) in [(distance * 1.000_001, true), (distance * 0.999_999, false)] {
            let (mut filter, mut gate) = (prior, Gate::by_innovation(threshold, 3).unwrap());
            let update = filter.update_vector_gated(&pair, reading, &mut gate).unwrap();
            let mut open = prior;
            let taken = open.update_vector(&pair, reading).unwrap();
            assert_eq!(filter, if inside { open } else { prior }, "{reading:?} {threshold}");
            assert_eq!(update.status(), if inside { Status::Accepted } else { Status::Gated });
            assert_eq!(gate.rejected_in_a_row(), u32::from(!inside));
            assert_eq!(update.normalized_innovations(), taken.normalized_innovations());
            let sum: f64 = taken.normalized_innovations().iter().flatten().map(|nu| nu * nu).sum();
            assert!((sum - distance * distance).abs() < 1e-12, "{sum} {distance}");
            let evidence: f64 = update.log_evidences().iter().flatten().sum();
            assert_eq!(evidence, taken.log_evidence());
            for (limit, passes) in [(evidence - 1e-9, true), (evidence + 1e-9, false)] {
                let mut gate = Gate::by_log_evidence(limit, 3).unwrap();
                let status = prior.clone().update_vector_gated(&pair, reading, &mut gate).unwrap().status();
                assert_eq!(status == Status::Accepted, passes);
            }
        }
    }
}

/// Nothing to judge leaves the count; the limit is an error, and an unusable reading is not judged.
#[test]
fn a_gate_counts_vector_readings() {
    let start = Filter::new(Gaussian::<f32, 2>::standard());
    let (mut filter, mut gate) = (start, Gate::by_innovation(4.0, 2).unwrap());
    let pair = VectorSensor::new([[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [0.0, 1.0]]).unwrap();
    assert_eq!(filter.update_vector_gated(&pair, [0.0, 40.0], &mut gate).unwrap().status(), Status::Gated);
    assert_eq!(filter.update_vector_gated(&pair, [None, None], &mut gate).unwrap().status(), Status::Saturated);
    assert_eq!(filter.update_vector_gated(&pair, [f32::NAN, 0.0], &mut gate), Err(Error::NotFinite));
    assert_eq!((filter, gate.rejected_in_a_row()), (start, 1));
    assert_eq!(filter.update_vector_gated(&pair, [40.0, 0.0], &mut gate), Err(Error::Diverged));
    assert_eq!((filter, gate.rejected_in_a_row(), gate.is_diverged()), (start, 2, true));
    let _ = filter.update_vector_gated(&pair, [0.5, 0.0], &mut gate).unwrap();
    assert_eq!((gate.rejected_in_a_row(), gate.rejected()), (0, 2));
    assert!(filter.belief().mean()[0] > 0.0);
}
