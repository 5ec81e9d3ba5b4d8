#!/usr/bin/env python3
"""Fits the ramps of src/likelihood/ramps.rs: python3 ramps.py (numpy, scipy; some seconds).

lambda(t) = phi(t)/Phi(t) is replaced by sum a_j B(t - d_j, k_j), B(x, k) = k phi(x/k) - x Phi(-x/k), sum a_j = 1. For a
half-line and for intervals of 5 to 200 standard deviations of the noise, and for priors from narrow to wide, near and
far, the optimum (u, s) of the ELBO with the true lambda is found by Newton's method, expectations by the trapezoidal
rule. The ramps are those that move all optima with s > 0.8 the least: the Newton step that their gradient asks for
there, in units of s, with a third of the relative error of E ln Phi beside it. Prints shares a, feet d, squares k^2, and
the largest movement of u and of s.
"""

import numpy as np
from scipy.optimize import least_squares
from scipy.special import erfcx, log_ndtr, ndtr

INF = np.inf


def phi(x):
    return np.exp(-x * x / 2) / np.sqrt(2 * np.pi)


def exact(mu, sigma):
    """E lambda, its first derivative in mu, E[lambda' eps], E[lambda' eps^2], E ln Phi under N(mu, sigma^2)."""
    step = min(0.15, sigma / 12) / sigma
    eps = np.arange(-int(9 / step) - 1, int(9 / step) + 2) * step
    t, weight = mu + sigma * eps, phi(eps) * step
    slope = np.sqrt(2 / np.pi) / erfcx(-t / np.sqrt(2))
    far = np.minimum(t, -8.0)
    loss = np.where(t < -8, 1 - 1 / far**2 + 6 / far**4 - 50 / far**6, slope * (t + slope))
    return np.array([weight @ slope, -weight @ loss, -weight @ (loss * eps), -weight @ (loss * eps**2), weight @ log_ndtr(t)])


def both(function, u, s, width):
    """The sum over the two edges of an interval about zero; the half-line above zero for an infinite width."""
    if width == INF:
        return function(u, s)
    above, below = function(u + width / 2, s), function(width / 2 - u, s)
    odd = np.array([1, 0, 1, 0, 0])[: len(above)] == 1
    return np.where(odd, above - below, above + below)


def newton(at, u, s, u0, s0):
    gradient = np.array([at[0] - (u - u0) / s0**2, s * at[1] + 1 / s - s / s0**2])
    hessian = np.array([[at[1] - 1 / s0**2, at[2]], [at[2], at[3] - 1 / s**2 - 1 / s0**2]])
    return -np.linalg.solve(hessian, gradient)


def optimum(u0, s0, width):
    if width == INF:
        u, s = (u0 / (1 + s0 * s0) if u0 < 0 else u0), min(s0, 1.5)
    else:
        variance = 1 / (1 / s0**2 + 12 / width**2)
        u, s = u0 / s0**2 * variance, 0.7 * np.sqrt(variance)
    for _ in range(400):
        step = newton(both(exact, u, s, width), u, s, u0, s0)
        length = min(1, 0.5 * max(s, abs(u - u0)) / max(abs(step[0]), 1e-300), 0.5 * s / max(abs(step[1]), 1e-300))
        u, s = u + length * step[0], s + length * step[1]
        if np.abs(step).max() < 1e-10 * s:
            return u, s
    raise ArithmeticError(f"no convergence: {u0} {s0} {width}")


def problems():
    for s0 in (1, 1.5, 2, 3, 5, 8, 12, 20, 32, 60, 100):
        for k in (-8, -5, -3, -2, -1, -0.5, 0, 0.3, 0.6, 1, 1.5, 2, 3, 4):
            yield k * s0, s0, INF
    for width in (5, 7, 10, 20, 50, 200):
        for s0 in (1.5, 3, 8, 30, 100):
            for k in (0, 0.5, 1, 2, 4, 8):
                yield k * s0, s0, width


def ramps(parameters):
    share = np.exp(parameters[:4])
    return share / share.sum(), parameters[4:8], np.exp(2 * parameters[8:])


def model(parameters):
    share, foot, square = ramps(parameters)

    def at(mu, sigma):
        spread = np.sqrt(square + sigma**2)
        z = (mu - foot) / spread
        ramp = phi(z) - z * ndtr(-z)
        logarithm = -share @ (spread**2 * (ndtr(-z) - z * ramp)) / 2
        return np.array([share @ (spread * ramp), -share @ ndtr(-z), 0.0, 0.0, logarithm])

    return at


def main():
    cases = []
    for u0, s0, width in problems():
        u, s = optimum(u0, s0, width)
        if s > 0.8:
            cases.append((u0, s0, width, u, s, both(exact, u, s, width)))

    def movements(parameters):
        at, rows = model(parameters), []
        for u0, s0, width, u, s, true in cases:
            got = both(at, u, s, width)
            changed = np.array([*got[:2], *true[2:]])
            value = (got[4] - true[4]) / (1 + abs(true[4]))
            rows.append([*(newton(changed, u, s, u0, s0) - newton(true, u, s, u0, s0)) / s, 0.3 * value])
        return np.array(rows)

    start = [-4, -2, -0.7, -1, -10, -2.5, 1.3, 0, 1.3, 0.5, -0.1, 0.1]
    fit = least_squares(lambda p: movements(p).ravel(), start, xtol=1e-15, ftol=1e-15, max_nfev=2000).x
    for name, values in zip(("a", "d", "k^2"), ramps(fit)):
        print(name, " ".join(f"{x:.8f}" for x in values))
    print("largest movement of u, s:", np.abs(movements(fit)[:, :2]).max(axis=0))


if __name__ == "__main__":
    main()
