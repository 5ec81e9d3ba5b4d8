//! Covariances as they are handed over: in any unit, rounded, singular where that is allowed, and in closed form.

use crate::dense::{Dense, Matrix, Parts, carried, dot, inverse, matrix, parts, times};
use crate::support::{
    Outcome, Scalar, array, both, cases, close, epsilon, every_size, leading, magnitude, narrow, wide,
};
use elbow::{ConstantVelocity, Dynamics, Error, Filter, Gaussian, LocalLinearTrend, Process, RandomWalk};
use proptest::prelude::*;
use std::array;

/// What is said of a covariance is said of the same one in other units: asymmetric, nearly singular or good.
fn is_judged_in_any_unit<T: Scalar>(parts: &Parts, skew: f64, lowest: f64, power: i32) -> Outcome {
    let nearly = Parts { pivots: [parts.pivots[0], parts.pivots[1] * lowest, parts.pivots[2], 0.0], ..*parts };
    let covariance = of_parts::<3>(&nearly);
    let skewed = matrix::<3>(|i, j| covariance[i][j] * if i > j { 1.0 + skew * epsilon::<T>() } else { 1.0 });
    let rows = skewed.map(|row| narrow::<T, 3>(&row));
    let scale = T::from_f64(4.0_f64.powi(power));
    let scaled_rows = rows.map(|row| row.map(|x| x * scale));
    let mean = [T::ZERO; 3];
    let form = |belief: Gaussian<T, 3>| (belief.unit_lower(), belief.pivots());
    let expected = Gaussian::new(mean, rows).map(form).map(|(lower, pivots)| (lower, pivots.map(|d| d * scale)));
    prop_assert_eq!(Gaussian::new(mean, scaled_rows).map(form), expected);
    let ends = [rows, scaled_rows].map(|noise| Dynamics::new([mean; 3], noise).err());
    prop_assert_eq!(ends[0], ends[1]);
    // Eight EPSILON are rounding, 1e5 an asymmetry.
    prop_assert!(skew.abs() > 8.0 || lowest < 1.0 || expected.is_ok());
    prop_assert!(skew.abs() < 1e5 || expected == Err(Error::NotSymmetric));
    Ok(())
}

fn of_parts<const N: usize>(parts: &Parts) -> Matrix<N> {
    let lower = |i: usize, k: usize| match i.cmp(&k) {
        std::cmp::Ordering::Less => 0.0,
        std::cmp::Ordering::Equal => 1.0,
        std::cmp::Ordering::Greater => parts.lower[i][k],
    };
    let entry = |i: usize, j: usize| (0..N).map(|k| lower(i, k) * parts.pivots[k] * lower(j, k)).sum();
    matrix(|i, j| entry(i.max(j), i.min(j)))
}

/// The factor of a covariance that is off by EPSILON of its standard deviations: with W = L^-1, a pivot moves by
/// (sum |W_ij| sd_j)^2 and an entry by such products over its pivot (to first order).
fn is_factored_again<T: Scalar, const N: usize>(parts: &Parts) -> Outcome {
    let belief = parts.gaussian::<T, N>();
    let again = Gaussian::new(*belief.mean(), belief.covariance()).expect("a covariance");
    let lower = belief.unit_lower().map(|row| wide(&row));
    let (deviation, solve) = (Dense::of(&belief).std_dev(), inverse(&lower));
    let reach: [f64; N] = array::from_fn(|i| dot(&solve[i].map(f64::abs), &deviation));
    let (pivots, factored) = (wide(&belief.pivots()), again.unit_lower());
    let roundings = 2.0 * N as f64 * epsilon::<T>();
    for i in 0..N {
        close(wide(&again.pivots())[i], pivots[i], roundings * reach[i] * reach[i], "pivot")?;
        let variance = wide(&belief.variance())[i];
        close(variance, belief.covariance()[i][i].wide(), roundings * variance, "variance")?;
        for j in 0..i {
            let size: f64 = (j + 1..=i).map(|k| lower[i][k].abs() * reach[k] * reach[j] / pivots[j]).sum();
            close(factored[i][j].wide(), lower[i][j], roundings * size, "entry")?;
        }
    }
    Ok(())
}

/// Noise from one or two sources, its covariance multiplied out: singular, but for its rounding.
fn takes_in_singular_noise<T: Scalar, const N: usize>(sources: &[[f64; 4]; 2], belief: &Parts, map: &Parts) -> Outcome {
    let sources: [[T; N]; 2] = [leading(&sources[0]), leading(&sources[1])];
    let noise = array::from_fn(|i| array::from_fn(|j| sources[0][i] * sources[0][j] + sources[1][i] * sources[1][j]));
    let transition: [[T; N]; N] = array::from_fn(|i| leading(&map.lower[i]));
    let belief = belief.gaussian::<T, N>();
    let mut filter = Filter::new(belief);
    filter.predict(&Dynamics::new(transition, noise).expect("noise")).expect("a prediction");

    let (prior, transition, noise) =
        (Dense::of(&belief), transition.map(|row| wide(&row)), noise.map(|row| wide(&row)));
    let moved = carried(&transition, &prior.covariance);
    let mean = times(&transition, &prior.mean);
    let expected = Dense { mean, covariance: matrix(|i, j| moved[i][j] + noise[i][j]) };
    predicted(&filter, &expected, &transition, &prior)
}

/// Roundings of a prediction are relative to its terms before they cancel.
fn predicted<T: Scalar, const N: usize>(
    filter: &Filter<T, N>,
    expected: &Dense<N>,
    transition: &Matrix<N>,
    prior: &Dense<N>,
) -> Outcome {
    let got = Dense::of(filter.belief());
    let deviation = prior.std_dev();
    let terms = |i: usize| (0..N).map(|k| (transition[i][k] * deviation[k]).abs()).sum::<f64>();
    let unit: [f64; N] = array::from_fn(|i| expected.covariance[i][i].sqrt() + terms(i));
    let roundings = 4.0 * (N as f64 + 1.0) * epsilon::<T>();
    for i in 0..N {
        let size: f64 = (0..N).map(|k| (transition[i][k] * prior.mean[k]).abs()).sum();
        close(got.mean[i], expected.mean[i], N as f64 * epsilon::<T>() * size, "mean")?;
        for j in 0..N {
            close(got.covariance[i][j], expected.covariance[i][j], roundings * unit[i] * unit[j], "covariance")?;
        }
    }
    Ok(())
}

/// The closed forms, written out: integrals of the rates over the time step.
fn moves_as_its_equations_say<T: Scalar>(parts: &Parts, rates: [f64; 2], dt: f64) -> Outcome {
    let [level, slope, step] = [rates[0], rates[1], dt].map(T::from_f64);
    let dt = step.wide();
    let trend = LocalLinearTrend::new([level, slope]).expect("rates");
    check_process::<T, 2>(parts, &trend, step, &[[1.0, dt], [0.0, 1.0]], &trended(level.wide(), slope.wide(), dt))?;
    let velocity = ConstantVelocity::new(slope).expect("a density");
    check_process::<T, 2>(parts, &velocity, step, &[[1.0, dt], [0.0, 1.0]], &trended(0.0, slope.wide(), dt))?;
    let walk = RandomWalk::new(level).expect("a rate");
    check_process::<T, 1>(parts, &walk, step, &[[1.0]], &[[level.wide() * dt]])
}

fn trended(level: f64, slope: f64, dt: f64) -> Matrix<2> {
    let corner = slope * dt * dt / 2.0;
    [[level * dt + slope * dt * dt * dt / 3.0, corner], [corner, slope * dt]]
}

fn check_process<T: Scalar, const N: usize>(
    parts: &Parts,
    process: &impl Process<T, N>,
    step: T,
    transition: &Matrix<N>,
    noise: &Matrix<N>,
) -> Outcome {
    let belief = parts.gaussian::<T, N>();
    let mut filter = Filter::new(belief);
    filter.predict_for(process, step).expect("a prediction");
    let prior = Dense::of(&belief);
    let moved = carried(transition, &prior.covariance);
    let mean = times(transition, &prior.mean);
    let expected = Dense { mean, covariance: matrix(|i, j| moved[i][j] + noise[i][j]) };
    predicted(&filter, &expected, transition, &prior)
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn a_covariance_is_judged_in_any_unit(
        parts in parts(-1.0..1.0, magnitude(1.0)),
        skew in prop_oneof![Just(0.0), -40.0..40.0, Just(1e5)],
        lowest in prop_oneof![2 => Just(1.0), 1 => -1e-7..1e-6, 1 => -1e-15..1e-14],
        power in -20..=20_i32,
    ) {
        prop_assume!((1..3).all(|i| (0..i).all(|j| parts.lower[i][j].abs() > 0.01)));
        both!(is_judged_in_any_unit, &parts, skew, lowest, power);
    }

    #[test]
    fn a_covariance_is_factored_into_what_it_came_from(parts in parts(-1.0..1.0, magnitude(1.0))) {
        every_size!(is_factored_again, &parts);
    }

    #[test]
    fn singular_noise_is_added(
        sources in array::<_, 2>(array::<_, 4>(prop_oneof![4 => -3.0..3.0, 1 => Just(0.0)])),
        belief in parts(-1.0..1.0, magnitude(2.0)),
        map in parts(-1.0..1.0, magnitude(1.0)),
    ) {
        every_size!(takes_in_singular_noise, &sources, &belief, &map);
    }

    #[test]
    fn processes_move_as_their_equations_say(
        parts in parts(-1.0..1.0, magnitude(2.0)),
        rates in array::<_, 2>(prop_oneof![4 => magnitude(4.0), 1 => Just(0.0)]),
        dt in magnitude(4.0),
    ) {
        both!(moves_as_its_equations_say, &parts, rates, dt);
    }
}

/// One entry that is no number, in either triangle or on the diagonal.
#[test]
fn every_entry_must_be_finite() {
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        for k in 0..9 {
            let mut rows = [[2.0, 0.5, 0.25], [0.5, 2.0, 0.5], [0.25, 0.5, 2.0]];
            rows[k / 3][k % 3] = bad;
            assert_eq!(Gaussian::new([0.0; 3], rows), Err(Error::NotFinite), "{bad} at {k}");
            assert_eq!(Dynamics::new([[0.0; 3]; 3], rows), Err(Error::NotFinite), "{bad} at {k}");
        }
    }
}
