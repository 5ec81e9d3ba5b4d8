//! Full Gaussians: what an affine map of the unknowns does to their divergences, bit for bit where the map is exact.

use crate::dense::{Dense, Matrix, Parts, carried, inverse, matrix, parts, product, times};
use crate::support::{Outcome, Scalar, array, both, cases, close, epsilon, every_size, grid, magnitude, narrow, wide};
use elbow::Gaussian;
use proptest::prelude::*;
use std::array;

/// Quarters up to one for means and factors, and any pivots.
fn exact_parts() -> impl Strategy<Value = Parts> + Clone {
    parts(grid(1, 4), magnitude(2.0))
}

fn some_parts() -> impl Strategy<Value = Parts> + Clone {
    parts(-1.0..1.0, magnitude(1.0))
}

/// z -> M z + t, M unit lower triangular of whole numbers: every product is exact.
fn sheared<T: Scalar, const N: usize>(of: &Parts, shear: &[[f64; 4]; 4], by: &[f64; 4]) -> Gaussian<T, N> {
    let unit = |m: &[[f64; 4]; 4]| {
        matrix::<N>(|i, j| match i.cmp(&j) {
            std::cmp::Ordering::Less => 0.0,
            std::cmp::Ordering::Equal => 1.0,
            std::cmp::Ordering::Greater => m[i][j],
        })
    };
    let lower = product(&unit(shear), &unit(&of.lower));
    let moved = times(&unit(shear), &array::from_fn(|i| of.mean[i]));
    let mean = array::from_fn(|i| T::from_f64(moved[i] + by[i]));
    Gaussian::from_factor(mean, lower.map(|row| narrow(&row)), of.gaussian::<T, N>().pivots()).expect("a distribution")
}

fn ignores_a_shear<T: Scalar, const N: usize>(parts: &[Parts; 3], shear: &[[f64; 4]; 4], by: &[f64; 4]) -> Outcome {
    let [p, q, x] = parts.map(|parts| parts.gaussian::<T, N>());
    let [sheared_p, sheared_q, sheared_x] = parts.map(|parts| sheared::<T, N>(&parts, shear, by));
    prop_assert_eq!(sheared_p.kl(&sheared_q), p.kl(&q));
    prop_assert_eq!(sheared_p.cross_entropy(&sheared_q), p.cross_entropy(&q));
    prop_assert_eq!(sheared_p.log_prob(sheared_x.mean()), p.log_prob(x.mean()));
    prop_assert_eq!(sheared_p.entropy(), p.entropy());
    Ok(())
}

/// z_i -> 2^k_i z_i: the divergences keep their bits, the densities change by the logarithm of the volume.
fn follows_a_scale<T: Scalar, const N: usize>(parts: &[Parts; 3], powers: &[i32; 4]) -> Outcome {
    let size: [f64; N] = array::from_fn(|i| 2.0_f64.powi(powers[i]));
    let scaled = |of: &Gaussian<T, N>| -> Gaussian<T, N> {
        let lower = matrix::<N>(|i, j| of.unit_lower()[i][j].wide() * size[i] / size[j]);
        let pivots: [f64; N] = array::from_fn(|i| wide(&of.pivots())[i] * size[i] * size[i]);
        let mean: [f64; N] = array::from_fn(|i| wide(of.mean())[i] * size[i]);
        Gaussian::from_factor(narrow(&mean), lower.map(|row| narrow(&row)), narrow(&pivots)).expect("a distribution")
    };
    let [p, q, x] = parts.map(|parts| parts.gaussian::<T, N>());
    let [scaled_p, scaled_q, scaled_x]: [Gaussian<T, N>; 3] = [scaled(&p), scaled(&q), scaled(&x)];
    prop_assert_eq!(scaled_p.kl(&scaled_q), p.kl(&q));
    let volume: f64 = size.iter().map(|size| size.ln()).sum();
    // Logarithms of pivots up to 100 4^10, one a term.
    let roundings = 2.0 * N as f64 * (20.0 + 2.0 * 10.0);
    let [before, after] = [p.entropy().wide(), scaled_p.entropy().wide()];
    close(after, before + volume, epsilon::<T>() * roundings, "entropy")?;
    let [before, after] = [p.cross_entropy(&q).wide(), scaled_p.cross_entropy(&scaled_q).wide()];
    close(after, before + volume, epsilon::<T>() * (roundings + 2.0 * before.abs()), "cross-entropy")?;
    let [before, after] = [p.log_prob(x.mean()).wide(), scaled_p.log_prob(scaled_x.mean()).wide()];
    close(after, before - volume, epsilon::<T>() * (roundings + 2.0 * before.abs()), "log density")
}

/// Any affine map, by dense covariances that are formed and factored again, in `f64`.
fn ignores_a_map<const N: usize>(parts: &[Parts; 2], map: &[[f64; 4]; 4]) -> Outcome {
    let map: Matrix<N> = matrix(|i, j| map[i][j] + if i == j { 2.5 } else { 0.0 });
    let [p, q] = parts.map(|parts| parts.gaussian::<f64, N>());
    let moved = |of: &Gaussian<f64, N>| {
        let covariance = carried(&map, &Dense::of(of).covariance);
        (Gaussian::new(times(&map, of.mean()), covariance).expect("a distribution"), condition(&covariance))
    };
    let ((moved_p, condition_p), (moved_q, condition_q)) = (moved(&p), moved(&q));
    let expected = p.kl(&q);
    // Rounding a covariance by EPSILON moves the divergence by the condition number, times the quadratic form.
    let roundings = 4.0 * N as f64 * (condition_p + condition_q) * (N as f64 + 2.0 * expected);
    close(moved_p.kl(&moved_q), expected, f64::EPSILON * roundings, "divergence")
}

/// sum |P^-1| |P|, both triangles.
fn condition<const N: usize>(covariance: &Matrix<N>) -> f64 {
    let inverse = inverse(covariance);
    (0..N * N).map(|k| (inverse[k / N][k % N] * covariance[k / N][k % N]).abs()).sum()
}

fn equals_one_at_a_time<T: Scalar, const N: usize>(p: &Parts, q: &Parts) -> Outcome {
    let straight = |of: &Parts| Parts { lower: [[0.0; 4]; 4], ..*of }.gaussian::<T, N>();
    let (p, q) = (straight(p), straight(q));
    let single = |of: &Gaussian<T, N>, i: usize| {
        Gaussian::<T, 1>::diagonal([of.mean()[i]], [of.pivots()[i]]).expect("a distribution")
    };
    prop_assert_eq!(Gaussian::new(*p.mean(), p.covariance()), Ok(p));
    prop_assert_eq!(Gaussian::diagonal(*p.mean(), p.variance()), Ok(p));
    let (mut kl, mut entropy, mut size) = (0.0, 0.0, 0.0);
    for i in 0..N {
        kl += single(&p, i).kl(&single(&q, i)).wide();
        let term: f64 = single(&p, i).entropy().wide();
        entropy += term;
        size += term.abs() + 3.0;
    }
    close(p.kl(&q).wide(), kl, N as f64 * epsilon::<T>() * kl, "divergence")?;
    close(p.entropy().wide(), entropy, N as f64 * epsilon::<T>() * size, "entropy")
}

fn is_a_divergence<T: Scalar, const N: usize>(parts: &Parts, other: &Parts, ulps: &Parts) -> Outcome {
    let p = parts.gaussian::<T, N>();
    prop_assert_eq!(p.kl(&p), T::ZERO);
    // Nearly equal: every number of the factor a few units in the last place away, up or down.
    let near = |value: T, ulps: f64| value * (T::ONE + T::EPSILON * T::from_f64((8.0 * ulps).round()));
    let mean = array::from_fn(|i| near(p.mean()[i], ulps.mean[i]));
    let lower = array::from_fn(|i| array::from_fn(|j| near(p.unit_lower()[i][j], ulps.lower[i][j])));
    let pivots = array::from_fn(|i| near(p.pivots()[i], ulps.lower[i][i]));
    let q = Gaussian::from_factor(mean, lower, pivots).expect("a distribution");
    prop_assert!(p.kl(&q) >= T::ZERO && q.kl(&p) >= T::ZERO);
    // A lower bound from the pivots alone: (r - 1)^2/4 to second order.
    let (d0, d1) = (wide(&p.pivots()), wide(&q.pivots()));
    let least: f64 = (0..N).map(|i| 0.25 * ((d0[i] - d1[i]) / d1[i]).powi(2)).sum();
    prop_assert!(p.kl(&q).wide() >= least * (1.0 - 16.0 * epsilon::<T>()), "{:?} {:?} {:e}", p.kl(&q), q, least);
    // A belief about fewer unknowns is told apart no better.
    let far = other.gaussian::<T, N>();
    let one = (parts.gaussian::<T, 1>(), other.gaussian::<T, 1>());
    prop_assert!(p.kl(&far) >= one.0.kl(&one.1));
    Ok(())
}

/// -ln q is quadratic: its mean over 2N points at sqrt N standard deviations is its expectation.
fn cross_entropy_is_the_mean_surprisal<T: Scalar, const N: usize>(p: &Parts, q: &Parts) -> Outcome {
    let (p, q) = (p.gaussian::<T, N>(), q.gaussian::<T, N>());
    let radius = T::from_f64((N as f64).sqrt());
    let (mut surprisal, mut own, mut size) = (0.0, 0.0, 0.0);
    for k in 0..2 * N {
        let sign = if k % 2 == 0 { radius } else { -radius };
        let x = p.at(&array::from_fn(|i| if i == k / 2 { sign } else { T::ZERO }));
        surprisal -= q.log_prob(&x).wide() / (2 * N) as f64;
        own -= p.log_prob(&x).wide() / (2 * N) as f64;
        size += quadratic_size(&q, &x) + quadratic_size(&p, &x);
    }
    let (entropy, cross, kl): (f64, f64, f64) = (p.entropy().wide(), p.cross_entropy(&q).wide(), p.kl(&q).wide());
    let tolerance = epsilon::<T>() * (size / N as f64 + 8.0 * N as f64);
    close(surprisal, cross, tolerance, "mean surprisal")?;
    close(own, entropy, tolerance, "mean surprisal of its own")?;
    close(cross, entropy + kl, tolerance, "cross-entropy")
}

/// The quadratic form of a log density with every product by its magnitude: what its rounding is relative to.
fn quadratic_size<T: Scalar, const N: usize>(q: &Gaussian<T, N>, x: &[T; N]) -> f64 {
    let (lower, pivots, x, mean) = (q.unit_lower(), wide(&q.pivots()), wide(x), wide(q.mean()));
    let mut y = [0.0; N];
    let mut size = 0.0;
    for i in 0..N {
        y[i] = x[i].abs() + mean[i].abs() + (0..i).map(|j| lower[i][j].wide().abs() * y[j]).sum::<f64>();
        size += y[i] * y[i] / pivots[i] + pivots[i].ln().abs() + 2.0;
    }
    size
}

/// The density of a drawn point is that of its noise.
fn density_follows_the_noise<T: Scalar, const N: usize>(p: &Parts, noise: &[f64; 4]) -> Outcome {
    let p = p.gaussian::<T, N>();
    let noise: [T; N] = array::from_fn(|i| T::from_f64(noise[i]));
    let x = p.at(&noise);
    let squares: f64 = noise.iter().map(|&e| e.wide() * e.wide()).sum();
    let expected = (-p.entropy()).wide() + 0.5 * (N as f64 - squares);
    close(p.log_prob(&x).wide(), expected, epsilon::<T>() * (quadratic_size(&p, &x) + 4.0 * N as f64), "log density")
}

/// Unknowns that have nothing to do with each other, two and two.
fn blocks_add_up<T: Scalar>(parts: &[Parts; 4]) -> Outcome {
    let pair = |a: &Parts, b: &Parts| {
        let mut both = *a;
        both.lower[2] = [0.0; 4];
        both.lower[3] = [0.0, 0.0, b.lower[1][0], 0.0];
        for i in 0..2 {
            both.mean[2 + i] = b.mean[i];
            both.pivots[2 + i] = b.pivots[i];
        }
        both.gaussian::<T, 4>()
    };
    let kl = |k: usize| -> f64 { parts[k].gaussian::<T, 2>().kl(&parts[k + 1].gaussian()).wide() };
    let expected = kl(0) + kl(2);
    let got = pair(&parts[0], &parts[2]).kl(&pair(&parts[1], &parts[3]));
    close(got.wide(), expected, 3.0 * epsilon::<T>() * expected, "sum")
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn an_exact_shear_and_translation_change_no_bit(
        parts in array::<_, 3>(exact_parts()),
        shear in array::<_, 4>(array::<_, 4>(grid(2, 1))),
        by in array::<_, 4>(grid(8, 4)),
    ) {
        every_size!(ignores_a_shear, &parts, &shear, &by);
    }

    #[test]
    fn a_power_of_two_changes_no_bit(
        parts in array::<_, 3>(some_parts()),
        powers in array::<_, 4>(-10..=10_i32),
    ) {
        every_size!(follows_a_scale, &parts, &powers);
    }

    #[test]
    fn any_map_leaves_kl(parts in array::<_, 2>(some_parts()), map in array::<_, 4>(array::<_, 4>(-1.0..1.0))) {
        ignores_a_map::<1>(&parts, &map)?;
        ignores_a_map::<2>(&parts, &map)?;
        ignores_a_map::<3>(&parts, &map)?;
        ignores_a_map::<4>(&parts, &map)?;
    }

    #[test]
    fn a_diagonal_is_a_full_gaussian_and_its_unknowns_add_up(p in some_parts(), q in some_parts()) {
        every_size!(equals_one_at_a_time, &p, &q);
    }

    #[test]
    fn kl_is_zero_for_equals_and_sees_one_ulp(p in some_parts(), q in some_parts(), ulps in exact_parts()) {
        every_size!(is_a_divergence, &p, &q, &ulps);
    }

    #[test]
    fn cross_entropy_is_the_mean_of_minus_log_prob(p in some_parts(), q in some_parts()) {
        every_size!(cross_entropy_is_the_mean_surprisal, &p, &q);
    }

    #[test]
    fn log_prob_of_a_sample_is_that_of_its_noise(p in some_parts(), noise in array::<_, 4>(-3.0..3.0)) {
        every_size!(density_follows_the_noise, &p, &noise);
    }

    #[test]
    fn kl_of_independent_blocks_adds_up(parts in array::<_, 4>(some_parts())) {
        both!(blocks_add_up, &parts);
    }
}
