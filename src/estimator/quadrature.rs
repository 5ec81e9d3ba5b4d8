//! Gauss-Hermite sums over N(u, s^2): ELBO and log evidence of one reading, 9 nodes.
//!
//! With q = N(u, s^2) the posterior of eta and N(u0, v0) its prior,
//!
//! ```text
//! ELBO = E_q log p(y | eta) - KL(q || N(u0, v0))
//! log p(y) = ln E_q[ p(y | eta) N(eta | u0, v0)/q(eta) ]
//! ```
//!
//! The second is importance sampling on nodes: exact where the posterior is exact, because the ratio is then constant.

use crate::constants::for_each_node;
use crate::likelihood::Likelihood;
use crate::log_ratio::{ln, ratio_term};
use crate::real::Real;

/// KL(N(u0 + shift, variance) || N(u0, prior)), in nats.
fn information_gain<T: Real>(prior: T, shift: T, variance: T) -> T {
    T::from_f64(0.5) * (ratio_term(prior, variance) + shift / prior * shift)
}

/// E log p(y | eta) under N(mean, variance).
pub fn expected_log_prob<T: Real, L: Likelihood<T>>(likelihood: &L, reading: L::Reading, mean: T, variance: T) -> T {
    let std_dev = variance.sqrt();
    // NaN where the closed form has come to 0 times infinity.
    let closed = likelihood.mean_log_prob(reading, mean, std_dev).filter(|expected| expected == expected);
    if let Some(expected) = closed {
        return expected;
    }
    let mut expected = T::ZERO;
    for_each_node(&T::HERMITE_9, |node, weight| {
        expected += weight * likelihood.log_prob(reading, mean + std_dev * node)
    });
    expected
}

/// The ELBO of one reading at N(mean + shift, variance), the prior being N(mean, prior).
pub fn elbo<T: Real, L: Likelihood<T>>(
    likelihood: &L,
    reading: L::Reading,
    mean: T,
    prior: T,
    shift: T,
    variance: T,
) -> T {
    expected_log_prob(likelihood, reading, mean + shift, variance) - information_gain(prior, shift, variance)
}

/// log p(y) of one reading under the prior N(mean, prior), by nodes on N(mean + shift, variance).
pub fn log_evidence<T: Real, L: Likelihood<T>>(
    likelihood: &L,
    reading: L::Reading,
    mean: T,
    prior: T,
    shift: T,
    variance: T,
) -> T {
    if let Some(exact) = likelihood.log_evidence(reading, mean, prior) {
        return exact;
    }
    let half = T::from_f64(0.5);
    let std_dev = variance.sqrt();
    let inverse = T::ONE / prior.sqrt();
    let log_integrand = |node: T| {
        let offset = shift + std_dev * node;
        let scaled = offset * inverse;
        likelihood.log_prob(reading, mean + offset) - half * (scaled * scaled) + half * (node * node)
    };
    let mut largest = -T::INFINITY;
    for_each_node(&T::HERMITE_9, |node, _| largest = largest.max(log_integrand(node)));
    if !largest.is_finite() {
        return largest;
    }
    let mut sum = T::ZERO;
    for_each_node(&T::HERMITE_9, |node, weight| sum += weight * (log_integrand(node) - largest).exp());
    largest + ln(sum) + half * ln(variance / prior)
}
