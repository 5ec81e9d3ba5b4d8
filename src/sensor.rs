//! What a sensor sees of the state, and how its readings come about.

use crate::all_finite::AllFinite;
use crate::error::Error;
use crate::gaussian::Gaussian;
use crate::real::Real;
use crate::unrolled::unrolled;

/// A sensor: the number eta that it sees of the state, and the likelihood of a reading given eta.
///
/// ```
/// use elbow::{Sensor, likelihood::Normal};
/// // Reads the first of two states, 0.3 too high.
/// let thermometer = Sensor::linear([1.0_f32, 0.0], Normal::new(0.04)?).with_offset(0.3);
/// assert_eq!(thermometer.likelihood().variance(), 0.04);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Sensor<P, L> {
    predictor: P,
    likelihood: L,
}

/// eta = row . state + offset: what [`Sensor::linear`] makes, named where a struct holds the sensor.
///
/// ```
/// use elbow::{Linear, Sensor, likelihood::Normal};
/// struct Node {
///     thermometer: Sensor<Linear<f32, 2>, Normal<f32>>,
/// }
/// let node = Node { thermometer: Sensor::linear([1.0, 0.0], Normal::new(0.04)?) };
/// assert_eq!(node.thermometer.likelihood().variance(), 0.04);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Linear<T, const N: usize> {
    pub(crate) row: [T; N],
    pub(crate) offset: T,
}

impl<T: Real, const N: usize> Linear<T, N> {
    /// a.mu + b.
    #[inline(always)]
    pub(crate) fn mean(&self, mu: &[T; N]) -> T {
        let mut mean = self.offset;
        unrolled!(for j in 0..N {
            mean += self.row[j] * mu[j];
        });
        mean
    }
}

impl<T: Real, L, const N: usize> Sensor<Linear<T, N>, L> {
    /// A sensor that sees `row . state`. The row must be finite, which an update checks.
    ///
    /// ```
    /// use elbow::{Linear, Sensor, likelihood::Bernoulli};
    /// static MOTION: Sensor<Linear<f32, 1>, Bernoulli> = Sensor::linear([1.0], Bernoulli::new());
    /// ```
    #[must_use]
    pub const fn linear(row: [T; N], likelihood: L) -> Self {
        Self { predictor: Linear { row, offset: T::ZERO }, likelihood }
    }

    /// The same with a constant added to eta, in its units. It must be finite, which an update checks.
    ///
    /// ```
    /// use elbow::{Sensor, likelihood::Poisson};
    /// let shielded = Sensor::linear([1.0_f32], Poisson::<f32>::new()).with_offset(-0.5);
    /// ```
    #[must_use]
    pub fn with_offset(self, offset: T) -> Self {
        Self { predictor: Linear { offset, ..self.predictor }, ..self }
    }
}

impl<P, L> Sensor<P, L> {
    pub(crate) const fn new(predictor: P, likelihood: L) -> Self {
        Self { predictor, likelihood }
    }

    /// The likelihood of this sensor's readings.
    ///
    /// ```
    /// use elbow::{Sensor, likelihood::Normal};
    /// let sensor = Sensor::linear([1.0_f32], Normal::new(2.0)?);
    /// assert_eq!(sensor.likelihood().variance(), 2.0);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub const fn likelihood(&self) -> &L {
        &self.likelihood
    }

    /// The likelihood, to be changed: a counting window of another length, say.
    ///
    /// ```
    /// use elbow::{Sensor, likelihood::Poisson};
    /// let mut geiger = Sensor::linear([1.0_f32], Poisson::new());
    /// *geiger.likelihood_mut() = Poisson::with_exposure(5.08)?;
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub const fn likelihood_mut(&mut self) -> &mut L {
        &mut self.likelihood
    }

    pub(crate) fn into_parts(self) -> (P, L) {
        (self.predictor, self.likelihood)
    }

    pub(crate) const fn predictor(&self) -> &P {
        &self.predictor
    }
}

/// The belief about eta, and how it hangs together with the state. What [`Observe`] gives to a filter; it has nothing
/// for a user to read.
///
/// With the belief's factor L and pivots D and the covariance c of state and eta, `f = D^-1 L^-1 c` and `g = L^-1 c`;
/// for a row a, c = Pa and f = L'a. The variance is c'P^-1 c = sum f_j g_j and, for a nonlinear sensor, a residual.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Projection<T, const N: usize> {
    pub(crate) mean: T,
    pub(crate) variance: T,
    /// The part of the variance that no linear function of the state explains.
    pub(crate) residual: T,
    pub(crate) f: [T; N],
    pub(crate) g: [T; N],
}

mod sealed {
    use super::{Error, Gaussian, Linear, Projection};

    pub trait Project<T, const N: usize> {
        /// The row and offset of eta = a.z + b, where it is such a function of the state.
        #[inline(always)]
        fn linear(&self) -> Option<&Linear<T, N>> {
            None
        }

        /// A belief about eta, by the whole turns that bring an angle nearest to `location`; [`check`](Self::check)
        /// says whether it can be used.
        fn project(&self, belief: &Gaussian<T, N>, location: Option<T>) -> Result<Projection<T, N>, Error>;

        /// Whether a projection's mean and variance are finite, and what was wrong if not.
        fn check(&self, mean: T, variance: T) -> Result<(), Error>;

        /// How often a reading may be taken in, each time by the projection at the posterior of the time before.
        #[inline(always)]
        fn iterations(&self) -> u16 {
            1
        }
    }
}

pub(crate) use sealed::Project;

/// What a [`Sensor`] can see of a state of `N` numbers: [`Linear`], or [`Nonlinear`](crate::Nonlinear) with any
/// [`Predictor`](crate::Predictor). Sealed.
///
/// ```
/// use elbow::{Error, Filter, GaussHermite, Gaussian, Observe, Sensor, likelihood::Normal};
/// fn read<P: Observe<f32, 2>>(filter: &mut Filter<f32, 2>, sensor: &mut Sensor<P, Normal<f32>>) -> Result<f32, Error> {
///     Ok(filter.update(sensor, 1.0, &mut GaussHermite::<5>::new())?.mean())
/// }
/// let mut filter = Filter::new(Gaussian::standard());
/// read(&mut filter, &mut Sensor::linear([1.0, 0.0], Normal::new(1.0)?))?;
/// read(&mut filter, &mut Sensor::nonlinear(|z: &[f32; 2]| z[0] * z[1], Normal::new(1.0)?))?;
/// # Ok::<(), Error>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "a sensor with a `{Self}` does not read a state of {N} numbers of the type `{T}`",
    label = "not a sensor of this filter's state",
    note = "`Sensor::linear` takes a row of {N} numbers, `Sensor::nonlinear` a function of `&[{T}; {N}]` that returns `{T}`",
    note = "filter, sensor and likelihood share one scalar type: name it once, as in `type Scalar = f32`"
)]
pub trait Observe<T: Real, const N: usize>: Project<T, N> {}

impl<T: Real, const N: usize> Observe<T, N> for Linear<T, N> {}

impl<T: Real, const N: usize> Project<T, N> for Linear<T, N> {
    #[inline(always)]
    fn linear(&self) -> Option<&Self> {
        Some(self)
    }

    /// u0 = a.mu + b, v0 = a'Pa = sum f_j g_j, f = L'a, g = Df.
    #[inline(always)]
    fn project(&self, belief: &Gaussian<T, N>, _: Option<T>) -> Result<Projection<T, N>, Error> {
        let f = belief.factor().transpose_times(&self.row);
        let entries = belief.factor().entries();
        let mut g = f;
        let mut variance = -T::ZERO;
        unrolled!(for j in (0..N).rev() {
            g[j] *= entries[j][j];
            variance += f[j] * g[j];
        });
        Ok(Projection { mean: self.mean(belief.mean()), variance, residual: T::ZERO, f, g })
    }

    /// An entry of the row that is not finite spoils the variance, the offset the mean.
    #[inline(always)]
    fn check(&self, mean: T, variance: T) -> Result<(), Error> {
        let mut finite = AllFinite::new();
        finite.see(self.offset);
        unrolled!(for j in 0..N {
            finite.see(self.row[j]);
        });
        if !finite.holds() {
            return Err(Error::NotFinite);
        }
        if mean.is_finite() && variance.is_finite() { Ok(()) } else { Err(Error::OutOfRange) }
    }
}
