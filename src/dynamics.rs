//! How the state moves between readings: z' = F z + w, w ~ N(0, Q).

use crate::error::Error;
use crate::gaussian::{Gaussian, check_finite};
use crate::real::Real;
use crate::semidefinite::semidefinite;

/// One step of linear dynamics, validated and factored once: z' = F z + w, w ~ N(0, Q), Q positive semidefinite.
///
/// ```
/// use elbow::Dynamics;
/// // Level and slope, one step; only the slope is driven.
/// let trend = Dynamics::new([[1.0_f32, 1.0], [0.0, 1.0]], [[0.0, 0.0], [0.0, 0.01]])?;
/// # let _ = trend;
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Dynamics<T, const N: usize> {
    pub(crate) transition: [[T; N]; N],
    pub(crate) loadings: [[T; N]; N],
    pub(crate) weights: [T; N],
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
        Ok(Self { transition, loadings, weights })
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
        check_finite(&weights)?;
        if weights.iter().any(|&weight| weight < T::ZERO) {
            return Err(Error::OutOfRange);
        }
        Ok(Self { transition, loadings, weights })
    }

    /// The belief after the step: N(F mu, F P F' + Q).
    ///
    /// # Errors
    /// [`Error::OutOfRange`] if the result cannot be represented: an overflow, or a direction in which no variance is
    /// left.
    ///
    /// ```
    /// use elbow::{Dynamics, Gaussian};
    /// let doubled = Dynamics::new([[2.0_f32]], [[1.0]])?.propagate(&Gaussian::diagonal([3.0], [1.0])?)?;
    /// assert_eq!((doubled.mean()[0], doubled.variance()[0]), (6.0, 5.0));
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn propagate(&self, belief: &Gaussian<T, N>) -> Result<Gaussian<T, N>, Error> {
        let mut mean = [T::ZERO; N];
        for i in 0..N {
            for j in 0..N {
                mean[i] += self.transition[i][j] * belief.mean()[j];
            }
        }
        Gaussian::from_checked_factor(mean, belief.factor().propagate(&self.transition, &self.loadings, &self.weights)?)
    }
}
