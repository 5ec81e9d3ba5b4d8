//! ln Phi under a belief that is wide against the noise, in closed form: four ramps.
//!
//! Few nodes cannot see the bend of ln Phi from a distance. Its slope lambda(t) = phi(t)/Phi(t) falls from -t to 0,
//! like a ramp with a rounded foot, and a sum of ramps rounded by normal noise approximates it:
//!
//! ```text
//! lambda(t) ~ sum a_j B(t - d_j, k_j),   B(x, k) = E max(-x - k eps, 0) = k phi(x/k) - x Phi(-x/k),   sum a_j = 1
//! ```
//!
//! The mean of a rounded ramp over t ~ N(mu, sigma^2) is one rounded more, B(mu - d, S), S^2 = k^2 + sigma^2, so that
//! with z = (mu - d)/S
//!
//! ```text
//! E lambda = sum a S (phi(z) - z Phi(-z))
//! its derivatives in mu: -sum a Phi(-z),   sum a phi(z)/S,   -sum a z phi(z)/S^2
//! E ln Phi = -sum a S^2 ((1 + z^2) Phi(-z) - z phi(z))/2
//! ```
//!
//! and Stein's identity turns those into every expectation that the solver wants. `tests/reference/ramps.py` fits a, d
//! and k so that the optimum of the ELBO of a half-line or an interval moves by 8e-5 of its standard deviation at most,
//! for priors of 1 to 100 standard deviations of the noise, near and far.

use super::normal_distribution::{density, excess, tail};
use crate::real::Real;

/// a, d and k^2 of one ramp.
struct Ramp<T> {
    share: T,
    foot: T,
    square: T,
}

fn ramps<T: Real>() -> [Ramp<T>; 4] {
    let ramp = |share, foot, square| Ramp { share, foot, square };
    [
        ramp(T::from_f64(0.02438652), T::from_f64(-9.89695845), T::from_f64(13.95185543)),
        ramp(T::from_f64(0.12374069), T::from_f64(-2.44624534), T::from_f64(2.97698879)),
        ramp(T::from_f64(0.48664454), T::from_f64(1.28476314), T::from_f64(0.76567836)),
        ramp(T::from_f64(0.36522825), T::from_f64(-0.06405768), T::from_f64(1.25613836)),
    ]
}

/// The mean of lambda over N(mu, sigma^2) and its first three derivatives in mu.
pub struct MeanSlope<T> {
    pub value: T,
    pub first: T,
    pub second: T,
    pub third: T,
}

/// Whether the ramps hold: sigma above one, mu not so far below zero that lambda is all but straight.
#[inline]
pub fn hold<T: Real>(mu: T, sigma: T) -> bool {
    sigma > T::ONE && sigma < T::from_f64(1e9) && mu > T::from_f64(-8.0)
}

/// Phi(-z), phi(z) and phi(z) - z Phi(-z).
#[inline]
fn rounded<T: Real>(z: T) -> (T, T, T) {
    let height = density(z);
    if z > T::ZERO {
        // phi - z Phi(-z) = C(z) Phi(-z).
        let below = tail(z);
        (below, height, excess(z) * below)
    } else {
        let below = T::ONE - tail(-z);
        (below, height, height - z * below)
    }
}

pub fn mean_slope<T: Real>(mu: T, sigma: T) -> MeanSlope<T> {
    let mut sums = MeanSlope { value: T::ZERO, first: T::ZERO, second: T::ZERO, third: T::ZERO };
    for Ramp { share, foot, square } in ramps::<T>() {
        let spread = (square + sigma * sigma).sqrt();
        let inverse = T::ONE / spread;
        let z = (mu - foot) * inverse;
        let (below, height, ramp) = rounded(z);
        let bend = share * height * inverse;
        sums.value += share * spread * ramp;
        sums.first += -(share * below);
        sums.second += bend;
        sums.third += -(bend * z * inverse);
    }
    sums
}

/// E ln Phi(t) over N(mu, sigma^2).
pub fn mean_log_distribution<T: Real>(mu: T, sigma: T) -> T {
    let mut sum = T::ZERO;
    for Ramp { share, foot, square } in ramps::<T>() {
        let spread = square + sigma * sigma;
        let z = (mu - foot) / spread.sqrt();
        let (below, _, ramp) = rounded(z);
        sum += share * spread * (below - z * ramp);
    }
    -(T::from_f64(0.5) * sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::likelihood::normal_distribution::{Truncated, log_distribution};

    /// E of (lambda, its derivative, ln Phi) over N(mu, sigma^2) by the trapezoidal rule.
    fn by_trapezoid(mu: f64, sigma: f64) -> [f64; 3] {
        let step = 0.1 / sigma.max(1.0);
        let count = (9.0 / step) as i32;
        let mut sums = [0.0; 3];
        for i in -count..=count {
            let eps = f64::from(i) * step;
            let t = mu + sigma * eps;
            let weight = step * density(eps);
            let Truncated { mean, lost } = Truncated::below(t);
            for (sum, term) in sums.iter_mut().zip([mean, -lost, log_distribution(t)]) {
                *sum += weight * term;
            }
        }
        sums
    }

    #[test]
    fn ramps_equal_the_integrals() {
        for sigma in [1.01, 2.0, 6.0, 30.0] {
            for k in -4..=12 {
                let mu = 0.25 * f64::from(k) * sigma;
                if !hold(mu, sigma) {
                    continue;
                }
                let at = mean_slope(mu, sigma);
                let got = [at.value, at.first, mean_log_distribution(mu, sigma)];
                for (got, expected) in got.into_iter().zip(by_trapezoid(mu, sigma)) {
                    assert!((got / expected - 1.0).abs() < 8e-4, "{mu} {sigma}: {got} for {expected}");
                }
            }
        }
    }

    #[test]
    fn derivatives_are_those_of_the_value() {
        for (mu, sigma) in [(-3.0, 1.2), (0.4, 2.0), (9.0, 5.0)] {
            let h = 1e-4;
            let (above, at, below) = (mean_slope(mu + h, sigma), mean_slope(mu, sigma), mean_slope(mu - h, sigma));
            for (got, upper, lower) in [
                (at.first, above.value, below.value),
                (at.second, above.first, below.first),
                (at.third, above.second, below.second),
                (-at.value, -mean_log_distribution(mu + h, sigma), -mean_log_distribution(mu - h, sigma)),
            ] {
                assert!((got - (upper - lower) / (2.0 * h)).abs() < 1e-7, "{mu} {sigma}: {got}");
            }
        }
    }
}
