#!/usr/bin/env python3
"""Fits the rational approximations of src/noise.rs for f32: python3 quantile.py. Needs numpy and scipy.

Both minimise the greatest relative error by iteratively reweighted least squares (Lawson 1961; the denominator of the
last round as weight: Sanathanan and Koerner 1963). Coefficients from the highest power down.
"""
import numpy as np
from scipy.special import ndtri

CENTRE = 0.4375


def fit(x, f, numerator, denominator, rounds=300):
    """P/Q ~ f with Q(0) = 1: the least greatest relative error met, P and Q."""
    powers = np.vander(x, max(numerator, denominator) + 1, increasing=True)
    weight, q, best = np.ones_like(x), np.ones_like(x), (np.inf, None, None)
    for _ in range(rounds):
        row = np.sqrt(weight) / np.abs(f * q)
        matrix = np.hstack([powers[:, : numerator + 1], -powers[:, 1 : denominator + 1] * f[:, None]]) * row[:, None]
        scale = np.abs(matrix).max(0)
        solution = np.linalg.lstsq(matrix / scale, f * row, rcond=None)[0] / scale
        p, q_coefficients = solution[: numerator + 1], np.concatenate([[1], solution[numerator + 1 :]])
        q = powers[:, : denominator + 1] @ q_coefficients
        error = np.abs(powers[:, : numerator + 1] @ p / q / f - 1)
        if error.max() < best[0]:
            best = (error.max(), p[::-1], q_coefficients[::-1])
        weight *= error / error.mean() + 1e-3
        weight /= weight.mean()
    return best


def show(name, best):
    error, p, q = best
    print(f"{name}, error {error:.1e}:")
    for part in p, q:
        print("   ", ", ".join(f"{c:.12g}" for c in part))


def main():
    c = CENTRE * np.cos(np.linspace(0, np.pi / 2, 2000))[:-1]
    show(f"z/c in {CENTRE**2} - c^2", fit(CENTRE**2 - c * c, ndtri(0.5 + c) / c, 3, 3))
    least, most = -np.log(0.5 - CENTRE), 33 * np.log(2)
    t = least + (most - least) * (1 - np.cos(np.pi * np.linspace(0, 1, 3000))) / 2
    show("z in -ln p", fit(t, -ndtri(np.exp(-t)), 4, 4))


if __name__ == "__main__":
    main()
