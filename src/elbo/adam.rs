//! Steps whose length does not depend on the size of a gradient: Adam.

use crate::error::Error;
use crate::gaussian::check_finite;
use crate::real::Real;

/// Turns noisy gradients in `N` parameters into steps of about one, which the caller multiplies by a rate.
///
/// Of each component it keeps running averages of the gradient g and of its square, divides out what their start at
/// zero makes them fall short by, and returns
///
/// ```text
/// m = b1 m + (1 - b1) g      v = b2 v + (1 - b2) g^2
/// m/(1 - b1^t) / (sqrt(v/(1 - b2^t)) + 1e-8)
/// ```
///
/// for the t-th gradient, b1 = 0.9, b2 = 0.999. It climbs: the step has the gradient's sign. For the parameters of
/// networks, and of a [`MeanField`](crate::MeanField) by one `Adam` for its means and one for its log standard
/// deviations; for a [`Gaussian`](crate::Gaussian) see [`ascend_natural`](crate::Gaussian::ascend_natural). `2 N + 4`
/// numbers.
///
/// Source: Kingma and Ba (2015), *Adam: A Method for Stochastic Optimization*, algorithm 1.
///
/// ```
/// use elbow::elbo::Adam;
/// let (mut adam, mut x) = (Adam::<f32, 1>::new(), 0.0);
/// for _ in 0..1000 {
///     x += 0.01 * adam.step(&[1e6 * (2.0 - x)])?[0];
/// }
/// assert!((x - 2.0).abs() < 1e-3);
/// # Ok::<(), elbow::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct Adam<T, const N: usize> {
    mean: [T; N],
    square: [T; N],
    decay: [T; 2],
    /// 1 - b1^t and 1 - b2^t, kept as the averages are: not by a difference of nearly equal numbers.
    weight: [T; 2],
}

impl<T: Real, const N: usize> Adam<T, N> {
    /// With decays of 0.9 and 0.999. `N = 0` does not compile.
    ///
    /// ```
    /// let mut adam = elbow::elbo::Adam::<f64, 2>::new();
    /// let step = adam.step(&[-3.0, 1e-3])?;
    /// assert!((step[0] + 1.0).abs() < 1e-8 && (step[1] - 1.0).abs() < 2e-5);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    #[must_use]
    pub fn new() -> Self {
        const { assert!(N > 0, "a gradient needs at least one component") };
        let decay = [T::from_f64(0.9), T::from_f64(0.999)];
        Self { mean: [T::ZERO; N], square: [T::ZERO; N], decay, weight: [T::ZERO; 2] }
    }

    /// The same with other decays, of the average and of the square: each the share that is kept with every gradient.
    ///
    /// # Errors
    /// [`Error::NotFinite`]; [`Error::OutOfRange`] for a decay that is negative or not below one.
    ///
    /// ```
    /// use elbow::{Error, elbo::Adam};
    /// assert!(Adam::<f32, 3>::new().with_decays(0.5, 0.99).is_ok());
    /// assert_eq!(Adam::<f32, 3>::new().with_decays(0.5, 1.0), Err(Error::OutOfRange));
    /// ```
    pub fn with_decays(mut self, mean: T, square: T) -> Result<Self, Error> {
        let decay = [mean, square];
        check_finite(&decay)?;
        if decay.iter().any(|&decay| !(decay >= T::ZERO && decay < T::ONE)) {
            return Err(Error::OutOfRange);
        }
        self.decay = decay;
        Ok(self)
    }

    /// Takes a gradient in, and returns the step for a rate of one: numbers without a unit, of about one or less.
    ///
    /// # Errors
    /// [`Error::NotFinite`] for a gradient with NaN or infinity; [`Error::OutOfRange`] where a square overflows.
    /// Nothing is taken in then.
    ///
    /// # Accuracy
    /// [Every figure](crate::accuracy#adam).
    /// Steps within 3.6e-7 for `f32` and 1e-15 for `f64`, absolute, along 200 gradients.
    ///
    /// ```
    /// use elbow::{MeanField, elbo, elbo::Adam, elbo::MeanFieldGradient};
    /// let model = |z: &[f32; 1]| (-0.5 * (1.0 - z[0]) * (1.0 - z[0]), [1.0 - z[0]]);
    /// let (mut q, prior) = (MeanField::standard(), MeanField::standard());
    /// let (mut mean, mut log_std_dev) = (Adam::new(), Adam::new());
    /// for noise in [-1.0, 1.0].repeat(200) {
    ///     let gradient = elbo::one_sample(&q, &prior, &model, &[noise])?.gradient;
    ///     let (mean, log_std_dev) = (mean.step(&gradient.mean)?, log_std_dev.step(&gradient.log_std_dev)?);
    ///     q.ascend(&MeanFieldGradient { mean, log_std_dev }, 0.01)?;
    /// }
    /// assert!((q.mean()[0] - 0.5).abs() < 0.05 && (q.log_std_dev()[0] + 0.35).abs() < 0.05);
    /// # Ok::<(), elbow::Error>(())
    /// ```
    pub fn step(&mut self, gradient: &[T; N]) -> Result<[T; N], Error> {
        check_finite(gradient)?;
        let mut next = *self;
        let (mut step, mut sizes) = ([T::ZERO; N], [T::ZERO; N]);
        let [b1, b2] = self.decay;
        let [c1, c2] = [T::ONE - b1, T::ONE - b2];
        next.weight = [b1 * self.weight[0] + c1, b2 * self.weight[1] + c2];
        for i in 0..N {
            let g = gradient[i];
            next.mean[i] = b1 * self.mean[i] + c1 * g;
            next.square[i] = b2 * self.square[i] + c2 * g * g;
            sizes[i] = (next.square[i] / next.weight[1]).sqrt() + T::from_f64(1e-8);
            step[i] = next.mean[i] / next.weight[0] / sizes[i];
        }
        check_finite(&sizes).and(check_finite(&step)).map_err(|_| Error::OutOfRange)?;
        *self = next;
        Ok(step)
    }
}

impl<T: Real, const N: usize> Default for Adam<T, N> {
    fn default() -> Self {
        Self::new()
    }
}
