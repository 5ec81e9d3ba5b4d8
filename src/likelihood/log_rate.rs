//! Likelihoods c + n x - R e^x with x = u + s eps normal: what Poisson and gamma readings share.
//!
//! The score is n - R e^x, and its expectation n - r with r = R exp(u + v/2), v = s^2. The optimum of the ELBO is
//! therefore u = u0 + v0 (n - r), v = 1/(1/v0 + r), and with omega = v0 r one equation is left,
//!
//! ```text
//! ln omega + omega - v0/(2 (1 + omega)) = u0 + ln R + ln v0 + v0 n
//! ```
//!
//! a Wright omega function but for the term in v, increasing in ln omega with a slope above one: Newton's method solves
//! it, with one exponential a step and no quadrature.

use super::Optimum;
use crate::log_ratio::ln;
use crate::real::Real;

/// scale e^x for a positive scale: by halves where e^x is no normal number, as the rounding of x + ln(scale) would cost
/// |x| units in the last place.
#[inline]
pub fn intensity<T: Real>(scale: T, x: T) -> T {
    if x.abs() < T::LN_MAX - T::from_f64(2.0) {
        x.exp() * scale
    } else {
        let root = (T::from_f64(0.5) * x).exp();
        root * scale * root
    }
}

/// The optimum for n = `count` >= 0 and a finite u0 + ln R = `offset`: 2 to 6 exponentials for priors with v0 from 1e-3
/// to 100, never more than 21. A shift of minus infinity where the rate cannot be told from infinity.
pub fn optimum<T: Real>(count: T, offset: T, variance: T) -> Optimum<T> {
    let half = T::from_f64(0.5);
    let pull = variance * count;
    let target = offset + ln(variance) + pull;
    // Without the term in v this is Wright's omega: c - ln c for large c, e^c for small.
    let c = target + half * variance / (T::ONE + target.max(T::ZERO));
    let mut log_omega = if c > T::ONE { ln(c - ln(c)) } else { c };
    let mut omega = log_omega.exp();
    for _ in 0..20 {
        let inverse = T::ONE / (T::ONE + omega);
        let spread = half * variance * inverse;
        let slope = T::ONE + omega + spread * omega * inverse;
        let step = ((target - log_omega) - (omega - spread)) / slope;
        log_omega += step;
        omega = log_omega.exp();
        if !(step * step > T::EPSILON) {
            break;
        }
    }
    if !(omega < T::INFINITY) {
        return Optimum { shift: -T::INFINITY, gain: T::ONE, variance: T::ZERO };
    }
    let inverse = T::ONE / (T::ONE + omega);
    let posterior = variance * inverse;
    // v0 (n - r) loses digits where omega is large, ln r - v/2 where the offset is.
    let shift =
        if omega < T::ONE + offset.abs() { pull - omega } else { log_omega - ln(variance) - offset - half * posterior };
    Optimum { shift, gain: (omega * inverse).min(T::ONE), variance: posterior }
}
