//! "At least" and "at most": a value with normal noise is only known to lie beyond a rail.

use super::normal_distribution::{Truncated, bounded, log_distribution};
use super::ramps::{hold, mean_log_distribution, mean_slope};
use super::{Derivatives, Expectations};
use crate::real::Real;

/// A value that is only known to lie beyond a rail.
#[derive(Clone, Copy)]
pub struct Rail<T> {
    /// The rail.
    pub at: T,
    /// The value lies above it.
    pub upper: bool,
}

impl<T: Real> Rail<T> {
    /// How far eta lies beyond the rail, in standard deviations.
    #[inline]
    fn beyond(self, eta: T, std_dev: T) -> T {
        let distance = if self.upper { eta - self.at } else { self.at - eta };
        bounded(distance / std_dev)
    }

    pub fn log_prob(self, eta: T, std_dev: T) -> T {
        log_distribution(self.beyond(eta, std_dev))
    }

    pub fn derivatives(self, eta: T, std_dev: T) -> Derivatives<T> {
        Truncated::below(self.beyond(eta, std_dev)).derivatives(self.upper, std_dev)
    }

    /// Where the belief is wide against the noise.
    pub fn expectations(self, mean: T, spread: T, std_dev: T) -> Option<Expectations<T>> {
        let (mu, sigma) = (self.beyond(mean, std_dev), spread / std_dev);
        if !hold(mu, sigma) {
            return None;
        }
        let slope = mean_slope(mu, sigma);
        // Of odd order in eta: the sign of a lower rail.
        let sign = if self.upper { T::ONE } else { -T::ONE };
        let inverse = T::ONE / std_dev;
        let square = inverse * inverse;
        Some(Expectations {
            first: sign * slope.value * inverse,
            first_noise: sigma * slope.first * inverse,
            second: slope.first * square,
            second_noise: sign * sigma * slope.second * square,
            second_noise_squared: (slope.first + sigma * sigma * slope.third) * square,
        })
    }

    /// E log p, there.
    pub fn mean_log_prob(self, mean: T, spread: T, std_dev: T) -> Option<T> {
        let (mu, sigma) = (self.beyond(mean, std_dev), spread / std_dev);
        if hold(mu, sigma) { Some(mean_log_distribution(mu, sigma)) } else { None }
    }

    /// The prior mean beyond the rail; short of it, the posterior mean of a reading at the rail.
    pub fn start(self, mean: T, variance: T, noise: T) -> T {
        if (mean > self.at) == self.upper { mean } else { mean + (self.at - mean) * (variance / (variance + noise)) }
    }
}

/// The expectations of two independent rails.
pub fn sum<T: Real>(a: Expectations<T>, b: Expectations<T>) -> Expectations<T> {
    Expectations {
        first: a.first + b.first,
        first_noise: a.first_noise + b.first_noise,
        second: a.second + b.second,
        second_noise: a.second_noise + b.second_noise,
        second_noise_squared: a.second_noise_squared + b.second_noise_squared,
    }
}
