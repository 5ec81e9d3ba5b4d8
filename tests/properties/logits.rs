//! Logits on a binary grid, so that a common offset is exact, and in one range after another: the error of a divergence
//! must not grow with it.

use crate::categorical::surprisal_roundings;
use crate::support::{Outcome, Scalar, array, at_most, both, cases, close, epsilon, grid, narrow};
use elbow::Logits;
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use std::array;

/// Relative error of a divergence: `budget.csv` allows it 1e-6 in `f32`.
const KL_ROUNDINGS: f64 = 8.0;

type Pair = [[f64; 5]; 2];

/// Multiples of 1/256 up to 2^`power`.
fn logits(power: i32) -> impl Strategy<Value = [f64; 5]> {
    array(grid(1 << power, 256))
}

/// Unrelated pairs and nearly equal ones, from narrow to wide.
fn pair() -> BoxedStrategy<Pair> {
    let near = |power| {
        (logits(power), array::<_, 5>(-2..=2_i32)).prop_map(|(a, steps)| {
            let b = array::from_fn(|i| a[i] + f64::from(steps[i]) / 256.0);
            [a, b]
        })
    };
    prop_oneof![
        array::<_, 2>(logits(0)),
        array::<_, 2>(logits(3)),
        array::<_, 2>(logits(6)),
        near(0),
        near(3),
        near(6),
    ]
    .boxed()
}

fn of<T: Scalar, const N: usize>(a: &[f64; N]) -> Logits<T, N> {
    Logits::new(narrow(a)).expect("logits")
}

fn ignores_an_offset<T: Scalar>([a, b]: &Pair, offsets: [f64; 2]) -> Outcome {
    let shifted = |a: &[f64; 5], offset: f64| of::<T, 5>(&a.map(|x| x + offset));
    let (p, q) = (of::<T, 5>(a), of::<T, 5>(b));
    let (far, other) = (shifted(a, offsets[0]), shifted(b, offsets[1]));
    prop_assert_eq!(far.kl(&other), p.kl(&q));
    prop_assert_eq!(far.entropy(), p.entropy());
    prop_assert_eq!(far.cross_entropy(&other), p.cross_entropy(&q));
    prop_assert_eq!(far.probabilities(), p.probabilities());
    prop_assert_eq!(far.kl(&p), T::ZERO);
    let (near, far): (f64, f64) = (p.log_sum_exp().wide(), far.log_sum_exp().wide());
    close(far, near + offsets[0], epsilon::<T>() * (near.abs() + far.abs()), "log sum exp")
}

fn ignores_a_class_without_mass<T: Scalar>([a, b]: &Pair, place: usize) -> Outcome {
    let with = |a: &[f64; 5]| {
        let mut longer = [-1e4; 6];
        (0..5).for_each(|i| longer[i + usize::from(i >= place)] = a[i]);
        of::<T, 6>(&longer)
    };
    let (p, q, long, long_other) = (of::<T, 5>(a), of::<T, 5>(b), with(a), with(b));
    prop_assert_eq!(long.kl(&long_other), p.kl(&q));
    prop_assert_eq!(long.entropy(), p.entropy());
    prop_assert_eq!(long.cross_entropy(&long_other), p.cross_entropy(&q));
    prop_assert_eq!(long.log_sum_exp(), p.log_sum_exp());
    Ok(())
}

fn ignores_order<T: Scalar>([a, b]: &Pair, order: &[usize]) -> Outcome {
    let permuted = |a: &[f64; 5]| of::<T, 5>(&array::from_fn(|i| a[order[i]]));
    let expected: f64 = of::<T, 5>(a).kl(&of(b)).wide();
    let got: f64 = permuted(a).kl(&permuted(b)).wide();
    close(got, expected, 2.0 * KL_ROUNDINGS * epsilon::<T>() * expected, "permuted")
}

/// The divergence of the probabilities, which the softmax has rounded.
fn equals_the_divergence_of_the_probabilities<T: Scalar>([a, b]: &Pair) -> Outcome {
    let (p, q) = (of::<T, 5>(a), of::<T, 5>(b));
    let (x, y) = (p.probabilities(), q.probabilities());
    let mut moved = 0.0;
    for (&p, &q) in x.probabilities().iter().zip(y.probabilities()) {
        let (p, q): (f64, f64) = (p.wide(), q.wide());
        prop_assume!(p >= T::MIN_POSITIVE.wide() && q >= T::MIN_POSITIVE.wide());
        moved += p * (p / q).ln().abs() + (p - q).abs();
    }
    // Exponential, quotient and sum round each probability three times or so; the divergence follows by its slope.
    let divergence: f64 = p.kl(&q).wide();
    close(x.kl(&y).wide(), divergence, epsilon::<T>() * (3.0 * moved + 2.0 * KL_ROUNDINGS * divergence), "divergence")?;
    let (entropy, cross): (f64, f64) = (p.entropy().wide(), p.cross_entropy(&q).wide());
    let roundings = 2.0 * surprisal_roundings(5) + 3.0;
    close(x.entropy().wide(), entropy, roundings * epsilon::<T>() * (entropy + 1.0), "entropy")?;
    close(x.cross_entropy(&y).wide(), cross, roundings * epsilon::<T>() * (cross + 1.0), "cross-entropy")?;
    close(cross, entropy + divergence, epsilon::<T>() * (roundings * cross + KL_ROUNDINGS * divergence), "sum")?;
    at_most(entropy, 5.0_f64.ln(), 2.0 * epsilon::<T>() * entropy, "ln N")
}

/// A step d of one logit of probability p: p (1 - p) d^2/2 to second order.
fn sees_one_ulp<T: Scalar>(a: &[f64; 5], class: usize) -> Outcome {
    let before = of::<T, 5>(a);
    let mut stepped = *before.values();
    stepped[class] = stepped[class].next();
    let after = Logits::new(stepped).expect("logits");
    let weights = a.map(|x| (x - a[class]).exp());
    let others: f64 = (0..5).filter(|&i| i != class).map(|i| weights[i]).sum();
    let step = stepped[class].wide() - a[class];
    let expected = 0.5 * step * step * others / (1.0 + others).powi(2);
    // The third-order term is less than the step times the second.
    let tolerance = (KL_ROUNDINGS * epsilon::<T>() + step) * expected + 1e3 * T::MIN_POSITIVE.wide();
    close(before.kl(&after).wide(), expected, tolerance, "forward")?;
    close(after.kl(&before).wide(), expected, tolerance, "reverse")
}

proptest! {
    #![proptest_config(cases(512))]

    /// Of five classes. Of eight and more in `f32` the last digits follow the offset.
    #[test]
    fn a_common_offset_changes_no_bit(pair in pair(), offsets in array::<_, 2>(grid(1 << 14, 256))) {
        both!(ignores_an_offset, &pair, offsets);
    }

    #[test]
    fn kl_sees_one_unit_in_the_last_place(pair in pair(), class in 0..5_usize) {
        both!(sees_one_ulp, &pair[0], class);
    }

    #[test]
    fn a_class_without_mass_changes_no_bit(pair in pair(), place in 0..6_usize) {
        both!(ignores_a_class_without_mass, &pair, place);
    }

    #[test]
    fn the_order_of_the_classes_is_irrelevant(
        pair in pair(),
        order in Just((0..5).collect::<Vec<usize>>()).prop_shuffle(),
    ) {
        both!(ignores_order, &pair, &order);
    }

    #[test]
    fn logits_and_their_probabilities_agree(pair in pair()) {
        both!(equals_the_divergence_of_the_probabilities, &pair);
    }

    /// The single-precision figures are within their budget of the double-precision ones, whatever the range.
    #[test]
    fn single_precision_follows_double(pair in pair()) {
        let [p, q] = pair.map(|a| of::<f32, 5>(&a));
        let [x, y] = pair.map(|a| of::<f64, 5>(&a));
        let floor = 1e-35;
        close(p.kl(&q).wide(), x.kl(&y), 1e-6 * x.kl(&y) + floor, "divergence")?;
        close(p.entropy().wide(), x.entropy(), 4e-7 * x.entropy() + floor, "entropy")?;
        close(p.cross_entropy(&q).wide(), x.cross_entropy(&y), 4e-7 * x.cross_entropy(&y) + floor, "cross-entropy")?;
    }
}
