//! Stirling's error, what Stirling's formula leaves of ln Gamma.
//!
//! ```text
//! ln Gamma(x + 1) = (x + 1/2) ln x - x + ln(2 pi)/2 + delta(x)
//! delta(x) = 1/(12 x) - 1/(360 x^3) + 1/(1260 x^5) - ...
//! ```
//!
//! A normaliser written in delta has no large terms left to cancel (Loader 2000). Below the reach of the series, with t
//! = 1/(2 x + 1),
//!
//! ```text
//! delta(x) - delta(x + 1) = (x + 1/2) ln(1 + 1/x) - 1 = atanh(t)/t - 1 = t^2/3 + t^4/5 + ...
//! ```

use crate::log_ratio::ln_ratio;
use crate::real::{Real, horner};

/// delta of a count from 1 on.
pub fn of_count<T: Real>(count: u32) -> T {
    if let Some(&error) = T::STIRLING.get((count as usize).wrapping_sub(1)) {
        return error;
    }
    let inverse = T::ONE / T::from_u32(count);
    let square = inverse * inverse;
    horner!(square; 1.0 / 1188.0, -1.0 / 1680.0, 1.0 / 1260.0, -1.0 / 360.0, 1.0 / 12.0) * inverse
}

/// delta of a positive normal number: at most four steps of the recurrence for 24 bits, nine for 53.
pub fn of<T: Real>(x: T) -> T {
    let half = T::from_f64(0.5);
    let mut x = x;
    let mut sum = T::ZERO;
    if x < T::ONE {
        sum = (x + half) * ln_ratio(x, x + T::ONE) - T::ONE;
        x += T::ONE;
    }
    for _ in 0..8 {
        if x < T::from_f64(if T::DOUBLE { 8.0 } else { 4.0 }) {
            let t = half / (x + half);
            sum += step(t * t);
            x += T::ONE;
        }
    }
    let inverse = T::ONE / x;
    let square = inverse * inverse;
    let series = if T::DOUBLE {
        horner!(square; -3617.0 / 122_400.0, 1.0 / 156.0, -691.0 / 360_360.0, 1.0 / 1188.0, -1.0 / 1680.0,
            1.0 / 1260.0, -1.0 / 360.0, 1.0 / 12.0)
    } else {
        horner!(square; 1.0 / 1188.0, -1.0 / 1680.0, 1.0 / 1260.0, -1.0 / 360.0, 1.0 / 12.0)
    };
    series * inverse + sum
}

/// atanh(t)/t - 1 for t^2 <= 1/9.
fn step<T: Real>(square: T) -> T {
    let sum = if T::DOUBLE {
        horner!(square; 1.0 / 35.0, 1.0 / 33.0, 1.0 / 31.0, 1.0 / 29.0, 1.0 / 27.0, 1.0 / 25.0, 1.0 / 23.0, 1.0 / 21.0,
            1.0 / 19.0, 1.0 / 17.0, 1.0 / 15.0, 1.0 / 13.0, 1.0 / 11.0, 1.0 / 9.0, 1.0 / 7.0, 1.0 / 5.0, 1.0 / 3.0)
    } else {
        horner!(square; 1.0 / 17.0, 1.0 / 15.0, 1.0 / 13.0, 1.0 / 11.0, 1.0 / 9.0, 1.0 / 7.0, 1.0 / 5.0, 1.0 / 3.0)
    };
    square * sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gaussian::LN_TAU;

    #[test]
    fn series_joins_the_table() {
        // ln 16! - (16 + 1/2) ln 16 + 16 - ln(2 pi)/2, from ln 16! = 30.671860106080672.
        let expected = 30.671_860_106_080_672 - 16.5 * libm::log(16.0) + 16.0 - 0.5 * LN_TAU;
        assert!((of_count::<f64>(16) - expected).abs() < 1e-14);
    }

    #[test]
    fn numbers_and_counts_agree() {
        for count in 1..=40 {
            let (double, single) = (of_count::<f64>(count), of_count::<f64>(count) as f32);
            assert!((of(f64::from(count)) - double).abs() < 2e-16, "{count}");
            assert!((of(count as f32) - single).abs() < 4e-7 * single, "{count}");
        }
    }

    /// Against ln Gamma itself, whose large terms cancel to a few units in the last place of themselves.
    #[test]
    fn fractions_follow_log_gamma() {
        for x in [1e-3, 0.01, 0.1, 0.5, 0.999, 1.001, 1.7, 2.5, 3.9, 4.1, 6.6, 7.99, 8.01, 12.3] {
            let expected = libm::lgamma(x + 1.0) - (x + 0.5) * libm::log(x) + x - 0.5 * LN_TAU;
            assert!((of(x) - expected).abs() < 1e-14, "{x}: {:e} for {expected:e}", of(x));
            assert!((f64::from(of(x as f32)) - of(f64::from(x as f32))).abs() < 2e-7 * expected.max(1.0), "{x}");
        }
    }
}
