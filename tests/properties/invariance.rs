//! What an update must not depend on: the order of Gaussian readings, the units of a reading and of the state, and how
//! a known offset is taken off.

use crate::dense::{Dense, Parts, parts};
use crate::setting::{Case, Setting, a_case, a_row, agree, innovation_size, sampler};
use crate::support::{Outcome, Scalar, array, cases, every_size, grid, leading, magnitude, narrow, wide};
use elbow::likelihood::{Normal, StudentT};
use elbow::{Filter, GaussHermite, Gaussian, Sensor};
use proptest::prelude::*;
use std::array;

fn ignores_the_order<T: Scalar, const N: usize>(case: &Case, row: &[f64; 4], noise: f64, surprise: f64) -> Outcome {
    let second = Case { row: *row, noise, surprise, ..*case };
    let (first, second): (Setting<T, N>, Setting<T, N>) = (case.setting(), second.setting());
    let take = |order: [&Setting<T, N>; 2]| {
        let mut filter = Filter::new(first.belief);
        for setting in order {
            let normal = Normal::new(setting.noise).expect("a variance");
            let mut sensor = Sensor::linear(setting.row, normal).with_offset(setting.offset);
            let update = filter.update(&mut sensor, setting.reading, &mut GaussHermite::<3>::new());
            let _ = update.expect("an update");
        }
        *filter.belief()
    };
    let (prior, expected) = (Dense::of(&first.belief), Dense::of(&take([&second, &first])));
    // The second reading sees what the first one left; its noise is a thousandth of the prior's variance at least.
    let reach = |setting: &Setting<T, N>| prior.reach(&wide(&setting.row)) / setting.noise.wide();
    let roundings = 4.0 * (N as f64 + 1.0) * (1.0 + reach(&first) + reach(&second));
    let size = innovation_size(&first) + innovation_size(&second);
    agree(&take([&first, &second]), &expected, &prior, roundings, size)
}

/// A reading in other units: c y = c (a . z + b) + noise of variance c^2 r.
fn ignores_the_units_of_a_reading<T: Scalar, const N: usize>(case: &Case, units: f64) -> Outcome {
    let setting = case.setting::<T, N>();
    let by = |value: T| value * T::from_f64(units);
    let other = Setting {
        belief: setting.belief,
        row: setting.row.map(by),
        offset: by(setting.offset),
        noise: by(by(setting.noise)),
        reading: by(setting.reading),
    };
    let prior = Dense::of(&setting.belief);
    let (roundings, size) = (2.0 * setting.roundings(), innovation_size(&setting));
    let (posterior, _) = setting.take(&mut GaussHermite::<3>::new());
    let (scaled, _) = other.take(&mut GaussHermite::<3>::new());
    agree(&scaled, &Dense::of(&posterior), &prior, roundings, size)?;
    // A power of two leaves every bit, with nodes and with samples.
    let by = |value: T| value * T::from_f64(0.125);
    let other = Setting {
        row: setting.row.map(by),
        offset: by(setting.offset),
        noise: by(by(setting.noise)),
        reading: by(setting.reading),
        ..other
    };
    prop_assert_eq!(other.take(&mut GaussHermite::<3>::new()).0, posterior);
    prop_assert_eq!(other.take(&mut sampler(4)).0, setting.take(&mut sampler(4)).0);
    // A heavy-tailed one too, of a scale at which its density has one mode: the choice among two is not exact.
    let scale = (setting.noise.wide() + Dense::of(&setting.belief).along(&wide(&setting.row)).1).sqrt();
    let heavy = |setting: &Setting<T, N>, units: f64| {
        let likelihood = StudentT::new(T::from_f64(2.0 * scale) * T::from_f64(units), T::from_f64(4.0));
        setting.take_with(likelihood.expect("a scale"), setting.reading, &mut sampler(4)).0
    };
    prop_assert_eq!(heavy(&other, 0.125), heavy(&setting, 1.0));
    Ok(())
}

/// The state in units of 2^-k: the row takes the factor off again.
fn ignores_the_units_of_the_state<T: Scalar, const N: usize>(case: &Case, powers: &[i32; 4]) -> Outcome {
    let setting = case.setting::<T, N>();
    let size: [f64; N] = array::from_fn(|i| 2.0_f64.powi(powers[i]));
    let scaled = |of: &Gaussian<T, N>| {
        let lower =
            array::from_fn(|i| narrow::<T, N>(&array::from_fn(|j| of.unit_lower()[i][j].wide() * size[i] / size[j])));
        let (mean, pivots) = (wide(of.mean()), wide(&of.pivots()));
        let mean = narrow::<T, N>(&array::from_fn(|i| mean[i] * size[i]));
        let pivots = narrow::<T, N>(&array::from_fn(|i| pivots[i] * size[i] * size[i]));
        Gaussian::from_factor(mean, lower, pivots).expect("a belief")
    };
    let row = wide(&setting.row);
    let row = narrow(&array::from_fn(|i| row[i] / size[i]));
    let other = Setting { belief: scaled(&setting.belief), row, ..case.setting::<T, N>() };
    for samples in [1, 4] {
        prop_assert_eq!(other.take(&mut sampler(samples)).0, scaled(&setting.take(&mut sampler(samples)).0));
    }
    let ((posterior, update), (expected, same)) =
        (other.take(&mut GaussHermite::<3>::new()), setting.take(&mut GaussHermite::<3>::new()));
    prop_assert_eq!(posterior, scaled(&expected));
    prop_assert_eq!(update, same);
    Ok(())
}

/// Means, rows, offsets and readings on a grid: every sum of theirs is exact, however an offset is taken off.
fn ignores_how_an_offset_is_taken_off<T: Scalar, const N: usize>(
    parts: &Parts,
    row: &[f64; 4],
    offset: f64,
    reading: f64,
) -> Outcome {
    let belief = parts.gaussian::<T, N>();
    let take = |offset: f64, reading: f64| {
        let setting = Setting {
            belief,
            row: leading(row),
            offset: T::from_f64(offset),
            noise: T::ONE,
            reading: T::from_f64(reading),
        };
        let (posterior, update) = setting.take(&mut GaussHermite::<3>::new());
        (posterior, update.prior_mean(), setting.normalized_innovation(&update))
    };
    let ((with, predicted, innovation), (without, other, same)) = (take(offset, reading), take(0.0, reading - offset));
    prop_assert_eq!(with, without);
    prop_assert_eq!(predicted, other + T::from_f64(offset));
    prop_assert_eq!(innovation, same);
    // A known shift of the state is an offset too.
    let mut filter = Filter::new(belief);
    filter.shift(&leading(&[offset; 4])).expect("a shift");
    let shifted: [f64; N] = array::from_fn(|i| parts.mean[i] + offset);
    prop_assert_eq!(wide(filter.belief().mean()), shifted);
    Ok(())
}

/// A sensor of the mean of what it sees learns nothing about the mean from a reading of it.
fn an_expected_reading_moves_no_mean<T: Scalar, const N: usize>(case: &Case) -> Outcome {
    let setting = case.setting::<T, N>();
    let (prior, predicted) = (setting.belief, setting.take(&mut GaussHermite::<3>::new()).1.prior_mean());
    let setting = Setting { reading: predicted, ..setting };
    let (posterior, update) = setting.take(&mut GaussHermite::<3>::new());
    prop_assert_eq!(posterior.mean(), prior.mean());
    prop_assert_eq!(setting.normalized_innovation(&update), T::ZERO);
    prop_assert!(update.information_gain() >= T::ZERO);
    Ok(())
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn two_gaussian_readings_commute(
        case in a_case(),
        row in a_row(),
        noise in magnitude(3.0),
        surprise in -3.0..3.0,
    ) {
        every_size!(ignores_the_order, &case, &row, noise, surprise);
    }

    #[test]
    fn the_units_of_a_reading_are_irrelevant(case in a_case(), units in magnitude(3.0)) {
        every_size!(ignores_the_units_of_a_reading, &case, units);
    }

    #[test]
    fn the_units_of_the_state_are_irrelevant(case in a_case(), powers in array::<_, 4>(-10..=10_i32)) {
        every_size!(ignores_the_units_of_the_state, &case, &powers);
    }

    #[test]
    fn an_offset_is_taken_off_either_side(
        parts in parts(grid(1, 64), magnitude(1.0)),
        row in array::<_, 4>(grid(2, 64)),
        offset in grid(8, 64),
        reading in grid(8, 64),
    ) {
        every_size!(ignores_how_an_offset_is_taken_off, &parts, &row, offset, reading);
    }

    #[test]
    fn a_foreseen_reading_moves_no_mean(case in a_case()) {
        every_size!(an_expected_reading_moves_no_mean, &case);
    }
}
