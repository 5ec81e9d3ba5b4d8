//! How the state moves between readings: z' = F z + c + w, w ~ N(0, Q).

use crate::error::Error;
use crate::factor::{check_non_negative, or_infinity};
use crate::gaussian::{Gaussian, check_finite};
use crate::real::Real;
use crate::rows::accumulate;
use crate::semidefinite::semidefinite;

/// One step of linear dynamics, validated and factored once: z' = F z + c + w, w ~ N(0, Q), Q positive semidefinite.
///
/// ```
/// use elbow::Dynamics;
/// // Level and slope, one step; only the slope is driven.
/// let trend = Dynamics::new([[1.0_f32, 1.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 0.01]])?;
/// # let _ = trend;
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dynamics<T, const N: usize> {
    transition: [[T; N]; N],
    offset: [T; N],
    loadings: [[T; N]; N],
    weights: [T; N],
    /// G diag(weights) G'.
    noise: [[T; N]; N],
}

impl<T: Real, const N: usize> Dynamics<T, N> {
    /// Dynamics from the transition F and the covariance Q of the noise that one step adds. `N = 0` does not compile.
    ///
    /// # Errors
    /// [`Error::NotFinite`]; [`Error::NotSymmetric`]; [`Error::NotPositiveDefinite`] if Q has a negative direction
    /// (beyond `4 N EPSILON` of its diagonal; a zero one is allowed).
    ///
    /// ```
    /// use elbow::{Dynamics, Error};
    /// assert_eq!(Dynamics::new([[1.0_f32]], [[-1.0]]), Err(Error::NotPositiveDefinite));
    /// ```
    pub fn new(transition: [[T; N]; N], noise_covariance: [[T; N]; N]) -> Result<Self, Error> {
        const { assert!(N > 0, "dynamics need at least one state") };
        for row in &transition {
            check_finite(row)?;
        }
        let (loadings, weights) = semidefinite(&noise_covariance)?;
        Ok(Self::from_checked(transition, loadings, weights))
    }

    /// The same from noise already factored, Q = G diag(weights) G': independent sources of these variances, and what
    /// each adds to the states. It needs no factorization, which serves closed forms in the time step.
    ///
    /// # Errors
    /// [`Error::NotFinite`]; [`Error::OutOfRange`] for a negative weight.
    ///
    /// ```
    /// // One source of variance 0.01 drives a position by 1/2 and its velocity by 1.
    /// let pushed = elbow::Dynamics::from_factor([[1.0_f32, 1.0], [0.0, 1.0]], [[0.5, 0.0], [1.0, 0.0]], [0.01, 0.0])?;
    /// # let _ = pushed;
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn from_factor(transition: [[T; N]; N], loadings: [[T; N]; N], weights: [T; N]) -> Result<Self, Error> {
        const { assert!(N > 0, "dynamics need at least one state") };
        for row in transition.iter().chain(&loadings) {
            check_finite(row)?;
        }
        for &weight in &weights {
            check_non_negative(weight)?;
        }
        Ok(Self::from_checked(transition, loadings, weights))
    }

    fn from_checked(transition: [[T; N]; N], loadings: [[T; N]; N], weights: [T; N]) -> Self {
        let mut noise = [[T::ZERO; N]; N];
        for i in 0..N {
            for j in 0..i.saturating_add(1) {
                let mut sum = T::ZERO;
                for k in 0..N {
                    sum += loadings[i][k] * weights[k] * loadings[j][k];
                }
                let sum = or_infinity(sum);
                noise[i][j] = sum;
                noise[j][i] = sum;
            }
        }
        Self { transition, offset: [T::ZERO; N], loadings, weights, noise }
    }

    /// The same with a constant c added to the state by each step, in place of one given before.
    ///
    /// For inputs that change from step to step there is [`Filter::shift`](crate::Filter::shift).
    ///
    /// # Errors
    /// [`Error::NotFinite`].
    ///
    /// ```
    /// // Half way towards 20 in a step.
    /// let towards = elbow::Dynamics::new([[0.5_f32]], [[0.25]])?.with_offset([10.0])?;
    /// assert_eq!(towards.offset(), &[10.0]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn with_offset(self, offset: [T; N]) -> Result<Self, Error> {
        check_finite(&offset)?;
        Ok(Self { offset, ..self })
    }

    /// The transition F, by rows: entry `[i][j]` in units of state i per unit of state j.
    ///
    /// ```
    /// use elbow::{ConstantVelocity, Process};
    /// let step = ConstantVelocity::new(0.1_f32)?.step(0.5)?;
    /// assert_eq!(step.transition(), &[[1.0, 0.5], [0.0, 1.0]]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub const fn transition(&self) -> &[[T; N]; N] {
        &self.transition
    }

    /// The constant c that a step adds to the state: zero unless [`with_offset`](Self::with_offset) or a process with a
    /// level has set it.
    ///
    /// ```
    /// let dynamics = elbow::Dynamics::new([[0.5_f32]], [[0.25]])?;
    /// assert_eq!(dynamics.offset(), &[0.0]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub const fn offset(&self) -> &[T; N] {
        &self.offset
    }

    /// What each independent source of noise adds to the states: source k is column k of G in Q = G diag(weights) G'.
    ///
    /// ```
    /// let dynamics = elbow::Dynamics::new([[0.5_f32]], [[0.25]])?;
    /// assert_eq!(dynamics.loadings(), &[[1.0]]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub const fn loadings(&self) -> &[[T; N]; N] {
        &self.loadings
    }

    /// The variances of the independent sources of noise, W in Q = G diag(W) G'.
    ///
    /// ```
    /// let dynamics = elbow::Dynamics::new([[0.5_f32]], [[0.25]])?;
    /// assert_eq!(dynamics.weights(), &[0.25]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub const fn weights(&self) -> &[T; N] {
        &self.weights
    }

    /// The covariance Q of the noise that one step adds, computed once from its factor: exactly symmetric; infinite
    /// entries where it overflows.
    ///
    /// ```
    /// use elbow::{ConstantVelocity, Process};
    /// let step = ConstantVelocity::new(6.0_f32)?.step(1.0)?;
    /// assert_eq!(step.noise_covariance(), [[2.0, 3.0], [3.0, 6.0]]);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn noise_covariance(&self) -> [[T; N]; N] {
        self.noise
    }

    /// The belief after the step: N(F mu + c, F P F' + Q).
    ///
    /// The covariance is formed and factored where each pivot keeps a 32nd of its diagonal entry, so that a digit is
    /// lost at most; where one does not, the rows of the factors of P and Q are orthogonalized, at twice the work.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the result cannot be represented: an overflow, or a direction in which no variance is
    /// left.
    ///
    /// Source: Thornton (1976) and Bierman (1977), *Factorization Methods for Discrete Sequential Estimation*, for the
    /// orthogonalization.
    ///
    /// ```
    /// use elbow::{Dynamics, Gaussian};
    /// let doubled = Dynamics::new([[2.0_f32]], [[1.0]])?.propagate(&Gaussian::diagonal([3.0], [1.0])?)?;
    /// assert_eq!((doubled.mean()[0], doubled.variance()[0]), (6.0, 5.0));
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn propagate(&self, belief: &Gaussian<T, N>) -> Result<Gaussian<T, N>, Error> {
        let mut propagated = *belief;
        self.advance(&mut propagated)?;
        Ok(propagated)
    }

    /// [`propagate`](Self::propagate) in place; an error leaves the belief as it was.
    #[inline(always)]
    pub(crate) fn advance(&self, belief: &mut Gaussian<T, N>) -> Result<(), Error> {
        if belief.advance(&self.transition, &self.offset, &self.noise) {
            return Ok(());
        }
        self.orthogonalize(belief)
    }

    /// The step by way of the noise's factor, for what [`Gaussian::advance`] does not take on.
    #[cold]
    #[inline(never)]
    fn orthogonalize(&self, belief: &mut Gaussian<T, N>) -> Result<(), Error> {
        let factor = belief.factor().propagate(&self.transition, &self.loadings, &self.weights)?;
        if const { N <= 4 } {
            return belief.replace(belief.moved_mean(&self.transition, &self.offset), &factor);
        }
        let mut mean = self.offset;
        for i in 0..N {
            mean[i] = accumulate(mean[i], &self.transition[i], belief.mean());
        }
        check_finite(&mean).map_err(|_| Error::OutOfRange)?;
        let (old_mean, old_factor) = belief.parts_mut();
        (*old_mean, *old_factor) = (mean, factor);
        Ok(())
    }
}
