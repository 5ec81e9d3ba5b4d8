//! Readings of several numbers: whitened and taken in one after another, they are the joint update of a dense filter;
//! of some of them, the joint update by their marginal model.

use crate::dense::{Dense, Matrix, Parts, dot, inverse, matrix, parts, times};
use crate::setting::a_row;
use crate::support::{Outcome, Scalar, array, cases, close, epsilon, leading, magnitude, narrow, wide};
use elbow::likelihood::Normal;
use elbow::{Filter, GaussHermite, Gaussian, Sensor, VectorSensor};
use proptest::prelude::*;
use std::array;

/// A belief, what three components see of it, and the noise that they share.
#[derive(Debug, Clone)]
struct Case {
    belief: Parts,
    rows: [[f64; 4]; 3],
    noise: Parts,
    offset: [f64; 4],
    readings: [f64; 4],
    present: [bool; 3],
}

fn a_case(noise: impl Strategy<Value = Parts>) -> impl Strategy<Value = Case> {
    let sensor = (array::<_, 3>(a_row()), noise, array::<_, 4>(-2.0..2.0));
    let reading = (array::<_, 4>(-3.0..3.0), array::<_, 3>(prop_oneof![3 => Just(true), 1 => Just(false)]));
    (parts(-1.0..1.0, magnitude(1.0)), sensor, reading).prop_map(
        |(belief, (rows, noise, offset), (readings, present))| Case { belief, rows, noise, offset, readings, present },
    )
}

/// The same case in the numbers of a scalar.
struct Setting<T, const N: usize> {
    belief: Gaussian<T, N>,
    rows: [[T; N]; 3],
    covariance: [[T; 3]; 3],
    offset: [T; 3],
    readings: [T; 3],
}

impl Case {
    fn setting<T: Scalar, const N: usize>(&self) -> Setting<T, N> {
        let belief = self.belief.gaussian();
        let rows: [[T; N]; 3] = self.rows.map(|row| leading(&row));
        let covariance: [[T; 3]; 3] = self.noise.gaussian::<f64, 3>().covariance().map(|row| narrow(&row));
        let dense = Dense::of(&belief);
        let offset = leading(&self.offset);
        // Within three standard deviations of what is predicted.
        let readings = array::from_fn(|i| {
            let row = wide(&rows[i]);
            let (_, variance) = dense.along(&row);
            let deviation = (variance + covariance[i][i].wide()).sqrt();
            T::from_f64(dot(&row, &dense.mean) + self.offset[i] + self.readings[i] * deviation)
        });
        Setting { belief, rows, covariance, offset, readings }
    }
}

impl<T: Scalar, const N: usize> Setting<T, N> {
    fn sensor(&self) -> VectorSensor<T, 3, N> {
        let sensor = VectorSensor::new(self.rows, self.covariance).expect("a covariance");
        sensor.with_offset(self.offset).expect("an offset")
    }

    fn take(&self, present: [bool; 3]) -> (Gaussian<T, N>, elbow::VectorUpdate<T, 3>) {
        let mut filter = Filter::new(self.belief);
        let reading = array::from_fn(|i| present[i].then_some(self.readings[i]));
        let update = filter.update_vector(&self.sensor(), reading).expect("an update");
        (*filter.belief(), update)
    }
}

/// The joint update in `f64`, of the components that are there; the others have so much noise that they say nothing,
/// independently of the rest. Posterior, squared innovation, log evidence, and the condition of what is inverted.
fn joint<T: Scalar, const N: usize>(setting: &Setting<T, N>, present: &[bool; 3]) -> (Dense<N>, f64, f64, f64) {
    let prior = Dense::of(&setting.belief);
    let rows = array::from_fn::<[f64; N], 3, _>(|i| if present[i] { wide(&setting.rows[i]) } else { [0.0; N] });
    let noise: Matrix<3> = matrix(|i, j| match (i == j, present[i] && present[j]) {
        (_, true) => setting.covariance[i.max(j)][i.min(j)].wide(),
        (same, false) => f64::from(u8::from(same)),
    });
    let with = rows.map(|row| prior.along(&row).0);
    let spread: Matrix<3> = matrix(|i, j| dot(&rows[i], &with[j]) + noise[i][j]);
    let weight = inverse(&spread);
    let innovation: [f64; 3] = array::from_fn(|i| {
        let seen = setting.readings[i].wide() - setting.offset[i].wide() - dot(&rows[i], &prior.mean);
        if present[i] { seen } else { 0.0 }
    });
    let weighted = times(&weight, &innovation);
    let mean = array::from_fn(|n| prior.mean[n] + (0..3).map(|i| with[i][n] * weighted[i]).sum::<f64>());
    let removed =
        |n: usize, m: usize| (0..9).map(|k| with[k / 3][n] * weight[k / 3][k % 3] * with[k % 3][m]).sum::<f64>();
    let covariance = matrix(|n, m| prior.covariance[n][m] - removed(n, m));
    let squared = dot(&innovation, &weighted);
    let determinant = spread[0][0] * (spread[1][1] * spread[2][2] - spread[1][2] * spread[2][1])
        - spread[0][1] * (spread[1][0] * spread[2][2] - spread[1][2] * spread[2][0])
        + spread[0][2] * (spread[1][0] * spread[2][1] - spread[1][1] * spread[2][0]);
    let observed = present.iter().filter(|&&there| there).count() as f64;
    let log_evidence = -0.5 * (observed * std::f64::consts::TAU.ln() + determinant.ln() + squared);
    // What whitening multiplies roundings by: variances of the noise over what is left of them given the others.
    let precision = inverse(&noise);
    let condition = (0..3).map(|i| noise[i][i] * precision[i][i]).fold(1.0, f64::max);
    let reach = (0..3).map(|i| prior.reach(&rows[i]) * weight[i][i]).fold(0.0, f64::max);
    (Dense { mean, covariance }, squared, log_evidence, condition * (1.0 + reach))
}

fn is_the_joint_update<T: Scalar, const N: usize>(case: &Case) -> Outcome {
    let setting = case.setting::<T, N>();
    let (posterior, update) = setting.take(case.present);
    let (expected, squared, log_evidence, condition) = joint(&setting, &case.present);
    prop_assert_eq!(update.observed(), case.present.iter().filter(|&&there| there).count());
    let (got, prior) = (Dense::of(&posterior), Dense::of(&setting.belief));
    let unit = prior.std_dev();
    let sizes = setting.readings.iter().chain(&setting.offset).map(|x| x.wide().abs()).sum::<f64>();
    let smallest = (0..3).map(|i| setting.covariance[i][i].wide().sqrt()).fold(f64::INFINITY, f64::min);
    let means = prior.mean.iter().map(|x| x.abs()).sum::<f64>();
    let size = 1.0 + 0.25 * (sizes + 4.0 * means) / smallest;
    let roundings = 4.0 * epsilon::<T>() * condition;
    for i in 0..N {
        close(
            got.mean[i],
            expected.mean[i],
            roundings * size * unit[i] + epsilon::<T>() * prior.mean[i].abs(),
            "mean",
        )?;
        for j in 0..N {
            close(got.covariance[i][j], expected.covariance[i][j], roundings * unit[i] * unit[j], "covariance")?;
        }
    }
    let tolerance = 0.5 * roundings * size * (1.0 + squared);
    close(update.squared_innovation().wide(), squared, tolerance, "squared innovation")?;
    let tolerance = 0.5 * tolerance + 4.0 * epsilon::<T>() * log_evidence.abs();
    close(update.log_evidence().wide(), log_evidence, tolerance, "log evidence")
}

/// Components that are missing are as good as not there: their rows, offsets and covariances play no part.
fn ignores_what_is_missing<T: Scalar, const N: usize>(case: &Case, other: &Case) -> Outcome {
    let (setting, mut changed) = (case.setting::<T, N>(), case.setting::<T, N>());
    let missing = [false, true, false];
    changed.rows[1] = other.setting::<T, N>().rows[1];
    changed.offset[1] = T::from_f64(17.0);
    changed.readings[1] = T::INFINITY;
    for i in [0, 2] {
        changed.covariance[1][i] = T::ZERO;
        changed.covariance[i][1] = T::ZERO;
    }
    let present = missing.map(|gone| !gone);
    let ((posterior, update), (other, same)) = (setting.take(present), changed.take(present));
    let (got, expected, unit) = (Dense::of(&posterior), Dense::of(&other), Dense::of(&setting.belief).std_dev());
    let condition = joint(&setting, &[true; 3]).3;
    let roundings = 2.0 * epsilon::<T>() * condition;
    for i in 0..N {
        let size = 1.0 + expected.mean[i].abs() / unit[i] + setting.readings[0].wide().abs();
        close(got.mean[i], expected.mean[i], roundings * size * unit[i], "mean")?;
    }
    prop_assert!(update.components()[1].is_none() && same.components()[1].is_none());
    Ok(())
}

/// Noise that is not correlated: the same bits as from a sensor for each component.
fn is_scalar_updates_without_correlation<T: Scalar, const N: usize>(case: &Case) -> Outcome {
    let mut setting = case.setting::<T, N>();
    setting.offset = [T::ZERO; 3];
    setting.covariance =
        array::from_fn(|i| array::from_fn(|j| if i == j { setting.covariance[i][i] } else { T::ZERO }));
    let (posterior, update) = setting.take(case.present);
    let mut filter = Filter::new(setting.belief);
    for i in (0..3).filter(|&i| case.present[i]) {
        let normal = Normal::new(setting.covariance[i][i]).expect("a variance");
        let mut sensor = Sensor::linear(setting.rows[i], normal);
        let scalar = filter.update(&mut sensor, setting.readings[i], &mut GaussHermite::<3>::new());
        prop_assert_eq!(update.components()[i], scalar.ok());
    }
    prop_assert_eq!(filter.belief(), &posterior);
    Ok(())
}

macro_rules! sizes {
    ($check:ident, $($case:expr),+) => {
        $check::<f32, 1>($($case),+)?;
        $check::<f32, 2>($($case),+)?;
        $check::<f32, 4>($($case),+)?;
        $check::<f64, 1>($($case),+)?;
        $check::<f64, 2>($($case),+)?;
        $check::<f64, 4>($($case),+)?;
    };
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn whitened_readings_are_the_joint_update(case in a_case(parts(-2.0..2.0, magnitude(1.0)))) {
        sizes!(is_the_joint_update, &case);
    }

    #[test]
    fn strongly_correlated_readings_are_the_joint_update(case in a_case(parts(0.9..1.1, magnitude(0.5)))) {
        let [first, ..] = case.noise.pivots;
        let tight = [first, 1e-2 * first, 1e-3 * first, 1.0];
        sizes!(is_the_joint_update, &Case { noise: Parts { pivots: tight, ..case.noise }, ..case.clone() });
    }

    #[test]
    fn a_missing_component_plays_no_part(
        case in a_case(parts(-1.0..1.0, magnitude(0.5))),
        other in a_case(parts(-1.0..1.0, magnitude(0.5))),
    ) {
        sizes!(ignores_what_is_missing, &case, &other);
    }

    #[test]
    fn without_correlation_components_are_sensors(case in a_case(parts(-1.0..1.0, magnitude(1.0)))) {
        sizes!(is_scalar_updates_without_correlation, &case);
    }
}
