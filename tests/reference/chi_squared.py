#!/usr/bin/env python3
"""Prints the even part of the correction h in src/monitor/report.rs, and the errors with it.

The quantile of chi-squared with k degrees of freedom at the normal quantile z is

    k (1 - 2/(9k) + (z - h) sqrt(2/(9k)))^3,

Wilson and Hilferty's approximation for h = 0. The leading term of h is (z^3 - 3z)/(54k), from the fourth cumulant
-4/(9k) of the cube root; the next is of order k^(-3/2) and even in z: least squares of the quantile's relative error
over the windows and probabilities that a monitor takes.

    python3 chi_squared.py     (numpy, scipy; a second)
"""

import numpy as np
from scipy import stats

POINTS = [(7, z) for z in np.linspace(1.2, 4.8, 13)]
POINTS += [(k, side * z) for k in (16, 24, 32, 64, 256, 4096) for side in (-1, 1) for z in np.linspace(1.6, 4.9, 12)]


def exact(k, z):
    return stats.chi2.ppf(stats.norm.cdf(z), k) if z < 0 else stats.chi2.isf(stats.norm.sf(z), k)


def leading(k, z):
    return (z**3 - 3 * z) / (54 * k)


def approximate(k, z, h):
    return k * (1 - 2 / (9 * k) + (z - h) * np.sqrt(2 / (9 * k))) ** 3


def main():
    rows, rest = [], []
    for k, z in POINTS:
        root, unit = np.cbrt(exact(k, z) / k), np.sqrt(2 / (9 * k))
        h = z - (root - 1 + 2 / (9 * k)) / unit
        weight = 3 * unit / root
        rows.append([weight * power / k**1.5 for power in (z**4, z * z, 1)])
        rest.append(weight * (h - leading(k, z)))
    even, *_ = np.linalg.lstsq(np.array(rows), np.array(rest), rcond=None)
    print("even part:", even)
    for k in (7, 16, 32, 64, 256, 4096):
        errors = []
        for z in [z for degrees, z in POINTS if degrees == k]:
            h = leading(k, z) + np.polyval(even, z * z) / k**1.5
            errors.append(abs(approximate(k, z, h) / exact(k, z) - 1))
        print(f"{k} degrees of freedom: {max(errors):.1e}")


if __name__ == "__main__":
    main()
