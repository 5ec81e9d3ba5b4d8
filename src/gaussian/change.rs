//! How a belief changes: in place, and only to what is a belief.

use super::Gaussian;
use crate::all_finite::AllFinite;
use crate::error::Error;
use crate::factor::Factor;
use crate::real::Real;
use crate::unrolled::{unrolled, unrolled_to_four};

impl<T: Real, const N: usize> Gaussian<T, N> {
    /// From a mean and a factor that a caller in this crate has computed.
    #[inline(always)]
    pub(crate) fn from_checked_factor(mean: [T; N], factor: Factor<T, N>) -> Result<Self, Error> {
        let mut moved = Self { mean, factor };
        moved.replace(mean, &factor)?;
        Ok(moved)
    }

    /// Takes over a mean and a factor, if they are those of a belief.
    #[inline(always)]
    pub(crate) fn replace(&mut self, mean: [T; N], factor: &Factor<T, N>) -> Result<(), Error> {
        if !Self::is_valid(AllFinite::new(), &mean, factor) {
            return Err(Error::OutOfRange);
        }
        self.mean = mean;
        self.factor.replace(factor);
        Ok(())
    }

    /// They are those of a belief; `finite` has seen what else must be.
    #[inline(always)]
    pub(crate) fn is_valid(mut finite: AllFinite<T>, mean: &[T; N], factor: &Factor<T, N>) -> bool {
        unrolled!(for i in 0..N {
            finite.see(mean[i]);
        });
        factor.is_valid(finite)
    }

    /// The mean and factor, to be checked once they are changed.
    #[inline(always)]
    pub(crate) fn parts_mut(&mut self) -> (&mut [T; N], &mut Factor<T, N>) {
        (&mut self.mean, &mut self.factor)
    }

    /// Becomes N(F mu + c, F P F' + Q), if the new covariance can be factored without the loss of more than a digit.
    #[inline(always)]
    pub(crate) fn advance(&mut self, transition: &[[T; N]; N], offset: &[T; N], noise: &[[T; N]; N]) -> bool {
        if const { Factor::<T, N>::BY_BLOCKS } {
            return self.advance_by_blocks(transition, offset, noise);
        }
        let mean = self.moved_mean(transition, offset);
        let Some(factor) = self.factor.refactored(transition, noise, &mean) else { return false };
        if const { !Factor::<T, N>::CHECKS_AS_IT_GOES } {
            return self.replace(mean, &factor).is_ok();
        }
        self.mean = mean;
        self.factor.replace(&factor);
        true
    }

    /// [`advance`](Self::advance) of many states.
    #[inline(always)]
    fn advance_by_blocks(&mut self, transition: &[[T; N]; N], offset: &[T; N], noise: &[[T; N]; N]) -> bool {
        let mut finite = AllFinite::new();
        // Filled with something, to be overwritten; zeros would be a call.
        let mut rows = [*offset; N];
        if !self.factor.refactor_by_blocks(&mut rows, transition, noise, &mut finite) {
            return false;
        }
        // Not before, or what was loaded for it would be kept on the stack.
        let mut mean = *offset;
        for i in 0..N {
            unrolled!(for j in 0..N {
                mean[i] += transition[i][j] * self.mean[j];
            });
            finite.see(mean[i]);
        }
        if !finite.holds() {
            return false;
        }
        self.mean = mean;
        self.factor.take_rows(&rows);
        true
    }

    /// F mu + c.
    #[inline(always)]
    pub(crate) fn moved_mean(&self, transition: &[[T; N]; N], offset: &[T; N]) -> [T; N] {
        let mut mean = *offset;
        unrolled_to_four!(for i in 0..N {
            unrolled!(for j in 0..N {
                mean[i] += transition[i][j] * self.mean[j];
            });
        });
        mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whoever checks it.
    fn refuses_what_overflows<const N: usize>() {
        let noise: [[f32; N]; N] = core::array::from_fn(|i| core::array::from_fn(|j| if i == j { 1.0 } else { 0.0 }));
        let steep = noise.map(|row| row.map(|entry| 1e30 * entry));
        assert!(Gaussian::<f32, N>::standard().advance(&noise, &[0.0; N], &noise));
        assert!(!Gaussian::<f32, N>::standard().advance(&steep, &[0.0; N], &noise));
        assert!(!Gaussian::<f32, N>::standard().advance(&noise, &[f32::INFINITY; N], &noise));
    }

    #[test]
    fn a_prediction_that_overflows_is_refused() {
        refuses_what_overflows::<1>();
        refuses_what_overflows::<2>();
        refuses_what_overflows::<3>();
        refuses_what_overflows::<5>();
        refuses_what_overflows::<6>();
        refuses_what_overflows::<9>();
    }
}
