#!/usr/bin/env python3
"""What tests/theory.rs expects of the examples, by quadrature and optimisation in scipy.

    python3 theory.py

Prints the numbers that the test holds; it reads the logs that are shipped.
"""

import pathlib

import numpy as np
from scipy.integrate import quad
from scipy.optimize import minimize
from scipy.special import gammaln, log_expit
from scipy.stats import norm, t


def kl_directions():
    """Position N(0.3, 4), a range 2 +- 0.5 from 0: the Gaussians nearest to the posterior both ways."""

    def log_joint(z):
        return norm.logpdf(z, 0.3, 2.0) - 0.5 * ((2.0 - abs(z)) / 0.5) ** 2

    def integral(f):
        return sum(quad(f, a, b, epsabs=1e-13, limit=400)[0] for a, b in [(-8, -2), (-2, 0), (0, 2), (2, 8)])

    scale = integral(lambda z: np.exp(log_joint(z)))
    log_scale = np.log(scale)

    def p(z):
        return np.exp(log_joint(z) - log_scale)

    mean = integral(lambda z: z * p(z))
    std_dev = np.sqrt(integral(lambda z: (z - mean) ** 2 * p(z)))
    forward = integral(lambda z: p(z) * (log_joint(z) - log_scale - norm.logpdf(z, mean, std_dev)))
    print(f"forward: mean {mean:.6f}, sd {std_dev:.6f}, KL(p||q) {forward:.6f}")

    def reverse_kl(at):
        m, s = at[0], np.exp(at[1])
        nodes = np.linspace(-9, 9, 20001)
        q = norm.pdf(nodes)
        z = m + s * nodes
        return np.sum(q * (norm.logpdf(z, m, s) - log_joint(z) + log_scale)) * (nodes[1] - nodes[0])

    for start in (1.5, -1.5):
        best = minimize(reverse_kl, [start, np.log(0.5)], method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-12})
        print(f"reverse from {start}: mean {best.x[0]:.6f}, sd {np.exp(best.x[1]):.6f}, KL(q||p) {best.fun:.6f}")


def elbo_identity():
    """A count of 7 whose log rate is N(0, 1)."""
    evidence = quad(lambda z: norm.pdf(z) * np.exp(7 * z - np.exp(z) - gammaln(8)), -8, 6, epsabs=1e-16, limit=400)[0]
    print(f"log evidence of a count of 7: {np.log(evidence):.9f}")


def estimators():
    """A yes of log odds N(-3, 4)."""
    nodes = np.linspace(-10, 10, 4001)
    weights = norm.pdf(nodes) * (nodes[1] - nodes[0])

    def minus_elbo(at):
        m, s = at[0], np.exp(at[1])
        kl = 0.5 * (s * s / 4 + (m + 3) ** 2 / 4 - 1) - at[1] + np.log(2)
        return kl - np.sum(weights * log_expit(m + s * nodes))

    best = minimize(minus_elbo, [-1.0, 0.3], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-15})
    print(f"ELBO of a yes greatest at {best.x[0]:.6f} +- {np.exp(best.x[1]):.6f}")


def why_not_kalman():
    """Log evidences by filters on a grid, with the noise that the example finds; walks of 1e-4 and less are no walk."""
    data = pathlib.Path(__file__).resolve().parents[2] / "examples" / "data"

    def column(name):
        return np.loadtxt(data / name, delimiter=",", skiprows=1)[:, 1]

    def evidence(grid, prior, walk, log_likelihood, readings):
        step = grid[1] - grid[0]
        belief, total = prior * step, 0.0
        kernel = norm.pdf(np.arange(-200, 201) * step, 0, np.sqrt(walk)) * step if walk else None
        for reading in readings:
            if walk:
                belief = np.convolve(belief, kernel, mode="same")
            belief = belief * np.exp(log_likelihood(reading, grid))
            total += np.log(belief.sum())
            belief /= belief.sum()
        return total

    level = np.linspace(-150, 210, 72001)
    prior = norm.pdf(level, 30, 30)
    times = column("newcomb.csv")
    normal = evidence(level, prior, 0, lambda y, z: norm.logpdf(y, z, np.sqrt(115.4586)), times)
    student = evidence(level, prior, 0, lambda y, z: t.logpdf(y, 3, z, np.sqrt(17.8832)), times)
    rate = np.linspace(-9, 9, 1801)
    counts = column("coal.csv")
    poisson = evidence(rate, norm.pdf(rate, 1, 1), 0.0198, lambda y, z: y * z - np.exp(z) - gammaln(y + 1), counts)
    number = np.linspace(-40, 50, 9001)
    prior = norm.pdf(number, 4.48, np.sqrt(34.5))
    kalman = evidence(number, prior, 0.0477, lambda y, z: norm.logpdf(y, z, np.sqrt(1.4806)), counts)
    print(f"Newcomb: normal {normal:.3f}, Student-t {student:.3f}; coal: normal {kalman:.3f}, Poisson {poisson:.3f}")


if __name__ == "__main__":
    kl_directions()
    elbo_identity()
    estimators()
    why_not_kalman()
