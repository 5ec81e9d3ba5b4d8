//! The moments of a normal number that stops at two rails.
//!
//! With R(t) = E max(z + t, 0) = phi(t) + t Phi(t) and S(t) = E max(z + t, 0)^2 = (1 + t^2) Phi(t) + t phi(t) for a
//! standard normal z, and x ~ N(m, s^2) between L and U, t = (m - U)/s <= 0, r = (L - m)/s <= 0,
//!
//! ```text
//! mean - m = s (R(r) - R(t)),   E (y - m)^2 = s^2 [1 - S(t) + 2 t R(t) - S(r) + 2 r R(r)]
//! ```
//!
//! and for m beyond the upper rail, now with t > 0 and w = (U - L)/s,
//!
//! ```text
//! mean - U = -s (R(-t) - R(r)),   E (y - U)^2 = s^2 [S(-t) - S(r) - 2 w R(r)]
//! ```
//!
//! R(-x) = C(x) Phi(-x) and S(-x) = (1 - x C(x)) Phi(-x), C(x) = phi(x)/Phi(-x) - x, keep their digits in the tail.
//! Between rails that are nearer than s, those differ by little, and five Gauss-Legendre nodes do better (in `f64` four
//! times five), with t of either sign:
//!
//! ```text
//! mean - U = -s int_0^w Phi(-t - z) dz,   E (y - U)^2 = 2 s^2 int_0^w z Phi(-t - z) dz
//! ```

use super::Innovation;
use super::normal_distribution::{bounded, excess, tail};
use crate::constants::for_each_node;
use crate::real::Real;

/// The mean and the mean square about the upper rail, `beyond` which the prediction lies by so many standard
/// deviations, the lower rail being `width` away.
fn between<T: Real>(beyond: T, width: T) -> (T, T) {
    let panels = if T::DOUBLE { 4 } else { 1 };
    let part = width / T::from_i32(panels);
    let half = T::from_f64(0.5) * part;
    let (mut first, mut second) = (T::ZERO, T::ZERO);
    for panel in 0..panels {
        let centre = half + T::from_i32(panel) * part;
        for_each_node(&T::LEGENDRE_5, |node, weight| {
            let depth = centre + half * node;
            let x = beyond + depth;
            let below = if x < T::ZERO { T::ONE - tail(-x) } else { tail(x) };
            first += weight * below;
            second += weight * depth * below;
        });
    }
    (-(half * first), part * second)
}

/// R(-x) and S(-x), x >= 0.
fn ramps<T: Real>(x: T) -> (T, T) {
    let (tail, excess) = (tail(x), excess(x));
    (tail * excess, tail * (T::ONE - x * excess))
}

/// The innovation of a reading of N(mean, std_dev^2) that stops at the rails. Where the prediction is all but certain
/// of a rail, the standard deviation is a thousandth of the unclipped one.
pub fn innovation<T: Real>(reading: T, mean: T, std_dev: T, [lower, upper]: [T; 2]) -> Option<Innovation<T>> {
    let reading = reading.max(lower).min(upper);
    if mean < lower {
        // Mirrored.
        let mirrored = innovation(-reading, -mean, std_dev, [-upper, -lower])?;
        return Some(Innovation { value: -mirrored.value, ..mirrored });
    }
    let below = bounded((mean - lower) / std_dev).max(T::ZERO);
    let width = bounded((upper - lower) / std_dev);
    let (reference, offset, square) = if width < T::ONE {
        let (offset, square) = between(bounded((mean - upper) / std_dev), width);
        (upper, offset, square)
    } else if mean <= upper {
        let above = bounded((upper - mean) / std_dev);
        let ((r, s), (t, u)) = (ramps(below), ramps(above));
        (mean, r - t, T::ONE - s - (below + below) * r - u - (above + above) * t)
    } else {
        let ((r, s), (t, u)) = (ramps(below), ramps(bounded((mean - upper) / std_dev)));
        (upper, r - t, u - s - (width + width) * r)
    };
    let variance = (square - offset * offset).max(T::from_f64(1e-6));
    Innovation::checked((reading - reference) - std_dev * offset, std_dev * variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Against the trapezoidal rule.
    #[test]
    fn moments_equal_their_integrals() {
        let mut worst = 0.0_f64;
        for mean in [-9.0, -3.0, -1.0, -0.2, 0.0, 0.7, 1.0, 1.6, 4.0, 12.0] {
            for std_dev in [0.3, 1.0, 2.5] {
                for rails in [[-1.0, 1.0], [0.0, 0.25], [-1e30, 1.0], [-2.0, 1e30]] {
                    let at = |i: i32| mean + std_dev * 0.001 * f64::from(i);
                    let weight =
                        |i: i32| (-0.5e-6 * f64::from(i).powi(2)).exp() * 0.001 / core::f64::consts::TAU.sqrt();
                    let sum = |f: &dyn Fn(f64) -> f64| -> f64 {
                        (-9000..=9000).map(|i| weight(i) * f(at(i).clamp(rails[0], rails[1]))).sum()
                    };
                    let expected = sum(&|y| y);
                    let spread = sum(&|y| (y - expected).powi(2)).sqrt().max(1e-3 * std_dev);
                    let [low, high] = rails.map(|rail: f64| rail.clamp(-5.0, 5.0));
                    for reading in [low, 0.5 * (low + high), high] {
                        let got = innovation(reading, mean, std_dev, rails).unwrap();
                        let single = rails.map(|rail| rail as f32);
                        let single = innovation(reading as f32, mean as f32, std_dev as f32, single).unwrap();
                        assert!((got.value - (reading - expected)).abs() < 1e-6, "{mean} {std_dev} {rails:?}");
                        assert!((got.std_dev / spread - 1.0).abs() < 1e-3, "{mean} {std_dev} {rails:?} {spread}");
                        worst = worst.max((f64::from(single.std_dev) / got.std_dev - 1.0).abs());
                        assert!((f64::from(single.value) - got.value).abs() < 2e-6 * (1.0 + mean.abs()));
                    }
                }
            }
        }
        assert!(worst < 3e-6, "{worst:e}");
    }

    /// Rails of every distance, about the one where the form changes too.
    #[test]
    fn near_rails_cost_no_digits() {
        let mut worst = 0.0_f64;
        for step in 1..300 {
            let width = 0.01 * step as f32;
            for mean in [-1.0, 0.02, 0.2, 0.5, 1.3] {
                let single = innovation(0.0_f32, mean, 1.0, [0.0, width]).unwrap();
                let double = innovation(0.0_f64, mean.into(), 1.0, [0.0, width.into()]).unwrap();
                worst = worst.max((f64::from(single.std_dev) / double.std_dev - 1.0).abs());
            }
        }
        assert!(worst < 1e-6, "{worst:e}");
    }
}
