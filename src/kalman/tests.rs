//! The quick way against the general one, and at its bounds.

use super::*;
use crate::estimator::GaussHermite;
use crate::filter::Filter;
use crate::likelihood::Normal;

/// What both ways make of a reading: nothing but roundings may differ, and that not in what is told to be nothing;
/// what the general way refuses this one may take in where it stays a belief.
fn compare(prior: &Gaussian<f64, 2>, row: [f64; 2], value: f64, noise: f64) {
    let Ok(likelihood) = Normal::new(noise) else { return };
    let sensor = Sensor::linear(row, likelihood);
    let (mut quick, mut careful, mut estimator) = (*prior, *prior, GaussHermite::<5>::new());
    let got = kalman(&mut quick, &sensor, sensor.predictor(), value, (value, noise), &mut estimator, |_| true);
    let expected = assimilate(&mut careful, &sensor, value, &mut estimator, |_| true);
    let told = |update: &Result<Update<f64>, Error>| update.map(|update| update.status());
    if let (Ok(update), Err(Error::OutOfRange)) = (got, expected) {
        assert!(noise < 1e-307 || update.prior_variance() > 1e307 * noise, "{row:?} {value:e} {noise:e}");
        assert_valid(&update, &quick);
        return;
    }
    assert_eq!(told(&got), told(&expected), "{row:?} {value:e} {noise:e}");
    let (Ok(got), Ok(expected)) = (got, expected) else {
        assert_eq!((&quick, &careful), (prior, prior));
        return;
    };
    let close = |a: f64, b: f64| (a - b).abs() <= 1e-14 * (a.abs() + b.abs());
    assert!(close(got.mean() - got.prior_mean(), expected.mean() - expected.prior_mean()));
    if got.status() == Status::Accepted {
        let (least, most) = (noise.min(got.prior_variance()), noise.max(got.prior_variance()));
        assert!(close(got.variance(), least / (1.0 + least / most)), "{row:?} {value:e} {noise:e}");
        assert_valid(&got, &quick);
    }
    if noise < 1e-307 || got.prior_variance() > 1e307 * noise {
        // The general way loses digits of a remainder that is next to a subnormal one.
        return;
    }
    assert_eq!((got.prior_variance(), got.evaluations()), (expected.prior_variance(), expected.evaluations()));
    assert!(got.information_gain() >= 0.0);
    for i in 0..2 {
        let scale = prior.variance()[i].sqrt() + prior.mean()[i].abs() + quick.mean()[i].abs();
        assert!((quick.mean()[i] - careful.mean()[i]).abs() <= 1e-14 * scale, "{row:?} {value:e} {noise:e}");
        assert!(close(quick.pivots()[i], careful.pivots()[i]), "{row:?} {value:e} {noise:e}");
    }
}

#[test]
fn equals_the_update_of_any_exact_estimator() {
    let sizes = [0.0, 1e-308, 3e-308, 1e-160, 1e-31, 1e-12, 1e-3, 1.0, 3.0, 1e12, 1e99, 1e154, 1e300, f64::MAX];
    // Beyond these the general way loses an entry of the factor to an underflow.
    for variance in [1e-307, 1e-160, 1e-31, 1e-12, 1.0, 3.0, 1e12, 1e100] {
        let prior = Gaussian::new([1.0, -2.0], [[variance, 0.3 * variance], [0.3 * variance, variance]]).unwrap();
        for noise in sizes {
            for size in sizes {
                for row in [[size, 0.0], [0.7, -size], [size, size]] {
                    for value in sizes {
                        compare(&prior, row, value, noise);
                    }
                }
            }
        }
    }
}

fn assert_valid<T: Real, const N: usize>(update: &Update<T>, belief: &Gaussian<T, N>) {
    let figures = [update.mean(), update.prior_mean(), update.prior_variance(), update.variance()];
    assert!(figures.iter().all(|figure| figure.is_finite()), "{update:?}");
    assert!(update.prior_variance().is_positive_normal() && update.variance().is_positive_normal(), "{update:?}");
    assert!(update.information_gain() >= T::ZERO, "{update:?}");
    let parts = Gaussian::from_factor(*belief.mean(), belief.unit_lower(), belief.pivots());
    assert_eq!(parts.as_ref(), Ok(belief));
}

/// Next to the largest number, where 1/S is subnormal, its last digit could carry the shift beyond that number:
/// such a reading is refused, or taken in right.
#[test]
fn no_figure_of_an_accepted_reading_overflows() {
    let take = |prior: Gaussian<f32, 3>, noise: f32, value: f32| {
        let (mut belief, sensor) = (prior, Sensor::linear([1.0; 3], Normal::new(noise).unwrap()));
        let mut estimator = GaussHermite::<5>::new();
        let linear = sensor.predictor();
        let Ok(update) = kalman(&mut belief, &sensor, linear, value, (value, noise), &mut estimator, |_| true) else {
            assert_eq!(belief, prior);
            return;
        };
        assert_eq!(update.status(), Status::Accepted);
        assert_valid(&update, &belief);
        assert!((update.mean() - value).abs() <= 1e-6 * value, "{update:?}");
    };
    // 2^104, the last digit of the largest number.
    let digit = f32::from_bits(231 << 23);
    let wide = Gaussian::diagonal([1.0; 3], [8_388_608.0 * digit, 0.6 * digit, 8_388_606.5 * digit]).unwrap();
    for noise in [10.0, 1e10] {
        take(wide, noise, 3.0);
        take(wide, noise, 5.0);
    }
    let tiny = f32::MIN_POSITIVE;
    take(Gaussian::diagonal([tiny, 0.0, 0.0], [1.612_000_1e38, tiny, tiny]).unwrap(), 1.668e21, f32::MAX);
    // Half a digit beyond the quarter: what is left to the largest number rounds up, and with it the sum.
    let quarter = f32::from_bits(253 << 23 | 3);
    let share = f32::from_bits(187 << 23);
    take(Gaussian::diagonal([quarter, 0.0, 0.0], [share, share, 2.0 * share]).unwrap(), 1.0, f32::MAX);
}

/// A posterior mean that floats hold is told to the last digit, whatever the product of its parts.
#[test]
fn a_shift_that_stays_finite_is_told_as_it_is() {
    let power = f32::from_bits(227 << 23);
    let sensor = Sensor::linear([1.0], Normal::new(1.0).unwrap());
    let mut belief = Gaussian::diagonal([power], [1.0]).unwrap();
    let (linear, mut estimator) = (sensor.predictor(), GaussHermite::<5>::new());
    let update = kalman(&mut belief, &sensor, linear, 0.0, (0.0, 1.0), &mut estimator, |_| true).unwrap();
    assert_eq!((update.mean(), *belief.mean()), (0.5 * power, [0.5 * power]));
}

/// S (1/S) with a subnormal 1/S may be above one: no pivot grows by it, and a reading that tells nothing is not
/// taken for one that does.
#[test]
fn a_subnormal_inverse_is_not_multiplied_by() {
    for steps in 0..800_u32 {
        let noise = f32::from_bits(0x7e80_0000 + 10_007 * steps);
        let prior = Gaussian::diagonal([0.0; 3], [f32::MAX, 1e37, 1.0]).unwrap();
        let mut estimator = GaussHermite::<5>::new();
        for (row, status) in [([0.0, 1.0, 0.0], Status::Accepted), ([0.0, 0.0, 1.0], Status::Saturated)] {
            let (mut belief, sensor) = (prior, Sensor::linear(row, Normal::new(noise).unwrap()));
            let linear = sensor.predictor();
            let update = kalman(&mut belief, &sensor, linear, 1.0, (1.0, noise), &mut estimator, |_| true).unwrap();
            assert_eq!(update.status(), status, "{noise:e}");
            assert_valid(&update, &belief);
            assert!((0..3).all(|i| belief.pivots()[i] <= prior.pivots()[i]), "{noise:e}");
        }
    }
}

/// Down to the digit at which it ends, for each part of the sum; and what software is sure of is so.
#[test]
fn a_reading_tells_something_that_leaves_less_than_all() {
    fn tells<T: Real>(noise: T, sum: T) -> bool {
        let inverse = T::ONE / sum;
        let told = left(noise * inverse, sum, inverse) < most_left();
        assert!(told || !tells_surely(noise * inverse, inverse));
        told
    }
    let mut sure = 0;
    for power in 1..254_u32 {
        let scale = f32::from_bits(power << 23);
        for sum in [scale, scale.next_down(), 1.3 * scale] {
            for left in 0..80_u32 {
                let noise = (1.0 - left as f32 * f32::EPSILON) * sum;
                let inverse = 1.0 / sum;
                sure += u32::from(tells_surely(noise * inverse, inverse));
                // What is left to eta is then a normal number.
                assert!(!tells(noise, sum) || sum - noise > least_scale::<f32>(), "{noise:e} {sum:e}");
            }
        }
    }
    // 48 of 80 remainders, in the octaves between the bounds.
    assert!(sure > 48 * 3 * 140, "{sure}");
    let (single, double) = (1.0 - 32.0 * f32::EPSILON, 1.0 - 32.0 * f64::EPSILON);
    assert_eq!([single, single.next_up()].map(|noise| tells(noise, 1.0)), [true, false]);
    assert_eq!([double, double.next_up()].map(|noise| tells(noise, 1.0)), [true, false]);
    let largest = f32::from_bits((127 + 101) << 23);
    assert_eq!([0.99 * largest, largest].map(|sum| tells(1.0, sum)), [true, false]);
    let least = f32::from_bits((127 - 101) << 23);
    assert_eq!([1.01 * least, least].map(|sum| tells(f32::MIN_POSITIVE, sum)), [true, false]);
    assert!(!tells(1.0, f32::INFINITY) && !tells(f32::NAN, 1.0) && !tells(f32::INFINITY, f32::INFINITY));
}

/// What the wish sees is what would come of the reading, and refusing it leaves the belief as it was.
#[test]
fn an_unwanted_reading_changes_nothing() {
    let prior = Gaussian::diagonal([0.0_f32], [1.0]).unwrap();
    let sensor = Sensor::linear([1.0], Normal::new(1.0).unwrap());
    let mut belief = prior;
    let refuse = |update: &Update<f32>| {
        assert_eq!((update.mean(), update.variance()), (2.0, 0.5));
        false
    };
    let update =
        kalman(&mut belief, &sensor, sensor.predictor(), 4.0, (4.0, 1.0), &mut GaussHermite::<5>::new(), refuse)
            .unwrap();
    assert_eq!((update.status(), belief), (Status::Gated, prior));
}

/// A factor with every entry in use.
fn full<T: Real, const N: usize>() -> Gaussian<T, N> {
    let (mut lower, mut pivots) = ([[T::ZERO; N]; N], [T::ONE; N]);
    for i in 0..N {
        pivots[i] = T::from_u32(1 + (5 * i as u32) % 7);
        for j in 0..i {
            lower[i][j] = T::from_i32((3 * i as i32 + 5 * j as i32) % 11 - 5) * T::from_f64(0.125);
        }
    }
    Gaussian::from_factor(core::array::from_fn(|i| T::from_u32(i as u32)), lower, pivots).unwrap()
}

/// Of many states the belief itself is worked on: with two ways to do so, of which each gives the same as a sensor of
/// any likelihood gets, and which an error or a refused reading leaves as it was.
fn holds_for<const N: usize>() {
    let prior = full::<f64, N>();
    let row = core::array::from_fn(|i| [0.5, -0.25, 1.0, 0.75, 2.0][i % 5]);
    let mut estimator = GaussHermite::<5>::new();
    let mut take = |belief: &mut Gaussian<f64, N>, value: f64, noise: f64, wanted: bool| {
        let sensor = Sensor::linear(row, Normal::new(noise).unwrap());
        kalman(belief, &sensor, sensor.predictor(), value, (value, noise), &mut estimator, |_| wanted)
    };
    let mut got = prior;
    let update = take(&mut got, 3.0, 0.5, true).unwrap();
    let mut expected = prior;
    let sensor = Sensor::linear(row, Normal::new(0.5).unwrap());
    let general = assimilate(&mut expected, &sensor, 3.0, &mut GaussHermite::<5>::new(), |_| true).unwrap();
    assert!((update.variance() - general.variance()).abs() <= 1e-15);
    for i in 0..N {
        assert!((got.mean()[i] - expected.mean()[i]).abs() <= 1e-13, "{N}: {i}");
        for j in 0..N {
            let difference = got.covariance()[i][j] - expected.covariance()[i][j];
            assert!(difference.abs() <= 1e-13, "{N}: {i} {j} {difference:e}");
        }
    }

    let bits = |belief: &Gaussian<f64, N>| {
        (belief.mean().map(f64::to_bits), belief.factor().entries().map(|row| row.map(f64::to_bits)))
    };
    let mut belief = prior;
    assert_eq!(take(&mut belief, 3.0, 0.5, false).unwrap().status(), Status::Gated);
    assert_eq!(bits(&belief), bits(&prior));
    assert_eq!(take(&mut belief, f64::NAN, 0.5, true), Err(Error::NotFinite));
    assert_eq!(bits(&belief), bits(&prior));
    // Nothing to tell: not worked on by the way of most readings.
    assert_eq!(take(&mut belief, 3.0, 1e30, true).unwrap().status(), Status::Saturated);
    assert_eq!(bits(&belief), bits(&prior));
    let pivots = prior.pivots().map(|pivot| 1e-30 * pivot);
    let known = Gaussian::from_factor(*prior.mean(), prior.unit_lower(), pivots).unwrap();
    let mut belief = known;
    assert_eq!(take(&mut belief, 3.0, 1e-3, true).unwrap().status(), Status::Saturated);
    assert_eq!(bits(&belief), bits(&known));
    // By the way of most readings.
    let mut factor = *prior.factor();
    assert!(condition(prior.mean(), &mut factor, sensor.predictor(), 3.0, 2.0).is_some());
    // S overflows.
    let mut steep = prior.unit_lower();
    steep[N - 1][0] = 1e308;
    let steep = Gaussian::from_factor(*prior.mean(), steep, prior.pivots().map(|pivot| 1e-290 * pivot)).unwrap();
    let mut belief = steep;
    assert!(take(&mut belief, 3.0, 1e-290, true).is_err());
    assert_eq!(bits(&belief), bits(&steep));

    // An entry of L overflows, and nothing else.
    for column in [0, N - 2] {
        let (mut lower, mut pivots, mut row) = ([[0.0; N]; N], [1.0; N], [0.0; N]);
        (lower[N - 1][column], row[N - 1], row[column]) = (1.7e308, 1e-308, -3.4);
        (pivots[N - 1], pivots[column]) = (1e308, 1e-30);
        let prior = Gaussian::from_factor([0.0; N], lower, pivots).unwrap();
        let sensor = Sensor::linear(row, Normal::new(8e-308).unwrap());
        let mut belief = prior;
        let (linear, value) = (sensor.predictor(), (0.0, 8e-308));
        match kalman(&mut belief, &sensor, linear, 0.0, value, &mut GaussHermite::<5>::new(), |_| true) {
            Ok(update) => assert_valid(&update, &belief),
            Err(_) => assert_eq!(bits(&belief), bits(&prior)),
        }
    }
}

#[test]
fn many_states_are_conditioned_in_place() {
    holds_for::<3>();
    holds_for::<5>();
    holds_for::<8>();
    holds_for::<9>();
    holds_for::<17>();
}

/// The least variance of noise leaves what it should, or is refused.
#[test]
fn what_is_left_is_not_cut_off() {
    let mut sensor = Sensor::linear([2e-19_f32], Normal::new(f32::MIN_POSITIVE).unwrap());
    let take = |sensor: &mut _, variance: f32| {
        let mut filter = Filter::new(Gaussian::diagonal([0.0], [variance]).unwrap());
        filter
            .update(sensor, 0.0, &mut GaussHermite::<5>::new())
            .map(|update| (update.variance(), update.prior_variance()))
    };
    assert_eq!(take(&mut sensor, 1.0), Err(Error::OutOfRange));
    let mut told = 0;
    for power in 0..80 {
        if let Ok((variance, prior)) = take(&mut sensor, f32::from_bits((127 + power) << 23)) {
            let (noise, prior) = (f64::from(f32::MIN_POSITIVE), f64::from(prior));
            assert!((f64::from(variance) / (noise * prior / (noise + prior)) - 1.0).abs() < 2e-7, "{power}");
            told += 1;
        }
    }
    assert!(told > 50, "{told}");
}

/// A reading that is not finite is nothing to the mean of a single state either.
#[test]
fn a_single_state_takes_in_what_is_finite() {
    let prior = Gaussian::diagonal([1.0_f32], [2.0]).unwrap();
    let line = Sensor::linear([1.0], Normal::new(0.5).unwrap());
    let taken =
        |value| condition(prior.mean(), &mut { *prior.factor() }, line.predictor(), value, 0.5).map(|(mean, _)| mean);
    assert_eq!(taken(3.5), Some([3.0]));
    assert_eq!(
        [f32::NAN, f32::INFINITY, -f32::INFINITY, f32::MAX].map(taken),
        [None, None, None, Some([0.8 * f32::MAX])]
    );
}

/// In the general way too: the shift to the largest number rounds up, and so does its sum with the prior mean.
#[test]
fn a_mean_next_to_the_largest_number_is_finite() {
    for (mean, variance, row) in [
        (1.077_271_7e38_f32, 1.885_427e38_f32, 1.0),
        (5.390_015_4e37, 4.713e37, 2.0),
        (1.077_271_7e37, 1.885_427e36, 10.0),
    ] {
        for reading in [f32::MAX, -f32::MAX] {
            let mut filter = Filter::new(Gaussian::diagonal([mean.copysign(reading)], [variance]).unwrap());
            let mut sensor = Sensor::linear([row], Normal::new(0.525_877_06).unwrap());
            let update = filter.update(&mut sensor, reading, &mut GaussHermite::<5>::new()).unwrap();
            assert!((update.mean() / reading - 1.0).abs() < 1e-6, "{update:?}");
            assert_valid(&update, filter.belief());
        }
    }
}
