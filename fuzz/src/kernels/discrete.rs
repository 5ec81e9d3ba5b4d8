//! Probabilities and logits.

use super::{HEADROOM, neighbour};
use crate::budget::allowed;
use crate::values::numbers;
use arbitrary::Unstructured;
use elbow::{Categorical, Logits, bits};

/// p ln(p/q) - p + q in f64, from which f32 neighbours keep all their digits.
fn divergence_term(p: f64, q: f64) -> f64 {
    if p == 0.0 {
        return q;
    }
    let u = (q - p) / p;
    let excess = if u.abs() < 0.1 {
        // u^2/2 - u^3/3 + ..., to the nineteenth power.
        (2..20).rev().map(|k| (-u).powi(k) / f64::from(k)).sum()
    } else {
        u - (q / p).ln()
    };
    p * excess
}

fn surprisal(p: f64, q: f64) -> f64 {
    if p == 0.0 { 0.0 } else { -p * q.ln() }
}

fn entropy(p: &[f64]) -> f64 {
    let Some(top) = p.iter().position(|x| *x > 0.5) else { return p.iter().map(|x| surprisal(*x, *x)).sum() };
    let rest = || p.iter().enumerate().filter(move |(i, _)| *i != top).map(|(_, x)| *x);
    let lost: f64 = rest().sum();
    -(1.0 - lost) * (-lost).ln_1p() + rest().map(|x| surprisal(x, x)).sum::<f64>()
}

/// All figures of two distributions from weights of any size.
pub fn categorical<const N: usize>(bytes: &mut Unstructured<'_>) {
    let first: [f32; N] = numbers(bytes);
    let second = neighbour(bytes, &first);
    let (Ok(p), Ok(q)) = (Categorical::from_weights(first), Categorical::from_weights(second)) else { return };
    let what = (p.probabilities(), q.probabilities());
    let [a, b] = [&p, &q].map(|p| p.probabilities().map(f64::from));
    let pairs = || a.iter().copied().zip(b);
    assert_eq!((p.kl(&p), q.kl(&q)), (0.0, 0.0), "{what:?}");
    assert!(p.kl(&q) >= 0.0 && p.entropy() >= 0.0 && p.cross_entropy(&q) >= 0.0, "{what:?}");
    assert!(!bits(p.entropy()).is_nan());
    if pairs().any(|(p, q)| p > 0.0 && q == 0.0) {
        assert_eq!((p.kl(&q), p.cross_entropy(&q)), (f32::INFINITY, f32::INFINITY), "{what:?}");
    } else {
        let kl = pairs().map(|(p, q)| divergence_term(p, q)).sum();
        allowed("categorical.kl").check(p.kl(&q), kl, 0.0, HEADROOM, &("kl", what));
        let cross = pairs().map(|(p, q)| surprisal(p, q)).sum::<f64>().max(0.0);
        // Of probabilities within an EPSILON of one the logarithms change sign: what is left is relative to the terms.
        let terms = pairs().map(|(p, q)| surprisal(p, q).abs()).sum();
        allowed("categorical.cross_entropy").check(p.cross_entropy(&q), cross, terms, HEADROOM, &("cross", what));
    }
    allowed("categorical.entropy").check(p.entropy(), entropy(&a), 0.0, HEADROOM, &("entropy", what));
    let _ = (Categorical::new(first), Categorical::new(second));
}

/// All figures of two distributions from logits of any size.
pub fn logits<const N: usize>(bytes: &mut Unstructured<'_>) {
    let first: [f32; N] = numbers(bytes);
    let second = neighbour(bytes, &first);
    let (Ok(p), Ok(q)) = (Logits::new(first), Logits::new(second)) else { return };
    let what = (first, second);
    assert_eq!((p.kl(&p), q.kl(&q)), (0.0, 0.0), "{what:?}");
    let (kl, cross) = (p.kl(&q), p.cross_entropy(&q));
    assert!(kl >= 0.0 && cross >= 0.0 && p.entropy() >= 0.0, "{what:?}: {kl} {cross} {}", p.entropy());
    let probabilities = p.probabilities();
    assert!(probabilities.probabilities().iter().all(|p| (0.0..=1.0).contains(p)), "{what:?}");
    let (Ok(wide_p), Ok(wide_q)) = (Logits::new(first.map(f64::from)), Logits::new(second.map(f64::from))) else {
        panic!("refused in f64: {what:?}")
    };
    let largest = first.iter().fold(f32::NEG_INFINITY, |largest, logit| largest.max(*logit));
    let scale = f64::from(largest.abs());
    allowed("logits.log_sum_exp").check(p.log_sum_exp(), wide_p.log_sum_exp(), scale, HEADROOM, &("sum", what));
    allowed("logits.entropy").check(p.entropy(), wide_p.entropy(), 0.0, HEADROOM, &("entropy", what));
    // A probability that underflows takes its share of the energies with it.
    let size = first.iter().chain(&second).fold(1.0, |size: f64, logit| size.max(f64::from(logit.abs())));
    let lost = f64::from(f32::MIN_POSITIVE) * size;
    allowed("logits.cross_entropy").check(cross, wide_p.cross_entropy(&wide_q), lost, HEADROOM, &("cross", what));
    allowed("logits.kl").check(kl, wide_p.kl(&wide_q), lost, HEADROOM, &("kl", what));
}
