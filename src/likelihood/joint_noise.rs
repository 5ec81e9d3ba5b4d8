//! The joint optimum of a reading's eta and of the variance r of its noise (`learned_normal.rs`) is a root of one
//! equation; with e = y - u0 and w = r/(v0 + r)
//!
//! ```text
//! phi(r) = alpha' r - rho beta - (v0 w + (e w)^2)/2 = 0
//! ```
//!
//! phi is concave below r* = v0 (e^2 - v0)/(v0 + 2 e^2) and convex above. Newton's method from the left end stays left
//! of a root in the concave part and closes in on it, and from the right end right of one in the convex part; there is
//! no third place for a maximum. Where both exist (a reading far off that may be a jump of the state or of the noise)
//! the higher ELBO decides: up to a constant it is
//!
//! ```text
//! -(w - ln w + e^2 v0/(v0 + r)^2)/2 - alpha' ln r
//! ```

use crate::log_ratio::ln;
use crate::real::Real;

/// Newton steps from either side.
const MAX_STEPS: usize = 32;

/// The equation for one reading.
pub struct Joint<T> {
    /// alpha' and rho beta.
    pub shape: T,
    pub scale: T,
    /// v0 and e = y - u0.
    pub prior: T,
    pub innovation: T,
}

impl<T: Real> Joint<T> {
    /// phi(r) and its derivative alpha' - g^2/2 - e^2 w g/(v0 + r), g = 1 - w.
    fn value(&self, r: T) -> (T, T) {
        let half = T::from_f64(0.5);
        let sum = self.prior + r;
        let (w, g) = (r / sum, self.prior / sum);
        let residual = self.innovation * w;
        let value = self.shape * r - (self.scale + half * (self.prior * w + residual * residual));
        (value, self.shape - half * (g * g) - residual * (self.innovation * g / sum))
    }

    /// Newton's method from an end, as long as it stays on that end's side of the inflection.
    fn root(&self, start: T, inside: impl Fn(T) -> bool) -> Option<T> {
        let mut r = start;
        for _ in 0..MAX_STEPS {
            let (value, slope) = self.value(r);
            if !(inside(r) && slope > T::ZERO) {
                return None;
            }
            let step = value / slope;
            r = (r - step).max(self.scale / self.shape);
            if step.abs() <= T::from_f64(2.0) * T::EPSILON * r {
                break;
            }
        }
        Some(r)
    }

    /// The ELBO at a root, up to a constant.
    fn elbo(&self, r: T) -> T {
        let half = T::from_f64(0.5);
        let sum = self.prior + r;
        let w = r / sum;
        let misfit = self.innovation * (self.prior / sum) * (self.innovation / sum);
        half * (ln(w) - w - misfit) - self.shape * ln(r)
    }

    /// The variance of the noise at the joint optimum.
    pub fn variance(&self) -> T {
        let half = T::from_f64(0.5);
        let square = self.innovation * self.innovation;
        let low = self.scale / self.shape;
        if !(square > self.prior) {
            // Convex everywhere, and rising: the second iterate is right of the only root, and close.
            return self.root(low, |_| true).unwrap_or(low);
        }
        let high = (self.scale + half * self.prior + half * square) / self.shape;
        let turn = self.prior * ((square - self.prior) / (self.prior + (square + square)));
        match (self.root(low, |r| r < turn), self.root(high, |r| r >= turn)) {
            (Some(left), Some(right)) if self.elbo(left) < self.elbo(right) => right,
            (Some(only), _) | (None, Some(only)) => only,
            // Both ends ran into the inflection, by rounding: the root is there.
            (None, None) => turn.max(low).min(high),
        }
    }
}
