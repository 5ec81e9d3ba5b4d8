//! The standard normal distribution function Phi, its differences and their derivatives, right in both tails.
//!
//! Everything is built on the excess of the inverse Mills ratio, a positive decreasing function,
//!
//! ```text
//! C(x) = lambda(x) - x,   lambda(x) = phi(x)/Phi(-x),   x >= 0        (sqrt(2/pi) at zero, 1/x - 2/x^3 + ... far out)
//! ```
//!
//! because lambda = x + C, the tail Phi(-x) = phi(x)/lambda and the curvature lambda C of ln Phi(-x) then come without
//! a difference of near numbers. (x + sqrt(pi/2)) C(x) is a rational function of t = (x - K)/(x + K), after Shepherd
//! and Laframboise (1981, Math. Comp. 36, 249-253); `tests/reference/mills.py` prints it and its error, 7.4e-9 for
//! 24 bits and 9.6e-19 for 53.
//!
//! A normal z known to lie in an interval (a, b), centre c >= 0 and width w = b - a, has with P = Phi(b) - Phi(a)
//!
//! ```text
//! mean m = (phi(a) - phi(b))/P,     1 - variance = m^2 + (b phi(b) - a phi(a))/P
//! ```
//!
//! and phi(b) = phi(a) e^(-c w). Three forms of these have no cancellation where they are used:
//!
//! ```text
//! a <= 0           P = 1 - Phi(a) - Phi(-b); every term of the other two is positive
//! a > 0, cw >= 1   r = e^(-cw) lambda(a)/lambda(b), P = phi(a) (1 - r)/lambda(a), m = (1 - e^(-cw)) lambda(a)/(1 - r),
//!                  1 - variance = m (m - a) + e^(-cw) w lambda(a)/(1 - r), m - a = (C(a) - r (C(b) + w))/(1 - r)
//! cw < 1, w^2 < 2  moments of e^(-ku - qu^2) over (-1, 1), z = c + w u/2, k = cw/2, q = w^2/8, by power series
//! ```

use super::Derivatives;
use crate::gaussian::LN_TAU;
use crate::log_ratio::ln;
use crate::real::{Real, horner};

/// The largest number of standard deviations that is told from infinity.
#[inline]
fn most<T: Real>() -> T {
    T::MAX * T::from_f64(0.125)
}

/// A number of standard deviations, +-[`most`] where it is beyond.
#[inline]
pub fn bounded<T: Real>(x: T) -> T {
    let most = most();
    if x > most {
        most
    } else if x < -most {
        -most
    } else {
        x
    }
}

/// C(x) = phi(x)/Phi(-x) - x for 0 <= x <= [`most`].
#[inline]
pub fn excess<T: Real>(x: T) -> T {
    let shifted = x + T::from_f64(1.253_314_137_315_500_3);
    if T::DOUBLE {
        let t = (x - T::from_f64(4.0)) / (x + T::from_f64(4.0));
        let numerator = horner!(t; -0.0000120616108612577939, 0.000222032521027515681, -0.00137419153976960876,
            0.00786626015899517499, -0.0178836451505461917, 0.0579759386752083805, -0.0182410702322134893,
            0.0664851367783739388, 0.396084636680388359, -0.346533181999322817, 1.35262677667491343,
            -0.662837550496861636, 1.18518520162591914);
        let denominator = horner!(t; 2.7102400628249156e-6, 8.92687022884015926e-7, 0.000457411010513597713,
            -0.00043383073998014822, 0.0123829694445216644, -0.0119257764491703602, 0.122444453911947139,
            -0.0991720352710245724, 0.55650343689171418, -0.338186014005808375, 1.20459466494907098,
            -0.427104600583618871, 1.0);
        numerator / denominator / shifted
    } else {
        let t = (x - T::from_f64(3.5)) / (x + T::from_f64(3.5));
        let numerator = horner!(t; -0.00347873477201215842, 0.0220259963456842704, -0.0219272129162441251,
            0.135800267427968064, 0.435952134269265167, 0.0874314541758533386, 1.19494164442356989);
        let denominator = horner!(t; -0.000545948596348352388, 0.0628108149221483722, 0.0599905759606853329,
            0.542677020649132708, 0.185813090364689401, 1.0);
        numerator / denominator / shifted
    }
}

/// phi(x).
#[inline]
pub fn density<T: Real>(x: T) -> T {
    T::from_f64(0.398_942_280_401_432_7) * (-(T::from_f64(0.5) * x * x)).exp()
}

/// Phi(-x) for x >= 0.
#[inline]
pub fn tail<T: Real>(x: T) -> T {
    density(x) / (x + excess(x))
}

/// ln phi(x); minus infinity where the square overflows.
#[inline]
pub fn log_density<T: Real>(x: T) -> T {
    let half = T::from_f64(0.5);
    -(half * x * x) - half * T::from_f64(LN_TAU)
}

/// ln Phi(t).
pub fn log_distribution<T: Real>(t: T) -> T {
    if t < T::ZERO { log_density(t) - ln(excess(-t) - t) } else { (-tail(t)).ln_1p() }
}

/// What is known of z standard normal, given where it lies.
pub struct Truncated<T> {
    /// The magnitude of its mean.
    pub mean: T,
    /// One less its variance: minus the second derivative of the log probability in a shift of z.
    pub lost: T,
}

impl<T: Real> Truncated<T> {
    /// z < t, whose mean is -phi(t)/Phi(t): the inverse Mills ratio.
    #[inline]
    pub fn below(t: T) -> Self {
        if t < T::ZERO {
            let excess = excess(-t);
            let mean = excess - t;
            Self { mean, lost: mean * excess }
        } else {
            let mean = density(t) / (T::ONE - tail(t));
            Self { mean, lost: mean * (t + mean) }
        }
    }

    /// The derivatives in eta of a log probability that eta raises or not, from units of the standard deviation. The
    /// first is capped at MAX/8.
    #[inline]
    pub fn derivatives(&self, raises: bool, std_dev: T) -> Derivatives<T> {
        let mean = self.mean.min(most::<T>() * std_dev.min(T::ONE));
        let slope = mean / std_dev;
        Derivatives { first: if raises { slope } else { -slope }, second: -(self.lost / std_dev / std_dev) }
    }
}

/// An interval (a, b) on the axis of z, mirrored where needed so that its centre is not negative.
pub struct Interval<T> {
    /// a
    lower: T,
    /// c
    centre: T,
    /// b
    upper: T,
    /// w
    width: T,
}

/// Integrals over (0, 1) of e^(-q u^2) times cosh(ku), u sinh(ku) and u^2 cosh(ku).
struct Moments<T> {
    zeroth: T,
    first: T,
    second: T,
}

impl<T: Real> Interval<T> {
    /// The interval of this width whose centre is this far away, both in the unit of `std_dev`.
    #[inline]
    pub fn at(distance: T, width: T, std_dev: T) -> Self {
        let half = T::from_f64(0.5) * width;
        Self {
            lower: bounded((distance - half) / std_dev),
            centre: bounded(distance / std_dev),
            upper: bounded((distance + half) / std_dev),
            width: width / std_dev,
        }
    }

    /// c w
    #[inline]
    fn tilt(&self) -> T {
        self.centre * self.width
    }

    #[inline]
    fn is_narrow(&self) -> bool {
        self.tilt() < T::ONE && self.width * self.width < T::from_f64(2.0)
    }

    /// e^(-cw) and 1 - e^(-cw).
    #[inline]
    fn fall(&self) -> (T, T) {
        let tilt = self.tilt();
        if tilt < T::ONE {
            let fall = -(-tilt).exp_m1();
            (T::ONE - fall, fall)
        } else {
            let left = (-tilt).exp();
            (left, T::ONE - left)
        }
    }

    /// At most 13 terms. With e^(ku - qu^2) = sum H_n u^n, n H_n = k H_(n-1) - 2q H_(n-2).
    fn moments(&self) -> Moments<T> {
        let k = T::from_f64(0.5) * self.tilt();
        let twice_q = T::from_f64(0.25) * (self.width * self.width);
        let mut reciprocal = T::from_f64(1.0 / 3.0);
        let (mut even, mut odd) = (T::ONE, k);
        let mut sums = Moments { zeroth: T::ONE, first: k * reciprocal, second: reciprocal };
        for i in 1..13 {
            let n = T::from_u32(2 * i);
            even = (k * odd - twice_q * even) / n;
            odd = (k * even - twice_q * odd) * reciprocal;
            sums.zeroth += even * reciprocal;
            reciprocal = T::ONE / (n + T::from_f64(3.0));
            sums.first += odd * reciprocal;
            sums.second += even * reciprocal;
            if even.abs() + odd.abs() < T::from_f64(0.125) * T::EPSILON {
                break;
            }
        }
        sums
    }

    /// ln(Phi(b) - Phi(a)); minus infinity where the square of the distance overflows.
    pub fn log_probability(&self) -> T {
        if self.is_narrow() {
            log_density(self.centre) + ln(self.width) + ln(self.moments().zeroth)
        } else if self.lower > T::ZERO {
            let (left, _) = self.fall();
            let (near, far) = (self.lower + excess(self.lower), self.upper + excess(self.upper));
            log_density(self.lower) - ln(near) + (-(left * (near / far))).ln_1p()
        } else {
            (-(tail(-self.lower) + tail(self.upper))).ln_1p()
        }
    }

    /// z in the interval.
    pub fn truncated(&self) -> Truncated<T> {
        if self.is_narrow() {
            let half = T::from_f64(0.5) * self.width;
            let moments = self.moments();
            let (shift, square) = (moments.first / moments.zeroth, moments.second / moments.zeroth);
            let variance = half * half * (square - shift * shift);
            return Truncated { mean: self.centre - half * shift, lost: T::ONE - variance };
        }
        let (left, fall) = self.fall();
        if self.lower > T::ZERO {
            let (above_near, above_far) = (excess(self.lower), excess(self.upper));
            let near = self.lower + above_near;
            let ratio = left * (near / (self.upper + above_far));
            let inverse = T::ONE / (T::ONE - ratio);
            let mean = fall * near * inverse;
            let beyond = (above_near - ratio * (above_far + self.width)) * inverse;
            Truncated { mean, lost: mean * beyond + left * self.width * near * inverse }
        } else {
            let inside = T::ONE - (tail(-self.lower) + tail(self.upper));
            let height = density(self.lower) / inside;
            let mean = height * fall;
            Truncated { mean, lost: mean * mean + height * (left * self.upper - self.lower) }
        }
    }
}
