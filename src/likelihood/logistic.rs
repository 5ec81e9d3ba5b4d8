//! The logistic function q(x) = 1/(1 + e^-x), ln(1 + e^x), and their averages under a wide normal distribution.
//!
//! Where N(m, s^2) is wide against q, or where q grows like e^x beneath it, a few Gauss-Hermite nodes do not see it.
//! The trapezoidal rule does. Its points are centred on the peak of e^-(eps^2)/2 q(m + s eps), m <= 0, which lies
//! between eps = 0 and eps = s; with step h in eps its error is about e^(-2 pi^2/(h s) + pi^2/(2 s^2)), from the poles
//! of q at x = +-i pi, or e^(-2 pi^2/h^2), from the weight. q(-x) = 1 - q(x) mirrors m > 0.

use crate::real::Real;

/// q(x) and q(-x) from one exponential, each relative to its own size.
#[inline]
pub fn shares<T: Real>(x: T) -> (T, T) {
    let small = (-x.abs()).exp();
    let large = T::ONE / (T::ONE + small);
    if x < T::ZERO { (small * large, large) } else { (large, small * large) }
}

/// ln(1 + e^x).
#[inline]
pub fn softplus<T: Real>(x: T) -> T {
    x.max(T::ZERO) + (-x.abs()).exp().ln_1p()
}

/// Averages over x = m + s eps, eps standard normal, with q' = q(x) q(-x).
pub struct Averages<T> {
    /// E q(x) for m <= 0, E q(-x) for m > 0.
    pub smaller: T,
    /// E q'.
    pub slope: T,
    /// E[q' eps].
    pub slope_noise: T,
    /// E[q' eps^2].
    pub slope_noise_squared: T,
}

/// The averages for s > 1/2; none below, where nodes are exact to 1e-4.
pub fn averages<T: Real>(mean: T, std_dev: T) -> Option<Averages<T>> {
    let mut sums = Averages { smaller: T::ZERO, slope: T::ZERO, slope_noise: T::ZERO, slope_noise_squared: T::ZERO };
    for_each_point(mean, std_dev, |noise, weight, x| {
        let (q, rest) = shares(x);
        let slope = weight * q * rest;
        sums.smaller += weight * q;
        sums.slope += slope;
        sums.slope_noise += slope * noise;
        sums.slope_noise_squared += slope * noise * noise;
    })?;
    if mean > T::ZERO {
        sums.slope_noise = -sums.slope_noise;
    }
    Some(sums)
}

/// E ln(1 + e^x) less ln(1 + e^m), for s > 1/2.
pub fn softplus_gain<T: Real>(mean: T, std_dev: T) -> Option<T> {
    // The same for -x: ln(1 + e^x) and ln(1 + e^-x) differ by x, whose average is m.
    let mut average = T::ZERO;
    for_each_point(mean, std_dev, |_, weight, x| average += weight * softplus(x))?;
    Some(average - softplus(-mean.abs()))
}

/// Visits noise, weight and x of every point, for -|m|: 14 of them (`f64`: 17), above s = 5/3 eight times s (9.6
/// times), at most 193, which covers s to 24 (20).
fn for_each_point<T: Real>(mean: T, std_dev: T, mut visit: impl FnMut(T, T, T)) -> Option<()> {
    let half = T::from_f64(0.5);
    if !(std_dev > half && std_dev.is_finite() && mean.is_finite()) {
        return None;
    }
    let mean = -mean.abs();
    let centre = (-mean / std_dev).min(std_dev);
    let reach = T::from_f64(if T::DOUBLE { 6.0 } else { 5.0 });
    let step = (T::from_f64(1.25) / std_dev).min(T::from_f64(0.75)).max(reach * T::from_f64(1.0 / 96.0));
    let scale = step * T::from_f64(INVERSE_SQRT_TAU);
    for i in 0..=192 {
        let offset = T::from_i32(i) * step - reach;
        if offset > reach {
            break;
        }
        let noise = centre + offset;
        visit(noise, scale * (-(half * noise * noise)).exp(), mean + std_dev * noise);
    }
    Some(())
}

/// 1/sqrt(2 pi).
const INVERSE_SQRT_TAU: f64 = 0.398_942_280_401_432_7;

#[cfg(test)]
mod tests {
    use super::*;

    /// The same integrals with a step of 1/100, and far enough out for the peak of e^x.
    fn integrals(mean: f64, std_dev: f64) -> [f64; 5] {
        let mut sums = [0.0; 5];
        for i in -4000..=4000 {
            let eps = f64::from(i) / 100.0;
            let weight = libm::exp(-0.5 * eps * eps) * INVERSE_SQRT_TAU / 100.0;
            let x = mean + std_dev * eps;
            let (q, rest) = (1.0 / (1.0 + libm::exp(-x)), 1.0 / (1.0 + libm::exp(x)));
            let slope = q * rest;
            let towards = if mean > 0.0 { -x } else { x };
            let softplus = if towards > 30.0 { towards } else { libm::log1p(libm::exp(towards)) };
            let smaller = if mean > 0.0 { rest } else { q };
            for (sum, term) in sums.iter_mut().zip([smaller, slope, slope * eps, slope * eps * eps, softplus]) {
                *sum += weight * term;
            }
        }
        sums
    }

    fn errors<T: Real + Into<f64>>(mean: f64, std_dev: f64) -> [f64; 5] {
        let (m, s) = (T::from_f64(mean), T::from_f64(std_dev));
        let (got, gain) = (averages(m, s).unwrap(), softplus_gain(m, s).unwrap());
        let [smaller, slope, noise, squared, softplus_mean] = integrals(m.into(), s.into());
        let size = slope * (1.0 + std_dev) + squared;
        [
            (got.smaller.into() - smaller) / smaller,
            (got.slope.into() - slope) / slope,
            (got.slope_noise.into() - noise) / size,
            (got.slope_noise_squared.into() - squared) / size,
            (gain.into() + softplus(-m.abs()).into() - softplus_mean) / softplus_mean,
        ]
    }

    #[test]
    fn averages_equal_the_integrals() {
        let mut worst = [0.0_f64; 2];
        for std_dev in [0.501, 0.6, 0.8, 1.0, 1.3, 1.6, 2.0, 3.0, 4.0, 9.0, 15.0, 20.0] {
            for mean in [-30.0, -9.0, -2.0, 0.0, 0.7, 5.0, 12.0] {
                for error in errors::<f64>(mean, std_dev) {
                    worst[0] = worst[0].max(error.abs());
                }
                for error in errors::<f32>(mean, std_dev) {
                    worst[1] = worst[1].max(error.abs());
                }
            }
        }
        assert!(worst[0] < 5e-5 && worst[1] < 5e-5, "{worst:?}");
    }

    #[test]
    fn a_narrow_belief_is_left_to_nodes() {
        assert!(averages(0.0_f32, 0.5).is_none() && averages(0.0_f32, f32::INFINITY).is_none());
        assert!(softplus_gain(f64::NAN, 1.0).is_none());
    }
}
