//! Every `f32` that a function of one number can be given, against `f64`.
//!
//! `cargo test` takes one input in 65537. With the variable `ELBOW_EXHAUSTIVE` it takes all 2^32 of them and writes the
//! worst error of each kernel, and where it is, to `exhaustive.csv` beside this file: an hour on one core, or one of
//! the tests by its name.
//!
//! ```text
//! ELBOW_EXHAUSTIVE=1 cargo test --release --lib exhaustive
//! ```
//!
//! Kernels are held against formulas of their own, scores and normal noise against the same code in `f64`, which
//! `tests/reference.rs` holds against 50 digits. An error is relative to what is expected; that of a score to itself
//! plus the curvature times the `reach` of eta that one part in one of the residual or of the likelihood's width stands
//! for. Where a score stops at a bound, far out, it is only asked to be a number.

extern crate std;

use crate::divergence::term;
use crate::elementary::{exp_beside, exp_of_any, exp_to_zero, lift, sqrt};
use crate::likelihood::{
    Bernoulli, Censored, Gamma, Huber, LearnedNormal, Likelihood, NegativeBinomial, Normal, Poisson, Probit, Quantized,
    StudentT, VonMises,
};
use crate::log_ratio::{divergence_term, exp_m1_minus, ln, ratio_term, surprisal_term, u_minus_ln_1p};
use crate::noise::standard_normal;
use core::convert::Infallible;
use rand_core::TryRng;
use std::borrow::ToOwned;
use std::string::String;
use std::sync::{Mutex, PoisonError};
use std::{env, format, fs};

/// The least eta whose distance in quarters is told from infinity.
const FAR: f32 = f32::MIN / 128.0;

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/exhaustive.csv");

/// One at a time may rewrite the table.
static WRITING: Mutex<()> = Mutex::new(());

/// The largest error, its input, and how many inputs there were.
struct Worst {
    inputs: u64,
    error: f64,
    at: f32,
}

/// Sweeps the inputs of a kernel: `pair` gives what it returns, what is expected and what the error is relative to, or
/// nothing where the input is not one of its own. An expectation beyond the largest `f32` asks for that infinity.
fn sweep(kernel: &str, mut pair: impl FnMut(f32) -> Option<(f32, f64, f64)>) {
    let all = env::var_os("ELBOW_EXHAUSTIVE").is_some();
    let mut worst = Worst { inputs: 0, error: 0.0, at: 0.0 };
    for bits in (0..=u32::MAX).step_by(if all { 1 } else { 65_537 }) {
        let input = f32::from_bits(bits);
        let Some((got, expected, unit)) = pair(input) else { continue };
        worst.inputs += 1;
        let error = if f64::from(got) == expected || got == expected as f32 {
            0.0
        } else if got.is_finite() {
            (f64::from(got) - expected).abs() / unit.abs().max(f32::MIN_POSITIVE.into())
        } else {
            f64::INFINITY
        };
        // An unordered comparison: an error that is NaN is the worst.
        if !(error <= worst.error) {
            worst = Worst { error, at: input, ..worst };
        }
    }
    judge(kernel, &worst, all);
}

/// Within what the table allows and, of a sample, within what all inputs were measured to give.
fn judge(kernel: &str, worst: &Worst, all: bool) {
    let _writing = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let table = fs::read_to_string(TABLE).expect("the table");
    let line = table.lines().find(|line| line.split(',').next() == Some(kernel)).expect("a line for the kernel");
    let cells: std::vec::Vec<&str> = line.split(',').collect();
    let [_, allowed, measured, ..] = cells[..] else { panic!("{line}") };
    let Worst { inputs, error, at } = *worst;
    let allowed: f64 = allowed.parse().expect("a number");
    assert!(error <= allowed, "{kernel}: {error:e} of {allowed:e} at {at:e}, bits {:08x}", at.to_bits());
    if all {
        let now = format!("{kernel},{},{error:.3e},{at:e},{:08x},{inputs}", cells[1], at.to_bits());
        let lines = table.lines().map(|other| if other == line { now.clone() } else { other.to_owned() });
        fs::write(TABLE, lines.map(|line| line + "\n").collect::<String>()).expect("the table can be written");
    } else {
        // Three digits of the figure stand in the table, and none where all inputs have not been taken yet.
        let measured: f64 = if measured == "-" { allowed } else { measured.parse().expect("a number") };
        assert!(inputs > 8_000 && error <= measured * 1.001, "{kernel}: {error:e} at {at:e}, measured {measured:e}");
    }
}

/// u - ln(1 + u), without cancellation: its series near zero.
fn excess(u: f64) -> f64 {
    if u.abs() < 0.1 {
        let mut sum = 0.0;
        for k in (2..20).rev() {
            sum = 1.0 / f64::from(k) - u * sum;
        }
        u * u * sum
    } else {
        u - libm::log1p(u)
    }
}

/// p ln(p/q) - p + q.
fn divergence(p: f64, q: f64) -> f64 {
    let u = (q - p) / p;
    if p == 0.0 {
        q
    } else if u.abs() < 0.1 {
        p * excess(u)
    } else {
        p * libm::log(p / q) + (q - p)
    }
}

/// Of an error relative to the value itself.
fn to_itself(got: f32, expected: f64) -> Option<(f32, f64, f64)> {
    Some((got, expected, expected))
}

#[test]
fn u_minus_ln_1p_of_every_u() {
    sweep("u_minus_ln_1p", |u| {
        (u.abs() <= 0.5).then_some(()).and_then(|()| to_itself(u_minus_ln_1p(u), excess(u.into())))
    });
}

#[test]
fn ratio_term_of_every_ratio() {
    sweep("ratio_term", |x| {
        let possible = x.is_normal() && x > 0.0;
        if possible { to_itself(ratio_term(1.0, x), divergence(1.0, x.into())) } else { None }
    });
}

#[test]
fn divergence_term_of_every_probability() {
    let other = 0.3_f32;
    let weight = |x: f32| (0.0..=1.0).contains(&x);
    // Of any two numbers, and of two probabilities.
    for (name, of) in [("divergence_term", divergence_term as fn(f32, f32) -> f32), ("divergence::term", term)] {
        sweep(&format!("{name} of p"), |p| {
            if weight(p) { to_itself(of(p, other), divergence(p.into(), other.into())) } else { None }
        });
        sweep(&format!("{name} of q"), |q| {
            let possible = weight(q) && q > 0.0;
            if possible { to_itself(of(other, q), divergence(other.into(), q.into())) } else { None }
        });
    }
}

#[test]
fn entropy_term_of_every_probability() {
    sweep("surprisal_term", |p| {
        let (probability, wide) = ((0.0..=1.0).contains(&p), f64::from(p));
        let expected = if p == 0.0 { 0.0 } else { -wide * libm::log(wide) };
        if probability { to_itself(surprisal_term(p, p), expected) } else { None }
    });
}

#[test]
fn logarithm_of_every_number() {
    sweep("ln", |x| if x > 0.0 && x.is_finite() { to_itself(ln(x), libm::log(x.into())) } else { None });
}

#[test]
fn exponential_of_every_number() {
    sweep("exp", |x| if x.is_nan() { None } else { to_itself(exp_of_any(x), libm::exp(x.into())) });
}

#[test]
fn exponential_of_every_number_to_64() {
    sweep("exp_to_zero", |x| if x <= 64.0 { to_itself(exp_to_zero(x), libm::exp(x.into())) } else { None });
}

/// The power of two is exact.
#[test]
fn exponential_beside_that_of_a_larger_number() {
    let largest = 20.3_f32;
    let lift = lift(largest);
    let scale = libm::exp2(lift.into());
    sweep("exp_beside", |x| {
        let got = if x <= largest { exp_beside(x, lift) } else { None };
        got.and_then(|got| to_itself(got, scale * libm::exp(x.into())))
    });
}

#[test]
fn root_of_every_number() {
    let is_own = |x: f32| x >= f32::MIN_POSITIVE && x.is_finite();
    sweep("sqrt", |x| if is_own(x) { to_itself(sqrt(x), libm::sqrt(x.into())) } else { None });
}

#[test]
fn exponential_remainder_of_every_number() {
    sweep("exp_m1_minus", |x| {
        let wide = f64::from(x);
        let mut sum = 0.0;
        for k in (3..24).rev() {
            sum = (1.0 + sum) * wide / f64::from(k);
        }
        let expected = if x.abs() < 0.5 { 0.5 * wide * wide * (1.0 + sum) } else { libm::expm1(wide) - wide };
        if x.is_finite() { to_itself(exp_m1_minus(x), expected) } else { None }
    });
}

/// micromath's root and exponential at the ends of their ranges.
#[cfg(feature = "micromath")]
#[test]
fn coarse_functions_hold_to_their_ends() {
    use crate::real::{Real, sealed::Backend};
    use micromath::F32;
    let root = |x: f32| Backend::sqrt(F32(x)).0;
    for x in [f32::from_bits(1), 1e-42, 1e-40, 5e-39, f32::MIN_POSITIVE.next_down(), f32::MIN_POSITIVE, f32::MAX] {
        let error = f64::from(root(x)) / libm::sqrt(x.into()) - 1.0;
        assert!(error.abs() <= 1.74e-3, "{x:e}: {error:e}");
    }
    assert_eq!([root(0.0), root(-0.0)].map(f32::to_bits), [0.0, -0.0_f32].map(f32::to_bits));
    assert!([-1e-45, -1.0, f32::NEG_INFINITY, f32::NAN].into_iter().all(|x| root(x).is_nan()));
    let ends = [F32::LN_MAX.0, F32::LN_MAX.0.next_up()].map(|x| Backend::exp(F32(x)).0);
    assert!((3.3e38..f32::INFINITY).contains(&ends[0]) && ends[1] == f32::INFINITY, "{ends:?}");
}

/// A generator stuck at one word.
struct Stuck(u64);

impl TryRng for Stuck {
    type Error = Infallible;
    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(self.0 as u32)
    }
    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(self.0)
    }
    fn try_fill_bytes(&mut self, _: &mut [u8]) -> Result<(), Infallible> {
        Ok(())
    }
}

#[test]
fn normal_noise_of_every_word() {
    sweep("standard_normal", |bits| {
        let word = bits.to_bits();
        // The middle of what the word stands for: half a step of 2^-32 above it.
        let wide = (u64::from(word) << 32) | (1 << 31);
        to_itself(standard_normal(&mut Stuck(word.into())), standard_normal::<f64, _>(&mut Stuck(wide)))
    });
}

/// The score at every finite eta, up to where it stops; `reach` in words at the top.
fn score<S: Copy, D: Copy>(
    name: &str,
    (single, reading): (&impl Likelihood<f32, Reading = S>, S),
    (double, same): (&impl Likelihood<f64, Reading = D>, D),
    range: core::ops::RangeInclusive<f32>,
    reach: impl Fn(f64) -> f64,
) {
    single.check(reading).and(double.check(same)).expect("a reading");
    sweep(name, |eta| {
        if !eta.is_finite() {
            return None;
        }
        let got = single.derivatives(reading, eta).first;
        assert!(!got.is_nan(), "{name}: NaN at {eta:e}");
        let expected = double.derivatives(same, eta.into());
        let unit = expected.first.abs() + (expected.second * reach(eta.into())).abs();
        range.contains(&eta).then_some((got, expected.first, unit))
    });
}

/// The score of a likelihood in both scalars, from parameters and a reading that both hold exactly.
macro_rules! scores {
    ($($name:ident($make:expr, $single:expr, $double:expr, $range:expr, $reach:expr);)*) => {$(
        #[test]
        fn $name() {
            let (single, double) = ($make.expect("f32"), $make.expect("f64"));
            score(stringify!($name), (&single, $single), (&double, $double), $range, $reach);
        }
    )*};
}

scores! {
    normal_score(Normal::new(0.25), 1.5, 1.5, -8e37..=8e37, |_| 0.0);
    student_t_score(StudentT::new(0.5, 4.0), 1.5, 1.5, -2e37..=2e37, |eta| (eta - 1.5).abs());
    huber_score(Huber::new(0.5, 1.5), 1.5, 1.5, f32::MIN..=f32::MAX, |_| 0.0);
    learned_normal_score(LearnedNormal::new(0.25, 6.0), 1.5, 1.5, -2e37..=2e37, |eta| (eta - 1.5).abs());
    von_mises_score(VonMises::new(4.0), 1.5, 1.5, -8.3e6..=8.3e6, |_| 1.0);
    quantized_score(Quantized::new(1.0, 0.25), 2.0, 2.0, FAR..=-FAR, |eta| (eta - 2.0).abs() + 0.25);
    censored_score(Censored::new(0.5, -1.0, 2.0), 2.0, 2.0, FAR..=-FAR, |eta| (eta - 2.0).abs() + 0.5);
    poisson_score(Poisson::with_exposure(2.0), 7, 7, f32::MIN..=39.0, |_| 1.0);
    negative_binomial_score(NegativeBinomial::new(2.0), 7, 7, f32::MIN..=f32::MAX, |_| 1.0);
    gamma_score(Gamma::new(2.5), 1.5, 1.5, -38.0..=f32::MAX, |_| 1.0);
    bernoulli_score(Some(Bernoulli::new()), true, true, f32::MIN..=f32::MAX, |_| 0.0);
    probit_score(Some(Probit::new()), true, true, FAR..=-FAR, |eta| eta.abs());
}
