//! Angles with von Mises noise: readings and eta in radians, whole turns do not count.
//!
//! With d = y - eta and the concentration kappa,
//!
//! ```text
//! log p = kappa cos d - ln(2 pi I_0(kappa)),     g = kappa sin d,     h = -kappa cos d
//! ```
//!
//! (von Mises 1918; Mardia and Jupp 2000, *Directional Statistics*, eq. 3.5.17). The value is computed as -kappa (1 -
//! cos d) - ln(2 pi e^-kappa I_0(kappa)), whose terms do not cancel. Under eta = u + s eps every average is that of a
//! cosine or sine, E cos(y - u - s eps) = e^(-s^2/2) cos(y - u), so that no nodes are needed: with w = kappa e^(-s^2/2)
//! and d = y - u
//!
//! ```text
//! E g = w sin d,   E h = -w cos d,   E[g eps] = s E h,   E[h eps] = -s w sin d,   E[h eps^2] = -(1 - s^2) w cos d
//! p(y) = (1 + 2 sum_n A_n e^(-n^2 v0/2) cos n d0)/(2 pi),   A_n = I_n(kappa)/I_0(kappa),   d0 = y - u0
//! ```
//!
//! The log density is not concave: every copy of y modulo 2 pi is a mode, and a wide prior may keep to itself. The copy
//! nearest the prior mean is the best of them, because copies differ by their distance from the prior alone.
//!
//! Near a mode cos d >= cos d* - (sin d*/d*)(d^2 - d*^2)/2, so that kappa sin d/d, d within half a turn, is a curvature
//! under which no step to the mode of the posterior goes down.

use super::angle::{self, Angle};
use super::{Derivatives, Expectations, Innovation, Likelihood, check_positive, check_reading};
use crate::error::Error;
use crate::gaussian::LN_TAU;
use crate::log_ratio::ln;
use crate::real::Real;

/// A reading that is an angle: a compass, a wind vane, a bearing from an antenna array, the phase of a carrier, a
/// resolver. Density e^(kappa cos(y - eta))/(2 pi I_0(kappa)).
///
/// Reading and eta are in radians, of any turn: 0.1 and 0.1 + 2 pi are one reading, and a state that has turned three
/// times is pulled to the nearest copy. The noise has about the standard deviation 1/sqrt(kappa) radians where that is
/// small (8.1 degrees for kappa = 50); kappa = 0.001 is all but uniform. Readings below 1/EPSILON in magnitude (8.4e6
/// in `f32`); where eta is farther than that from the reading its last place is a radian, and the reading tells
/// nothing.
///
/// # Accuracy
/// [Every figure](crate::accuracy#von_mises).
/// Error of the value up to 2.4e-7 for `f32`, 4.0e-16 for `f64`, relative to its largest term; of the derivatives
/// 4.5e-7 and 5.9e-16 of kappa, and of the first relative to itself within a radian of the reading, any number of turns
/// away. [`GaussHermite`](crate::GaussHermite) needs no nodes: it comes within 8e-5 posterior standard deviations of
/// the best optimum (`f64`: 3e-6), for prior variances from 0.01 to 100 and kappa from 0.5 to 2000. The log evidence is
/// within 1.4e-5 for v0 from 1/2; below, up to ln 2 too small for a reading straight opposite the belief, whose second
/// mode the nodes do not see. [`OneSample`](crate::OneSample) with 1 / 8 / 128 samples is 0.16 / 0.10 / 0.07 posterior
/// standard deviations off where kappa v0 is up to one, root mean square, and 0.03 / 0.02 / 0.003 for kappa from 50
/// and v0 from 0.1; it takes the nearest copy also where the prior is the better optimum, which with kappa below 2 and
/// v0 from 4 it can be, and is then up to 0.9 off.
///
/// Source: Mardia and Jupp (2000), *Directional Statistics*, eq. 3.5.17.
///
/// ```
/// use elbow::likelihood::{Likelihood, VonMises};
/// let compass = VonMises::new(50.0_f32)?; // 8 degrees of noise
/// assert!(compass.derivatives(0.1, 6.2).first > 0.0); // 6.2 is 0.08 below a full turn: up
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VonMises<T> {
    concentration: T,
    /// ln(2 pi e^-kappa I_0(kappa))
    log_normalizer: T,
}

impl<T: Real> VonMises<T> {
    /// Noise of this concentration kappa, in 1/radian^2, from 0.001 to 1e12.
    ///
    /// # Errors
    /// [`Error::NotFinite`], [`Error::NotPositive`], [`Error::OutOfRange`].
    ///
    /// ```
    /// use elbow::{Error, likelihood::VonMises};
    /// assert_eq!(VonMises::new(0.0_f32), Err(Error::NotPositive));
    /// ```
    pub fn new(concentration: T) -> Result<Self, Error> {
        check_positive(concentration)?;
        if concentration < T::from_f64(1e-3) || concentration > T::from_f64(1e12) {
            return Err(Error::OutOfRange);
        }
        Ok(Self { concentration, log_normalizer: T::from_f64(LN_TAU) + log_scaled_bessel(concentration) })
    }

    /// The concentration kappa, in 1/radian^2.
    ///
    /// ```
    /// assert_eq!(elbow::likelihood::VonMises::new(4.0_f32)?.concentration(), 4.0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn concentration(&self) -> T {
        self.concentration
    }

    /// The ratios I_n/I_(n-1) of Bessel functions at kappa from n = 40 down, each 1/(2n/kappa + the one before), the
    /// first by Amos (1974, *Math. Comp.* 28, 239-251, eq. 16).
    fn each_ratio(&self, mut see: impl FnMut(u32, T)) {
        let (half, kappa) = (T::from_f64(0.5), self.concentration);
        let last = T::from_u32(RATIOS) + T::ONE;
        let mut ratio = kappa / (last - half + ((last + half) * (last + half) + kappa * kappa).sqrt());
        for k in 0..RATIOS {
            let n = RATIOS - k;
            ratio = T::ONE / (T::from_u32(2 * n) / kappa + ratio);
            see(n, ratio);
        }
    }

    /// E d^2 = pi^2/3 + 4 sum (-1)^n c_n/n^2 of the difference d within half a turn, c_n = I_n/I_0 e^(-n^2 v0/2); where
    /// it is below 1/16, v0 + 1/kappa + 1/(2 kappa^2), within 0.22 %.
    fn mean_square(&self, variance: T) -> T {
        let (half, inverse) = (T::from_f64(0.5), T::ONE / self.concentration);
        let unwrapped = variance + (inverse + half * inverse * inverse);
        if unwrapped < T::from_f64(1.0 / 16.0) {
            return unwrapped;
        }
        let mut sum = T::ZERO;
        self.each_ratio(|n, ratio| {
            let square = T::from_u32(n * n);
            let sign = if n % 2 == 0 { T::ONE } else { -T::ONE };
            sum = ratio * (-(T::from_u32(2 * n - 1) * half * variance)).exp() * (sign / square + sum);
        });
        T::from_f64(core::f64::consts::PI * core::f64::consts::PI / 3.0) + T::from_f64(4.0) * sum
    }

    /// The way from the prior mean to the copy of the reading that lies `distance` away, as if its noise were normal.
    fn towards(&self, distance: T, variance: T) -> T {
        distance * (variance / (variance + T::ONE / self.concentration))
    }
}

/// ln(e^-kappa I_0(kappa)): by the power series to kappa = 12 (`f64`: 24), at most 38 terms, beyond by the asymptotic
/// one, at most 20.
fn log_scaled_bessel<T: Real>(concentration: T) -> T {
    let (mut term, mut sum) = (T::ONE, T::ONE);
    if concentration < T::from_f64(if T::DOUBLE { 24.0 } else { 12.0 }) {
        let square = T::from_f64(0.25) * concentration * concentration;
        for n in 1..=if T::DOUBLE { 38 } else { 19 } {
            let n = T::from_u32(n);
            term *= square / (n * n);
            sum += term;
        }
        ln(sum * (-concentration).exp())
    } else {
        let inverse = T::from_f64(0.125) / concentration;
        for n in 1..=if T::DOUBLE { 20 } else { 8 } {
            let odd = T::from_u32(2 * n - 1);
            term *= odd * odd * inverse / T::from_u32(n);
            sum += term;
        }
        ln(sum) - T::from_f64(0.5) * (T::from_f64(LN_TAU) + ln(concentration))
    }
}

impl<T: Real> Likelihood<T> for VonMises<T> {
    type Reading = T;

    /// [`Error::NotFinite`] for NaN and infinities, [`Error::OutOfRange`] for 1/EPSILON radians and more.
    fn check(&self, reading: T) -> Result<(), Error> {
        check_reading(reading)?;
        if reading.abs() < angle::limit() { Ok(()) } else { Err(Error::OutOfRange) }
    }

    /// The difference within half a turn, and the root of its mean square.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#innovation). The standard deviation within 4.9e-6; below a quarter of a radian, where
    /// it is the root of v0 + 1/kappa + 1/(2 kappa^2), within 1.1e-3.
    fn innovation(&self, reading: T, mean: T, variance: T) -> Option<Innovation<T>> {
        let mean_square = self.mean_square(variance);
        Innovation::checked(angle::difference(reading, mean)?, mean_square.sqrt())
    }

    fn location(&self, reading: T) -> Option<T> {
        Some(reading)
    }

    /// -ln 2 pi where eta is 1/EPSILON or more away.
    fn log_prob(&self, reading: T, eta: T) -> T {
        match angle::difference(reading, eta) {
            Some(d) => -(self.concentration * Angle::new(d).versine) - self.log_normalizer,
            None => -T::from_f64(LN_TAU),
        }
    }

    /// Zero where eta is 1/EPSILON or more away.
    fn derivatives(&self, reading: T, eta: T) -> Derivatives<T> {
        let Some(d) = angle::difference(reading, eta) else {
            return Derivatives { first: T::ZERO, second: T::ZERO };
        };
        let angle = Angle::new(d);
        Derivatives { first: self.concentration * angle.sine, second: -(self.concentration * angle.cosine()) }
    }

    /// The nearest copy of the reading, as normal noise of variance 1/kappa would draw the prior mean to it.
    fn start(&self, reading: T, mean: T, variance: T) -> T {
        angle::difference(reading, mean).map_or(mean, |d| mean + self.towards(d, variance))
    }

    /// The copy on the other side, for kappa v0 > 1, and with it the solver tries the prior itself; below, the log
    /// posterior is concave.
    fn second_start(&self, reading: T, mean: T, variance: T) -> Option<T> {
        if !(self.concentration * variance > T::ONE) {
            return None;
        }
        let d = angle::difference(reading, mean)?;
        let turn = T::from_f64(core::f64::consts::TAU);
        let other = if d < T::ZERO { d + turn } else { d - turn };
        Some(mean + self.towards(other, variance))
    }

    /// kappa sin d/d.
    fn precision(&self, reading: T, eta: T, _: &Derivatives<T>) -> T {
        let Some(d) = angle::difference(reading, eta) else { return T::ZERO };
        let share = if d.abs() > T::EPSILON { Angle::new(d).sine / d } else { T::ONE };
        self.concentration * share.max(T::ZERO)
    }

    fn expectations(&self, reading: T, mean: T, std_dev: T) -> Option<Expectations<T>> {
        let d = angle::difference(reading, mean)?;
        let angle = Angle::new(d);
        let fall = (-(T::from_f64(0.5) * std_dev * std_dev)).exp();
        // Where e^(-s^2/2) is zero, s^2 may be infinite.
        let spread = if fall > T::ZERO { std_dev } else { T::ZERO };
        let weight = self.concentration * fall;
        let (first, second) = (weight * angle.sine, -(weight * angle.cosine()));
        Some(Expectations {
            first,
            first_noise: spread * second,
            second,
            second_noise: -(spread * first),
            second_noise_squared: (T::ONE - spread * spread) * second,
        })
    }

    /// -kappa (1 - e^(-s^2/2) cos d) and the normaliser.
    fn mean_log_prob(&self, reading: T, mean: T, std_dev: T) -> Option<T> {
        let angle = Angle::new(angle::difference(reading, mean)?);
        let exponent = -(T::from_f64(0.5) * std_dev * std_dev);
        let loss = exponent.exp() * angle.versine - exponent.exp_m1();
        Some(-(self.concentration * loss) - self.log_normalizer)
    }

    /// By 14 terms of the Fourier series for v0 >= 1/2, nested; nodes do below, where the terms fall slowly and may
    /// cancel.
    fn log_evidence(&self, reading: T, mean: T, variance: T) -> Option<T> {
        let half = T::from_f64(0.5);
        if !(variance >= half) {
            return None;
        }
        let angle = Angle::new(angle::difference(reading, mean)?);
        let (cosine, sine) = (angle.cosine(), angle.sine);
        let (mut re, mut im) = (T::ZERO, T::ZERO);
        self.each_ratio(|n, ratio| {
            if n <= TERMS {
                let weight = ratio * (-(T::from_u32(2 * n - 1) * half * variance)).exp();
                let above = re + T::ONE;
                (re, im) = (weight * (above * cosine - im * sine), weight * (above * sine + im * cosine));
            }
        });
        let density = (re + re).max(-(T::ONE - T::EPSILON));
        Some(density.ln_1p() - T::from_f64(LN_TAU))
    }
}

/// Of the Fourier series: e^(-14^2/4) is 5e-22.
const TERMS: u32 = 14;

/// Of Bessel functions: enough for an error in the first to fade.
const RATIOS: u32 = 40;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::likelihood::Normal;
    use crate::predictor::Bearing;
    use crate::{Filter, GaussHermite, Gaussian, LocalLinearTrend, Sensor};

    #[test]
    fn density_integrates_to_one_over_a_turn() {
        for kappa in [1e-3, 0.7, 6.4, 11.9, 12.1, 23.9, 24.1, 3000.0] {
            let angle = VonMises::new(kappa).unwrap();
            let single = VonMises::new(kappa as f32).unwrap();
            let step = core::f64::consts::TAU / 4096.0;
            let sum: f64 = (0..4096).map(|i| step * libm::exp(angle.log_prob(step * f64::from(i), 40.0))).sum();
            assert!((sum - 1.0).abs() < 2e-14, "{kappa}: {sum}");
            assert!((f64::from(single.log_normalizer) - angle.log_normalizer).abs() < 4e-7, "{kappa}");
        }
    }

    #[test]
    fn derivatives_equal_central_differences() {
        let angle = VonMises::new(3.0_f64).unwrap();
        for k in -300..=300 {
            let (eta, h) = (0.05 * f64::from(k), 1e-5);
            let slope = (angle.log_prob(0.5, eta + h) - angle.log_prob(0.5, eta - h)) / (2.0 * h);
            let bend = (angle.derivatives(0.5, eta + h).first - angle.derivatives(0.5, eta - h).first) / (2.0 * h);
            let at = angle.derivatives(0.5, eta);
            assert!((at.first - slope).abs() < 1e-9 && (at.second - bend).abs() < 1e-9, "{eta}: {at:?}");
        }
    }

    /// The trapezoidal rule is exact for a cosine under a normal weight.
    #[test]
    fn closed_averages_equal_the_integrals() {
        let angle = VonMises::new(2.5_f64).unwrap();
        for (mean, std_dev) in [(0.3, 0.1), (2.9, 0.8), (-40.0, 1.7), (0.3, 4.0)] {
            let mut sums = [0.0; 6];
            for i in -3200..=3200 {
                let eps = f64::from(i) / 400.0;
                let weight = libm::exp(-0.5 * (eps * eps + LN_TAU)) / 400.0;
                let (eta, d) = (mean + std_dev * eps, angle.derivatives(1.0, mean + std_dev * eps));
                let bends = [d.second, d.second * eps, d.second * eps * eps];
                let terms = [d.first, d.first * eps, bends[0], bends[1], bends[2], angle.log_prob(1.0, eta)];
                sums.iter_mut().zip(terms).for_each(|(sum, term)| *sum += weight * term);
            }
            let e = angle.expectations(1.0, mean, std_dev).unwrap();
            let value = angle.mean_log_prob(1.0, mean, std_dev).unwrap();
            let got = [e.first, e.first_noise, e.second, e.second_noise, e.second_noise_squared, value];
            for (got, expected) in got.into_iter().zip(sums) {
                assert!((got - expected).abs() < 1e-12, "{mean} {std_dev}: {got} for {expected}");
            }
        }
    }

    /// A wide belief learns one copy, or keeps to itself where one copy tells too little.
    #[test]
    fn a_vague_belief_takes_the_better_optimum() {
        for (kappa, taken) in [(0.5, false), (1.6, false), (50.0, true)] {
            let mut filter = Filter::new(Gaussian::diagonal([1.0_f64], [100.0]).unwrap());
            let mut compass = Sensor::linear([1.0], VonMises::new(kappa).unwrap());
            let update = filter.update(&mut compass, 2.0, &mut GaussHermite::<5>::new()).unwrap();
            assert!(if taken { update.variance() < 0.1 } else { update.variance() > 90.0 }, "{kappa}: {update:?}");
        }
    }

    /// Nineteen turns: the state goes on counting, the compass starts again.
    #[test]
    fn a_heading_goes_round() {
        let mut filter = Filter::new(Gaussian::diagonal([0.0_f32, 0.2], [0.1, 0.04]).unwrap());
        let mut compass = Sensor::linear([1.0, 0.0], VonMises::new(100.0_f32).unwrap());
        let turning = LocalLinearTrend::new([1e-6, 1e-6]).unwrap();
        for k in 1..=400_u16 {
            filter.predict_for(&turning, 1.0).unwrap();
            let heading = libm::remainderf(0.3 * f32::from(k), core::f32::consts::TAU);
            let noise = 0.1 * libm::sinf(12.9 * f32::from(k));
            let update = filter.update(&mut compass, heading + noise, &mut GaussHermite::<5>::new()).unwrap();
            assert!(update.variance() < 0.1);
        }
        let [angle, rate] = *filter.belief().mean();
        assert!((angle - 120.0).abs() < 0.1 && (rate - 0.3).abs() < 0.01, "{angle} {rate}");
    }

    /// The position after a bearing from the east, where the angle jumps from pi to -pi, with two turns more.
    fn west<L: Likelihood<f64, Reading = f64>>(likelihood: L) -> [f64; 2] {
        let mut filter = Filter::new(Gaussian::diagonal([-10.0_f64, 0.1], [1.0, 1.0]).unwrap());
        let mut camera = Sensor::nonlinear(Bearing::new([0.0, 0.0], [0, 1]).unwrap(), likelihood);
        let reading = 2.0 * core::f64::consts::TAU - 3.12;
        let update = filter.update(&mut camera, reading, &mut GaussHermite::<5>::new()).unwrap();
        assert!((update.mean() - reading).abs() < 0.1, "{update:?}");
        *filter.belief().mean()
    }

    /// A bearing across its cut, against normal noise of the same width.
    #[test]
    fn a_narrow_compass_is_a_normal_one() {
        let (round, normal) = (west(VonMises::new(1e4).unwrap()), west(Normal::new(1e-4).unwrap()));
        assert!((round[0] - normal[0]).abs() < 1e-3 && (round[1] - normal[1]).abs() < 1e-3, "{round:?} {normal:?}");
    }
}
