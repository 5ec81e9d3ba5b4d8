//! Readings that are now and then wrong by far: Student's t around eta.
//!
//! With r = (eta - y)/scale and nu degrees of freedom,
//!
//! ```text
//! log p = c - ln scale - (nu + 1)/2 ln(1 + r^2/nu),     c = ln Gamma((nu + 1)/2) - ln Gamma(nu/2) - ln(nu pi)/2
//! g = -(nu + 1)/(r + nu/r)/scale,     h = -(nu + 1)(nu - r^2)/(nu + r^2)^2/scale^2
//! ```
//!
//! A belief wide against the scale hides the peak of the likelihood from any fixed set of nodes, but not from the
//! Faddeeva function w: with a = scale sqrt(nu) and zeta = (i a - (u - y))/(s sqrt 2), the mean of 1/(x - i a) over x =
//! u - y + s eps is i sqrt(pi)/(s sqrt 2) w(zeta), so that
//!
//! ```text
//! E g = (nu + 1) Re tau,   tau = -i sqrt(pi)/(s sqrt 2) w(zeta),   E h = dE g/du,   w' = -2 zeta w + 2i/sqrt(pi)
//! E[g eps] = s E h,   E[h eps] = s dE h/du,   E[h eps^2] = E h + s^2 d^2 E h/du^2
//! ```
//!
//! w by Weideman (1994, SIAM J. Numer. Anal. 31, eq. 38) with N = 16, within 4.3e-7 over the upper half plane.

use super::{Derivatives, Expectations, Innovation, Likelihood, check_positive, check_reading};
use crate::constants::for_each_node;
use crate::error::Error;
use crate::gaussian::LN_TAU;
use crate::log_ratio::ln;
use crate::real::{Real, horner};

/// A reading with heavy-tailed noise: y = eta + scale t, t Student-t with nu degrees of freedom.
///
/// Far readings lose their weight instead of dragging the belief along. nu = 4 is a good start; nu = 1 is Cauchy noise;
/// above 30 it is all but normal with variance scale^2.
///
/// # Accuracy
/// [Every figure](crate::accuracy#student_t).
/// Error of the value up to 2.5e-7 for `f32`, 6.4e-16 for `f64`, relative to its largest term; of the derivatives
/// 3.6e-7 and 6.8e-16.
///
/// Source: Lange, Little and Taylor (1989), *Journal of the American Statistical Association* 84, 881-896; averages by
/// the Faddeeva function, Weideman (1994), *SIAM Journal on Numerical Analysis* 31, eq. 38.
///
/// ```
/// use elbow::likelihood::{Likelihood, StudentT};
/// let range = StudentT::new(0.1_f32, 4.0)?; // metres
/// let (near, far) = (range.derivatives(2.1, 2.0), range.derivatives(9.0, 2.0));
/// assert!(near.first > far.first && far.first > 0.0);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StudentT<T> {
    scale: T,
    degrees_of_freedom: T,
    /// scale sqrt(nu): the distance of the pole from the real axis.
    width: T,
}

impl<T: Real> StudentT<T> {
    /// Noise of this scale, in units of the reading, and these degrees of freedom.
    ///
    /// Both are positive; the squares of the scale and of scale sqrt(nu) must be normal numbers (scale from 1.1e-19 to
    /// 1.8e19 in `f32`), and nu lies between 0.1 and 1e8.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`], [`Error::OutOfRange`].
    ///
    /// ```
    /// use elbow::{Error, likelihood::StudentT};
    /// assert_eq!(StudentT::new(1.0_f32, 0.0), Err(Error::NotPositive));
    /// ```
    pub fn new(scale: T, degrees_of_freedom: T) -> Result<Self, Error> {
        check_positive(scale)?;
        check_positive(degrees_of_freedom)?;
        if degrees_of_freedom < T::from_f64(0.1) || degrees_of_freedom > T::from_f64(1e8) {
            return Err(Error::OutOfRange);
        }
        for square in [scale * scale, scale * scale * degrees_of_freedom] {
            if !square.is_finite() || square < T::MIN_POSITIVE {
                return Err(Error::OutOfRange);
            }
        }
        Ok(Self { scale, degrees_of_freedom, width: scale * degrees_of_freedom.sqrt() })
    }

    /// Noise of scale sqrt(variance), where variance, nu and their product are known to be positive normal numbers.
    #[inline(always)]
    pub(super) fn from_variance(variance: T, degrees_of_freedom: T) -> Self {
        let width = (variance * degrees_of_freedom).sqrt_of_normal();
        Self { scale: variance.sqrt_of_normal(), degrees_of_freedom, width }
    }

    /// The scale of the noise, in units of the reading.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::StudentT::new(0.5_f32, 4.0)?.scale(), 0.5);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn scale(&self) -> T {
        self.scale
    }

    /// The degrees of freedom nu.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::StudentT::new(0.5_f32, 4.0)?.degrees_of_freedom(), 4.0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn degrees_of_freedom(&self) -> T {
        self.degrees_of_freedom
    }

    /// r, r/(nu + r^2) and 1/(nu + r^2).
    #[inline(always)]
    fn weights(&self, reading: T, eta: T) -> (T, T, T) {
        let r = (eta - reading) / self.scale;
        // In `f64` the square of a residual above one would cost a digit that there is a bound on.
        if r.abs() <= (if T::DOUBLE { T::ONE } else { T::from_f64(1e15) }) {
            let weight = T::ONE / (self.degrees_of_freedom + r * r);
            (r, r * weight, weight)
        } else {
            self.far_weights(r)
        }
    }

    /// [`weights`](Self::weights) without r^2, which may overflow: r stops at MAX/8, where both weights vanish.
    #[cold]
    #[inline(never)]
    fn far_weights(&self, mut r: T) -> (T, T, T) {
        let bound = T::MAX * T::from_f64(0.125);
        if r > bound {
            r = bound;
        } else if r < -bound {
            r = -bound;
        }
        let slope = T::ONE / (r + self.degrees_of_freedom / r);
        (r, slope, slope / r)
    }

    /// log p where ln(1 + r^2/nu)/2 is `logarithm`.
    #[inline(never)]
    fn log_density(&self, logarithm: T) -> T {
        self.log_normalizer() - ln(self.scale) - (self.degrees_of_freedom + T::ONE) * logarithm
    }

    /// The normaliser c: ln [Gamma(x + 1/2)/(Gamma(x) sqrt x)] - ln(2 pi)/2 at x = nu/2, by the asymptotic series at x
    /// + k >= 8 and the recurrence Gamma(x + 1/2)/Gamma(x) = x/(x + 1/2) Gamma(x + 3/2)/Gamma(x + 1) down to x.
    fn log_normalizer(&self) -> T {
        let half = T::from_f64(0.5);
        let start = half * self.degrees_of_freedom;
        let mut x = start;
        let mut product = T::ONE;
        while x < T::from_f64(if T::DOUBLE { 16.0 } else { 8.0 }) {
            product *= x / (x + half);
            x += T::ONE;
        }
        // ln Gamma(x + 1/2)/Gamma(x) - ln(x)/2 = -1/(8x) + 1/(192x^3) - 1/(640x^5) + 17/(14336x^7) - 31/(18432x^9)
        let inverse = T::ONE / x;
        let square = inverse * inverse;
        let series = horner!(square; -31.0 / 18432.0, 17.0 / 14336.0, -1.0 / 640.0, 1.0 / 192.0, -1.0 / 8.0);
        series * inverse + ln(product) + half * (ln(x / start) - T::from_f64(LN_TAU))
    }
}

impl<T: Real> Likelihood<T> for StudentT<T> {
    type Reading = T;

    /// [`Error::NotFinite`] for NaN and infinities.
    fn check(&self, reading: T) -> Result<(), Error> {
        check_reading(reading)
    }

    fn location(&self, reading: T) -> Option<T> {
        Some(reading)
    }

    /// Minus infinity where the residual in scales overflows.
    fn log_prob(&self, reading: T, eta: T) -> T {
        let half = T::from_f64(0.5);
        let ratio = ((eta - reading) / self.width).abs();
        let logarithm = if ratio > T::from_f64(1e4) {
            // ln(1 + q^2) = 2 ln q + ln(1 + 1/q^2), where q^2 could overflow.
            let inverse = T::ONE / ratio;
            ln(ratio) + half * (inverse * inverse)
        } else {
            half * (ratio * ratio).ln_1p()
        };
        self.log_density(logarithm)
    }

    #[inline(always)]
    fn derivatives(&self, reading: T, eta: T) -> Derivatives<T> {
        let (r, slope, weight) = self.weights(reading, eta);
        let factor = (self.degrees_of_freedom + T::ONE) / self.scale;
        let curvature = weight * (T::ONE - (r + r) * slope);
        Derivatives { first: -(factor * slope), second: -(factor * curvature / self.scale) }
    }

    /// y - u0, and sqrt(v0 + k scale^2): k = nu/(nu - 2), exact, for nu > 2. There is no variance for nu <= 2: k scale^2
    /// is then that of the normal distribution with the same quartiles, within 2 % (nu = 1: 2.198; nu = 2: 1.465).
    ///
    /// A little above nu = 2 the variance is that of outliers which hardly any window holds, and says little: prefer nu
    /// >= 3 for a gate or a monitor.
    fn innovation(&self, reading: T, mean: T, variance: T) -> Option<Innovation<T>> {
        let (nu, two) = (self.degrees_of_freedom, T::from_f64(2.0));
        let noise = if nu > two {
            self.scale * (nu / (nu - two)).sqrt()
        } else {
            // ln of the quartile of t over that of a normal, a polynomial in 1/nu.
            let inverse = T::ONE / nu;
            self.scale * horner!(inverse; -1.175_865_61e-3, 3.069_172_60e-2, 3.617_812_49e-1, 1.329_304_55e-4).exp()
        };
        Innovation::checked(reading - mean, Innovation::sqrt_of_sum(variance, noise * noise))
    }

    /// The reading, where the ELBO may have two optima.
    ///
    /// The posterior density is stationary where x^3 - D x^2 + c x - D = 0, in units of the width a = scale sqrt(nu),
    /// with D = |u0 - y|/a and c = 1 + v0 (nu + 1)/a^2. It can turn twice only for D^2 > 3 c, and the reading's side
    /// has a mode of its own only for D below about c/2. The ELBO can have two optima a little outside the region where
    /// the density has two modes: the reading's side gets 20 % more.
    fn second_start(&self, reading: T, mean: T, variance: T) -> Option<T> {
        let distance = (mean - reading).abs() / self.width;
        let c = T::ONE + variance / self.width * ((self.degrees_of_freedom + T::ONE) / self.width);
        let turns = distance > T::from_f64(3.0) * (c / distance);
        if turns && distance < T::from_f64(0.6) * c { Some(reading) } else { None }
    }

    /// The expectation-maximisation weight (nu + 1)/(nu + r^2)/scale^2 of the normal scale mixture.
    #[inline(always)]
    fn precision(&self, reading: T, eta: T, _: &Derivatives<T>) -> T {
        let (_, _, weight) = self.weights(reading, eta);
        (self.degrees_of_freedom + T::ONE) / self.scale * weight / self.scale
    }

    /// Where the belief is wide against the noise, from noise of width A = 3 s, which nine nodes resolve:
    /// E ln(x^2 + a^2) = E ln(x^2 + A^2) - sqrt(2 pi)/s int_a^A Re w da', five Gauss-Legendre nodes.
    fn mean_log_prob(&self, reading: T, mean: T, std_dev: T) -> Option<T> {
        let wide = T::from_f64(3.0) * std_dev;
        if !(self.width < wide) {
            return None;
        }
        let half = T::from_f64(0.5);
        let unit = T::ONE / (std_dev * T::from_f64(core::f64::consts::SQRT_2));
        let re = (reading - mean) * unit;
        // So far out the nodes are exact, and no square overflows.
        if !(re.abs() < T::from_f64(1e9)) {
            return None;
        }
        let (centre, radius) = (half * (wide + self.width), half * (wide - self.width));
        let mut narrowing = T::ZERO;
        for_each_node(&T::LEGENDRE_5, |node, weight: T| {
            narrowing += weight * faddeeva(Complex { re, im: (centre + radius * node) * unit }).re;
        });
        narrowing *= radius * unit * T::from_f64(SQRT_PI);
        let mut logarithm = T::ZERO;
        for_each_node(&T::HERMITE_9, |node, weight: T| {
            let ratio = (mean - reading + std_dev * node) / wide;
            logarithm += half * weight * (ratio * ratio).ln_1p();
        });
        let value = logarithm + ln(wide / self.width) - narrowing;
        Some(self.log_density(value))
    }

    /// By the Faddeeva function where the belief is wide against the noise; none elsewhere, where nodes do better.
    fn expectations(&self, reading: T, mean: T, std_dev: T) -> Option<Expectations<T>> {
        if !(std_dev > T::from_f64(0.25) * self.width) {
            return None;
        }
        let unit = T::ONE / (std_dev * T::from_f64(core::f64::consts::SQRT_2));
        let zeta = Complex { re: (reading - mean) * unit, im: self.width * unit };
        if !(zeta.re * zeta.re + zeta.im * zeta.im < T::from_f64(16.0)) {
            return None;
        }
        // Half of w' and minus half of w''; of the third derivative only the imaginary part is used: Re(-i w) = Im w.
        let w = faddeeva(zeta);
        let product = zeta.times(w);
        let w1 = Complex { re: -product.re, im: T::from_f64(0.5 * core::f64::consts::FRAC_2_SQRT_PI) - product.im };
        let product = zeta.times(w1);
        let w2 = Complex { re: w.re + (product.re + product.re), im: w.im + (product.im + product.im) };
        let w3 = (w1.im + w1.im) - (zeta.re * w2.im + zeta.im * w2.re);
        // Every derivative in u brings a factor -unit, and every s a factor 1/(unit sqrt 2).
        let factor = (self.degrees_of_freedom + T::ONE) * T::from_f64(SQRT_PI) * unit;
        let twice = factor * (unit + unit);
        let second = -(twice * w1.im);
        Some(Expectations {
            first: factor * w.im,
            first_noise: std_dev * second,
            second,
            second_noise: -(twice * T::from_f64(core::f64::consts::FRAC_1_SQRT_2) * w2.im),
            second_noise_squared: second + twice * w3,
        })
    }
}

const SQRT_PI: f64 = 1.772_453_850_905_516;

#[derive(Clone, Copy)]
struct Complex<T> {
    re: T,
    im: T,
}

impl<T: Real> Complex<T> {
    #[inline(always)]
    fn times(self, other: Self) -> Self {
        Self { re: self.re * other.re - self.im * other.im, im: self.re * other.im + self.im * other.re }
    }
}

/// w(z) = 2 p(Z)/(L - iz)^2 + 1/(sqrt(pi)(L - iz)), Z = (L + iz)/(L - iz), for Im z > 0.
fn faddeeva<T: Real>(z: Complex<T>) -> Complex<T> {
    let length = T::FADDEEVA_LENGTH;
    // 1/(L - iz), L - iz = (L + Im z) - i Re z
    let (re, im) = (length + z.im, -z.re);
    let norm = T::ONE / (re * re + im * im);
    let inverse = Complex { re: re * norm, im: -(im * norm) };
    let ratio = Complex { re: length - z.im, im: z.re }.times(inverse);
    // Real coefficients: Z is a root of Z^2 - trace Z + square, by which the polynomial is divided (Knuth, The Art of
    // Computer Programming 2, section 4.6.4), two real products a coefficient.
    let (trace, square) = (ratio.re + ratio.re, ratio.re * ratio.re + ratio.im * ratio.im);
    let (mut slope, mut rest) = (T::FADDEEVA[0], T::FADDEEVA[1]);
    // Written out: the loop, which opt-level "s" leaves one, takes three times as long.
    macro_rules! divide {
        ($($k:literal)*) => {
            $((slope, rest) = (rest + trace * slope, T::FADDEEVA[$k] - square * slope);)*
        };
    }
    divide!(2 3 4 5 6 7 8 9 10 11 12 13 14 15);
    let sum = Complex { re: ratio.re * slope + rest, im: ratio.im * slope };
    let sum = Complex { re: sum.re + sum.re, im: sum.im + sum.im }.times(inverse);
    Complex { re: sum.re + T::from_f64(0.5 * core::f64::consts::FRAC_2_SQRT_PI), im: sum.im }.times(inverse)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expectations by the trapezoidal rule, which converges exponentially once the pole is resolved.
    fn by_trapezoid(noise: &StudentT<f64>, reading: f64, mean: f64, std_dev: f64) -> [f64; 5] {
        let mut sums = [0.0; 5];
        let step = 0.01 * noise.width.min(std_dev) / std_dev;
        let count = (9.0 / step) as i32;
        for i in -count..=count {
            let eps = f64::from(i) * step;
            let weight = libm::exp(-0.5 * eps * eps - 0.5 * LN_TAU) * step;
            let d = noise.derivatives(reading, mean + std_dev * eps);
            for (sum, term) in
                sums.iter_mut().zip([d.first, d.first * eps, d.second, d.second * eps, d.second * eps * eps])
            {
                *sum += weight * term;
            }
        }
        sums
    }

    #[test]
    fn closed_expectations_equal_the_integrals() {
        for nu in [1.0, 2.0, 4.0, 10.0] {
            for scale in [0.3, 1.0] {
                let noise = StudentT::new(scale, nu).unwrap();
                for std_dev in [1.0, 2.0, 5.0, 10.0] {
                    for mean in [0.0, 0.7, -3.0, 6.0] {
                        let Some(got) = noise.expectations(0.5, mean, std_dev) else { continue };
                        let expected = by_trapezoid(&noise, 0.5, mean, std_dev);
                        let got = [got.first, got.first_noise, got.second, got.second_noise, got.second_noise_squared];
                        // The approximation of w, amplified by powers of zeta in the derivatives.
                        for (k, bound) in [1e-6, 2e-5, 2e-5, 2e-4, 2e-3].into_iter().enumerate() {
                            let error = (got[k] - expected[k]).abs() * std_dev.powi([1, 1, 2, 2, 2][k]) / (nu + 1.0);
                            assert!(error < bound, "nu {nu} scale {scale} sd {std_dev} mean {mean}: {k} {error:e}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn density_integrates_to_one() {
        for nu in [1.0, 3.0, 40.0] {
            let noise = StudentT::new(1.0_f64, nu).unwrap();
            // With eta = tan(theta), the tails of any nu >= 1 are covered.
            let total: f64 = (-4999..5000)
                .map(|i| {
                    let theta = f64::from(i) * core::f64::consts::FRAC_PI_2 / 5000.0;
                    let eta = libm::tan(theta);
                    libm::exp(noise.log_prob(0.0, eta)) * (1.0 + eta * eta) * core::f64::consts::FRAC_PI_2 / 5000.0
                })
                .sum();
            assert!((total - 1.0).abs() < 2e-4, "{nu}: {total}");
        }
    }

    #[test]
    fn huge_residuals_stay_finite() {
        let noise = StudentT::new(1e-3_f32, 4.0).unwrap();
        for eta in [3e38_f32, -3e38, 1e30, 1e20, 0.0] {
            let d = noise.derivatives(3e38, eta);
            assert!(d.first.is_finite() && d.second.is_finite(), "{eta:e}: {d:?}");
            assert!(noise.precision(3e38, eta, &d) >= 0.0);
        }
    }
}
