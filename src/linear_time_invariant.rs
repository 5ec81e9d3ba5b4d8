//! Any linear model in continuous time, dz = (A z + b) dt + dW, W of covariance Qc per unit of time, over a step dt:
//!
//! ```text
//! F = e^(A dt),     c = int_0^dt e^(As) b ds,     Q = int_0^dt e^(As) Qc e^(A's) ds
//! ```
//!
//! (Van Loan 1978, *IEEE Transactions on Automatic Control* 23, eq. 1.4, gets the last one out of the exponential of an
//! augmented matrix, as a difference that is no covariance when rounded.) Here Q stays factored throughout.
//!
//! **A short step** h = dt/2^k, such that |A| h <= 1/2. On the interval an exponential is a series of Legendre
//! polynomials, whose coefficients are modified spherical Bessel functions (Abramowitz and Stegun 1964, 10.2.36):
//! with X = Ah and z = X/2,
//!
//! ```text
//! e^(Xu) = e^z sum_j (2j + 1) i_j(z) P_j(2u - 1),     0 <= u <= 1
//! i_j(z) = z^j/(2j + 1)!! sum_m z^2m/[m! 2^m (2j + 3)(2j + 5)...(2j + 2m + 1)]
//! ```
//!
//! The polynomials are orthogonal, so that with Qc = G diag(w) G' the integral is a sum of covariances,
//!
//! ```text
//! Q_h = e^z { sum_j C_j diag(h w/(2j + 1)) C_j' } e^z',     C_j = (2j + 1) i_j(z) G
//! ```
//!
//! added up by `gram_schmidt.rs`. N terms make a chain of N integrators exact, the others correct the last of them.
//!
//! **Doubling** k times: with E = F - I, which keeps the digits of what hardly moves beside what moves fast,
//!
//! ```text
//! Q <- Q + F Q F',     c <- 2c + E c,     E <- 2E + E^2
//! ```

use crate::dynamics::Dynamics;
use crate::error::Error;
use crate::factor::check_non_negative;
use crate::gaussian::check_finite;
use crate::gram_schmidt::orthogonalized;
use crate::process::{Process, overflow};
use crate::real::Real;
use crate::semidefinite::semidefinite;

/// Any linear model in continuous time: dz/dt = A z + b + white noise, discretised for each time step.
///
/// For models without a type of their own: damped oscillators, a season (a pair that turns, drift `[[0, w], [-w, 0]]`),
/// thermal networks, Matern processes, chains of integrators, two of the ready ones side by side. The work of a step is
/// bounded: `N + 3` (`f64`: `N + 6`) terms of a series and at most 62 doublings, each some `N^3` operations; where `dt`
/// does not change, call [`step`](Process::step) once and [`predict`](crate::Filter::predict) with what it returns. The
/// ready processes cost `N^2` or less a step.
///
/// Source: Van Loan (1978), *IEEE Transactions on Automatic Control* 23, for the integral; here by Legendre series and
/// doubling of the factored noise.
///
/// ```
/// use elbow::{Filter, Gaussian, LinearTimeInvariant};
/// // A temperature that wanders smoothly about its level, with a time constant of an hour (Matern 3/2): value and slope.
/// let rate = 1.0_f32;
/// let smooth = LinearTimeInvariant::new([[0.0, 1.0], [-rate * rate, -2.0 * rate]], [[0.0, 0.0], [0.0, 4.0]])?;
/// let mut filter = Filter::new(Gaussian::diagonal([5.0, 0.0], [1.0, 1.0])?);
/// filter.predict_for(&smooth, 40.0)?;
/// assert!(filter.belief().mean()[0].abs() < 1e-6 && (filter.belief().variance()[0] - 1.0).abs() < 1e-5);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct LinearTimeInvariant<T, const N: usize> {
    pub(crate) drift: [[T; N]; N],
    pub(crate) input: [T; N],
    pub(crate) loadings: [[T; N]; N],
    pub(crate) weights: [T; N],
}

impl<T: Real, const N: usize> LinearTimeInvariant<T, N> {
    /// The drift A, per unit of time, and the diffusion Qc: the covariance that white noise adds per unit of time,
    /// positive semidefinite. `N = 0` does not compile.
    ///
    /// # Errors
    /// [`Error::NotFinite`]; [`Error::NotSymmetric`]; [`Error::NotPositiveDefinite`] if Qc has a negative direction
    /// (beyond `4 N EPSILON` of its diagonal; a zero one is allowed).
    ///
    /// ```
    /// use elbow::{Error, LinearTimeInvariant};
    /// assert_eq!(LinearTimeInvariant::new([[-1.0_f32]], [[-1.0]]), Err(Error::NotPositiveDefinite));
    /// ```
    pub fn new(drift: [[T; N]; N], diffusion: [[T; N]; N]) -> Result<Self, Error> {
        let (loadings, weights) = semidefinite(&diffusion)?;
        Self::from_factor(drift, loadings, weights)
    }

    /// From a diffusion in factored form, Qc = G diag(weights) G': the stored form.
    pub(crate) fn from_factor(drift: [[T; N]; N], loadings: [[T; N]; N], weights: [T; N]) -> Result<Self, Error> {
        // The same shapes under the same checks.
        Dynamics::from_factor(drift, loadings, weights)?;
        Ok(Self { drift, input: [T::ZERO; N], loadings, weights })
    }

    /// The same with a constant input b, in units of the state per unit of time.
    ///
    /// # Errors
    /// [`Error::NotFinite`].
    ///
    /// ```
    /// use elbow::{LinearTimeInvariant, Process};
    /// // A tank that is filled at 2 litres a second.
    /// let tank = LinearTimeInvariant::new([[0.0_f32]], [[0.01]])?.with_input([2.0])?;
    /// assert_eq!(tank.step(3.0)?.offset(), &[6.0]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn with_input(self, input: [T; N]) -> Result<Self, Error> {
        check_finite(&input)?;
        Ok(Self { input, ..self })
    }
}

impl<T: Real, const N: usize> Process<T, N> for LinearTimeInvariant<T, N> {
    /// The dynamics over a time step.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#linear_time_invariant).
    /// Entries relative to the largest that they were on the way, noise to its standard deviations, against 60-digit
    /// exponentials: within 1e-6 for `f32`, 1.7e-15 for `f64` (integrators to N = 6, Matern processes, decays,
    /// couplings; rates from 1e-6 to 1e6, `|A| dt` from 1e-12 to 1e12). Two models have more to lose: turns without
    /// damping, half an EPSILON for each radian; and states that all mix slow and fast modes (a thermal network of
    /// rates 1e-4 to 55: 6.1e-5 and 2.5e-13).
    ///
    /// # Errors
    /// As the trait says; [`Error::OutOfRange`] also where `|A| dt` (the largest absolute row sum) is above 2^60, or
    /// the transition overflows.
    fn step(&self, dt: T) -> Result<Dynamics<T, N>, Error> {
        check_non_negative(dt)?;
        let doublings = self.doublings(dt)?;
        let scale = T::power_of_two(doublings.wrapping_neg());
        let half = T::from_f64(0.5) * scale;
        let z = self.drift.map(|row| row.map(|rate| rate * (dt * half)));
        let mut motion = Motion::short(&z, self.input.map(|input| input * (dt * half)));
        let (mut loadings, mut weights) = split(&self.average(&z, self.weights.map(|weight| weight * (dt * scale))));
        loadings = motion.applied(&loadings);
        motion = motion.doubled();
        for _ in 0..doublings {
            let moved = motion.applied(&loadings);
            (loadings, weights) = split(&orthogonalized(loadings, &weights, moved, &weights));
            motion = motion.doubled();
        }
        let mut transition = motion.change;
        for i in 0..N {
            transition[i][i] += T::ONE;
        }
        let dynamics = Dynamics::from_factor(transition, loadings, weights).map_err(overflow)?;
        dynamics.with_offset(motion.offset).map_err(overflow)
    }
}

impl<T: Real, const N: usize> LinearTimeInvariant<T, N> {
    /// How often a step has to be halved for |A| h <= 1/2: at most 62 times.
    fn doublings(&self, dt: T) -> Result<i32, Error> {
        let mut norm = T::ZERO;
        for row in &self.drift {
            let mut sum = T::ZERO;
            for &rate in row {
                sum += (rate * dt).abs();
            }
            norm = norm.max(sum);
        }
        if norm > T::power_of_two(60) {
            return Err(Error::OutOfRange);
        }
        let (_, exponent) = norm.split();
        Ok(exponent.wrapping_add(2).max(0))
    }

    /// The sum over j of C_j diag(weights/(2j + 1)) C_j', factored.
    fn average(&self, z: &[[T; N]; N], weights: [T; N]) -> [[T; N]; N] {
        let (extra, terms) = if T::DOUBLE { (6, 6) } else { (3, 3) };
        let square = product(z, z);
        let mut sum = [[T::ZERO; N]; N];
        // z^j/(2j - 1)!!
        let mut power = identity::<T, N>();
        for j in 0..(N as u32).saturating_add(extra) {
            let mut series = self.loadings;
            for m in (1..=terms).rev() {
                let divisor = T::from_u32(2 * m) * T::from_u32(2 * j + 2 * m + 1);
                series = product(&square, &series);
                for i in 0..N {
                    for k in 0..N {
                        series[i][k] = self.loadings[i][k] + series[i][k] / divisor;
                    }
                }
            }
            let odd = T::from_u32(2 * j + 1);
            let (loadings, pivots) = split(&sum);
            let terms = product(&power, &series);
            sum = orthogonalized(loadings, &pivots, terms, &weights.map(|weight| weight / odd));
            power = product(z, &power).map(|row| row.map(|entry| entry / odd));
        }
        sum
    }
}

/// What a step does to the mean: F - I and c.
struct Motion<T, const N: usize> {
    change: [[T; N]; N],
    offset: [T; N],
}

impl<T: Real, const N: usize> Motion<T, N> {
    /// Of drift z, |z| <= 1/4, and this input: e^z - I = z + z^2/2! + ..., c = (I + z/2! + z^2/3! + ...) input.
    fn short(z: &[[T; N]; N], input: [T; N]) -> Self {
        let terms = if T::DOUBLE { 13 } else { 7 };
        let (mut change, mut offset) = ([[T::ZERO; N]; N], [T::ZERO; N]);
        for n in (1..=terms).rev() {
            let (next, after) = (product(z, &change), times(z, &offset));
            for i in 0..N {
                for k in 0..N {
                    change[i][k] = (z[i][k] + next[i][k]) / T::from_u32(n);
                }
                offset[i] = input[i] + after[i] / T::from_u32(n.wrapping_add(1));
            }
        }
        Self { change, offset }
    }

    /// Over twice the time.
    fn doubled(&self) -> Self {
        let mut twice = Self { change: product(&self.change, &self.change), offset: times(&self.change, &self.offset) };
        for i in 0..N {
            for k in 0..N {
                twice.change[i][k] += self.change[i][k] + self.change[i][k];
            }
            twice.offset[i] += self.offset[i] + self.offset[i];
        }
        twice
    }

    /// F times a matrix.
    fn applied(&self, matrix: &[[T; N]; N]) -> [[T; N]; N] {
        let mut moved = product(&self.change, matrix);
        for i in 0..N {
            for k in 0..N {
                moved[i][k] += matrix[i][k];
            }
        }
        moved
    }
}

/// Unit lower triangle and pivots of a factor whose pivots stand on the diagonal.
fn split<T: Real, const N: usize>(entries: &[[T; N]; N]) -> ([[T; N]; N], [T; N]) {
    let (mut lower, mut pivots) = (*entries, [T::ZERO; N]);
    for i in 0..N {
        pivots[i] = entries[i][i];
        lower[i][i] = T::ONE;
    }
    (lower, pivots)
}

fn identity<T: Real, const N: usize>() -> [[T; N]; N] {
    let mut identity = [[T::ZERO; N]; N];
    for i in 0..N {
        identity[i][i] = T::ONE;
    }
    identity
}

fn product<T: Real, const N: usize>(a: &[[T; N]; N], b: &[[T; N]; N]) -> [[T; N]; N] {
    let mut product = [[T::ZERO; N]; N];
    for i in 0..N {
        for k in 0..N {
            for j in 0..N {
                product[i][k] += a[i][j] * b[j][k];
            }
        }
    }
    product
}

fn times<T: Real, const N: usize>(a: &[[T; N]; N], x: &[T; N]) -> [T; N] {
    let mut image = [T::ZERO; N];
    for i in 0..N {
        for j in 0..N {
            image[i] += a[i][j] * x[j];
        }
    }
    image
}
