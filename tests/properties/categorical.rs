//! Discrete distributions whose probabilities are multiples of a power of two: sums, merged classes, mixtures and
//! products of them are exact, so that nothing but the kernels rounds.

use crate::support::{Outcome, Scalar, array, at_most, both, cases, close, epsilon, magnitude, narrow, wide};
use elbow::Categorical;
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use std::array;

/// Relative error of a divergence of `classes` terms, in EPSILON. Next to a ratio of sqrt 2 a term is the difference of
/// two numbers 6 times its size, one of them with three roundings; a sum of n non-negative terms adds n/2.
pub fn divergence_roundings(classes: usize) -> f64 {
    10.0 + 0.5 * classes as f64
}

/// The same of an entropy or cross-entropy, whose terms are one logarithm and one product.
pub fn surprisal_roundings(classes: usize) -> f64 {
    2.0 + 0.5 * classes as f64
}

/// Counts that sum to `total`; some are zero where `least` is.
fn counts<const N: usize>(total: u32, least: u32) -> impl Strategy<Value = [f64; N]> {
    let free = total - least * N as u32;
    // Coarse cuts coincide now and then, which leaves a class empty.
    let cut = prop_oneof![4 => 0..=free, 1 => (0..=4_u32).prop_map(move |k| k * (free / 4))];
    array::<_, N>(cut).prop_map(move |mut cuts| {
        cuts[N - 1] = free;
        cuts.sort_unstable();
        let mut below = 0;
        cuts.map(|cut| f64::from(least + cut - std::mem::replace(&mut below, cut)))
    })
}

/// Probabilities on the grid of `1/total`.
fn probabilities<const N: usize>(total: u32, least: u32) -> impl Strategy<Value = [f64; N]> {
    counts(total, least).prop_map(move |counts| counts.map(|count| count / f64::from(total)))
}

/// Pairs on the grid: unrelated ones, ones with classes that one of the two lacks, and nearly equal ones.
fn pair<const N: usize>(total: u32) -> BoxedStrategy<[[f64; N]; 2]> {
    let unit = f64::from(total).recip();
    let moved = (probabilities::<N>(total, 8), 0..N, 1..N, 1..8_u32).prop_map(move |(p, from, over, units)| {
        let mut q = p;
        q[from] -= f64::from(units) * unit;
        q[(from + over) % N] += f64::from(units) * unit;
        [p, q]
    });
    prop_oneof![
        4 => (probabilities(total, 0), probabilities(total, 1)).prop_map(|(p, q)| [p, q]),
        1 => array::<_, 2>(probabilities(total, 0)),
        3 => moved,
    ]
    .boxed()
}

fn of<T: Scalar, const N: usize>(p: &[f64; N]) -> Categorical<T, N> {
    Categorical::new(narrow(p)).expect("a distribution")
}

fn kl<T: Scalar, const N: usize>(p: &[f64; N], q: &[f64; N]) -> f64 {
    of::<T, N>(p).kl(&of(q)).wide()
}

/// Grids: 24 bits hold any mixture of quarters, and a product of two of the coarse ones.
const FINE: u32 = 1 << 20;
const COARSE: u32 = 1 << 10;

fn is_a_divergence<T: Scalar>([p, q]: &[[f64; 6]; 2]) -> Outcome {
    prop_assert_eq!(kl::<T, 6>(p, p), 0.0);
    let distance: f64 = p.iter().zip(q).map(|(p, q)| (p - q).abs()).sum();
    let divergence = kl::<T, 6>(p, q);
    // Pinsker's inequality, which is tight for nearly equal pairs of even classes, and with it the sign.
    at_most(0.5 * distance * distance, divergence * (1.0 + divergence_roundings(6) * epsilon::<T>()), 0.0, "Pinsker")?;
    let squares: f64 = p.iter().zip(q).filter(|(p, q)| p != q).map(|(p, q)| (p - q).powi(2) / q).sum();
    at_most(divergence, squares, divergence_roundings(6) * epsilon::<T>() * divergence, "chi-squared")
}

/// A step of one unit in the last place of one class: u^2/2 - u^3/3 of its probability, u = q/p - 1.
fn sees_one_ulp<T: Scalar>(p: &[f64; 6], class: usize) -> Outcome {
    let before = of::<T, 6>(p);
    let mut stepped = *before.probabilities();
    stepped[class] = stepped[class].next();
    let after = Categorical::new(stepped).expect("a distribution");
    let (p, q): (f64, f64) = (before.probabilities()[class].wide(), stepped[class].wide());
    let expected = (q - p) * (q - p) / p * (0.5 - (q - p) / p / 3.0);
    close(before.kl(&after).wide(), expected, 4.0 * epsilon::<T>() * expected, "forward")?;
    let expected = (q - p) * (q - p) / q * (0.5 + (q - p) / q / 3.0);
    close(after.kl(&before).wide(), expected, 4.0 * epsilon::<T>() * expected, "reverse")
}

fn ignores_order<T: Scalar>([p, q]: &[[f64; 6]; 2], order: &[usize]) -> Outcome {
    let permuted = |p: &[f64; 6]| of::<T, 6>(&array::from_fn(|i| p[order[i]]));
    let (sorted, other) = (of::<T, 6>(p), of::<T, 6>(q));
    let (mixed, mixed_other) = (permuted(p), permuted(q));
    // The terms are the same; only their sum is rounded in another order.
    let pairs = [
        (mixed.kl(&mixed_other), sorted.kl(&other), "divergence"),
        (mixed.cross_entropy(&mixed_other), sorted.cross_entropy(&other), "cross-entropy"),
        (mixed.entropy(), sorted.entropy(), "entropy"),
    ];
    for (got, expected, what) in pairs {
        let expected: f64 = expected.wide();
        close(got.wide(), expected, 6.0 * epsilon::<T>() * expected, what)?;
    }
    Ok(())
}

fn ignores_an_empty_class<T: Scalar>([p, q]: &[[f64; 6]; 2], place: usize) -> Outcome {
    let with = |p: &[f64; 6]| {
        of::<T, 7>(&array::from_fn(|i| match i.cmp(&place) {
            std::cmp::Ordering::Less => p[i],
            std::cmp::Ordering::Equal => 0.0,
            std::cmp::Ordering::Greater => p[i - 1],
        }))
    };
    let (short, other, long, long_other) = (of::<T, 6>(p), of::<T, 6>(q), with(p), with(q));
    prop_assert_eq!(long.kl(&long_other), short.kl(&other));
    prop_assert_eq!(long.entropy(), short.entropy());
    prop_assert_eq!(long.cross_entropy(&long_other), short.cross_entropy(&other));
    Ok(())
}

/// KL of a joint distribution: that of the first variable and, on average over it, that of the second given the first.
/// With the same second distribution everywhere this is additivity for independent variables.
fn obeys_the_chain_rule<T: Scalar>([p, q]: &[[f64; 3]; 2], rows: &[[[f64; 4]; 2]; 3]) -> Outcome {
    let joint = |p: &[f64; 3], side: usize| array::from_fn::<_, 12, _>(|k| p[k / 4] * rows[k / 4][side][k % 4]);
    let conditional = (0..3).filter(|&i| p[i] > 0.0).map(|i| p[i] * kl::<T, 4>(&rows[i][0], &rows[i][1]));
    let expected = kl::<T, 3>(p, q) + conditional.sum::<f64>();
    let tolerance = (divergence_roundings(12) + divergence_roundings(4)) * epsilon::<T>() * expected;
    close(kl::<T, 12>(&joint(p, 0), &joint(q, 1)), expected, tolerance, "joint")
}

fn merging_never_adds<T: Scalar>([p, q]: &[[f64; 6]; 2], groups: &[usize; 6]) -> Outcome {
    let merged = |p: &[f64; 6]| {
        let mut sums = [0.0; 3];
        p.iter().zip(groups).for_each(|(p, &group)| sums[group] += p);
        sums
    };
    let fine = kl::<T, 6>(p, q);
    let tolerance = 2.0 * divergence_roundings(6) * epsilon::<T>() * fine;
    at_most(kl::<T, 3>(&merged(p), &merged(q)), fine, tolerance, "merged")
}

/// A channel that mixes the classes by given shares: data processing.
fn a_channel_never_adds<T: Scalar>([p, q]: &[[f64; 4]; 2], channel: &[[f64; 3]; 4]) -> Outcome {
    let sent = |p: &[f64; 4]| array::from_fn(|j| (0..4).map(|i| p[i] * channel[i][j]).sum());
    let before = kl::<T, 4>(p, q);
    let tolerance = 2.0 * divergence_roundings(4) * epsilon::<T>() * before;
    at_most(kl::<T, 3>(&sent(p), &sent(q)), before, tolerance, "through the channel")
}

fn is_convex<T: Scalar>(pairs: &[[[f64; 6]; 2]; 2], quarters: u32) -> Outcome {
    let share = f64::from(quarters) / 4.0;
    let mixed = |side: usize| array::from_fn(|i| share * pairs[0][side][i] + (1.0 - share) * pairs[1][side][i]);
    let bound = share * kl::<T, 6>(&pairs[0][0], &pairs[0][1]) + (1.0 - share) * kl::<T, 6>(&pairs[1][0], &pairs[1][1]);
    let tolerance = 2.0 * divergence_roundings(6) * epsilon::<T>() * bound;
    at_most(kl::<T, 6>(&mixed(0), &mixed(1)), bound, tolerance, "mixture")
}

/// sum p - 1, with what each addition loses (Neumaier).
fn excess<T: Scalar, const N: usize>(p: &Categorical<T, N>) -> f64 {
    let (mut sum, mut lost) = (-1.0, 0.0);
    for p in wide(p.probabilities()) {
        let next: f64 = sum + p;
        lost += if sum.abs() > p { (sum - next) + p } else { (p - next) + sum };
        sum = next;
    }
    sum + lost
}

/// H(p, q) = H(p) + KL(p||q) + sum p - sum q.
fn adds_up<T: Scalar, const N: usize>(p: &Categorical<T, N>, q: &Categorical<T, N>) -> Outcome {
    let (entropy, cross, kl): (f64, f64, f64) = (p.entropy().wide(), p.cross_entropy(q).wide(), p.kl(q).wide());
    // The entropy is that of the normalised vector where one class has more than half.
    let (over_p, over_q) = (excess(p), excess(q));
    let unnormalised = 2.0 * over_p.abs();
    let roundings = surprisal_roundings(N) * (entropy + cross) + divergence_roundings(N) * kl;
    let tolerance = epsilon::<T>() * roundings + unnormalised;
    close(cross, entropy + kl + (over_p - over_q), tolerance, "cross-entropy")?;
    at_most(entropy, (N as f64).ln(), surprisal_roundings(N) * epsilon::<T>() * entropy + unnormalised, "ln N")
}

fn normalises<T: Scalar>(weights: &[[f64; 6]; 2], power: i32) -> Outcome {
    let scale = T::from_f64(2.0_f64.powi(power));
    let of = |weights: &[f64; 6]| Categorical::from_weights(narrow::<T, 6>(weights)).expect("weights");
    let (p, q) = (of(&weights[0]), of(&weights[1]));
    let scaled = Categorical::from_weights(narrow::<T, 6>(&weights[0]).map(|weight| weight * scale));
    prop_assert_eq!(scaled, Ok(p));
    prop_assert_eq!(Categorical::new(*p.probabilities()), Ok(p));
    let total: f64 = narrow::<T, 6>(&weights[0]).iter().map(|&weight| weight.wide()).sum();
    for (&got, &weight) in p.probabilities().iter().zip(&narrow::<T, 6>(&weights[0])) {
        let expected: f64 = weight.wide() / total;
        close(got.wide(), expected, 4.0 * epsilon::<T>() * expected, "probability")?;
    }
    adds_up(&p, &q)
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn kl_is_zero_for_equals_and_between_pinsker_and_chi_squared(pair in pair::<6>(FINE)) {
        both!(is_a_divergence, &pair);
    }

    #[test]
    fn kl_sees_one_unit_in_the_last_place(p in probabilities::<6>(FINE, 1), class in 0..6_usize) {
        both!(sees_one_ulp, &p, class);
    }

    #[test]
    fn the_order_of_the_classes_is_irrelevant(
        pair in pair::<6>(FINE),
        order in Just((0..6).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        both!(ignores_order, &pair, &order);
    }

    #[test]
    fn an_empty_class_changes_no_bit(pair in pair::<6>(FINE), place in 0..=6_usize) {
        both!(ignores_an_empty_class, &pair, place);
    }

    #[test]
    fn kl_obeys_the_chain_rule(first in pair::<3>(COARSE), rows in array::<_, 3>(pair::<4>(COARSE))) {
        both!(obeys_the_chain_rule, &first, &rows);
    }

    #[test]
    fn kl_of_independent_pairs_adds_up(first in pair::<3>(COARSE), second in pair::<4>(COARSE)) {
        both!(obeys_the_chain_rule, &first, &[second; 3]);
    }

    #[test]
    fn merging_classes_never_raises_kl(pair in pair::<6>(FINE), groups in array::<_, 6>(0..3_usize)) {
        both!(merging_never_adds, &pair, &groups);
    }

    #[test]
    fn a_noisy_channel_never_raises_kl(
        pair in pair::<4>(COARSE),
        channel in array::<_, 4>(probabilities::<3>(COARSE, 0)),
    ) {
        both!(a_channel_never_adds, &pair, &channel);
    }

    #[test]
    fn kl_is_jointly_convex(pairs in array::<_, 2>(pair::<6>(FINE)), quarters in 1..4_u32) {
        both!(is_convex, &pairs, quarters);
    }

    #[test]
    fn cross_entropy_is_entropy_and_kl(pair in pair::<6>(FINE)) {
        adds_up(&of::<f32, 6>(&pair[0]), &of(&pair[1]))?;
        adds_up(&of::<f64, 6>(&pair[0]), &of(&pair[1]))?;
    }

    #[test]
    fn weights_are_normalised_whatever_their_scale(
        weights in array::<_, 2>(array::<_, 6>(prop_oneof![8 => magnitude(5.0), 1 => Just(0.0)])),
        power in -80..80_i32,
    ) {
        let all = |weights: &[f64; 6]| weights.iter().any(|&weight| weight > 0.0);
        prop_assume!(weights.iter().all(all));
        both!(normalises, &weights, power);
    }
}
